/// The most that a call can use and cost.
package struct WorstCase: Sendable, Equatable {
    package var inputTokens: Int
    package var outputTokens: Int
    /// The most that the input tokens can cost.
    package var input: Picodollars
    /// The most that the output tokens can cost.
    package var output: Picodollars

    package init(inputTokens: Int, outputTokens: Int, input: Picodollars, output: Picodollars) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.input = input
        self.output = output
    }

    package var total: Picodollars {
        input + output
    }

    /// Returns the most output tokens with which the same request costs no more than `limit`; zero if not even one
    /// does.
    package func mostOutputTokens(within limit: Picodollars) -> Int {
        guard outputTokens > 0, output > .zero, limit > input else { return 0 }
        let tokens = (limit - input).rawValue * Int128(outputTokens) / output.rawValue
        return Int(min(tokens, Int128(outputTokens)))
    }
}
