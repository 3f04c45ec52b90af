package import PurserCore

/// The calls behind a figure, as text; every cost is exact, so that the calls add up to the figure.
package enum CostExplanationText {
    /// Returns the table, with the calls that are not listed as one row.
    package static func table(_ explanation: CostExplanation) -> TextTable {
        let rest = explanation.rest
        var rows = explanation.calls.map { entry in
            [
                entry.time.floored(toSeconds: 1).iso8601(), entry.requestId, entry.modelId,
                entry.outcome + (entry.isEstimated ? " (estimated)" : ""), NumberText.grouped(entry.usage.input),
                NumberText.grouped(entry.usage.cacheRead + entry.usage.cacheWrite),
                NumberText.grouped(entry.usage.output), entry.cost.exactDollars,
            ]
        }
        if rest.requests > 0 {
            let words = rest.requests.counted("other call")
            rows.append(["", "(\(words))", "", "", "", "", "", rest.cost.exactDollars])
        }
        return TextTable(
            [
                .init("TIME", dropRank: 3), .init("REQUEST ID"), .init("MODEL", leastWidth: 10),
                .init("RESULT", leastWidth: 10, dropRank: 4), .init("IN", .trailing, dropRank: 2),
                .init("CACHED", .trailing, dropRank: 1), .init("OUT", .trailing, dropRank: 2), .init("COST", .trailing),
            ],
            rows: rows,
            footer: ["", "Total", "", "", "", "", "", explanation.total.exactDollars]
        )
    }
}
