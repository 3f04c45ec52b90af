package import PurserCore

/// Calls of the ledger as text.
package enum LedgerText {
    package static func requests(_ entries: [LedgerEntry]) -> TextTable {
        TextTable(
            [
                .init("TIME"), .init("REQUEST ID"), .init("MODEL", leastWidth: 10), .init("RESULT", leastWidth: 10),
                .init("RETRIES", .trailing, dropRank: 1), .init("TOTAL", .trailing), .init("IN", .trailing),
                .init("OUT", .trailing), .init("COST", .trailing, dropRank: 2),
            ],
            rows: entries.map { entry in
                [
                    entry.time.floored(toSeconds: 1).iso8601(), entry.requestId, entry.modelId, entry.outcome,
                    String(entry.retries),
                    entry.latencyMilliseconds.map { NumberText.duration(seconds: Double($0) / 1000) } ?? "",
                    String(entry.usage.input), String(entry.usage.output), entry.cost.description,
                ]
            }
        )
    }

    /// Returns everything about one call.
    package static func details(_ entry: LedgerEntry) -> FactList {
        let usage = entry.usage
        return FactList(
            [
                .init("request id", entry.requestId), .init("correlation id", entry.correlationId),
                .init("source", entry.source.rawValue), .init("Bedrock's request id", entry.upstreamRequestId),
                .init("time", entry.time.iso8601(milliseconds: true)),
                .init("settled at", entry.settledTime?.iso8601(milliseconds: true)),
            ] + caller(entry.caller) + [
                .init("model", entry.modelId), .init("tier", entry.tier.rawValue), .init("result", entry.outcome),
                .init("retries", String(entry.retries)),
                .init("total", entry.latencyMilliseconds.map { NumberText.duration(seconds: Double($0) / 1000) }),
                .init(
                    "tokens",
                    "\(usage.input) in, \(usage.output) out, \(usage.cacheRead) cached, \(usage.cacheWrite) cache writes"
                ),
                .init("reserved", entry.hold.description),
                .init("cost", entry.cost.description + (entry.isEstimated ? " (estimated)" : "")),
            ]
        )
    }

    /// Returns everything that is kept about a refused request.
    package static func details(_ request: RefusedRequest) -> FactList {
        FactList(
            [
                .init("request id", request.requestId), .init("correlation id", request.correlationId),
                .init("time", request.time.iso8601(milliseconds: true)),
            ] + caller(request.caller) + [
                .init("model", request.modelId), .init("result", "refused: " + request.code),
                .init("reason", request.reason),
            ]
        )
    }

    private static func caller(_ caller: Caller) -> [FactList.Fact] {
        [
            .init("user", caller.user), .init("team", caller.team), .init("application", caller.application),
            .init("access key", caller.accessKey), .init("session", caller.session),
        ] + caller.tags.sorted.map { .init("tag " + $0.name, $0.value) }
    }
}
