/// Determines the type of a tree's result (a number, a series or an array) and checks the types of all arguments.
///
/// The rules are those in the tables of the user guide, "Metric math syntax and functions".
struct MetricMathChecker {
    /// Nil while the types of ids are not known.
    let scope: MetricMathScope?

    /// Returns the type of a node's result; nil if it depends on an id whose type is not known.
    func type(of node: MetricMathNode) throws(ExpressionError) -> MetricMathType? {
        switch node.kind {
        case .number: return .number
        case .string: throw fault(node, "a string is allowed only in METRICS(\"part of the ids\")")
        case .word(let word): throw fault(node, word.place)
        case .metric(let id): return scope?.type(of: id)
        case .negation(let inner): return try type(of: inner)
        case .binary(let operation, let a, let b, let column):
            return try type(of: operation, type(of: a), type(of: b), column)
        case .array(let elements):
            guard !elements.isEmpty else { throw fault(node, "an array must hold at least one time series") }
            for (index, element) in elements.enumerated() where try type(of: element) == .number {
                throw fault(element, "element \(index + 1) of an array must be a time series, not a number")
            }
            return .array
        case .call(let function, let arguments): return try type(of: function, arguments, node)
        }
    }

    private func type(
        of operation: MetricMathOperator,
        _ a: MetricMathType?,
        _ b: MetricMathType?,
        _ column: Int
    ) throws(ExpressionError) -> MetricMathType? {
        if a == .array, b == .array {
            let message = "`\(operation.rawValue)` takes one array of time series; the other side must be a number or a"
            throw ExpressionError(column: column, message + " time series")
        }
        if a == .array || b == .array { return .array }
        guard let a, let b else { return nil }
        return a == .series || b == .series ? .series : .number
    }

    private func type(
        of function: MetricMathFunction,
        _ arguments: [MetricMathNode],
        _ node: MetricMathNode
    ) throws(ExpressionError) -> MetricMathType? {
        switch function.shape {
        case .mapping: return try argument(0, function, arguments, [.series, .array])
        case .reduction:
            guard let type = try argument(0, function, arguments, [.series, .array]) else { return nil }
            return type == .series ? .number : .series
        case .calendar:
            try argument(0, function, arguments, [.series])
            return .series
        case .other: break
        }
        switch function {
        case .if: return try ifType(arguments)
        case .metrics: return try metricsType(arguments, node)
        case .fill: return try fillType(arguments)
        case .slice: return try sliceType(arguments)
        case .sort: return try sortType(arguments)
        case .anomalyDetectionBand: return try bandType(arguments)
        case .first, .last:
            try argument(0, function, arguments, [.array])
            return .series
        case .metricCount:
            try argument(0, function, arguments, [.array])
            return .number
        case .removeEmpty: return try argument(0, function, arguments, [.array])
        case .timeSeries:
            try argument(0, function, arguments, [.number])
            return .series
        default:
            try metricId(0, .period, arguments)
            return .number
        }
    }

    private func ifType(_ arguments: [MetricMathNode]) throws(ExpressionError) -> MetricMathType? {
        let condition = try argument(0, .if, arguments, [.number, .series])
        for index in 1..<arguments.count {
            let value = try argument(index, .if, arguments, [.number, .series])
            if condition == .number, value == .number {
                let message = "argument \(index + 1) of IF must be a time series if its condition is a number"
                throw fault(arguments[index], message)
            }
        }
        return .series
    }

    private func metricsType(
        _ arguments: [MetricMathNode],
        _ node: MetricMathNode
    ) throws(ExpressionError) -> MetricMathType? {
        var part: String?
        if let argument = arguments.first {
            guard case .string(let text) = argument.kind else {
                throw fault(
                    argument,
                    "argument 1 of METRICS must be a string in quotes, such as METRICS(\"errors\")"
                )
            }
            part = text
        }
        guard let scope, MetricMathFunction.metricIds(scope.metrics, part: part).isEmpty else { return .array }
        throw fault(node, part.map { "no metric has `\($0)` in its Id" } ?? "there is no metric, only expressions")
    }

    private func fillType(_ arguments: [MetricMathNode]) throws(ExpressionError) -> MetricMathType? {
        let filled = try argument(0, .fill, arguments, [.series, .array])
        let filler = arguments[1]
        switch filler.kind {
        case .word(.fillRepeat), .word(.fillLinear): return filled
        case .word, .string: throw fault(filler, "argument 2 of FILL must be a number, REPEAT or LINEAR")
        default: break
        }
        switch (filled, try type(of: filler)) {
        case (_, .array): throw fault(filler, "argument 2 of FILL must be a number, REPEAT or LINEAR, not an array")
        case (.series, .series):
            let message = "argument 2 of FILL must be a number, REPEAT or LINEAR; a time series fills only an array"
            throw fault(filler, message)
        default: return filled
        }
    }

