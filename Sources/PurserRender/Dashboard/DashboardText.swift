package import PurserCore

/// A dashboard's frame as text: one widget below the other, or on the grid of 24 columns.
package struct DashboardText {
    package enum Layout: String, Sendable, CaseIterable {
        case list
        /// Widgets side by side, as the body places them; below 80 columns, the same as `list`.
        case grid
    }

    let frame: DashboardFrame
    let style: TerminalStyle

    /// Returns the frame as lines of at most `style.width` columns, each ended by a line feed.
    package static func render(_ frame: DashboardFrame, style: TerminalStyle, layout: Layout = .list) -> String {
        DashboardText(frame: frame, style: style).lines(layout).text(in: style)
    }

    func lines(_ layout: Layout = .list) -> [Line] {
        let widgets = layout == .grid && style.width >= 80 ? grid : list
        guard let onCall = frame.onCall else { return header + widgets }
        let verdict = DashText(frame: onCall, style: style, verdict: DashVerdict(onCall))
        return header + verdict.onCallLines + widgets + [Line(), verdict.closingLine]
    }

    private var header: [Line] {
        let name = Line(frame.name, .heading).cut(to: style.width)
        let notes = frame.notes.flatMap { MarkdownText.wrapped(Line($0, .warning), width: style.width) }
        return Line.flow([name, range], width: style.width, separator: "    ") + notes
    }

    /// The time range: `2026-11-24 09:00-12:00 UTC (3h)`.
    var range: Line {
        let span = NumberText.span(seconds: Int((frame.to - frame.from) / 1000))
        let hasSeconds = frame.to - frame.from < 60_000
        let (from, to) = NumberText.ends(frame.from, frame.to, seenFrom: frame.to, seconds: hasSeconds)
        // Both times have their dates if they differ.
        if from.contains(" ") {
            let year = from.hasPrefix("\(frame.from.fields.year)-") ? "" : "\(frame.from.fields.year)-"
            return Line("\(year)\(from) to \(to) UTC (\(span))")
        }
        return Line("\(frame.to.date) \(from)-\(to) UTC (\(span))")
    }

    private var list: [Line] {
        frame.widgets.isEmpty
            ? [Line(), Line("no widgets")] : frame.widgets.flatMap { [Line()] + lines($0, style.width) }
    }

    /// The widgets at their places: each as far up as those above it allow, and in line with those of its own row.
    private var grid: [Line] {
        let columns = GridPlace.columns
        var skyline = [Int](repeating: 1, count: columns)
        var pieces: [(top: Int, column: Int, lines: [Line])] = []
        let sorted = frame.widgets.enumerated().sorted {
            let (a, b) = ($0.element.place, $1.element.place)
            return (a.y, a.x, $0.offset) < (b.y, b.x, $1.offset)
        }.map(\.element)
        for y in Set(sorted.map(\.place.y)).sorted() {
            let row = sorted.filter { $0.place.y == y }
            let covered = row.flatMap { $0.place.x..<min($0.place.x + $0.place.width, columns) }
            let top = covered.map { skyline[$0] }.max() ?? 1
            for widget in row {
                let end = min(widget.place.x + widget.place.width, columns)
                let (left, right) = (widget.place.x * style.width / columns, end * style.width / columns)
                // Two columns between neighbours.
                let width = max(1, right - left - (end < columns ? 2 : 0))
                let lines = lines(widget, width).map { $0.cut(to: width) }
                // Widgets that the body puts in one place are drawn below each other.
                let start = max(top, (widget.place.x..<end).map { skyline[$0] }.max() ?? top)
                pieces.append((start, left, lines))
                for column in widget.place.x..<end { skyline[column] = start + lines.count + 1 }
            }
        }
        var rows = [[(column: Int, line: Line)]](repeating: [], count: skyline.max() ?? 0)
        for piece in pieces {
            for (index, line) in piece.lines.enumerated() { rows[piece.top + index].append((piece.column, line)) }
        }
        return rows.map { row in
            row.sorted { $0.column < $1.column }.reduce(into: Line()) { line, piece in
                line.pad(to: piece.column)
                line.append(piece.line)
            }
        }
    }

    /// Returns a widget in so many columns, beginning with its title.
    private func lines(_ widget: DashboardFrame.Widget, _ width: Int) -> [Line] {
        switch widget.content {
        case .metric(let panel):
            var title = Line(widget.title ?? Self.title(panel), .heading).cut(to: width)
            if let period = Self.period(panel) {
                let step = Line("  " + period)
                if title.width + step.width <= width { title.append(step) }
            }
            return [title] + PanelText(panel: panel, frame: frame, style: style, width: width).lines
        case .text(let markdown):
            return (widget.title.map { [Line($0, .heading)] } ?? []) + MarkdownText.lines(markdown, width: width)
        case .alarms(let alarms):
            return [Line(widget.title ?? "Alarms", .heading)] + alarmLines(alarms, width)
        case .notDrawn(let reason):
            return MarkdownText.wrapped(Line(Self.notDrawn(widget, reason), .warning), width: width)
        }
    }

    static func notDrawn(_ widget: DashboardFrame.Widget, _ reason: String) -> String {
        let name = widget.type + " widget" + (widget.title.map { " " + $0 } ?? "")
        return "\(name) is not drawn: \(reason)"
    }

    /// Returns what time a panel's values are of: `by 5m` for each step, `newest 5m` or, for one value of it all, `over 3h`.
    static func period(_ panel: DashboardFrame.Panel) -> String? {
        guard let seconds = panel.series.first?.period else { return nil }
        let span = NumberText.span(seconds: seconds)
        return switch panel.widget.view {
        case .timeSeries, .table: "by " + span
        default: (panel.widget.spansRange ? "over " : "newest ") + span
        }
    }

    static func title(_ panel: DashboardFrame.Panel) -> String {
        var names: [String] = []
        for case .metric(let metric) in panel.widget.rows.map(\.source) where !names.contains(metric.name) {
            names.append(metric.name)
        }
        return names.isEmpty ? "Metrics" : names.joined(separator: ", ")
    }

    /// Returns the sign and the word for an alarm's state.
    static func mark(_ alarm: DashboardFrame.Alarm) -> Line {
        switch alarm.state {
        case .alarm: Line("X ALARM", .alarm)
        case .insufficientData: Line("? NO DATA", .warning)
        case .ok: Line("- OK", .fine)
        case nil: Line("? UNKNOWN", .warning)
        }
    }

    /// Returns what is known of an alarm's state.
    func words(_ alarm: DashboardFrame.Alarm) -> [String] {
        var words = [alarm.summary].compactMap(\.self)
        if let since = alarm.since { words.append("since " + NumberText.clock(since, seenFrom: frame.to)) }
        if alarm.state == nil { words.append("no alarm file has it") }
        return words
    }

    private func alarmLines(_ alarms: [DashboardFrame.Alarm], _ width: Int) -> [Line] {
        if alarms.isEmpty { return [Line("no alarm in these states")] }
        return alarms.flatMap { alarm in
            var first = Self.mark(alarm)
            first.pad(to: 10)
            first.append(alarm.name)
            let words = words(alarm)
            // Words that are longer than the line are wrapped, not cut.
            let room = max(10, width - 10)
            let fragments = words.flatMap { MarkdownText.wrapped(Line($0), width: room) }
            return Line.flow([first] + fragments, width: width, indent: 10)
        }
    }
}
