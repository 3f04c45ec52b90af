package import PurserCore

/// A frame of `purser dash` as text: the verdict comes first and last, with the explanation between the two.
package struct DashText {
    let frame: DashFrame
    let style: TerminalStyle
    let verdict: DashVerdict

    /// Returns the frame as lines of at most `style.width` columns, each ended by a line feed.
    ///
    /// With `compact`, there are only the verdict, the alarms and the signals.
    package static func render(_ frame: DashFrame, style: TerminalStyle, compact: Bool = false) -> String {
        let text = DashText(frame: frame, style: style, verdict: DashVerdict(frame))
        let lines = compact ? text.compactLines : text.lines
        return (lines + text.otherLines(compact: compact)).text(in: style)
    }

    var width: Int { style.width }
    /// Whether parts that are otherwise side by side get their own lines, which they do below 80 columns.
    var isStacked: Bool { width < 80 }

    private var compactLines: [Line] {
        verdictBand + alarmLines + [Line()] + (verdict.isEmpty ? emptyLines : isWindowBlank ? blankLines : signalLines)
    }

    private var lines: [Line] {
        var lines = aboveAlarms + alarmLines
        func add(_ panel: [Line]) {
            guard !panel.isEmpty else { return }
            if lines.count > aboveAlarms.count { lines.append(Line()) }
            lines += panel
        }
        if verdict.isEmpty {
            add(emptyLines)
        } else {
            add(isWindowBlank ? blankLines : signalLines)
            add(isWindowBlank ? [] : frame.heatmap.map(heatmapLines) ?? latencyLines)
            add(costLines)
            add(requestLines)
        }
        add(nextLines)
        lines.append(closingLine)
        return lines
    }

    /// The header and the verdict.
    var aboveAlarms: [Line] {
        headerLines + ruledVerdict
    }

    private var ruledVerdict: [Line] {
        let rule = Line(String(repeating: "=", count: width))
        return [rule] + verdictBand + [rule]
    }

    /// The verdict and the alarms, which also come first on other dashboards.
    var onCallLines: [Line] { ruledVerdict + alarmLines }

    private var headerLines: [Line] {
        var name = Line(frame.title, .heading)
        if let region = frame.region { name.append(" " + region) }
        return Line.flow([name, period, dataAge, evaluationAge], width: width, separator: "   ")
    }

    /// The window and its step: `11:30-14:30 UTC (3h by 5m)`.
    var period: Line {
        let window = frame.window
        // Between the times as they are printed.
        let unit = window.periodSeconds < 60 ? 1 : 60
        let span = NumberText.span(
            seconds: Int((window.to.floored(toSeconds: unit) - window.from.floored(toSeconds: unit)) / 1000)
        )
        let step = NumberText.span(seconds: window.periodSeconds)
        let (from, to) = windowEnds
        return Line("\(from)\(windowDash)\(to) UTC (\(span) by \(step))")
    }

    /// The window's two ends, with their dates unless both fall on the frame's day.
    var windowEnds: (from: String, to: String) {
        let window = frame.window
        return NumberText.ends(window.from, window.to, seenFrom: frame.at, seconds: window.periodSeconds < 60)
    }

    /// A dash between two times, a word between two dates.
    var windowDash: String {
        windowEnds.from.contains(" ") ? " to " : "-"
    }

    var dataAge: Line {
        guard let newest = frame.newestData else { return Line("no data", .warning) }
        let age = "data " + NumberText.age(milliseconds: frame.at - newest) + " old"
        if verdict.isDataStale { return Line(age + " STALE", .warning) }
        guard frame.at - newest > DashFrame.longestSilence, let beat = frame.newestHeartbeat else { return Line(age) }
        return Line(age + ", its writer alive " + NumberText.age(milliseconds: frame.at - beat) + " ago")
    }

    var evaluationAge: Line {
        guard let evaluated = frame.evaluatedAt else {
            return Line(verdict.isEvaluatedLater ? "not evaluated at that time" : "never evaluated", .warning)
        }
        if verdict.evaluation == .ahead { return Line("evaluated \(lead(of: evaluated)) ahead of the clock", .warning) }
        let age = NumberText.age(milliseconds: frame.at - evaluated)
        let seconds = frame.evaluationIntervalSeconds
        let interval = seconds < 120 ? "\(seconds)s" : NumberText.span(seconds: seconds)
        let text = "evaluated \(age) ago, every \(interval)"
        return verdict.evaluation == .stale ? Line(text + " STALE", .warning) : Line(text)
    }

    private var verdictBand: [Line] {
        var line = Line(verdict.headline, verdictInk)
        line.append("  " + verdict.counts)
        let moment = Line(NumberText.moment(frame.at))
        guard line.width + 2 + moment.width <= width else { return [line, moment] }
        line.append(moment.rightAligned(in: width - line.width))
        return [line]
    }

    var verdictInk: Ink {
        if verdict.isFine { return .fine }
        return verdict.alarms.isEmpty && verdict.refusedPercent == nil ? .warning : .alarm
    }

    var isWindowBlank: Bool {
        let latency = frame.latency
        let values = frame.signals.flatMap(\.values) + latency.p50 + latency.p90 + latency.p99
        return values.allSatisfy { $0 == nil }
    }

    var blankLines: [Line] {
        guard let newest = frame.newestData else { return [] }
        let (from, to) = windowEnds
        // The newest slot ends after the window: the window's step is not over yet, but a finer one is.
        let isTooNew = newest > frame.window.dataEnd
        let command = "\(frame.program) dash " + (isTooNew ? "--since 5m" : "--at " + newest.iso8601())
        return Line.flow(
            [
                Line("No data \(from)\(windowDash)\(to), neither signals nor latency.", .warning),
                Line("The newest data is from \(newest.iso8601()):"), Line(command),
            ],
            width: width,
            separator: " "
        )
    }

    var emptyLines: [Line] {
        if let later = frame.laterData {
            return Line.flow(
                [
                    Line("No data of \(frame.title) before \(later.lowerBound.iso8601()), when it begins:", .warning),
                    Line(laterCommand(later)),
                ],
                width: width,
                separator: " "
            )
        }
        let program = frame.program
        let ways = [
            ("purserd", "real traffic, every ten seconds"), ("\(program) demo", "simulated traffic with an incident"),
            ("\(program) replay FILE", "recorded traffic from a CSV file"),
        ]
        let longest = ways.map { TerminalText.width(of: $0.0) }.max() ?? 0
        return [Line("No data of \(frame.title) in this store yet. To get some:")]
            + ways.flatMap { command, words -> [Line] in
                var line = Line("  " + command)
                line.pad(to: longest + 6)
                line.append(words)
                if line.width <= width { return [line] }
                // A command is printed whole or not at all.
                return [Line("  " + words + ":")] + (isPrintedWhole(command) ? [Line("    " + command)] : [])
            }
    }

    /// What else is stored, if the chat service has no data: the namespace with the newest data is drawn.
    private func otherLines(compact: Bool) -> [Line] {
        guard let others = frame.otherNamespaces else { return [] }
        let command = Line("  " + listCommand)
        let sentence = MarkdownText.wrapped(Line(others.sentence + ":"), width: width)
        let lines = [Line()] + sentence + (command.width <= width ? [command] : [])
        guard let newest = others.newest.first, !compact else { return lines }
        return lines + DashboardText(frame: newest, style: style).lines()
    }

    var listCommand: String { "\(frame.program) metrics list" }

    /// Returns the command for a frame with the first data.
    func laterCommand(_ later: Range<Timestamp>) -> String {
        "\(frame.program) dash --at \(min(later.lowerBound + 3 * 3600, later.upperBound).iso8601())"
    }

    /// The verdict again, with names, at the end of the output, where the reader looks first.
    var closingLine: Line {
        // The names of alarms are dropped last.
        let limits = [(Int.max, Int.max), (.max, 1), (.max, 0), (3, 0), (2, 0), (1, 0), (0, 0)]
        let candidates = limits.map { closing(alarms: $0.0, noData: $0.1) }
        let line = candidates.first { TerminalText.width(of: $0) <= width } ?? candidates[candidates.count - 1]
        return Line(line, verdictInk)
    }

    private func closing(alarms alarmLimit: Int, noData noDataLimit: Int) -> String {
        func list(_ names: [String], _ limit: Int, of count: Int? = nil) -> String {
            let count = count ?? names.count
            if limit == 0 { return String(count) }
            let shown = min(limit, names.count)
            let more = count > shown ? ["\(count - shown) more"] : []
            return (names.prefix(limit) + more).joined(separator: ", ")
        }
        var parts: [String] = []
        if !verdict.alarms.isEmpty {
            parts.append(
                "ALARM: "
                    + list(
                        verdict.alarms.map { $0.name + (sinceText($0).map { " " + $0 } ?? "") },
                        alarmLimit,
                        of: verdict.alarmCount
                    )
            )
        }
        if let budget = verdict.budget { parts.append("BUDGET: " + budget.finding.reason.label) }
        switch verdict.evaluation {
        case .never:
            parts.append("NOT EVALUATED" + (verdict.isEvaluatedLater ? " at that time" : verdict.evaluateHint))
        case .stale: parts.append("STALE: evaluated " + age(of: frame.evaluatedAt) + " ago")
        case .ahead: parts.append("EVALUATED AHEAD of the clock by " + lead(of: frame.evaluatedAt))
        case .fresh where verdict.isDataStale: parts.append("STALE: data " + age(of: frame.newestData) + " old")
        case .fresh: break
        }
        if let unreadable = verdict.unreadable { parts.append("UNREADABLE: " + unreadable) }
        if let watched = verdict.withoutAlarms { parts.append("NO ALARMS: " + watched) }
        if verdict.isEmpty {
            parts.append("NO DATA")
        } else if !verdict.noData.isEmpty, verdict.evaluation != .never {
            parts.append("NO DATA: " + list(verdict.noData.map(\.name), noDataLimit))
        }
        if verdict.unsent > 0 { parts.append("UNSENT: \(verdict.unsent)") }
        if let percent = verdict.refusedPercent {
            parts.append("REFUSED: \(NumberText.percent(percent)) of the requests")
        }
        if verdict.evaluation == .fresh || verdict.evaluation == .ahead, verdict.withoutAlarms == nil {
            parts.append(verdict.isFine ? "OK: \(verdict.okCount) ok" : "\(verdict.okCount) ok")
        }
        return parts.joined(separator: "; ")
    }

    private func sinceText(_ alarm: DashFrame.AlarmLine) -> String? {
        alarm.since.map { since in
            "since " + NumberText.clock(since, seenFrom: frame.at) + " (" + age(of: since) + ")"
        }
    }

    /// How far a time is ahead of the frame's.
    private func lead(of time: Timestamp?) -> String {
        time.map { NumberText.age(milliseconds: $0 - frame.at) } ?? "?"
    }

    func age(of time: Timestamp?) -> String {
        time.map { NumberText.age(milliseconds: frame.at - $0) } ?? "?"
    }
}

extension DashFrame.OtherNamespaces {
    /// `ChatService has no data in this store, which has other namespaces: Bakery, Mill`.
    var sentence: String {
        "ChatService has no data in this store, which has other namespaces: \(names.joined(separator: ", "))"
    }
}
