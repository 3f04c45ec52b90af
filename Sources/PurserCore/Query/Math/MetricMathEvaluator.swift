/// Computes a tree over whole series.
///
/// If the types of a tree were not checked, an unusable argument results in a missing number.
struct MetricMathEvaluator {
    let values: [String: MetricMathValue]
    let context: MetricMathContext

    func value(of node: MetricMathNode) -> MetricMathValue {
        switch node.kind {
        case .number(let value): .scalar(value)
        case .string, .word: .scalar(nil)
        case .metric(let id): values[id]?.finite ?? .scalar(nil)
        // Subtracting from 0 avoids a negative 0.
        case .negation(let inner): value(of: inner).map { 0 - $0 }
        case .binary(let operation, let a, let b, _):
            MetricMathValue.combine(value(of: a), value(of: b), by: operation)
        case .array(let nodes): .array(nodes.flatMap(elements))
        case .call(let function, let arguments): value(of: function, arguments)
        }
    }

    private func value(of function: MetricMathFunction, _ arguments: [MetricMathNode]) -> MetricMathValue {
        switch function {
        case .if: return choose(arguments.map(value))
        case .metrics: return .array(metrics(arguments.first))
        case .period: return .scalar(Double(context.frame.period))
        case .anomalyDetectionBand: return band(arguments)
        default: break
        }
        guard let first = arguments.first else { return .scalar(nil) }
        let value = value(of: first)
        switch function.shape {
        case .mapping: return function.mapped(value, period: context.frame.period)
        case .reduction: return function.reduced(value, count: context.frame.count)
        case .calendar: return .series((0..<context.frame.count).map { function.field(of: context.frame.time($0)) })
        case .other: break
        }
        if case .timeSeries = function { return .series(value.points(context.frame.count)) }
        if case .fill = function { return filled(value, with: arguments[1]) }
        guard case .array(let elements) = value else { return .scalar(nil) }
        switch function {
        case .first: return series(elements.first)
        case .last: return series(elements.last)
        case .metricCount: return .scalar(Double(elements.count))
        case .removeEmpty: return .array(elements.filter { $0.points.contains { $0 != nil } })
        case .slice: return slice(elements, arguments)
        case .sort: return .array(sort(elements, arguments))
        default: return .scalar(nil)
        }
    }

    /// Evaluates IF point by point. A missing condition or a missing false value results in a missing point. A missing
    /// point of the true value counts as 0 if both the true value and the condition are series, as CloudWatch's
    /// examples show.
    private func choose(_ values: [MetricMathValue]) -> MetricMathValue {
        let counts = values.compactMap { if case .series(let points) = $0 { points.count } else { nil } }
        func point(_ value: MetricMathValue, _ index: Int) -> Double? {
            switch value {
            case .scalar(let value): value
            case .series(let points): points.point(index)
            case .array: nil
            }
        }
        func choice(_ index: Int) -> Double? {
            guard let condition = point(values[0], index) else { return nil }
            guard condition != 0 else { return values.count > 2 ? point(values[2], index) : nil }
            if let value = point(values[1], index) { return value }
            if case .series = values[0], case .series = values[1] { return 0 }
            return nil
        }
        guard let count = counts.max() else { return .scalar(choice(0)) }
        return .series((0..<count).map(choice))
    }

    private func metrics(_ part: MetricMathNode?) -> [MetricMathElement] {
        var text: String?
        if case .string(let part)? = part?.kind { text = part }
        return MetricMathFunction.metricIds(context.metrics, part: text).map { id in
            MetricMathElement(
                origin: .query(id),
                points: (values[id]?.finite ?? .scalar(nil)).points(context.frame.count)
            )
        }
    }

    /// Returns the band, upper edge first: in the guide, LAST(ANOMALY_DETECTION_BAND(m1)) is the lower edge.
    private func band(_ arguments: [MetricMathNode]) -> MetricMathValue {
        guard case .metric(let id)? = arguments.first?.kind else { return .scalar(nil) }
        var width: Double? = 2
        if arguments.count > 1 { width = number(arguments[1]) }
        let count = context.frame.count
        let none = [Double?](repeating: nil, count: count)
        let edges = [width, width.map { -$0 }].map { width in
            width.flatMap { context.bands[id]?.edge(deviations: $0, count: count) } ?? none
        }
        return .array([
            MetricMathElement(origin: .upperBand(id), points: edges[0]),
            MetricMathElement(origin: .lowerBand(id), points: edges[1]),
        ])
    }

    private func number(_ node: MetricMathNode) -> Double? {
        if case .scalar(let number) = value(of: node) { number } else { nil }
    }

    private func elements(of node: MetricMathNode) -> [MetricMathElement] {
        switch value(of: node) {
        case .scalar: return []
        case .series(let points):
            var origin: MetricMathElement.Origin?
            if case .metric(let id) = node.kind { origin = .query(id) }
            return [MetricMathElement(origin: origin, points: points)]
        case .array(let elements): return elements
        }
    }

    private func series(_ element: MetricMathElement?) -> MetricMathValue {
        .series(element?.points ?? Array(repeating: nil, count: context.frame.count))
    }

    private func filled(_ value: MetricMathValue, with filler: MetricMathNode) -> MetricMathValue {
        switch filler.kind {
        case .word(.fillRepeat): return value.mapSeries(MetricMathFunction.repeated)
        case .word(.fillLinear): return value.mapSeries(MetricMathFunction.interpolated)
        default: break
        }
        let filler = self.value(of: filler)
        return value.mapSeries { points in
            points.enumerated().map { index, point in
                if let point { return point }
                switch filler {
                case .scalar(let number): return number
                case .series(let others): return others.point(index)
                case .array: return nil
                }
            }
        }
    }

    private func slice(_ elements: [MetricMathElement], _ arguments: [MetricMathNode]) -> MetricMathValue {
        let bounds = arguments.dropFirst().map { bound($0, elements.count) }
        let start = bounds[0]
        let end = bounds.count > 1 ? max(start, bounds[1]) : elements.count
        // The checker uses the same rule to determine that the result is a series.
        if arguments.count > 2, let first = arguments[1].literal, arguments[2].literal == first + 1 {
            return series(start < end ? elements[start] : nil)
        }
        return .array(Array(elements[start..<end]))
    }

    private func sort(_ elements: [MetricMathElement], _ arguments: [MetricMathNode]) -> [MetricMathElement] {
        guard case .word(let statistic) = arguments[1].kind, case .word(let order) = arguments[2].kind else {
            return []
        }
        let function = MetricMathFunction(rawValue: statistic.rawValue) ?? .average
        let keyed = elements.map { (element: $0, key: function.reduced($0.points)) }
        let known = keyed.enumerated().filter { $0.element.key != nil }.sorted { a, b in
            guard let x = a.element.key, let y = b.element.key, x != y else { return a.offset < b.offset }
            return order == .ascending ? x < y : x > y
        }
        let sorted = known.map(\.element.element) + keyed.filter { $0.key == nil }.map(\.element)
        return arguments.count > 3 ? Array(sorted.prefix(bound(arguments[3], elements.count))) : sorted
    }

    /// Returns a position in an array of `count` elements: rounded down and clamped to the array.
    private func bound(_ node: MetricMathNode, _ count: Int) -> Int {
        Int(max(0, min(Double(count), (number(node) ?? 0).rounded(.down))))
    }
}
