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

    /// Returns everything about one call, a row for each fact.
    package static func details(_ entry: LedgerEntry) -> TextTable {
        let usage = entry.usage
        return details(
            [
                ("request id", entry.requestId), ("correlation id", entry.correlationId),
                ("source", entry.source.rawValue), ("Bedrock's request id", entry.upstreamRequestId),
                ("time", entry.time.iso8601(milliseconds: true)),
                ("settled at", entry.settledTime?.iso8601(milliseconds: true)),
            ] + caller(entry.caller) + [
                ("model", entry.modelId), ("result", entry.outcome), ("retries", String(entry.retries)),
                ("total", entry.latencyMilliseconds.map { NumberText.duration(seconds: Double($0) / 1000) }),
                (
                    "tokens",
                    "\(usage.input) in, \(usage.output) out, \(usage.cacheRead) cached, \(usage.cacheWrite) cache writes"
                ),
                ("reserved", entry.hold.description),
                ("cost", entry.cost.description + (entry.isEstimated ? " (estimated)" : "")),
            ]
        )
    }

    /// Returns everything that is kept about a refused request.
    package static func details(_ request: RefusedRequest) -> TextTable {
        details(
            [
                ("request id", request.requestId), ("correlation id", request.correlationId),
                ("time", request.time.iso8601(milliseconds: true)),
            ] + caller(request.caller) + [
                ("model", request.modelId), ("result", "refused: " + request.code), ("reason", request.reason),
            ]
        )
    }

    private static func caller(_ caller: Caller) -> [(String, String?)] {
        [
            ("user", caller.user), ("team", caller.team), ("application", caller.application),
            ("access key", caller.accessKey),
        ]
    }

    private static func details(_ facts: [(String, String?)]) -> TextTable {
        TextTable(
            [.init("FACT"), .init("VALUE")],
            rows: facts.compactMap { name, value in value.map { [name, $0] } }
        )
    }
}
