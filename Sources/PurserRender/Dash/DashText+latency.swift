import PurserCore

extension DashText {
    /// The latency plot; a single line if the window has no latency.
    var latencyLines: [Line] {
        let (from, to) = windowEnds
        var heading = Line("LATENCY", .heading)
        guard let plot = Self.plot(frame.latency, frame.window, symbols: style.symbols) else {
            heading.append("  no data \(from)\(windowDash)\(to)")
            return [heading]
        }
        heading.append(plot.scale.isLogarithmic ? "  log scale" : "  linear scale")
        if frame.window.isPartial { heading.append("  *\(partialStep)") }
        let drawn = plot.lines(width: width)
        var legend = plot.legend(width: width)
        if legend.count == 1, heading.width + 2 + legend[0].width <= width {
            heading.append(legend.removeFirst().rightAligned(in: width - heading.width))
        }
        var lines = [heading] + legend
        lines += drawn.lines
        lines += TimeAxis(window: frame.window, symbols: style.symbols).lines(plot: drawn.plot)
        return lines + events.lines(plot: drawn.plot, width: width) + gapLines(indent: drawn.plot.lowerBound)
    }

    /// What happened in the window beside the metrics.
    var events: EventLanes {
        EventLanes(
            window: frame.window,
            marks: frame.marks.map { .init(time: $0.time, label: $0.text) },
            alarms: frame.alarmSpans,
            reference: frame.at,
            symbols: style.symbols
        )
    }

    /// Returns the plot of the percentiles; nil if no step has a value.
    static func plot(
        _ latency: DashFrame.Latency,
        _ window: DashFrame.Window,
        symbols: TerminalStyle.Symbols
    ) -> SeriesPlot? {
        let courses = [
            ("p50", SeriesInk.blue, latency.p50), ("p90", .purple, latency.p90), ("p99", .cyan, latency.p99),
        ].map { name, ink, values in
            SeriesPlot.Course(name: name, ink: ink, values: values) { NumberText.duration(seconds: $0) }
        }
        guard courses.contains(where: { $0.last != nil }) else { return nil }
        return SeriesPlot(
            courses,
            thresholds: latency.threshold.map { [.init(values: [$0], label: "alarm threshold")] } ?? [],
            mayBeLogarithmic: true,
            rows: 10,
            endNote: { Self.age(ofStep: $0, in: window) },
            symbols: symbols
        )
    }

    /// Returns how long ago a line ended, if that is before the plot does.
    private static func age(ofStep step: Int, in window: DashFrame.Window) -> String {
        let silence = window.dataEnd - (window.from + (step + 1) * window.periodSeconds)
        // The last step may have just begun.
        guard silence >= Int64(window.periodSeconds) * 1000 else { return "" }
        return ", \(NumberText.age(milliseconds: silence)) ago"
    }

    /// How much of the last step is over: `2m of 5m`.
    var partialStep: String {
        let spans = [frame.window.seconds(ofStep: frame.window.steps - 1), frame.window.periodSeconds]
        return spans.map(NumberText.span).joined(separator: " of ")
    }

    /// Returns the gaps without any sample, with their times.
    func gapLines(indent: Int) -> [Line] {
        let window = frame.window
        let gaps = PlotGaps(
            [frame.latency.p50, frame.latency.p90, frame.latency.p99],
            steps: window.steps,
            isPartial: window.isPartial
        )
        let all = gaps.names(from: window.from, period: window.periodSeconds, seenFrom: frame.at)
        guard !all.isEmpty else { return [] }
        var names = Array(all.prefix(4))
        if all.count > 4 { names.append("\(all.count - 4) more (\(gaps.missing) of \(gaps.steps) steps in all)") }
        return Line.list("no data", names, start: indent, width: width)
    }
}
