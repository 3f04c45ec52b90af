extension TokenUsage {
    /// More tokens than any model takes or gives: a larger count is not a model's, and sums of such counts could overflow.
    private static let mostTokens = 1_000_000_000

    /// Reads Converse's `usage`; nil if a count is missing, not a whole number, negative or beyond any model.
    ///
    /// `cacheDetails` states how many of the written tokens live for an hour; the others live for five minutes.
    package init?(converse usage: JSONValue) {
        func count(_ key: String) -> Int? {
            guard let value = usage[key], value != .null else { return 0 }
            return value.integer.flatMap { (0...Self.mostTokens).contains($0) ? $0 : nil }
        }
        guard usage["inputTokens"]?.integer != nil, usage["outputTokens"]?.integer != nil,
            let input = count("inputTokens"), let output = count("outputTokens"),
            let read = count("cacheReadInputTokens"), let written = count("cacheWriteInputTokens")
        else { return nil }
        var hour = 0
        for detail in usage["cacheDetails"]?.array ?? [] where detail["ttl"]?.string == "1h" {
            guard let tokens = detail["inputTokens"]?.integer, tokens >= 0, tokens <= written - hour else { return nil }
            hour += tokens
        }
        self.init(input: input, output: output, cacheRead: read, cacheWrite5m: written - hour, cacheWrite1h: hour)
    }

    /// The counts as Converse reports them.
    package var converse: JSONValue {
        var members: [JSONValue.Member] = [
            .init("inputTokens", .integer(input)), .init("outputTokens", .integer(output)),
            .init("totalTokens", .integer(input &+ output &+ cacheRead &+ cacheWrite)),
        ]
        if cacheRead > 0 { members.append(.init("cacheReadInputTokens", .integer(cacheRead))) }
        if cacheWrite > 0 { members.append(.init("cacheWriteInputTokens", .integer(cacheWrite))) }
        return .object(members)
    }
}
