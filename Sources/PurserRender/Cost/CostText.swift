package import PurserCore

/// The report of `purser cost` as text.
package struct CostText {
    let report: CostReport
    let style: TerminalStyle

    /// Returns the whole report; its rows are rounded to cents that add up to the total.
    ///
    /// - Parameter isTableCut: Whether names are cut where the table is wider than the style says.
    package static func render(_ report: CostReport, style: TerminalStyle, isTableCut: Bool = true) -> String {
        let text = CostText(report: report, style: style)
        // It may have a row for each session of a month.
        let table = text.table
        var drawn = style
        if !isTableCut { drawn.width = max(style.width, table.naturalWidth) }
        return text.lines(table.lines(width: drawn.width)).text(in: drawn)
    }

    /// A month that is closed.
    package static func closed(_ closed: ClosedMonth, openRequests: Int) -> String {
        let figures = "\(closed.requests.counted("call")), \(closed.total.inDollars)"
        let open =
            openRequests == 0
            ? "" : "; \(openRequests.counted("call")) not settled yet, whose costs will be corrections"
        return "\(closed.month): closed at \(closed.closed) with \(figures)\(open)"
    }

    private var width: Int { style.width }
    private var isOver: Bool { report.isOver }

    private func lines(_ table: [Line]) -> [Line] {
        var lines = heading + [Line()] + summary + [Line()]
        guard !report.rows.isEmpty else {
            return lines + [Line("No settled calls in this month.")] + completeness
        }
        let title = "BY " + report.keys.map { $0.name.uppercased() }.joined(separator: " AND ")
        lines.append(Line(report.keys.isEmpty ? "IN ALL" : title, .heading))
        lines += table + [Line()] + unitCost + waste + cache + daily + [Line()]
        let exact = "Rows are rounded so that they add up to the total (exact total \(report.total))."
        return lines + paragraph(exact) + completeness
    }

    private var heading: [Line] {
        let (month, zone) = (report.month, report.zone)
        let end = zone.local(min(report.asOf, report.period.upperBound))
        let period = Line("\(month.start.date) to \(end.date) \(end.hourAndMinute) \(zone.name)")
        let part = isOver ? "whole month, \(month.days) days" : "month to date, day \(end.fields.day) of \(month.days)"
        let kind = report.hasDiscount ? "contracted prices" : "list prices"
        let days = report.pricesRetrieved.map { [$0.lowerBound.date, $0.upperBound.date] } ?? []
        let prices =
            days.isEmpty ? kind : "\(kind) of " + (days[0] == days[1] ? days[0] : days.joined(separator: " to "))
        let filters = report.filters.isEmpty ? "" : "Only \(report.filters.map(\.text).joined(separator: " and ")). "
        return Line.flow([Line("COST REPORT", .heading), period, Line("(\(part))")], width: width)
            + paragraph(filters + "USD, \(prices), before tax and credits. " + status + closed)
    }

    private var closed: String {
        report.closed.map { " Closed \($0.date): later facts count in the month in which they are learned." } ?? ""
    }

    /// What a comparison with the bill found.
    private var status: String {
        guard let verdict = report.reconciliation else { return "An estimate, not an invoice." }
        let bill = "the bill of \(verdict.billed.exactDollars), compared on \(verdict.time.date)"
        let tolerance = ReconciliationJSON.percent(verdict.toleranceMillionths)
        let drift = "drift \(ReconciliationText.signed(verdict.drift)), tolerance \(tolerance) % of an SKU"
        if report.isReconciled { return "Reconciled with \(bill): \(drift)." }
        let change = report.hasChangedSinceReconciliation ? " The ledger has changed since." : ""
        return "An estimate, not reconciled with \(bill): \(drift).\(change)"
    }

    private var summary: [Line] {
        let total = report.total
        var spent = ""
        if let budget = report.budget, budget > .zero {
            spent = NumberText.share(of: report.ownTotal, in: budget) + " of budget"
        }
        let period = report.period
        let elapsed = Double(report.asOf - period.lowerBound) / Double(period.upperBound - period.lowerBound)
        let time = isOver ? "" : "(" + NumberText.percent(elapsed * 100) + " of the month has passed)"
        var rows = [("Spent", total.cents, spent, time)]
        let isWhole = report.filters.isEmpty && report.zone == .utc
        if !isWhole {
            rows.append(
                ("Budget", "", "of all calls of a month in UTC: see the report without --where and --time-zone", "")
            )
        } else if !isOver {
            rows.append(("Forecast", report.forecast?.mean.cents ?? "", forecastNote, ""))
        } else if let budget = report.budget {
            rows[0].2 += (spent.isEmpty ? "" : "; ") + difference(report.ownTotal, budget)
        }
        if isWhole { rows.append(("Budget", report.budget?.cents ?? "", report.budget == nil ? "none set" : "", "")) }
        for correction in report.corrections {
            let calls = correction.requests == 0 ? "costs" : correction.requests.counted("call")
            let note = "\(calls) of \(correction.month), learned after it was closed; in the rows below"
            rows.append(("Corrected", correction.cost.signedCents, note, ""))
        }
        if let before { rows.append(before) }
        let amounts = rows.map { $0.1.count }.max() ?? 0
        return rows.flatMap { row in
            var line = Line(row.0)
            line.pad(to: 14)
            line.append(Line(row.1).rightAligned(in: amounts))
            let indent = 14 + amounts + 3
            let notes = [row.2, row.3].flatMap { MarkdownText.wrapped(Line($0), width: width - indent) }
            return Line.flow([line] + notes, width: width, separator: "   ", indent: indent)
        }
    }

    /// The same days of the month before, and what explains the change.
    private var before: (String, String, String, String)? {
        guard let previous = report.previous, previous.requests > 0 else { return nil }
        let (start, end) = (
            report.zone.local(previous.period.lowerBound), report.zone.local(previous.period.upperBound)
        )
        let isWhole = end == report.zone.local(report.period.lowerBound)
        let month = report.zone.month(containing: previous.period.lowerBound)
        let days = isWhole ? month.name : "\(start.fields.day) to \(end.fields.day) \(month.name) \(end.hourAndMinute)"
        let difference = report.total - previous.total
        guard let change = previous.change else { return ("Before", previous.total.cents, days, "") }
        let parts = Picodollars.centsAddingUp([change.volume, change.price, change.mix]).rows.map(
            Picodollars.init(cents:)
        )
        let words = zip(["volume", "price", "mix"], parts).map { $0 + " " + $1.signedCents }.joined(separator: ", ")
        return ("Before", previous.total.cents, days, "change \(difference.signedCents): \(words)")
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
        add(report.usage.all, per: 1000, "per 1k tokens")
        add(report.activeUsers, per: 1, "an active user")
        return facts("UNIT COST", parts)
    }

    private var waste: [Line] {
        let waste = report.waste
        let parts = [
            ("failed calls", waste.failed), ("cancelled calls", waste.cancelled), ("abandoned calls", waste.abandoned),
            ("attempts of unknown usage", waste.retries),
        ].filter { $0.1 > .zero }
        return facts("UNANSWERED", parts.map { Line($1.cents + " " + $0) })
    }

    private var cache: [Line] {
        let cache = report.cache
        guard cache.readTokens > 0 || cache.writeCost != .zero else { return [] }
        let rate = NumberText.percent(100 * Double(cache.readTokens) / Double(max(1, cache.inputTokens)))
        var facts = [Line("\(rate) of input read from it"), Line(cache.saved.cents + " saved")]
        if cache.writeCost != .zero { facts.append(Line(cache.writeCost.cents + " more for writes")) }
        if cache.isTrap { facts.append(Line("writes cost more than reads save", .warning)) }
        return self.facts("CACHE", facts)
    }

    /// Returns a title and facts, on as many lines as they need; none without facts.
    private func facts(_ title: String, _ facts: [Line]) -> [Line] {
        guard var first = facts.first else { return [] }
        var line = Line(title, .heading)
        line.append("  ")
        line.append(first)
        first = line
        return Line.flow([first] + facts.dropFirst(), width: width, separator: "   ", indent: title.count + 2)
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
        var parts = report.nonLive.note(of: report.total).map { ["Not live: " + $0 + "."] } ?? []
        if let unpriced = report.unpricedRequests {
            let asked = report.requests + unpriced
            parts.append(
                "Unpriced requests: \(NumberText.grouped(unpriced)) of \(NumberText.grouped(asked))"
                    + (unpriced > 0 ? " (refused, in no row)." : ".")
            )
        }
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
