package import PurserCore

/// How the price file compares with AWS's price list, as text.
package enum PriceDiffText {
    package static func render(_ diff: PriceDiff, style: TerminalStyle) -> String {
        var lines: [Line] = []
        for outcome in PriceDiff.Outcome.allCases {
            let rows = diff.rows.filter { $0.outcome == outcome }
            guard !rows.isEmpty else { continue }
            lines.append(Line(title(outcome), .heading))
            for row in rows {
                lines.append(Line("  " + row.modelId))
                lines += details(row).flatMap { wrapped($0, style.width) }
            }
            lines.append(Line())
        }
        if !diff.unknownNames.isEmpty {
            lines.append(Line("NOT IN THE TABLE OF MODELS", .heading))
            lines += diff.unknownNames.map { Line("  " + $0) } + [Line()]
        }
        return (lines + wrapped(summary(diff), style.width, indent: 0)).text(in: style)
    }

    /// Returns one sentence with the numbers of rows.
    package static func summary(_ diff: PriceDiff) -> String {
        "\(diff.count(.agrees)) agree, \(diff.count(.differs)) differ, \(diff.count(.missing)) missing, "
            + "\(diff.count(.unconfirmed)) not confirmed, \(diff.uncompared) not compared."
    }

    private static func title(_ outcome: PriceDiff.Outcome) -> String {
        switch outcome {
        case .agrees: "AGREES WITH THE FILE"
        case .differs: "DIFFERS"
        case .unconfirmed: "NOT CONFIRMED"
        case .missing: "NOT IN THE PRICE FILE"
        }
    }

    private static func details(_ row: PriceDiff.Row) -> [String] {
        let place = "\(row.name), \(row.region), published \(row.published.date)"
        let cells = row.cells.compactMap { cell -> String? in
            let ours = cell.ours.map(Price.dollarsPerMillion)
            guard let theirs = cell.theirs.map(Price.dollarsPerMillion) else {
                return ours != nil || cell.isFaulty ? "\(cell.column) \(ours ?? "none"): \(cell.reason ?? "")" : nil
            }
            if row.outcome == .missing { return "\(cell.column) \(theirs)" }
            return cell.isConfirmed ? nil : "\(cell.column) \(ours ?? "none") -> \(theirs)"
        }
        let retrieved = row.isOlder ? row.price.map { ["older than the row, which is of \($0.retrieved.date)"] } : nil
        return [place] + (retrieved ?? cells)
    }

    private static func wrapped(_ text: String, _ width: Int, indent: Int = 4) -> [Line] {
        let words = text.split(separator: " ").map { Line(String($0)) }
        return Line.flow(words, width: width - indent, separator: " ").map { line in
            line.rightAligned(in: line.width + indent)
        }
    }
}
