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
}
