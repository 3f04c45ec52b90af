package import PurserCore

/// A dashboard's body as a dashboard of Grafana, over the metrics that Purser exports to Prometheus or over CloudWatch.
///
/// Both have 24 columns, so every panel has the place of its widget. The data source is a variable, which Grafana asks for.
package struct GrafanaDashboard {
    /// Where Grafana reads the metrics from.
    package enum Source {
        case prometheus(PrometheusRules.Metrics)
        case cloudWatch
    }

    /// The dashboard's JSON model.
    package let model: JSONValue
    /// What is lost, with the name of its widget.
    package let notes: [String]

    package init(_ body: DashboardBody, name: String, source: Source) {
        var notes: [String] = []
        let panels = body.widgets.enumerated().map { index, widget in
            var panel = GrafanaPanel(widget, source: source)
            let title = widget.title ?? "widget \(index + 1)"
            notes += panel.notes.map { "\(title): \($0)" }
            return panel.model(id: index + 1)
        }
        let type: JSONValue
        switch source {
        case .prometheus: type = "prometheus"
        case .cloudWatch: type = "cloudwatch"
        }
        var (from, to) = ("now-3h", "now")
        switch body.start {
        case .ago(let seconds): from = "now-\(seconds)s"
        case .time(let start): (from, to) = (start.iso8601(), body.end?.iso8601() ?? "now")
        case nil: break
        }
        if !body.variables.isEmpty {
            notes.append("variables are not applied: \(body.variables.joined(separator: ", "))")
        }
        model = [
            "title": .string(name),
            "schemaVersion": 39,
            "editable": true,
            "timezone": "utc",
            "refresh": "1m",
            "time": ["from": .string(from), "to": .string(to)],
            "templating": [
                "list": [["name": "datasource", "label": "Data source", "type": "datasource", "query": type]]
            ],
            "panels": .array(panels),
        ]
        self.notes = notes
    }
}

/// One widget as a panel.
private struct GrafanaPanel {
    private let widget: DashboardWidget
    private let source: GrafanaDashboard.Source
    private(set) var notes: [String] = []
    private var targets: [JSONValue] = []

    init(_ widget: DashboardWidget, source: GrafanaDashboard.Source) {
        self.widget = widget
        self.source = source
        switch widget.content {
        case .metric(let metric): addTargets(metric)
        case .alarm: notes.append("Grafana has no widget of CloudWatch's alarms; their names are listed")
        case .notDrawn(let reason): notes.append(reason)
        case .text: break
        }
    }

    mutating func model(id: Int) -> JSONValue {
        let place = widget.place
        var members: [JSONValue.Member] = [
            .init("id", .integer(id)),
            .init("title", .string(widget.title ?? "")),
            .init(
                "gridPos",
                [
                    "x": .integer(place.x), "y": .integer(place.y), "w": .integer(place.width),
                    "h": .integer(place.height),
                ]
            ),
        ]
        switch widget.content {
        case .metric(let metric): members += Self.members(of: metric, targets, datasource)
        case .text(let markdown): members += Self.text(markdown)
        case .alarm(let alarm): members += Self.text(alarm.names.map { "- \($0)" }.joined(separator: "\n"))
        case .notDrawn(let reason): members += Self.text("Not translated: \(reason)")
        }
        if !notes.isEmpty { members.append(.init("description", .string(notes.joined(separator: "\n")))) }
        return .object(members)
    }

    private static func text(_ markdown: String) -> [JSONValue.Member] {
        [.init("type", "text"), .init("options", ["mode": "markdown", "content": .string(markdown)])]
    }

    private var datasource: JSONValue {
        switch source {
        case .prometheus: ["type": "prometheus", "uid": "${datasource}"]
        case .cloudWatch: ["type": "cloudwatch", "uid": "${datasource}"]
        }
    }

    private static func type(of view: MetricWidget.View) -> JSONValue {
        switch view {
        case .timeSeries: "timeseries"
        case .singleValue: "stat"
        case .gauge: "gauge"
        case .bar: "bargauge"
        case .pie: "piechart"
        case .table: "table"
        }
    }

    private static func members(
        of metric: MetricWidget,
        _ targets: [JSONValue],
        _ datasource: JSONValue
    ) -> [JSONValue.Member] {
        let axis = metric.axes[.left]
        var custom: [JSONValue.Member] = [.init("spanNulls", false)]
        if metric.isStacked { custom.append(.init("stacking", ["mode": "normal"])) }
        var defaults: [JSONValue.Member] = []
        if let min = axis?.min { defaults.append(.init("min", .number(min))) }
        if let max = axis?.max { defaults.append(.init("max", .number(max))) }
        let steps = metric.thresholds.filter { $0.side == .left }.sorted { $0.value < $1.value }
        if !steps.isEmpty {
            let all: [JSONValue] =
                [["color": "transparent", "value": nil]]
                + steps.map { ["color": "red", "value": .number($0.value)] }
            defaults.append(.init("thresholds", ["mode": "absolute", "steps": .array(all)]))
            custom.append(.init("thresholdsStyle", ["mode": "dashed"]))
        }
        defaults.append(.init("custom", .object(custom)))
        let overrides = metric.rows.compactMap { row -> JSONValue? in
            guard let color = row.color, let label = row.label else { return nil }
            return [
                "matcher": ["id": "byName", "options": .string(label)],
                "properties": [["id": "color", "value": ["mode": "fixed", "fixedColor": .string(color)]]],
            ]
        }
        return [
            .init("type", type(of: metric.view)),
            .init("datasource", datasource),
            .init("fieldConfig", ["defaults": .object(defaults), "overrides": .array(overrides)]),
            .init("targets", .array(targets)),
        ]
    }

