import PurserCore

extension DashPage {
    /// The month's costs in words and as a bar, and the ceiling that is reached first.
    var cost: HTML {
        let facts = text.costParts.map { part -> HTML in "<li>\(part)</li>\n" }
        let forecast = HTML.paragraph(Line(text.forecastText))
        let ceilings = text.ceilingLines.map(HTML.paragraph)
        return .section("cost", "Cost", "<ul class=\"facts\">\n\(facts)</ul>\n\(bar)\(forecast)\(ceilings)")
    }

    private var bar: HTML {
        guard let bar = CostBar(frame.cost, symbols: .utf8) else { return "<p>nothing spent yet</p>\n" }
        var start = 0.0
        let segments = bar.segments.map { segment -> HTML in
            defer { start = segment.end }
            return rect(segment.name.replacing(" ", with: "-"), from: start, to: segment.end, bar)
        }
        let budget: HTML =
            bar.limit.map { limit in
                let place = min(limit / bar.scale, 1) * 1000
                return "<path class=\"threshold\" d=\"M\(place) 0V20\"/>\n"
            } ?? ""
        return """
            <svg class="bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" \
            aria-labelledby="cost-bar-title cost-bar-desc">
            <title id="cost-bar-title">Cost of \(frame.cost.month.name)</title>
            <desc id="cost-bar-desc">\(description(bar))</desc>
            \(rect("rest", from: start, to: bar.scale, bar))\(segments)\(budget)</svg>
            \(legend(bar))\(table(bar))
            """
    }

    private func rect(_ name: String, from start: Double, to end: Double, _ bar: CostBar) -> HTML {
        let (left, right) = (start / bar.scale * 1000, end / bar.scale * 1000)
        // An amount is always visible, however small.
        return "<rect class=\"\(name)\" x=\"\(left)\" y=\"0\" width=\"\(max(right - left, 1))\" height=\"20\"/>\n"
    }

    private func description(_ bar: CostBar) -> String {
        let amounts = amounts(bar).map { "\($0.name) \($0.amount)" }
        return "$0 to \(bar.scaleText): " + amounts.joined(separator: ", ")
    }

    /// The amounts that the bar shows, in their order, with their samples.
    private func amounts(_ bar: CostBar) -> [(name: String, amount: String, sample: HTML)] {
        let cost = frame.cost
        var amounts = bar.segments.map { segment -> (name: String, amount: String, sample: HTML) in
            let sample: HTML = "<rect class=\"\(segment.name.replacing(" ", with: "-"))\" width=\"16\" height=\"10\"/>"
            switch segment.name {
            case "held": return (segment.name, cost.held.inDollars, sample)
            case "to come": return ("to come, to", cost.forecast?.mean.inDollars ?? "", sample)
            default: return (segment.name, cost.spent.inDollars, sample)
            }
        }
        if let limit = cost.limit {
            amounts.append(("budget", limit.inDollars, "<path class=\"threshold\" d=\"M8 0V10\"/>"))
        }
        return amounts
    }

    private func legend(_ bar: CostBar) -> HTML {
        let items = amounts(bar).map { entry -> HTML in
            """
            <li><svg class="swatch" width="16" height="10" aria-hidden="true">\(entry.sample)</svg>\
            <span>\(entry.name) \(entry.amount)</span></li>

            """
        }
        return "<ul class=\"legend\">\n\(items)<li class=\"faint\">$0 to \(bar.scaleText)</li>\n</ul>\n"
    }

    private func table(_ bar: CostBar) -> HTML {
        let table = WebTable(
            caption: "Cost of \(frame.cost.month.name), from $0 to \(bar.scaleText)",
            columns: [.init(title: "What"), .init(title: "Amount", isNumber: true)],
            rows: amounts(bar).map { ["\($0.name)", "\($0.amount)"] }
        )
        return "<details>\n<summary>Data of the bar</summary>\n\(table.html)</details>\n"
    }
}
