/// A tree in which every part is computed period by period, as steps that work on a stack.
///
/// It computes the same results as ``MetricMathEvaluator``, but without an array for each node, because alarms are
/// evaluated over months at a time.
struct MetricMathProgram: Sendable, Equatable {
    private enum Step: Equatable {
        case number(Double)
        /// The index of an id in ``ids``.
        case input(Int)
        case negate
        case operation(MetricMathOperator)
        case function(MetricMathFunction)
        /// IF, with or without a false value.
        case choose(hasFalse: Bool)
        case fill(Double)
    }

    /// A number on the stack. A missing number is stored as NaN, which is never a result.
    private struct Entry {
        var value: Double
        /// A missing point of a series is not the same as a missing number.
        var isSeries: Bool
    }

    /// Where an id's numbers begin; a scalar has the same number for each period.
    private struct Input {
        var offset: Int
        var isSeries: Bool
    }

    private var steps: [Step] = []
    private var ids: [String] = []

    /// Creates the program; nil if a part needs more than the values of its own period.
    init?(_ root: MetricMathNode) {
        guard append(root) else { return nil }
    }

    private mutating func append(_ node: MetricMathNode) -> Bool {
        switch node.kind {
        case .number(let value): steps.append(.number(value))
        case .metric(let id):
            let place = ids.firstIndex(of: id) ?? ids.count
            if place == ids.count { ids.append(id) }
            steps.append(.input(place))
        case .negation(let inner):
            guard append(inner) else { return false }
            steps.append(.negate)
        case .binary(let operation, let a, let b, _):
            guard append(a), append(b) else { return false }
            steps.append(.operation(operation))
        case .call(.fill, let arguments):
            guard let number = arguments[1].literal, append(arguments[0]) else { return false }
            steps.append(.fill(number))
        case .call(.if, let arguments):
            for argument in arguments where !append(argument) { return false }
            steps.append(.choose(hasFalse: arguments.count > 2))
        case .call(let function, let arguments):
            guard function.plain != nil, append(arguments[0]) else { return false }
            steps.append(.function(function))
        case .array, .string, .word: return false
        }
        return true
    }

    /// Returns the value, given the value of each id; nil if one is an array, which is not a single value per period.
    func run(_ values: [String: MetricMathValue]) -> MetricMathValue? {
        var count: Int?
        var inputs: [Input] = []
        var numbers: [Double] = []
        inputs.reserveCapacity(ids.count)
        for id in ids {
            switch values[id] ?? .scalar(nil) {
            case .scalar(let value):
                inputs.append(Input(offset: numbers.count, isSeries: false))
                numbers.append(Self.number(value))
            case .series(let points):
                inputs.append(Input(offset: numbers.count, isSeries: true))
                // Series are expected to have the same length; otherwise evaluation is left to the tree.
                guard count ?? points.count == points.count else { return nil }
                count = points.count
                for point in points {
                    numbers.append(Self.number(point))
                }
            case .array: return nil
            }
        }
        var stack: [Entry] = []
        stack.reserveCapacity(steps.count)
        guard let count else { return .scalar(Self.point(result(0, inputs, numbers, &stack))) }
        var points: [Double?] = []
        points.reserveCapacity(count)
        for index in 0..<count {
            points.append(Self.point(result(index, inputs, numbers, &stack)))
        }
        return .series(points)
    }

    private static func number(_ value: Double?) -> Double {
        if let value, value.isFinite { value } else { .nan }
    }

    private static func point(_ value: Double) -> Double? {
        value.isNaN ? nil : value
    }

    private func result(_ index: Int, _ inputs: [Input], _ numbers: [Double], _ stack: inout [Entry]) -> Double {
        stack.removeAll(keepingCapacity: true)
        for step in steps {
            switch step {
            case .number(let value): stack.append(Entry(value: value, isSeries: false))
            case .input(let place):
                let input = inputs[place]
                let value = numbers[input.isSeries ? input.offset + index : input.offset]
                stack.append(Entry(value: value, isSeries: input.isSeries))
            case .operation(let operation):
                let b = stack.removeLast()
                stack[stack.count - 1] = Self.combine(stack[stack.count - 1], b, operation)
            case .choose(let hasFalse):
                let otherwise = hasFalse ? stack.removeLast() : Entry(value: .nan, isSeries: false)
                let value = stack.removeLast()
                stack[stack.count - 1] = Self.choose(stack[stack.count - 1], value, otherwise)
            case .negate: stack[stack.count - 1].value = 0 - stack[stack.count - 1].value
            case .function(let function):
                let value = function.plain?(stack[stack.count - 1].value) ?? .nan
                stack[stack.count - 1].value = value.isFinite ? value : .nan
            case .fill(let number):
                if stack[stack.count - 1].isSeries, stack[stack.count - 1].value.isNaN {
                    stack[stack.count - 1].value = number
                }
            }
        }
        return stack[0].value
    }

    private static func combine(_ a: Entry, _ b: Entry, _ operation: MetricMathOperator) -> Entry {
        let isSeries = a.isSeries || b.isSeries
        let isMissing =
            a.isSeries && b.isSeries ? a.value.isNaN && b.value.isNaN : a.value.isNaN || b.value.isNaN
        if isMissing { return Entry(value: .nan, isSeries: isSeries) }
        let value = operation(a.value.isNaN ? 0 : a.value, b.value.isNaN ? 0 : b.value)
        return Entry(value: value ?? .nan, isSeries: isSeries)
    }

    private static func choose(_ condition: Entry, _ value: Entry, _ otherwise: Entry) -> Entry {
        let isSeries = condition.isSeries || value.isSeries || otherwise.isSeries
        if condition.value.isNaN { return Entry(value: .nan, isSeries: isSeries) }
        if condition.value == 0 { return Entry(value: otherwise.value, isSeries: isSeries) }
        let isZero = value.value.isNaN && condition.isSeries && value.isSeries
        return Entry(value: isZero ? 0 : value.value, isSeries: isSeries)
    }
}
