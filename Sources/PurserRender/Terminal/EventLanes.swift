import PurserCore

/// The rows below a time axis: how many alarms were in ALARM, and what was marked; each row has its explanation below
/// it.
struct EventLanes {
    var window: DashFrame.Window
    var marks: [MetricWidget.Mark]
    var alarms: [AlarmSpan] = []
    /// The time from which clock times are named.
    var reference: Timestamp
    var symbols: TerminalStyle.Symbols

    private static let mostNames = 4

    /// Returns the rows for a plot in these columns; none if nothing happened.
    func lines(plot: Range<Int>, width: Int) -> [Line] {
        var lines: [Line] = []
        if !spans.isEmpty {
            let counts = counts(columns: plot.count)
            var lane = Line(String(repeating: " ", count: plot.lowerBound))
            lane.append(counts.map { $0 == 0 ? " " : $0 > 9 ? "+" : String($0) }.joined(), .alarm)
            lines += [lane] + Line.list("in ALARM", Self.counted(spanNames), start: plot.lowerBound, width: width)
        }
        if !drawn.isEmpty {
            let sign: Character = symbols == .utf8 ? "▲" : "^"
            let line: Character = symbols == .utf8 ? "─" : "-"
            var lane = [Character](repeating: " ", count: plot.count)
            for mark in drawn {
                guard let end = mark.end else { continue }
                for column in column(
                    mark.time,
                    plot.count
                )...max(column(mark.time, plot.count), column(end, plot.count)) {
                    lane[column] = line
                }
            }
            for mark in drawn where mark.time >= window.from { lane[column(mark.time, plot.count)] = sign }
            lines.append(Line(String(repeating: " ", count: plot.lowerBound) + String(lane)))
            lines += Line.list(String(sign), Self.counted(markNames), start: plot.lowerBound, width: width)
        }
        return lines
    }

    /// The marks and the spans in words.
    var notes: [Line] {
        (spans.isEmpty ? [] : [Line("in ALARM: " + Self.counted(spanNames).joined(separator: ", "))])
            + (drawn.isEmpty ? [] : [Line("marks: " + Self.counted(markNames).joined(separator: ", "))])
    }

    /// Returns where a time is, from 0 at the left end to 1 at the right end.
    func share(_ time: Timestamp) -> Double {
        let length = Double(max(1, window.stepsEnd - window.from))
        return min(max(Double(time - window.from) / length, 0), 1)
    }

    /// The spans and the marks that overlap the drawn time.
    var spans: [AlarmSpan] {
        alarms.filter { $0.start < end && $0.end.map { $0 > window.from } ?? true }
    }

    var drawn: [MetricWidget.Mark] {
        marks.filter { $0.time < end && ($0.end ?? $0.time) >= window.from }
    }

    /// What happened since the last step ended is drawn at its end.
    private var end: Timestamp { max(window.stepsEnd, window.to) }

    private func column(_ time: Timestamp, _ columns: Int) -> Int {
        min(Int(share(time) * Double(columns)), columns - 1)
    }

    /// Returns how many alarms were in ALARM at some time of each column.
    private func counts(columns: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: columns)
        for span in spans {
            // The end itself is no longer part of it.
            let last = (span.end ?? window.to) + -1
            for column in column(span.start, columns)...max(column(span.start, columns), column(last, columns)) {
                counts[column] += 1
            }
        }
        return counts
    }

    private func clock(_ time: Timestamp) -> String {
        NumberText.clock(time, seenFrom: reference)
    }

    /// One name for each alarm, with all its times.
    private var spanNames: [String] {
        var names: [String] = []
        var times: [String: [String]] = [:]
        for span in spans {
            if times[span.name] == nil { names.append(span.name) }
            let start = clock(span.start)
            times[span.name, default: []].append(span.end.map { "\(start) to \(clock($0))" } ?? "since \(start)")
        }
        return names.map { name in
            let all = times[name] ?? []
            let more = all.count > 2 ? ["\(all.count - 2) more"] : []
            return name + " " + (all.prefix(2) + more).joined(separator: " and ")
        }
    }

    private var markNames: [String] {
        drawn.map { mark in
            (mark.label.map { $0 + " " } ?? "")
                + [mark.time, mark.end].compactMap { $0.map(clock) }.joined(separator: " to ")
        }
    }

    private static func counted(_ names: [String]) -> [String] {
        names.count <= mostNames ? names : names.prefix(mostNames) + ["\(names.count - mostNames) more"]
    }
}
