import PurserCore

extension DashText {
    /// The month's costs in words and as a bar, and the ceiling that is reached first.
    var costLines: [Line] {
        costHeading + costBar + ceilingLines
    }

    private var costHeading: [Line] {
        var parts = costParts
        var title = Line("COST", .heading)
        title.append("  ")
        title.append(parts[0])
        parts[0] = title
        return Line.flow(parts, width: width, separator: "   ", indent: 2)
    }

    /// The month, what is spent, how much of the month is over, and what part of it is not live.
    var costParts: [Line] {
        let cost = frame.cost
        let elapsed = min(frame.at, cost.month.end) - cost.month.start
        let isOver = frame.at >= cost.month.end
        let day = isOver ? "\(cost.month.days) days" : "day \(frame.at.fields.day) of \(cost.month.days)"
        let title = Line("\(cost.month.name), \(day)")
        let (amount, limit) = ComparedText.dollars(cost.spent, cost.limit ?? cost.spent)
        var spent = Line("spent " + amount)
        if cost.held > .zero { spent.append(" + " + cost.held.inDollars + " held") }
        if let whole = cost.limit, whole > .zero {
            spent.append("   \(NumberText.share(of: cost.spent, in: whole)) of " + limit)
        } else {
            let isUnreadable = frame.unreadable.contains { $0.kind == .budget }
            spent.append(isUnreadable ? "   budget unreadable" : "   no budget set")
        }
        let note = cost.nonLive.note(of: cost.spent).map { Line($0) }
        let share = Double(elapsed) / Double(cost.month.end - cost.month.start) * 100
        let month = Line(isOver ? "the month is over" : "month " + NumberText.percent(share) + " through")
        return [title, spent, month, note].compactMap(\.self)
    }

    private var costBar: [Line] {
        let rateLine = Line(forecastText)
        guard let bar = CostBar(frame.cost, symbols: style.symbols) else { return [Line("  nothing spent yet")] }
        let left = "  $0 "
        let whole = width - left.count - 1 - bar.scaleText.count
        let isBeside = whole - 4 - rateLine.width >= 30
        let barWidth = max(1, isBeside ? whole - 4 - rateLine.width : whole)
        var line = Line(left)
        line.append(bar.line(width: barWidth))
        line.append(" " + bar.scaleText)
        if isBeside, rateLine.width > 0 {
            line.append("    ")
            line.append(rateLine)
        }
        var lines = [line]
        lines += legend(of: bar, width: barWidth, indent: left.count)
        if !isBeside, rateLine.width > 0 { lines.append(rateLine.rightAligned(in: rateLine.width + 2)) }
        return lines
    }

    var forecastText: String {
        guard let forecast = frame.cost.forecast else { return "" }
        let mean = "forecast " + forecast.mean.inDollars
        if let basis = forecast.basis { return "\(mean), \(basis)" }
        guard let low = forecast.low, let high = forecast.high else { return mean }
        return "\(mean) (80 %: \(low.inDollars) to \(high.inDollars))"
    }

    /// Returns the bar's key and, below its mark, the budget.
    private func legend(of bar: CostBar, width barWidth: Int, indent: Int) -> [Line] {
        var key = Line(String(repeating: " ", count: indent))
        key.append(bar.legend(width: barWidth))
        guard let limit = frame.cost.limit, let mark = bar.mark(width: barWidth) else { return [key] }
        let text = "budget " + limit.inDollars
        let column = indent + mark
        let isRight = column + 2 + text.count <= width
        let label = Line(isRight ? "^ " + text : text + " ^")
        let start = isRight ? column : column + 1 - label.width
        if key.width + 2 <= start {
            key.pad(to: start)
            key.append(label)
            return [key]
        }
        var line = Line(String(repeating: " ", count: max(0, start)))
        line.append(label)
        return key.width > indent ? [line, key] : [line]
    }

    var ceilingLines: [Line] {
        let cost = frame.cost
        let requests = NumberText.grouped(cost.quota == nil ? cost.requests : cost.quotaRequests)
        let used =
            cost.quota.map { "quota \(requests) of \(NumberText.grouped($0)) requests" } ?? "\(requests) requests"
        let ceilings = (cost.limit == nil ? 0 : 1) + (cost.quota == nil ? 0 : 1)
        guard let text = cost.outlook.words(cost.month, at: frame.at, ceilings: ceilings) else {
            return [Line("  " + used)]
        }
        let ink: Ink? =
            switch cost.outlook {
            case .reached: .alarm
            case .first: .warning
            case .unlimited, .unknown, .lasts: nil
            }
        return Line.flow([Line("  \(used);"), Line(text, ink)], width: width, separator: " ", indent: 2)
    }
}