    // Queries.

    private mutating func addTargets(_ metric: MetricWidget) {
        guard metric.alarm == nil else {
            return notes.append("it draws an alarm's metric, which is in the alarm's file")
        }
        for (index, row) in metric.rows.enumerated() {
            let id = row.id ?? "row\(index + 1)"
            switch source {
            case .cloudWatch: targets.append(Self.cloudWatch(row, metric, index, id))
            case .prometheus(let metrics):
                guard row.isVisible else { continue }
                do throws(PrometheusRule.Untranslatable) {
                    targets.append(try prometheus(row, metric, index, metrics))
                } catch {
                    notes.append("\(row.label ?? id): \(error.reason)")
                }
            }
        }
    }

    /// Returns `A`, `B` and so on, as Grafana names queries; after Z, `Q27`.
    private static func refId(_ index: Int) -> JSONValue {
        guard index < 26, let letter = Unicode.Scalar(UInt32(65 + index)) else { return .string("Q\(index + 1)") }
        return .string(String(Character(letter)))
    }

    private static func cloudWatch(
        _ row: MetricWidget.Row,
        _ widget: MetricWidget,
        _ index: Int,
        _ id: String
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("refId", refId(index)), .init("id", .string(id)), .init("hide", .bool(!row.isVisible)),
            .init("label", .string(row.label ?? "")), .init("queryMode", "Metrics"), .init("region", "default"),
            .init("period", .string(String(row.period ?? widget.period))), .init("metricQueryType", 0),
        ]
        switch row.source {
        case .metric(let metric):
            let dimensions = metric.dimensions.map { JSONValue.Member($0.name, [.string($0.value)]) }
            members += [
                .init("metricEditorMode", 0), .init("namespace", .string(metric.namespace)),
                .init("metricName", .string(metric.name)), .init("dimensions", .object(dimensions)),
                .init("matchExact", true),
                .init("statistic", .string((row.statistic ?? widget.statistic).description)),
            ]
        case .expression(_, let text, _), .unsupported(_, let text):
            members += [.init("metricEditorMode", 1), .init("expression", .string(text))]
        }
        return .object(members)
    }

    private func prometheus(
        _ row: MetricWidget.Row,
        _ widget: MetricWidget,
        _ index: Int,
        _ metrics: PrometheusRules.Metrics
    ) throws(PrometheusRule.Untranslatable) -> JSONValue {
        let period = row.period ?? widget.period
        let rule: AlarmRule
        switch row.source {
        case .metric(let metric):
            rule = .metric(AlarmMetric(metric: metric, statistic: row.statistic ?? widget.statistic, period: period))
        case .unsupported(let reason, _): throw PrometheusRule.Untranslatable(reason)
        case .expression(let expression, _, let searches):
            guard searches.isEmpty else {
                throw PrometheusRule.Untranslatable("a search has no equivalent in PromQL")
            }
            var seen: Set<String> = []
            if let reason = Self.obstacle(in: expression, widget, &seen) { throw PrometheusRule.Untranslatable(reason) }
            let watched = AlarmMath.Query(
                id: "watched",
                source: .expression(expression, period: nil),
                returnsData: true
            )
            rule = .math(AlarmMath(queries: Self.queries(widget) + [watched], period: period))
        }
        var writer = PrometheusExpression(metrics: metrics, period: period)
        return [
            "refId": Self.refId(index), "expr": .string(try writer.value(of: rule)),
            "legendFormat": .string(row.label ?? ""), "interval": .string("\(period)s"),
        ]
    }

    /// Returns why an expression cannot be translated, if that is because of a row that it uses, directly or not.
    private static func obstacle(
        in expression: MetricMathExpression,
        _ widget: MetricWidget,
        _ seen: inout Set<String>
    ) -> String? {
        for (id, _) in expression.references where seen.insert(id).inserted {
            switch widget.rows.first(where: { $0.id == id })?.source {
            case .unsupported: return "it uses \(id), which has no equivalent in PromQL"
            case .expression(_, _, let searches) where !searches.isEmpty:
                return "it uses \(id), and a search has no equivalent in PromQL"
            case .expression(let inner, _, _):
                if let reason = obstacle(in: inner, widget, &seen) { return reason }
            case .metric, nil: break
            }
        }
        return nil
    }

    /// Returns the rows with an id, which expressions may use.
    private static func queries(_ widget: MetricWidget) -> [AlarmMath.Query] {
        widget.rows.compactMap { row in
            guard let id = row.id else { return nil }
            switch row.source {
            case .metric(let metric):
                let statistic = row.statistic ?? widget.statistic
                let source = AlarmMetric(metric: metric, statistic: statistic, period: row.period ?? widget.period)
                return AlarmMath.Query(id: id, source: .metric(source), returnsData: false)
            case .expression(let expression, _, _):
                return AlarmMath.Query(id: id, source: .expression(expression, period: nil), returnsData: false)
            case .unsupported: return nil
            }
        }
    }
}
