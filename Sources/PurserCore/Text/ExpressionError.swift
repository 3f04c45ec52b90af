/// A fault in a metric-math expression or a composite alarm's rule: where it is and what was expected there.
public struct ExpressionError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1; one past the last character if the expression ends too early.
    public let column: Int
    public let message: String

    public init(column: Int, _ message: String) {
        self.column = column
        self.message = message
    }

    public var description: String {
        "column \(column): \(message)"
    }
}
