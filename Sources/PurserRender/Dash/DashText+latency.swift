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
        return lines + gapLines(indent: drawn.plot.lowerBound)
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
        let steps = frame.window.steps
        let courses = [frame.latency.p50, frame.latency.p90, frame.latency.p99]
        let isMissing = (0..<steps).map { step in
            courses.allSatisfy { !$0.indices.contains(step) || !($0[step]?.isFinite ?? false) }
        }
        var gaps: [Range<Int>] = []
        for step in 0..<steps where isMissing[step] {
            if let last = gaps.last, last.upperBound == step {
                gaps[gaps.count - 1] = last.lowerBound..<step + 1
            } else {
                gaps.append(step..<step + 1)
            }
        }
        // The last step has only begun.
        if frame.window.isPartial, gaps.last == steps - 1..<steps { gaps.removeLast() }
        guard !gaps.isEmpty else { return [] }
        var names = gaps.prefix(4).map { name(of: $0) }
        if gaps.count > 4 {
            names.append("\(gaps.count - 4) more (\(isMissing.filter { $0 }.count) of \(steps) steps in all)")
        }
        var fragments = names.enumerated().map { Line($1 + ($0 < names.count - 1 ? "," : "")) }
        fragments[0] = Line("no data " + names[0] + (names.count > 1 ? "," : ""))
        let lines = Line.flow(fragments, width: width - indent, separator: " ", indent: 8)
        return lines.map { $0.rightAligned(in: $0.width + indent) }
    }

    private func name(of gap: Range<Int>) -> String {
        let window = frame.window
        let (from, to) = (
            window.from + gap.lowerBound * window.periodSeconds, window.from + gap.upperBound * window.periodSeconds
        )
        let words = [from, to].map {
            NumberText.clock($0, seenFrom: frame.at, seconds: window.periodSeconds < 60)
        }
        return words[0] + (words.contains { $0.contains(" ") } ? " to " : "-") + words[1]
    }
}