    /// Returns the type of SLICE: a series if two literal numbers select one series; otherwise an array.
    private func sliceType(_ arguments: [MetricMathNode]) throws(ExpressionError) -> MetricMathType? {
        try argument(0, .slice, arguments, [.array])
        for index in 1..<arguments.count {
            try argument(index, .slice, arguments, [.number])
            try whole(index, .slice, arguments, from: 0)
        }
        guard arguments.count > 2, let start = arguments[1].literal, let end = arguments[2].literal else {
            return .array
        }
        guard end > start else { throw fault(arguments[2], "argument 3 of SLICE must be greater than argument 2") }
        return end == start + 1 ? .series : .array
    }

    private func sortType(_ arguments: [MetricMathNode]) throws(ExpressionError) -> MetricMathType? {
        try argument(0, .sort, arguments, [.array])
        try word(1, arguments, MetricMathWord.statistics, "AVG, MIN, MAX or SUM")
        try word(2, arguments, MetricMathWord.orders, "ASC or DESC")
        if arguments.count > 3 {
            try argument(3, .sort, arguments, [.number])
            try whole(3, .sort, arguments, from: 1)
        }
        return .array
    }

    private func bandType(_ arguments: [MetricMathNode]) throws(ExpressionError) -> MetricMathType? {
        guard case .metric(let id) = arguments[0].kind else {
            throw fault(
                arguments[0],
                "argument 1 of ANOMALY_DETECTION_BAND must be the id of a metric or an expression"
            )
        }
        try argument(0, .anomalyDetectionBand, arguments, [.series])
        if scope?.usesBand(id) == true {
            throw fault(arguments[0], "argument 1 of ANOMALY_DETECTION_BAND must not depend on another band")
        }
        if arguments.count > 1 {
            try argument(1, .anomalyDetectionBand, arguments, [.number])
            if let width = arguments[1].literal, width <= 0 {
                throw fault(arguments[1], "argument 2 of ANOMALY_DETECTION_BAND must be above 0")
            }
        }
        return .array
    }
}

/// Checks of arguments.
extension MetricMathChecker {
    @discardableResult
    private func argument(
        _ index: Int,
        _ function: MetricMathFunction,
        _ arguments: [MetricMathNode],
        _ allowed: [MetricMathType]
    ) throws(ExpressionError) -> MetricMathType? {
        let node = arguments[index]
        let choice = allowed.map(\.description).joined(separator: " or ")
        let message = "argument \(index + 1) of \(function.rawValue) must be \(choice)"
        switch node.kind {
        case .string: throw fault(node, message + ", not a string")
        case .word(let word): throw fault(node, message + ", not `\(word.rawValue)`")
        default: break
        }
        let type = try type(of: node)
        if let type, !allowed.contains(type) { throw fault(node, message + ", not \(type)") }
        return type
    }

    private func word(
        _ index: Int,
        _ arguments: [MetricMathNode],
        _ allowed: [MetricMathWord],
        _ choice: String
    ) throws(ExpressionError) {
        if case .word(let word) = arguments[index].kind, allowed.contains(word) { return }
        throw fault(arguments[index], "argument \(index + 1) of SORT must be \(choice)")
    }

    private func whole(
        _ index: Int,
        _ function: MetricMathFunction,
        _ arguments: [MetricMathNode],
        from least: Double
    ) throws(ExpressionError) {
        guard let number = arguments[index].literal, number < least || number.rounded() != number else { return }
        let message = "argument \(index + 1) of \(function.rawValue) must be a whole number, at least \(Int(least))"
        throw fault(arguments[index], message)
    }

    private func metricId(
        _ index: Int,
        _ function: MetricMathFunction,
        _ arguments: [MetricMathNode]
    ) throws(ExpressionError) {
        if case .metric(let id) = arguments[index].kind, scope?.expressions[id] == nil { return }
        let message = "argument \(index + 1) of \(function.rawValue) must be a metric's id, not an expression"
        throw fault(arguments[index], message)
    }

    private func fault(_ node: MetricMathNode, _ message: String) -> ExpressionError {
        ExpressionError(column: node.column, message)
    }
}
