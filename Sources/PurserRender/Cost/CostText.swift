package import PurserCore

/// The report of `purser cost` as text.
package struct CostText {
    let report: CostReport
    let style: TerminalStyle
    var isTableCut = true

    /// Returns the whole report; its rows are rounded to cents that add up to the total.
    ///
    /// - Parameter isTableCut: Whether names are cut where the table is wider than the style says.
    package static func render(_ report: CostReport, style: TerminalStyle, isTableCut: Bool = true) -> String {
        let text = CostText(report: report, style: style, isTableCut: isTableCut)
        var drawn = style
        drawn.width = text.tableWidth
        return text.lines.text(in: drawn)
    }

    private var width: Int { style.width }
    private var tableWidth: Int { isTableCut ? width : max(width, table.naturalWidth) }
    private var isOver: Bool { report.asOf >= report.month.end }

    private var lines: [Line] {
        var lines = heading + [Line()] + summary + [Line()]
        guard !report.rows.isEmpty else {
            return lines + [Line("No settled calls in this month.")] + completeness
        }
        let title = "BY " + report.keys.map { $0.rawValue.uppercased() }.joined(separator: " AND ")
        lines.append(Line(report.keys.isEmpty ? "IN ALL" : title, .heading))
        lines += table.lines(width: tableWidth) + [Line()] + unitCost + daily + [Line()]
        let exact = "Rows are rounded so that they add up to the total (exact total \(report.total))."
        return lines + paragraph(exact) + completeness
    }

    private var heading: [Line] {
        let month = report.month
        let end = min(report.asOf, month.end)
        let period = Line("\(month.start.date) to \(end.date) \(end.hourAndMinute) UTC")
        let part = isOver ? "whole month, \(month.days) days" : "month to date, day \(end.fields.day) of \(month.days)"
        let prices = report.pricesRetrieved.map { "list prices of " + $0 } ?? "list prices of unknown date"
        return Line.flow([Line("COST REPORT", .heading), period, Line("(\(part))")], width: width)
            + paragraph("USD, \(prices), before tax and credits. An estimate, not an invoice.")
    }

    private var summary: [Line] {
        let total = report.total
        var spent = ""
        if let budget = report.budget, budget > .zero {
            spent = NumberText.share(of: total, in: budget) + " of budget"
        }
        let elapsed = Double(report.asOf - report.month.start) / Double(report.month.end - report.month.start)
        let time = isOver ? "" : "(" + NumberText.percent(elapsed * 100) + " of the month has passed)"
        var rows = [("Spent", total.cents, spent, time)]
        if !isOver {
            rows.append(("Forecast", report.forecast?.mean.cents ?? "", forecastNote, ""))
        } else if let budget = report.budget {
            rows[0].2 += (spent.isEmpty ? "" : "; ") + difference(total, budget)
        }
        rows.append(("Budget", report.budget?.cents ?? "", report.budget == nil ? "none set" : "", ""))
        let amounts = rows.map { $0.1.count }.max() ?? 0
        return rows.flatMap { row in
            var line = Line(row.0)
            line.pad(to: 14)
            line.append(Line(row.1).rightAligned(in: amounts))
            return Line.flow(
                [line, Line(row.2), Line(row.3)],
                width: width,
                separator: "   ",
                indent: 14 + amounts + 3
            )
        }
    }

    private var forecastNote: String {
        guard let forecast = report.forecast else { return "no traffic to forecast from" }
        let range = forecast.low.flatMap { low in
            forecast.high.map { "80 % interval \(low.cents) to \($0.cents)" }
        }
        let margin = report.budget.map { difference(forecast.mean, $0) }
        return [forecast.basis ?? range, margin].compactMap(\.self).joined(separator: "; ")
    }

    private func difference(_ amount: Picodollars, _ budget: Picodollars) -> String {
        amount > budget ? (amount - budget).cents + " over budget" : (budget - amount).cents + " below budget"
    }

    private var unitCost: [Line] {
        let total = report.total
        var parts: [Line] = []
        func add(_ count: Int, per unit: Double, _ name: String) {
            guard count > 0 else { return }
            parts.append(Line(NumberText.unitPrice(total, per: Double(count) / unit) + " " + name))
        }
        add(report.requests, per: 1, "a request")
        add(report.successfulRequests, per: 1, "a successful request")
        let tokens = report.rows.reduce(0) { $0 + $1.usage.all }
        add(tokens, per: 1000, "per 1k tokens")
        guard !parts.isEmpty else { return [] }
        var first = Line("UNIT COST", .heading)
        first.append("  ")
        first.append(parts.removeFirst())
        return Line.flow([first] + parts, width: width, separator: "   ", indent: 11)
    }

    private var daily: [Line] {
        guard !report.daily.isEmpty else { return [] }
        let name = report.month.name.prefix(3)
        var first = Line("DAILY", .heading)
        let partial = isOver ? "" : " (today partial)"
        first.append("  1 \(name) .. \(report.daily.count) \(name)\(partial)")
        let spark = Sparkline.text(report.daily.map(\.dollars), symbols: style.symbols)
        // Today is not over, so it can be the most expensive day but not the cheapest.
        let complete = isOver ? report.daily : Array(report.daily.dropLast())
        var bounds: [Line] = []
        if let highest = report.daily.max(), let day = report.daily.firstIndex(of: highest) {
            bounds.append(Line("max \(highest.cents) on \(day + 1) \(name)" + (complete.isEmpty ? "" : ",")))
        }
        if let lowest = complete.min(), let day = complete.firstIndex(of: lowest) {
            bounds.append(Line("min \(lowest.cents) on \(day + 1) \(name)"))
        }
        let fragments = [first, Line(spark)] + Line.flow(bounds, width: width, separator: " ")
        return Line.flow(fragments, width: width, separator: "   ", indent: 7)
    }

    private var completeness: [Line] {
        let asked = report.requests + report.unpricedRequests
        var parts = report.nonLive.note(of: report.total).map { ["Not live: " + $0 + "."] } ?? []
        parts.append(
            "Unpriced requests: \(NumberText.grouped(report.unpricedRequests)) of \(NumberText.grouped(asked))"
                + (report.unpricedRequests > 0 ? " (refused, in no row)." : ".")
        )
        if report.estimatedRequests > 0 {
            parts.append(
                "Estimated (no usage came back): \(requests(report.estimatedRequests)), \(report.estimatedCost.cents)."
            )
        }
        if report.openRequests > 0 {
            parts.append("Open, not in the total: \(requests(report.openRequests)), \(report.held.cents) held.")
        }
        return parts.flatMap(paragraph)
    }

    private func requests(_ count: Int) -> String {
        NumberText.grouped(count) + (count == 1 ? " request" : " requests")
    }

    private func paragraph(_ text: String) -> [Line] {
        Line.flow(text.split(separator: " ").map { Line(String($0)) }, width: width, separator: " ")
    }
}

extension TokenUsage {
    /// Every token that was paid for.
    var all: Int {
        input + output + cacheRead + cacheWrite
    }
}
