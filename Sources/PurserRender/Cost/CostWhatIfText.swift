package import PurserCore

/// The calls of a month at the prices of another model, as text.
package struct CostWhatIfText {
    private let whatIf: CostWhatIf
    private let style: TerminalStyle

    /// Returns the rows, rounded to cents that add up to the totals, and what is assumed.
    ///
    /// - Parameter isTableCut: Whether names are cut where the table is wider than the style says.
    package static func render(_ whatIf: CostWhatIf, style: TerminalStyle, isTableCut: Bool = true) -> String {
        let text = CostWhatIfText(whatIf: whatIf, style: style)
        let table = text.table
        var drawn = style
        if !isTableCut { drawn.width = max(style.width, table.naturalWidth) }
        return text.lines(table.lines(width: drawn.width)).text(in: drawn)
    }

    private var price: Price { whatIf.price }

    private func lines(_ table: [Line]) -> [Line] {
        guard !whatIf.rows.isEmpty else { return heading + [Line(), Line("No settled calls in this month.")] }
        return heading + [Line()] + table + [Line()] + notes.flatMap(paragraph)
    }

    private var heading: [Line] {
        let zone = whatIf.zone
        let start = zone.local(whatIf.period.lowerBound)
        let end = zone.local(min(whatIf.asOf, whatIf.period.upperBound))
        let period = "\(start.date) to \(end.date) \(end.hourAndMinute) \(zone.name)"
        let filters = whatIf.filters.isEmpty ? "" : "Only \(whatIf.filters.map(\.text).joined(separator: " and ")). "
        let kind = price.discount > 0 ? "contracted prices" : "list prices"
        let used = whatIf.plainRates
        let rates = [used.input, used.output].map(Price.dollarsPerMillion).joined(separator: " and ")
        return Line.flow([Line("WHAT IF", .heading), Line(price.modelId), Line(period)], width: style.width)
            + paragraph(
                filters + "USD, \(kind) of \(price.retrieved.date) (\(price.status.rawValue)): "
                    + "\(rates) a million input and output tokens."
            )
    }

    private var table: TextTable {
        let now = Picodollars.centsAddingUp(whatIf.rows.map(\.cost)).rows
        let other = Picodollars.centsAddingUp(whatIf.rows.map(\.otherCost)).rows
        let hasWrites = whatIf.rows.contains { $0.usage.cacheWrite > 0 }
        let rows = whatIf.rows.indices.map { index in
            let row = whatIf.rows[index]
            let money = [
                Picodollars.text(cents: now[index], of: row.cost),
                Picodollars.text(cents: other[index], of: row.otherCost),
                Picodollars(cents: other[index] - now[index]).signedCents,
            ]
            return row.keys.map { $0 ?? "(unallocated)" } + numbers(row, hasWrites) + money
        }
        let total = whatIf.total
        let difference = Picodollars(cents: other.reduce(0, +) - now.reduce(0, +)).signedCents
        let label = whatIf.keys.isEmpty ? [] : ["Total"] + whatIf.keys.dropFirst().map { _ in "" }
        let footer = label + numbers(total, hasWrites) + [total.cost.cents, total.otherCost.cents, difference]
        return TextTable(columns(hasWrites), rows: rows, footer: footer)
    }

    private func columns(_ hasWrites: Bool) -> [TextTable.Column] {
        let keys = whatIf.keys.map { TextTable.Column($0.title, leastWidth: 28) }
        var counts: [TextTable.Column] = [
            .init("In", .trailing, dropRank: 2), .init("Cached", .trailing, dropRank: 4),
            .init("Out", .trailing, dropRank: 3),
        ]
        if hasWrites { counts.append(.init("Cache writes", .trailing, dropRank: 5)) }
        return keys + counts + [
            .init("Requests", .trailing, dropRank: 1), .init("Cost", .trailing), .init("Then", .trailing),
            .init("Change", .trailing),
        ]
    }

    private func numbers(_ row: CostWhatIf.Row, _ hasWrites: Bool) -> [String] {
        let usage = row.usage
        let counts = [usage.input, usage.cacheRead, usage.output] + (hasWrites ? [usage.cacheWrite] : [])
        return counts.map { NumberText.count(Double($0)) } + [NumberText.grouped(row.requests)]
    }

    private var notes: [String] {
        var notes = [
            "Tokens are as the models of the calls counted them; another model counts the same text differently."
        ]
        let kinds = whatIf.unpricedCacheKinds
        if kinds.contains(.cacheRead) {
            notes.append("It has no price for cache reads: they are at the price of plain input.")
        }
        if kinds.contains(.cacheWrite5m) {
            notes.append("It has no price for cache writes: they are at the price of plain input.")
        } else if kinds.contains(.cacheWrite1h) {
            notes.append("It has no price for cache writes of an hour: they are at twice the price of plain input.")
        }
        for (tier, requests) in whatIf.movedTiers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            notes.append(
                "It has no \(tier.rawValue) price: \(NumberText.grouped(requests)) \(requests == 1 ? "request" : "requests") at the standard one."
            )
        }
        if whatIf.unknownRequests > 0 {
            let amount = whatIf.unknownCost.cents
            notes.append(
                "Unknown usage, as it was charged: \(amount) of \(NumberText.grouped(whatIf.unknownRequests)) "
                    + (whatIf.unknownRequests == 1 ? "request." : "requests.")
            )
        }
        return notes
    }

    private func paragraph(_ text: String) -> [Line] {
        Line.flow(text.split(separator: " ").map { Line(String($0)) }, width: style.width, separator: " ")
    }
}
