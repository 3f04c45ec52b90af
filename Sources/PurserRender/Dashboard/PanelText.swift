import PurserCore

/// The series of one metric widget as text.
struct PanelText {
    let panel: DashboardFrame.Panel
    let frame: DashboardFrame
    let style: TerminalStyle
    let width: Int

    /// More series than this are drawn as a sparkline each: lines that cross cannot be told apart.
    static let mostLines = 4

    var widget: MetricWidget { panel.widget }

    /// The series that have values.
    var shown: [DashboardFrame.Series] {
        panel.series.filter { !$0.known.isEmpty }
    }

    var lines: [Line] {
        (shown.isEmpty ? [] : drawn) + noteLines
    }

    /// The series without values, and the rows that are not drawn.
    var noteLines: [Line] {
        let missing = panel.series.filter(\.known.isEmpty).map(\.label)
        let names = panel.series.isEmpty ? ["no metric was found"] : missing
        let lines = names.isEmpty ? [] : Self.named("no data:", names, width: width)
        return lines + panel.notes.flatMap { MarkdownText.wrapped(Line("not drawn: " + $0, .warning), width: width) }
    }

    private var drawn: [Line] {
        switch widget.view {
        case .timeSeries: shown.count <= Self.mostLines && width >= 40 ? plots : sparklines + thresholdLines
        case .singleValue: singleValues
        case .gauge: gauges
        case .bar: bars
        case .pie: pie
        case .table: table
        }
    }

    /// Returns a few names after a word; the others are counted.
    private static func named(_ word: String, _ names: [String], width: Int) -> [Line] {
        let most = 5
        var text = word + " " + names.prefix(most).joined(separator: ", ")
        if names.count > most { text += " and \(names.count - most) more" }
        return MarkdownText.wrapped(Line(text, .warning), width: width)
    }

    // Time series.

    /// One plot for each side of the graph that has series, because the sides have scales of their own.
    private var plots: [Line] {
        sides.flatMap { side in
            plot(side)
        }
    }

    var sides: [MetricWidget.Side] {
        MetricWidget.Side.allCases.filter { side in shown.contains { $0.side == side } }
    }

    /// Returns the series of a side, and their plot.
    func series(_ side: MetricWidget.Side) -> (series: [DashboardFrame.Series], plot: SeriesPlot) {
        let inks = SeriesInk.inks(shown.map(\.color))
        let own = zip(shown, inks).filter { $0.0.side == side }
        var courses = own.map { series, ink in
            SeriesPlot.Course(name: series.label, ink: ink, values: series.values) { series.measure.text($0) }
        }
        if widget.isStacked { Self.stack(&courses) }
        let plot = SeriesPlot(
            courses,
            thresholds: widget.thresholds.filter { $0.side == side }.map { threshold in
                .init(values: [threshold.value] + [threshold.other].compactMap(\.self), label: threshold.label ?? "")
            },
            axis: widget.axes[side] ?? .init(),
            mayBeLogarithmic: !widget.isStacked && own.allSatisfy { $0.0.measure.isTime },
            symbols: style.symbols
        )
        return (own.map(\.0), plot)
    }

    /// Returns what a side's scale is of.
    func words(_ side: MetricWidget.Side, _ plot: SeriesPlot) -> [String] {
        var words = sides.count > 1 ? [side.rawValue + " axis"] : []
        if let label = widget.axes[side]?.label, !label.isEmpty { words.append(label) }
        if plot.scale.isLogarithmic { words.append("log scale") }
        if widget.isStacked { words.append("stacked") }
        return words
    }

    private func plot(_ side: MetricWidget.Side) -> [Line] {
        let (own, plot) = series(side)
        let drawn = plot.lines(width: width)
        let words = words(side, plot)
        var lines = words.isEmpty ? [] : [Line(words.joined(separator: ", "))]
        if !widget.hidesLegend || !widget.thresholds.isEmpty { lines += plot.legend(width: width) }
        lines += drawn.lines
        lines += TimeAxis(window: window(own), symbols: style.symbols).lines(plot: drawn.plot)
        return lines + events(window(own)).lines(plot: drawn.plot, width: width) + gapLines(own)
    }

    /// Puts each course on those before it; where one of them has no value, the sum is not known.
    private static func stack(_ courses: inout [SeriesPlot.Course]) {
        for index in courses.indices.dropFirst() {
            let below = courses[index - 1].values
            courses[index].written = courses[index].last
            courses[index].values = courses[index].values.enumerated().map { step, value in
                let under = below.indices.contains(step) ? below[step] : nil
                return value.flatMap { value in under.map { value + $0 } }
            }
        }
    }

    func window(_ series: [DashboardFrame.Series]) -> DashFrame.Window {
        let first = series.first
        let period = first?.period ?? 60
        let start = first?.start ?? frame.from
        return DashFrame.Window(from: start, to: start + (first?.values.count ?? 1) * period, periodSeconds: period)
    }

    /// The times without any value, which the plot leaves blank.
    func gapLines(_ series: [DashboardFrame.Series]) -> [Line] {
        guard let first = series.first, series.allSatisfy({ $0.period == first.period }) else { return [] }
        let gaps = PlotGaps(series.map(\.values), steps: first.values.count, isPartial: first.isPartial)
        let names = gaps.names(from: first.start, period: first.period, seenFrom: frame.to)
        return names.isEmpty ? [] : Self.named("no data", names, width: width)
    }

    /// The widget's vertical annotations and the marks, on the time axis of a plot.
    func events(_ window: DashFrame.Window) -> EventLanes {
        EventLanes(window: window, marks: widget.marks, reference: frame.to, symbols: style.symbols)
    }

