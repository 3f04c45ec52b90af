/// The token counts of one model call, as Bedrock reports them: `input` does not include cached tokens.
package struct TokenUsage: Sendable, Hashable {
    package var input: Int
    package var output: Int
    package var cacheRead: Int
    /// Written to a cache that lives five minutes.
    package var cacheWrite5m: Int
    /// Written to a cache that lives an hour.
    package var cacheWrite1h: Int

    package init(input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite5m: Int = 0, cacheWrite1h: Int = 0) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
    }

    /// All cache writes, as Bedrock's `cacheWriteInputTokens`.
    package var cacheWrite: Int {
        cacheWrite5m + cacheWrite1h
    }
}
