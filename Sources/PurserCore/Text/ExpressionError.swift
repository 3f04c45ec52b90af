/// A fault in a metric-math expression or a composite alarm's rule: where it is and what was expected there.
package struct ExpressionError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1; one past the last character if the expression ends too early.
    package let column: Int
    package let message: String

    package init(column: Int, _ message: String) {
        self.column = column
        self.message = message
    }

    package var description: String {
        "column \(column): \(message)"
    }
}