    var thresholdLines: [Line] {
        widget.thresholds.map { threshold in
            let measure = shown.first { $0.side == threshold.side }?.measure ?? .unknown
            let values = [threshold.value] + [threshold.other].compactMap(\.self)
            let text = values.map { measure.text($0) }.joined(separator: " to ")
            return Line("- - " + (threshold.label.map { $0 + " " } ?? "") + text).cut(to: width)
        }
    }

    /// A row for each series: its name, its newest value, and its course.
    private var sparklines: [Line] {
        rows(shown.map { text($0, $0.newest) }) { series, room in
            Sparkline.text(Sparkline.bucketed(series.values, to: room), symbols: style.symbols)
        }
    }

    /// Returns a row for each series: its name, a value, and what is drawn in the rest of the width.
    private func rows(_ values: [String], _ draw: (DashboardFrame.Series, Int) -> String) -> [Line] {
        var names = shown.map { TerminalText.sanitized($0.label) }
        let number = values.map { TerminalText.width(of: $0) }.max() ?? 0
        let longest = names.map { TerminalText.width(of: $0) }.max() ?? 0
        let name = min(longest, max(8, width - number - 4 - max(10, width / 3)))
        names = TerminalText.cut(names, to: name)
        let inks = SeriesInk.inks(shown.map(\.color))
        let room = width - name - number - 4
        return zip(zip(shown, inks), zip(names, values)).map { series, texts in
            var line = Line(texts.0, .series(series.1))
            line.pad(to: name)
            line.append(Line(texts.1).rightAligned(in: number + 2))
            if room >= 3 { line.append("  " + draw(series.0, room), .series(series.1)) }
            return line
        }
    }

    func text(_ series: DashboardFrame.Series, _ value: Double?) -> String {
        value.map { series.measure.text($0, isFullPrecision: widget.isFullPrecision) } ?? ""
    }

    // Other views.

    private var singleValues: [Line] {
        rows(shown.map { text($0, $0.newest) }) { series, room in
            guard widget.showsSparkline, !widget.spansRange else { return "" }
            return Sparkline.text(Sparkline.bucketed(series.values, to: room), symbols: style.symbols)
        }
    }

    private var fullBar: (full: String, rest: String) {
        style.symbols == .utf8 ? ("█", "░") : ("#", ".")
    }

    /// How full the bar of each series that is shown is, from 0 to 1: of a gauge its place between the ends of the axis,
    /// of a pie its share of the sum of the values above zero, and of other bars its share of the highest value.
    var shares: [Double] {
        let values = shown.map { $0.newest ?? 0 }
        let (start, whole): (Double, Double) =
            switch widget.view {
            case .gauge: (gaugeEnds.low, gaugeEnds.high - gaugeEnds.low)
            case .pie: (0, values.filter { $0 > 0 }.reduce(0, +))
            default: (0, values.map(\.magnitude).max() ?? 0)
            }
        return values.map { value in
            let part = widget.view == .bar ? value.magnitude : value - start
            let share = part / whole
            return share.isFinite ? min(max(share, 0), 1) : 0
        }
    }

    /// The ends of a gauge's axis.
    var gaugeEnds: (low: Double, high: Double) {
        let axis = widget.axes[.left] ?? .init()
        return (axis.min ?? 0, axis.max ?? 100)
    }

    /// Returns a row with a bar for each series.
    private func barRows(_ values: [String], draw: (_ share: Double, _ columns: Int) -> String) -> [Line] {
        var rest = shares[...]
        return rows(values) { _, room in draw(rest.popFirst() ?? 0, room) }
    }

    private func bar(_ share: Double, _ columns: Int) -> String {
        let full = Int((share * Double(columns)).rounded())
        return String(repeating: fullBar.full, count: full) + String(repeating: fullBar.rest, count: columns - full)
    }

    private var gauges: [Line] {
        let measure = shown.first?.measure ?? .unknown
        let (low, high) = gaugeEnds
        let ends = Line("from \(measure.text(low)) to \(measure.text(high))")
        return barRows(shown.map { text($0, $0.newest) }, draw: bar) + [ends] + thresholdLines
    }

    private var bars: [Line] {
        let lines = barRows(shown.map { text($0, $0.newest) }) { share, columns in
            String(repeating: fullBar.full, count: Int((share * Double(columns)).rounded()))
        }
        return lines + thresholdLines
    }

    private var pie: [Line] {
        let texts = zip(shown, shares).map { text($0, $0.newest) + "  " + NumberText.percent($1 * 100) }
        return barRows(texts, draw: bar)
    }

    private var table: [Line] {
        var columns = [TextTable.Column("", leastWidth: 8), .init("NOW", .trailing)]
        columns += widget.summaries.map { .init($0.rawValue, .trailing) }
        let course = widget.showsCourse ? min(24, width / 4) : 0
        if course > 3 { columns.append(.init("", dropRank: 1)) }
        let rows = shown.map { series in
            var cells = [series.label, text(series, series.newest)]
            cells += widget.summaries.map { text(series, $0.value(of: series.known)) }
            if course > 3 {
                cells.append(
                    Sparkline.text(Sparkline.bucketed(series.values, to: course), symbols: style.symbols)
                )
            }
            return cells
        }
        return TextTable(columns, rows: rows).lines(width: width)
    }
}

extension MetricWidget.Summary {
    func value(of values: [Double]) -> Double? {
        switch self {
        case .minimum: values.min()
        case .maximum: values.max()
        case .sum: values.isEmpty ? nil : values.reduce(0, +)
        case .average: values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
    }
}
