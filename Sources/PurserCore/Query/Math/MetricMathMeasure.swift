/// What the values of an expression measure, as far as that follows from the units of its metrics and its arithmetic.
///
/// A quotient of two quantities in the same unit is a share, and a hundred times a share is a percentage. Where the
/// arithmetic leaves any doubt, the measure is unknown.
enum MetricMathMeasure: Sendable, Equatable {
    /// A number that is written in the expression.
    case constant(Double)
    case quantity(Quantity)
    case unknown

    /// A number times a product of powers of units.
    struct Quantity: Sendable, Equatable {
        /// The exponent of each unit; none of them is zero.
        var powers: [MetricUnit: Int]
        /// The number: 100 for a percentage.
        var scale = 1.0
        /// Whether it comes from a quotient of quantities in the same unit.
        var isShare = false

        /// Whether it is a plain number, or one divided by a number of samples, which statistics add to shares.
        fileprivate var isPlain: Bool {
            powers.allSatisfy { $0.key == .count && $0.value < 0 }
        }
    }

    /// A plain number that is not known to be a share.
    private static let plain = quantity(Quantity(powers: [:]))

    /// Creates what a metric's values measure.
    init(_ metric: AlarmMetric) {
        switch metric.valueUnit {
        case nil, .some(.none): self = .unknown
        case .percent?: self = .quantity(Quantity(powers: [:], scale: 100, isShare: true))
        case let unit?: self = .quantity(Quantity(powers: [unit: 1]))
        }
    }

    /// Creates what an expression's values measure, given what its ids measure.
    init(_ node: MetricMathNode, _ ids: [String: MetricMathMeasure]) {
        func measure(_ node: MetricMathNode) -> MetricMathMeasure { MetricMathMeasure(node, ids) }
        self =
            switch node.kind {
            case .number(let value): .constant(value)
            case .metric(let id): ids[id] ?? .unknown
            case .negation(let inner): Self.product(.constant(-1), measure(inner)).absolute
            case .binary(let sign, let a, let b, _): Self.result(sign, measure(a), measure(b))
            case .array(let nodes): Self.common(nodes.map(measure))
            case .call(let function, let arguments): Self.result(function, arguments, measure)
            case .string, .word: .unknown
            }
    }

    /// The unit of the values; nil if it is not known, or is not one of CloudWatch's.
    var unit: MetricUnit? {
        guard case .quantity(let quantity) = self else { return nil }
        if quantity.powers.isEmpty {
            return quantity.isShare && (quantity.scale - 100).magnitude < 1e-9 ? .percent : nil
        }
        guard quantity.powers.count == 1, let only = quantity.powers.first, only.value == 1, quantity.scale == 1
        else { return nil }
        return only.key
    }

    private static func result(
        _ sign: MetricMathOperator,
        _ a: MetricMathMeasure,
        _ b: MetricMathMeasure
    ) -> MetricMathMeasure {
        switch sign {
        case .multiply: product(a, b)
        case .divide: product(a, b.power(-1))
        case .add, .subtract: sum(a, b)
        case .power: if case .constant(let exponent) = b { a.power(exponent) } else { .unknown }
        case .or, .and, .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual: .unknown
        }
    }

    private static func result(
        _ function: MetricMathFunction,
        _ arguments: [MetricMathNode],
        _ measure: (MetricMathNode) -> MetricMathMeasure
    ) -> MetricMathMeasure {
        switch function {
        case .if: common(arguments.dropFirst().map(measure))
        case .fill:
            common(arguments.filter { if case .word = $0.kind { false } else { true } }.map(measure))
        case .abs, .ceil, .floor, .average, .maximum, .minimum, .sum, .standardDeviation, .difference, .runningSum,
            .first, .last, .removeEmpty, .slice, .sort, .timeSeries:
            arguments.first.map(measure) ?? .unknown
        default: .unknown
        }
    }

    /// A sign does not change the unit.
    private var absolute: MetricMathMeasure {
        guard case .quantity(var quantity) = self else { return self }
        quantity.scale = quantity.scale.magnitude
        return .quantity(quantity)
    }

