#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An operator between two values of metric math.
package enum MetricMathOperator: String, Sendable {
    case or = "OR"
    case and = "AND"
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"

    /// Returns the result for two numbers, 1 or 0 for comparisons, AND and OR; nil if it is not finite, as for x/0.
    func callAsFunction(_ a: Double, _ b: Double) -> Double? {
        let value: Double =
            switch self {
            case .or: a != 0 || b != 0 ? 1 : 0
            case .and: a != 0 && b != 0 ? 1 : 0
            case .less: a < b ? 1 : 0
            case .greater: a > b ? 1 : 0
            case .lessOrEqual: a <= b ? 1 : 0
            case .greaterOrEqual: a >= b ? 1 : 0
            case .equal: a == b ? 1 : 0
            case .notEqual: a != b ? 1 : 0
            case .add: a + b
            case .subtract: a - b
            case .multiply: a * b
            case .divide: a / b
            case .power: pow(a, b)
            }
        return value.isFinite ? value : nil
    }
}
