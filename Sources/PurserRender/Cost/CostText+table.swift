import PurserCore

extension CostText {
    /// The rows for people: short token counts, and costs in cents that add up to the total.
    var table: TextTable {
        let (cents, _) = Picodollars.centsAddingUp(report.rows.map(\.cost))
        let hasWrites = report.rows.contains { $0.usage.cacheWrite > 0 }
        let total = report.total
        let rows = zip(report.rows, cents).map { row, cents in
            names(row)
                + numbers(row.usage, hasWrites: hasWrites, requests: row.requests)
                + [money(row.cost, cents: cents), share(row.cost, of: total)]
        }
        let usage = report.rows.reduce(into: TokenUsage()) { $0 = $0.adding($1.usage) }
        let label = report.keys.isEmpty ? [] : ["Total"] + report.keys.dropFirst().map { _ in "" }
        let footer =
            label + numbers(usage, hasWrites: hasWrites, requests: report.requests)
            + [total.cents, share(total, of: total)]
        return TextTable(columns(hasWrites: hasWrites), rows: rows, footer: footer)
    }

    private func columns(hasWrites: Bool) -> [TextTable.Column] {
        let keys = report.keys.map { TextTable.Column($0.rawValue.capitalizedFirst, leastWidth: 28) }
        var counts: [TextTable.Column] = [
            .init("In", .trailing, dropRank: 2), .init("Cached", .trailing, dropRank: 4),
            .init("Out", .trailing, dropRank: 3),
        ]
        if hasWrites { counts.append(.init("Cache writes", .trailing, dropRank: 5)) }
        return keys + counts
            + [.init("Requests", .trailing, dropRank: 1), .init("Cost", .trailing), .init("Share", .trailing)]
    }

    private func names(_ row: CostReport.Row) -> [String] {
        row.keys.map { $0 ?? "(unallocated)" }
    }

    private func numbers(_ usage: TokenUsage, hasWrites: Bool, requests: Int) -> [String] {
        let counts = [usage.input, usage.cacheRead, usage.output] + (hasWrites ? [usage.cacheWrite] : [])
        return counts.map { NumberText.count(Double($0)) } + [NumberText.grouped(requests)]
    }

    private func money(_ cost: Picodollars, cents: Int128) -> String {
        Picodollars.text(cents: cents, of: cost)
    }

    private func share(_ cost: Picodollars, of total: Picodollars) -> String {
        guard total > .zero else { return "" }
        let percent = cost.dollars / total.dollars * 100
        return percent > 0 && percent < 0.05 ? "<0.1 %" : NumberText.fixed(percent, decimals: 1) + " %"
    }
}

extension TokenUsage {
    fileprivate func adding(_ other: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: input + other.input,
            output: output + other.output,
            cacheRead: cacheRead + other.cacheRead,
            cacheWrite5m: cacheWrite5m + other.cacheWrite5m,
            cacheWrite1h: cacheWrite1h + other.cacheWrite1h
        )
    }
}

extension String {
    fileprivate var capitalizedFirst: String {
        prefix(1).uppercased() + dropFirst()
    }
}