    private static func product(_ a: MetricMathMeasure, _ b: MetricMathMeasure) -> MetricMathMeasure {
        switch (a, b) {
        case (.constant(let a), .constant(let b)): return .constant(a * b)
        case (.constant(let factor), .quantity(var quantity)), (.quantity(var quantity), .constant(let factor)):
            if quantity.isShare || !quantity.powers.isEmpty { quantity.scale *= factor }
            return .quantity(quantity)
        case (.quantity(let a), .quantity(let b)):
            let powers = a.powers.merging(b.powers, uniquingKeysWith: +).filter { $0.value != 0 }
            let isQuotient = !a.powers.isEmpty && powers.isEmpty
            return .quantity(
                Quantity(
                    powers: powers,
                    scale: a.scale * b.scale,
                    isShare: powers.isEmpty && (isQuotient || a.isShare || b.isShare)
                )
            )
        default: return .unknown
        }
    }

    private func power(_ exponent: Double) -> MetricMathMeasure {
        switch self {
        case .constant(let value): return .constant(exponent == -1 ? 1 / value : .nan)
        case .quantity(let quantity):
            if exponent == 1 { return self }
            var powers: [MetricUnit: Int] = [:]
            for (unit, power) in quantity.powers {
                guard let whole = Int(exactly: Double(power) * exponent) else { return .unknown }
                powers[unit] = whole
            }
            guard exponent == -1 else {
                return powers.isEmpty ? Self.plain : .quantity(Quantity(powers: powers, scale: .nan))
            }
            return .quantity(Quantity(powers: powers, scale: 1 / quantity.scale, isShare: quantity.isShare))
        case .unknown: return .unknown
        }
    }

    /// Returns what a sum measures: what is added must be of one kind, so one that is known says what the other is.
    private static func sum(_ a: MetricMathMeasure, _ b: MetricMathMeasure) -> MetricMathMeasure {
        switch (a, b) {
        case (.constant(let a), .constant(let b)): return .constant(a + b)
        case (.constant, .quantity(let quantity)), (.quantity(let quantity), .constant):
            return quantity.isPlain && !quantity.isShare ? plain : .quantity(quantity)
        case (.quantity(let first), .quantity(let second)):
            guard first.isPlain, second.isPlain, first.isShare || second.isShare || first.powers != second.powers
            else { return common([a, b]) }
            let shares = [first, second].filter(\.isShare)
            guard let share = shares.first else { return plain }
            return shares.allSatisfy { $0.scale.magnitude == share.scale.magnitude }
                ? MetricMathMeasure.quantity(share).absolute : .unknown
        default: return .unknown
        }
    }

    /// Returns what all of these measure, if it is the same; a constant can stand for any quantity.
    private static func common(_ measures: [MetricMathMeasure]) -> MetricMathMeasure {
        var result: MetricMathMeasure?
        for measure in measures {
            switch (result, measure) {
            case (nil, _), (.constant?, _): result = measure.absolute
            case (_, .constant): break
            case (let known?, _): if known != measure.absolute { return .unknown }
            }
        }
        return result ?? .unknown
    }
}

extension AlarmMetric {
    /// The unit of the statistic's values: those of some statistics do not have the metric's.
    package var valueUnit: MetricUnit? {
        switch statistic {
        case .sampleCount, .trimmedCount: .count
        case .percentileRank: .percent
        default: unit
        }
    }
}

extension AlarmMath {
    /// The unit of the watched result; nil if it is not known for certain.
    var unit: MetricUnit? {
        guard let watched else { return nil }
        if case .metric(let metric) = watched.source { return metric.valueUnit }
        var measures: [String: MetricMathMeasure] = [:]
        for index in order {
            let query = queries[index]
            measures[query.id] =
                switch query.source {
                case .metric(let metric): MetricMathMeasure(metric)
                case .expression(let expression, _): MetricMathMeasure(expression.root, measures)
                }
        }
        return measures[watched.id]?.unit
    }
}

extension MetricMathExpression {
    /// Returns the unit of the values, given the statistics that the ids stand for; nil if it is not known for certain.
    package func unit(of metrics: [String: AlarmMetric]) -> MetricUnit? {
        MetricMathMeasure(root, metrics.mapValues { MetricMathMeasure($0) }).unit
    }
}
