extension DashboardBody {
    /// Returns a body for the stored series of a namespace, a widget for each metric.
    ///
    /// Counts are drawn as their sum per period and as a rate per second; anything else as its average and percentiles.
    /// The series of a metric that has several dimensions are separate rows.
    package static func namespace(_ namespace: String, series: [Series]) -> DashboardBody {
        let own = Dictionary(grouping: series.filter { $0.metric.namespace == namespace }, by: \.metric.name)
        var body = DashboardBody(widgets: [])
        for (name, own) in own.sorted(by: { $0.key < $1.key }) {
            let units = Set(own.map(\.unit))
            let all = Set(own.map(\.metric)).sorted()
            let metrics = all.prefix(mostSeries)
            if all.count > mostSeries {
                let more = all.count - mostSeries
                body.seriesLeftOut += more
                body.notes.append(
                    "\(more) of \(all.count) series of \(name) are left out: at most \(mostSeries) are drawn"
                )
            }
            let rows = units == [.count] ? counts(Array(metrics)) : distributions(Array(metrics))
            for (title, rows) in rows {
                guard body.widgets.count < mostWidgets else {
                    body.widgetsLeftOut += 1
                    continue
                }
                var widget = MetricWidget()
                widget.rows = rows
                widget.statistic = units == [.count] ? .sum : .average
                widget.period = 60
                let isRight = body.widgets.count % 2 == 1
                body.widgets.append(
                    DashboardWidget(
                        type: DashboardWidget.Kind.metric.rawValue,
                        title: title.isEmpty ? name : name + " " + title,
                        place: GridPlace(x: isRight ? 12 : 0, y: body.widgets.count / 2 * 6, width: 12, height: 6),
                        content: .metric(widget)
                    )
                )
            }
        }
        if body.widgetsLeftOut > 0 {
            let all = body.widgets.count + body.widgetsLeftOut
            body.notes.append(
                "\(body.widgetsLeftOut) of \(all) widgets are left out: a dashboard has at most \(mostWidgets)"
            )
        }
        return body
    }

    /// The most series of one metric that a widget shows.
    private static let mostSeries = 20

    private static func counts(_ metrics: [Metric]) -> [(title: String, rows: [MetricWidget.Row])] {
        let labels = MetricSearch.labels(of: metrics)
        var rates: [MetricWidget.Row] = []
        let sums = zip(metrics, labels).enumerated().map { index, metric in
            var sum = MetricWidget.Row(.metric(metric.0))
            sum.id = "m\(index + 1)"
            sum.label = metric.1
            if let rate = try? MetricMathExpression.parse("m\(index + 1)/PERIOD(m\(index + 1))") {
                var row = MetricWidget.Row(.expression(rate, written: rate.text, searches: []))
                row.label = metric.1
                rates.append(row)
            }
            return sum
        }
        var hidden = sums
        for index in hidden.indices { hidden[index].isVisible = false }
        return [("Sum", sums), ("per second", hidden + rates)]
    }

    private static func distributions(_ metrics: [Metric]) -> [(title: String, rows: [MetricWidget.Row])] {
        let labels = MetricSearch.labels(of: metrics)
        return zip(metrics, labels).map { metric, label in
            let rows = colors.map { statistic, color in
                var row = MetricWidget.Row(.metric(metric))
                row.statistic = statistic
                row.label = statistic.description
                row.color = color
                return row
            }
            return (label == metric.name ? "" : label, rows)
        }
    }

    private static let colors: [(Statistic, String?)] = [
        (.average, nil), (.percentile(50), "#1f77b4"), (.percentile(90), "#9467bd"), (.percentile(99), "#d55e00"),
    ]
}
