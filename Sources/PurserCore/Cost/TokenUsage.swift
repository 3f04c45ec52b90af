/// The token counts of one model call, as Bedrock reports them: `input` does not include cached tokens.
public struct TokenUsage: Sendable, Hashable {
    public var input: Int
    public var output: Int
    public var cacheRead: Int
    /// Written to a cache that lives five minutes.
    public var cacheWrite5m: Int
    /// Written to a cache that lives an hour.
    public var cacheWrite1h: Int

    public init(input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite5m: Int = 0, cacheWrite1h: Int = 0) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
    }

    /// All cache writes, as Bedrock's `cacheWriteInputTokens`.
    public var cacheWrite: Int {
        cacheWrite5m + cacheWrite1h
    }
}
