package import PurserCore

/// A month compared with its bill, as text.
package struct ReconciliationText {
    private let result: Reconciliation
    private let style: TerminalStyle

    /// Returns the totals, the SKUs and what could not be compared, with all decimals of the amounts.
    ///
    /// - Parameter isTableCut: Whether names are cut where a table is wider than the style says.
    package static func render(_ result: Reconciliation, style: TerminalStyle, isTableCut: Bool = true) -> String {
        let text = ReconciliationText(result: result, style: style)
        let tables = text.tables.filter { !$0.table.rows.isEmpty }
        var drawn = style
        if !isTableCut { drawn.width = tables.reduce(style.width) { max($0, $1.table.naturalWidth) } }
        var lines = text.heading + [Line()] + text.summary
        let notes = text.notes
        if !notes.isEmpty { lines += [Line()] + notes.flatMap(text.paragraph) }
        for (title, table) in tables { lines += [Line(), Line(title, .heading)] + table.lines(width: drawn.width) }
        return lines.text(in: drawn)
    }

    private var heading: [Line] {
        let files = result.files.count.counted("file")
        let lines = result.files.reduce(0) { $0 + $1.lines }
        let count = NumberText.grouped(lines) + (lines == 1 ? " line" : " lines")
        let title = [Line("RECONCILIATION", .heading), Line("\(result.month)"), Line("\(files), \(count)")]
        let asOf = "\(result.asOf.date) \(result.asOf.hourAndMinute) UTC"
        return Line.flow(title, width: style.width)
            + paragraph("USD, before tax and credits. The ledger as of \(asOf). Tolerance: \(tolerance).")
    }

    private var tolerance: String {
        let percent = ReconciliationJSON.percent(result.tolerance.millionths)
        return "\(percent) % of an SKU, or \(result.tolerance.amount.inDollars)"
    }

    private var summary: [Line] {
        let total = result.total
        let amounts = [total.billed.exactDollars, total.recorded.exactDollars, Self.signed(result.drift)]
        let width = amounts.map(\.count).max() ?? 0
        var status = Line("Status".padded(to: 12))
        status.append(result.status.rawValue, result.status == .reconciled ? nil : .warning)
        let lines = zip(["Billed", "Recorded", "Drift"], amounts).map { name, amount in
            Line(name.padded(to: 12) + String(repeating: " ", count: width - amount.count) + amount)
        }
        return [status] + lines
    }

    private var tables: [(title: String, table: TextTable)] {
        let unknown = TextTable(
            [
                .init("Name", leastWidth: 24), .init("Lines", .trailing), .init("Cost", .trailing),
                .init("Why", leastWidth: 20),
            ],
            rows: result.unknown.map {
                [$0.name, NumberText.grouped($0.lines), $0.cost.exactDollars, $0.reason]
            }
        )
        let charges = TextTable(
            [.init("Kind", leastWidth: 24), .init("Lines", .trailing), .init("Cost", .trailing)],
            rows: result.otherCharges.map { [$0.kind, NumberText.grouped($0.lines), $0.cost.exactDollars] }
        )
        let principals = TextTable(
            [
                .init("Principal", leastWidth: 28), .init("Lines", .trailing, dropRank: 1),
                .init("Billed", .trailing), .init("Recorded", .trailing),
            ],
            rows: result.principals.map {
                [$0.name, NumberText.grouped($0.lines), $0.billed.exactDollars, $0.recorded?.exactDollars ?? ""]
            }
        )
        return [
            ("BY SKU", compared), ("ONLY IN THE BILL", oneSided(result.unmatchedBilled) { $0.billed }),
            ("ONLY IN THE LEDGER", oneSided(result.unmatchedRecorded) { $0.recorded }), ("UNKNOWN LINES", unknown),
            ("OTHER CHARGES", charges), ("BY PRINCIPAL", principals),
        ]
    }

    private var compared: TextTable {
        TextTable(
            [
                .init("SKU", leastWidth: 32), .init("Tokens billed", .trailing, dropRank: 1),
                .init("Recorded", .trailing, dropRank: 2), .init("Billed", .trailing), .init("Recorded", .trailing),
                .init("Drift", .trailing), .init("Cause"),
            ],
            rows: result.rows.map { row in
                [
                    row.sku, NumberText.grouped(Int(clamping: row.billed.tokens)),
                    NumberText.grouped(Int(clamping: row.recorded.tokens)), row.billed.amount.exactDollars,
                    row.recorded.amount.exactDollars, Self.signed(row.drift), row.cause?.rawValue ?? "",
                ]
            }
        )
    }

    private func oneSided(
        _ rows: [Reconciliation.Row],
        _ side: (Reconciliation.Row) -> Reconciliation.Side
    ) -> TextTable {
        TextTable(
            [.init("SKU", leastWidth: 32), .init("Tokens", .trailing, dropRank: 1), .init("Amount", .trailing)],
            rows: rows.map { row in
                let side = side(row)
                return [row.sku, NumberText.grouped(Int(clamping: side.tokens)), side.amount.exactDollars]
            }
        )
    }

    /// Why the month is not reconciled, and what was not compared.
    private var notes: [String] {
        var notes: [String] = []
        func add(_ count: Int, _ noun: String, _ rest: String) {
            if count > 0 { notes.append(count.counted(noun) + rest) }
        }
        if !result.isOver { notes.append("The month is not over, so neither side is complete.") }
        if result.rows.isEmpty { notes.append("No SKU is in the bill and in the ledger.") }
        let drifting = result.drifting.count
        add(
            drifting,
            "SKU",
            drifting == 1 ? " differs by more than the tolerance." : " differ by more than the tolerance."
        )
        let unmatched = result.unmatched.count
        add(unmatched, "SKU", (unmatched == 1 ? " is" : " are") + " on one side only, with more than the tolerance.")
        let unknown = result.unknownTokens.count
        add(unknown, "name", " of lines that may count tokens " + (unknown == 1 ? "is" : "are") + " not known.")
        for (month, lines) in result.otherMonths.sorted(by: { $0.key < $1.key }) {
            add(lines, "line", " of \(month): not compared.")
        }
        add(result.otherServices, "line", " of other services: not compared.")
        if result.simulated != .zero {
            notes.append("Simulated calls of \(result.simulated.inDollars) are not compared: no model was called.")
        }
        return notes
    }

    static func signed(_ amount: Picodollars) -> String {
        (amount > .zero ? "+" : "") + amount.exactDollars
    }

    private func paragraph(_ text: String) -> [Line] {
        Line.flow(text.split(separator: " ").map { Line(String($0)) }, width: style.width, separator: " ")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
