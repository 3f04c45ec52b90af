import PurserCore

/// The series of one metric widget on a web page.
struct PanelPage {
    let panel: PanelText
    let title: String
    let id: String

    private var widget: MetricWidget { panel.widget }
    private var shown: [DashboardFrame.Series] { panel.shown }

    var html: HTML {
        let notes = panel.noteLines.map(HTML.paragraph)
        return (shown.isEmpty ? "" : drawn) + "\(notes)"
    }

    private var drawn: HTML {
        switch widget.view {
        case .timeSeries where shown.count <= PanelText.mostLines: "\(panel.sides.map(chart))"
        case .timeSeries: table([course]) + thresholds + data(shown, title)
        case .singleValue: table(widget.showsSparkline && !widget.spansRange ? [course] : [])
        case .gauge: gauge
        case .bar: table([bar(highest: shown.compactMap(\.newest).map(\.magnitude).max() ?? 0)]) + thresholds
        case .pie: pie
        case .table: table(summaries + (widget.showsCourse ? [course] : []))
        }
    }

    private var thresholds: HTML {
        "\(panel.thresholdLines.map(HTML.paragraph))"
    }

    // Time series.

    private func chart(_ side: MetricWidget.Side) -> HTML {
        let (series, plot) = panel.series(side)
        let all = WebInk.inks(shown.map(\.color))
        let inks = zip(shown, all).filter { $0.0.side == side }.map(\.1)
        let words = panel.words(side, plot)
        let gaps = panel.gapLines(series)
        let marks = panel.markLines
        let isPartial = series.first?.isPartial ?? false
        let name = ([title] + (panel.sides.count > 1 ? words.prefix(1) : [])).joined(separator: ", ")
        let chart = WebChart(
            id: "\(id)-\(side.rawValue)",
            title: name,
            period: DashboardText(frame: panel.frame, style: panel.style).range.plain,
            plot: plot,
            inks: inks,
            window: panel.window(series),
            isPartial: isPartial,
            notes: (gaps + marks).map(\.plain),
            hidesLegend: widget.hidesLegend && widget.thresholds.isEmpty
        )
        let partial = isPartial ? ["the last step is not over"] : []
        let heading = HTML.paragraph(Line((words + partial).joined(separator: ", ")))
        return "\(heading)\(chart.html)\((gaps + marks).map(HTML.paragraph))\(data(series, name))"
    }

    /// Returns the values of series, in a table for each period.
    private func data(_ series: [DashboardFrame.Series], _ name: String) -> HTML {
        let groups = Dictionary(grouping: series, by: \.period).sorted { $0.key < $1.key }
        let tables = groups.compactMap { period, series -> HTML? in
            guard let first = series.first else { return nil }
            return ChartData(
                title: groups.count > 1 ? "\(name), by \(NumberText.span(seconds: period))" : name,
                start: first.start,
                period: period,
                isPartial: first.isPartial,
                reference: panel.frame.to,
                columns: series.map { series in
                    .init(name: series.label, values: series.values) { series.measure.text($0) }
                }
            ).html
        }
        return "\(tables)"
    }

    // Rows of a table.

    private struct Column {
        var title: String
        var isNumber = false
        var cell: (_ series: DashboardFrame.Series, _ index: Int) -> HTML
    }

    /// Returns a table with a row for each series: its name, its newest value, and more columns.
    private func table(_ more: [Column]) -> HTML {
        let rows = shown.enumerated().map { index, series -> [HTML] in
            ["\(series.label)", "\(panel.text(series, series.newest))"] + more.map { $0.cell(series, index) }
        }
        let columns: [WebTable.Column] = [.init(title: "Series"), .init(title: "Now", isNumber: true)]
        return WebTable(
            caption: title,
            columns: columns + more.map { .init(title: $0.title, isNumber: $0.isNumber) },
            rows: rows,
            hidesCaption: true
        ).html
    }

    private var course: Column {
        Column(title: "Course") { series, index in
            WebSparkline(
                id: "\(id)-spark-\(index)",
                name: series.label,
                values: series.values,
                isPartial: series.isPartial
            ) { panel.text(series, $0) }.html
        }
    }

    private var summaries: [Column] {
        widget.summaries.map { summary in
            Column(title: summary.rawValue, isNumber: true) { series, _ in
                "\(panel.text(series, summary.value(of: series.known)))"
            }
        }
    }

    private func bar(highest: Double) -> Column {
        Column(title: "Share") { series, _ in
            bar(highest > 0 ? (series.newest ?? 0).magnitude / highest : 0)
        }
    }

    /// Returns a bar that is so full; its value is beside it in the table.
    private func bar(_ share: Double) -> HTML {
        let width = share.isFinite ? min(max(share, 0), 1) * 1000 : 0
        return """
            <svg class="bar" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="rest" x="0" y="0" width="1000" height="20"/>\
            <rect class="spent" x="0" y="0" width="\(width)" height="20"/></svg>
            """
    }

    private var gauge: HTML {
        let axis = widget.axes[.left] ?? .init()
        let (low, high) = (axis.min ?? 0, axis.max ?? 100)
        let measure = shown.first?.measure ?? .unknown
        let bars = Column(title: "\(measure.text(low)) to \(measure.text(high))") { series, _ in
            bar(((series.newest ?? low) - low) / (high - low))
        }
        return table([bars]) + thresholds
    }

    /// Shares of the sum; values below zero have none.
    private var pie: HTML {
        let total = shown.compactMap(\.newest).filter { $0 > 0 }.reduce(0, +)
        func share(_ series: DashboardFrame.Series) -> Double {
            total > 0 ? max(0, series.newest ?? 0) / total : 0
        }
        return table([
            Column(title: "Share", isNumber: true) { series, _ in "\(NumberText.percent(share(series) * 100))" },
            Column(title: "Of the sum") { series, _ in bar(share(series)) },
        ])
    }
}
