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
        case .bar: table([bars("Share")]) + thresholds
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
        let events = panel.events(panel.window(series))
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
            events: events,
            notes: (gaps + events.notes).map(\.plain),
            hidesLegend: widget.hidesLegend && widget.thresholds.isEmpty
        )
        let partial = isPartial ? ["the last step is not over"] : []
        let heading = HTML.paragraph(Line((words + partial).joined(separator: ", ")))
        return
            "\(heading)\(chart.html)\(gaps.map(HTML.paragraph))\(events.notes.map(HTML.paragraph))\(data(series, name))"
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

    /// Returns a column of bars; their values are beside them in the table.
    private func bars(_ title: String) -> Column {
        let shares = panel.shares
        return Column(title: title) { _, index in
            """
            <svg class="bar" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="rest" x="0" y="0" width="1000" height="20"/>\
            <rect class="spent" x="0" y="0" width="\(shares[index] * 1000)" height="20"/></svg>
            """
        }
    }

    private var gauge: HTML {
        let measure = shown.first?.measure ?? .unknown
        let (low, high) = panel.gaugeEnds
        return table([bars("\(measure.text(low)) to \(measure.text(high))")]) + thresholds
    }

    private var pie: HTML {
        let shares = panel.shares
        let numbers = Column(title: "Share", isNumber: true) { _, index in "\(NumberText.percent(shares[index] * 100))"
        }
        return table([numbers, bars("Of the sum")])
    }
}
