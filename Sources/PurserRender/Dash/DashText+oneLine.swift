package import PurserCore

extension DashText {
    /// Returns the frame as one line, for a status bar: the status, the first alarm and how many more there are, the calls,
    /// the p99 and the cost. Parts that do not fit are left out, the last ones first.
    package static func oneLine(_ frame: DashFrame, style: TerminalStyle) -> String {
        let text = DashText(frame: frame, style: style, verdict: DashVerdict(frame))
        var parts = text.oneLineParts
        while parts.count > 1, text.joined(parts).width > style.width { parts.removeLast() }
        return [text.joined(parts)].text(in: style)
    }

    private func joined(_ parts: [Line]) -> Line {
        parts.dropFirst().reduce(parts.first ?? Line()) { line, part in
            var line = line
            line.append(" | ")
            line.append(part)
            return line
        }
    }

    private var oneLineParts: [Line] {
        var status = Line(verdict.headline, verdictInk)
        if let first = verdict.alarms.first {
            status.append(" " + first.name + (first.since.map { " " + age(of: $0) } ?? ""))
            if verdict.alarmCount > 1 { status.append(", \(verdict.alarmCount - 1) more") }
        }
        var parts = [status]
        if let now = frame.calls?.now {
            parts.append(Line(NumberText.rate(now, RateUnit(frame.signals))))
        }
        if let p99 = frame.latency.now?.p99 { parts.append(Line("p99 " + NumberText.duration(seconds: p99))) }
        let cost = frame.cost
        let (amount, limit) = ComparedText.dollars(cost.spent, cost.limit ?? cost.spent)
        parts.append(Line(amount + (cost.limit == nil ? "" : " of " + limit)))
        return parts
    }
}
