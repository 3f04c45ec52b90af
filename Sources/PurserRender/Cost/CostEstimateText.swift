package import PurserCore

/// The bill of a plan as text.
package struct CostEstimateText {
    private let estimate: CostEstimate
    private let style: TerminalStyle

    /// Returns the bill; its lines are rounded to cents that add up to the total.
    package static func render(_ estimate: CostEstimate, style: TerminalStyle) -> String {
        CostEstimateText(estimate: estimate, style: style).lines.text(in: style)
    }

    private var plan: CostPlan { estimate.plan }

    private var lines: [Line] {
        var lines = heading + [Line()] + table.lines(width: style.width) + [Line()]
        if let quota = plan.quota, plan.requests > quota {
            let left = "With the quota of \(NumberText.grouped(quota)) requests a month: \(estimate.cappedTotal.cents)."
            lines += paragraph(left + " Firewall and edge still see every request.")
        }
        for line in estimate.excluded {
            let option = line.option.map { " (--with \($0))" } ?? ""
            lines += paragraph("Not included: \(line.name), \(line.amount.cents)\(option).")
        }
        if estimate.lines.contains(where: { $0.amount < .zero }) {
            lines += paragraph(
                "Free: what AWS grants each month, if nothing else in the account uses it (--no-free-tier)."
            )
        }
        if estimate.lines.contains(where: { $0.status == .unverified }) {
            lines += paragraph("* The price has not been compared with AWS's page.")
        }
        return lines + sources
    }

    private var heading: [Line] {
        let tier = plan.tier == .standard ? "" : " (\(plan.tier.rawValue))"
        let traffic = "\(NumberText.grouped(plan.requestsPerDay)) requests a day, \(plan.days.counted("day")): "
        let cached = plan.cacheReadTokens > 0 ? ", \(NumberText.grouped(plan.cacheReadTokens)) cached" : ""
        let tokens =
            "A request has \(NumberText.grouped(plan.inputTokens)) input\(cached) and "
            + "\(NumberText.grouped(plan.outputTokens)) output tokens; \(NumberText.grouped(plan.users)) users."
        let kind = estimate.price.discount > 0 ? "contracted prices" : "list prices"
        return Line.flow(
            [Line("COST ESTIMATE", .heading), Line(estimate.price.modelId + tier)],
            width: style.width
        ) + paragraph(traffic + NumberText.grouped(plan.requests) + " requests. " + tokens)
            + paragraph("USD a month, \(kind), before tax. An estimate, not an invoice.")
    }

    private var table: TextTable {
        let charged = estimate.lines.filter { $0.amount >= .zero }
        let free = estimate.lines.filter { $0.amount < .zero }.reduce(Picodollars.zero) { $0 + $1.amount }
        let cents = Picodollars.centsAddingUp(charged.map(\.amount) + [free]).rows
        var rows = zip(charged, cents).map { line, cents in
            [
                line.name + (line.status == .unverified ? " *" : ""), Self.quantity(line), line.unit, Self.price(line),
                Picodollars.text(cents: cents, of: line.amount),
            ]
        }
        if free < .zero {
            let last = Picodollars(cents: cents.last ?? 0)
            rows.append(["Free in every account", "", "", "", last == .zero ? "0.00" : last.cents])
        }
        let columns: [TextTable.Column] = [
            .init("Line", leastWidth: 20), .init("Quantity", .trailing), .init("Unit"),
            .init("Price", .trailing, dropRank: 1), .init("Amount", .trailing),
        ]
        return TextTable(columns, rows: rows, footer: ["Total", "", "", "", estimate.total.cents])
    }

    /// The quantity with all its decimals.
    private static func quantity(_ line: CostEstimate.Line) -> String {
        let whole = NumberText.grouped(Int(clamping: line.quantity / 1_000_000))
        let fraction = Picodollars(line.quantity % 1_000_000 * 1_000_000).exactDollars.dropFirst()
        return fraction == ".00" ? whole : whole + (fraction.hasSuffix("0") ? fraction.dropLast() : fraction)
    }

    /// The price as AWS states it: `3.50 per 1M`.
    private static func price(_ line: CostEstimate.Line) -> String {
        let stated = Picodollars(line.unitPrice.rawValue * Int128(line.statedUnits)).exactDollars
        let units = line.statedUnits == 1_000_000 ? "1M" : NumberText.grouped(line.statedUnits)
        return line.statedUnits == 1 ? stated : stated + " per " + units
    }

    /// Where the prices are from, each source once.
    private var sources: [Line] {
        var seen: Set<String> = []
        let names = estimate.lines.map { "\($0.source) (\($0.retrieved.date))" }.filter { seen.insert($0).inserted }
        return paragraph("Prices: " + names.joined(separator: "; ") + ".")
    }

    private func paragraph(_ text: String) -> [Line] {
        Line.flow(text.split(separator: " ").map { Line(String($0)) }, width: style.width, separator: " ")
    }
}
