import PurserCore

/// The line below a plot: marks at round times, and the times below them.
struct TimeAxis {
    private static let intervals = [
        1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    ]

    let window: DashFrame.Window
    let symbols: TerminalStyle.Symbols

    /// Returns two lines for a plot in these columns.
    func lines(plot: Range<Int>) -> [Line] {
        let labelWidth = span > 86_400 ? 11.0 : 5.0
        let marks = Self.marks(window, most: max(1, Double(plot.count) / (labelWidth + 6))).map { share, text in
            (column: min(Int(share * Double(plot.count)), plot.count - 1), text: text)
        }
        return [ruler(marks.map(\.column), plot), labels(marks, plot)]
    }

    /// The drawn time in seconds.
    private var span: Double { Self.span(window) }

    private static func span(_ window: DashFrame.Window) -> Double {
        Double(max(1, window.steps * window.periodSeconds))
    }

    /// Returns round times, about `most` of them, with their places: 0 is the left end, 1 the right end.
    static func marks(_ window: DashFrame.Window, most: Double) -> [(share: Double, text: String)] {
        let span = span(window)
        let interval = intervals.first { span / Double($0) <= most } ?? 2_592_000
        let isDaily = interval >= 86_400
        var marks: [(share: Double, text: String)] = []
        var time = window.from.floored(toSeconds: interval)
        while time <= window.to {
            if time >= window.from {
                marks.append((Double(time - window.from) / 1000 / span, label(time, span, isDaily)))
            }
            time = time + interval
        }
        return marks
    }

    private static func label(_ time: Timestamp, _ span: Double, _ isDaily: Bool) -> String {
        if isDaily { return String(time.date.dropFirst(5)) }
        if span <= 600 { return time.timeOfDay }
        return span > 86_400 ? time.date.dropFirst(5) + " " + time.hourAndMinute : time.hourAndMinute
    }

    private func ruler(_ marks: [Int], _ plot: Range<Int>) -> Line {
        let (corner, dash, mark) = symbols == .utf8 ? ("└", "─", "┬") : ("+", "-", "+")
        var line = Line(String(repeating: " ", count: plot.lowerBound - 1) + corner)
        for column in 0..<plot.count {
            line.append(marks.contains(column) ? mark : dash)
        }
        return line
    }

    /// Returns the texts, each centred below its mark. A text is moved inside the plot at the plot's ends, and left out
    /// if it would touch another.
    private func labels(_ marks: [(column: Int, text: String)], _ plot: Range<Int>) -> Line {
        var line = Line()
        for mark in marks {
            let centred = plot.lowerBound + mark.column - mark.text.count / 2
            let start = min(max(centred, plot.lowerBound), plot.upperBound - mark.text.count)
            guard start >= line.width + (line.width == 0 ? 0 : 2) else { continue }
            line.pad(to: start)
            line.append(mark.text)
        }
        return line
    }
}
