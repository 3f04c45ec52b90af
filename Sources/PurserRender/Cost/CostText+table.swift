import PurserCore

extension CostText {
    /// The rows for people: short token counts, and costs in cents that add up to the total.
    var table: TextTable {
        let cents = Picodollars.centsAddingUp(report.rows.map(\.cost)).rows
        let before = Picodollars.centsAddingUp(report.rows.map { $0.previousCost ?? .zero }).rows
        let hasWrites = report.rows.contains { $0.usage.cacheWrite > 0 }
        let hasBefore = report.rows.contains { $0.previousCost ?? .zero > .zero }
        let total = report.total
        let rows = report.rows.indices.map { index in
            let row = report.rows[index]
            return names(row) + numbers(row.usage, hasWrites: hasWrites, requests: row.requests)
                + [money(row.cost, cents: cents[index]), share(row.cost, of: total)]
                + (hasBefore ? comparison(row.cost, row.previousCost ?? .zero, cents: before[index]) : [])
        }
        let label = report.keys.isEmpty ? [] : ["Total"] + report.keys.dropFirst().map { _ in "" }
        let all = report.rows.reduce(.zero) { $0 + ($1.previousCost ?? .zero) }
        let footer =
            label + numbers(report.usage, hasWrites: hasWrites, requests: report.requests)
            + [total.cents, share(total, of: total)]
            + (hasBefore ? comparison(total, all, cents: before.reduce(0, +)) : [])
        return TextTable(columns(hasWrites: hasWrites, hasBefore: hasBefore), rows: rows, footer: footer)
    }

    private func columns(hasWrites: Bool, hasBefore: Bool) -> [TextTable.Column] {
        let keys = report.keys.map { TextTable.Column($0.title, leastWidth: 28) }
        var counts: [TextTable.Column] = [
            .init("In", .trailing, dropRank: 2), .init("Cached", .trailing, dropRank: 4),
            .init("Out", .trailing, dropRank: 3),
        ]
        if hasWrites { counts.append(.init("Cache writes", .trailing, dropRank: 5)) }
        let amounts: [TextTable.Column] = [
            .init("Requests", .trailing, dropRank: 1), .init("Cost", .trailing), .init("Share", .trailing),
        ]
        let compared: [TextTable.Column] = [
            .init("Before", .trailing, dropRank: 7), .init("Change", .trailing, dropRank: 6),
        ]
        return keys + counts + amounts + (hasBefore ? compared : [])
    }

    private func names(_ row: CostReport.Row) -> [String] {
        row.keys.map { $0 ?? "(unallocated)" }
    }

    private func numbers(_ usage: TokenUsage, hasWrites: Bool, requests: Int) -> [String] {
        let counts = [usage.input, usage.cacheRead, usage.output] + (hasWrites ? [usage.cacheWrite] : [])
        return counts.map { NumberText.count(Double($0)) } + [NumberText.grouped(requests)]
    }

    /// What the row cost on the same days of the month before, and how much more or less it costs now.
    private func comparison(_ cost: Picodollars, _ before: Picodollars, cents: Int128) -> [String] {
        guard before > .zero else { return ["", cost > .zero ? "new" : ""] }
        let percent = 100 * (cost.dollars / before.dollars - 1)
        if percent >= 1000 { return [money(before, cents: cents), ">+999 %"] }
        let change = NumberText.fixed(percent.magnitude, decimals: percent.magnitude < 10 ? 1 : 0)
        return [money(before, cents: cents), (percent < 0 ? "-" : "+") + change + " %"]
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

extension CostKey {
    /// The title of its column.
    var title: String {
        name.prefix(1).uppercased() + name.dropFirst()
    }
}
