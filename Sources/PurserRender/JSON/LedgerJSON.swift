package import PurserCore

/// Calls of the ledger for programs; amounts of money are exact decimal text.
package enum LedgerJSON {
    /// Schema `purser.requests/1`.
    package static func requests(_ entries: [LedgerEntry]) -> JSONValue {
        JSONValue(schema: "purser.requests/1", ["requests": .array(entries.map(entry))])
    }

    private static func entry(_ entry: LedgerEntry) -> JSONValue {
        [
            "requestId": .string(entry.requestId),
            "correlationId": JSONValue(entry.correlationId),
            "time": .string(entry.time.iso8601(milliseconds: true)),
            "settledAt": JSONValue(entry.settledTime?.iso8601(milliseconds: true)),
            "user": JSONValue(entry.caller.user),
            "team": JSONValue(entry.caller.team),
            "application": JSONValue(entry.caller.application),
            "model": .string(entry.modelId),
            "outcome": .string(entry.outcome),
            "retries": .integer(entry.retries),
            "latencyMilliseconds": entry.latencyMilliseconds.map(JSONValue.integer) ?? .null,
            "inputTokens": .integer(entry.usage.input),
            "outputTokens": .integer(entry.usage.output),
            "cacheReadTokens": .integer(entry.usage.cacheRead),
            "cacheWriteTokens": .integer(entry.usage.cacheWrite),
            "estimated": .bool(entry.isEstimated),
            "reserved": .string(entry.hold.description),
            "cost": .string(entry.cost.description),
        ]
    }
}
