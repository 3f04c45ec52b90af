package import PurserCore

/// Calls of the ledger and refused requests for programs; amounts of money are exact decimal text.
package enum LedgerJSON {
    /// Schema `purser.requests/1`.
    package static func requests(_ entries: [LedgerEntry], refused: [RefusedRequest] = []) -> JSONValue {
        JSONValue(
            schema: "purser.requests/1",
            ["requests": .array(entries.map { entry($0) } + refused.map(refusal))]
        )
    }

    /// A refused request in the shape of a call that cost nothing; its `refusal` says why.
    private static func refusal(_ request: RefusedRequest) -> JSONValue {
        let entry = entry(
            LedgerEntry(
                requestId: request.requestId,
                time: request.time,
                settledTime: request.time,
                caller: request.caller,
                modelId: request.modelId ?? "",
                outcome: request.code,
                usage: TokenUsage(),
                isEstimated: false,
                latencyMilliseconds: nil,
                retries: 0,
                correlationId: request.correlationId,
                hold: .zero,
                cost: .zero
            ),
            refusal: ["code": .string(request.code), "reason": .string(request.reason)]
        )
        // It is no call, so it has no source, and it may have ended before it named a model.
        let unknown = ["source", "tier"] + (request.modelId == nil ? ["model"] : [])
        return .object((entry.members ?? []).map { unknown.contains($0.key) ? .init($0.key, .null) : $0 })
    }

    private static func entry(_ entry: LedgerEntry, refusal: JSONValue = .null) -> JSONValue {
        [
            "requestId": .string(entry.requestId),
            "correlationId": JSONValue(entry.correlationId),
            "time": .string(entry.time.iso8601(milliseconds: true)),
            "settledAt": JSONValue(entry.settledTime?.iso8601(milliseconds: true)),
            "user": JSONValue(entry.caller.user),
            "team": JSONValue(entry.caller.team),
            "application": JSONValue(entry.caller.application),
            "accessKeyId": JSONValue(entry.caller.accessKey),
            "session": JSONValue(entry.caller.session),
            "tags": .object(entry.caller.tags.sorted.map { .init($0.name, .string($0.value)) }),
            "model": .string(entry.modelId),
            "tier": .string(entry.tier.rawValue),
            "outcome": .string(entry.outcome),
            "source": .string(entry.source.rawValue),
            "upstreamRequestId": JSONValue(entry.upstreamRequestId),
            "refusal": refusal,
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
