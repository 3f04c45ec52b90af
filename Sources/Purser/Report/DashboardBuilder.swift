package import PurserCore
import PurserStore

/// Builds the frame of a dashboard's body from a store.
package struct DashboardBuilder: Sendable {
    let reader: MetricReader
    /// The alarms whose states and thresholds widgets may show.
    let alarms: [AlarmDefinition]
    /// The stored series, by which values are written in their units.
    private let units: [Metric: Set<MetricUnit>]

    /// The most steps of a series in a range for which the body does not insist on its periods.
    private static let mostSteps = 1440

    package init(reader: MetricReader, alarms: [AlarmDefinition]) throws {
        self.reader = reader
        self.alarms = alarms
        units = try reader.series().reduce(into: [:]) { $0[$1.metric, default: []].insert($1.unit) }
    }

    /// Returns the frame of a time range, with alarm states as of `at`: the newest recorded ones unless
    /// `isOfAskedMoment`.
    package func frame(
        _ body: DashboardBody,
        name: String,
        range: Range<Timestamp>,
        at: Timestamp,
        isOfAskedMoment: Bool = false
    ) throws -> DashboardFrame {
        let (states, evaluatedAt) = try alarmStates(body, at: at, isOfAskedMoment: isOfAskedMoment)
        let marks = try reader.store.marks(in: range)
        var datapoints = 0
        let widgets = try body.widgets.map { widget in
            let content: DashboardFrame.Content =
                switch widget.content {
                case .metric(let metric): try content(metric, body, range, marks, &datapoints)
                case .text(let markdown): .text(markdown)
                case .alarm(let alarm):
                    .alarms(Self.sorted(alarm.names.map { states[$0] ?? .init(name: $0, state: nil) }, alarm))
                case .notDrawn(let reason): .notDrawn(reason)
                }
            return DashboardFrame.Widget(type: widget.type, title: widget.title, place: widget.place, content: content)
        }
        var frame = DashboardFrame(name: name, from: range.lowerBound, to: range.upperBound, widgets: widgets)
        frame.notes = body.notes
        (frame.seriesLeftOut, frame.widgetsLeftOut) = (body.seriesLeftOut, body.widgetsLeftOut)
        if let evaluatedAt, evaluatedAt - at > EvaluationRun.longestLead {
            frame.notes.append(
                "the states of the alarms are from an evaluation ahead of the clock, as of \(evaluatedAt.iso8601())"
            )
        }
        if !body.variables.isEmpty {
            let names = body.variables.joined(separator: ", ")
            frame.notes.append(
                "variables are not applied, so the widgets have the values that they are written with: \(names)"
            )
        }
        return frame
    }

    // Alarms.

    private func alarmStates(_ body: DashboardBody, at: Timestamp, isOfAskedMoment: Bool) throws
        -> (states: [String: DashboardFrame.Alarm], evaluatedAt: Timestamp?)
    {
        let names = body.widgets.flatMap { widget in
            if case .alarm(let alarm) = widget.content { alarm.names } else { [String]() }
        }
        guard alarms.contains(where: { names.contains($0.name) }) else { return ([:], nil) }
        // All of them, because what a composite alarm saw is the states of others.
        let builder = DashBuilder(reader: reader, alarms: alarms, budget: nil)
        let evaluatedAt = try builder.lastEvaluation(at: at, isOfAskedMoment: isOfAskedMoment)
        let lines = try builder.alarmLines(evaluatedAt: evaluatedAt, at: at)
        let states = Dictionary(
            lines.map { line in
                let alarm = DashboardFrame.Alarm(
                    name: line.name,
                    state: line.state,
                    since: line.since,
                    summary: line.summary
                )
                return (line.name, alarm)
            }
        ) { first, _ in first }
        return (states, evaluatedAt)
    }

    private static func sorted(_ alarms: [DashboardFrame.Alarm], _ widget: AlarmWidget) -> [DashboardFrame.Alarm] {
        let shown = alarms.filter { alarm in
            widget.states.isEmpty || alarm.state.map { widget.states.contains($0) } ?? true
        }
        // Alarms that are not known come last.
        func rank(_ alarm: DashboardFrame.Alarm) -> Int {
            switch alarm.state {
            case .alarm: 0
            case .insufficientData: 1
            case .ok: 2
            case nil: 3
            }
        }
        let oldest = Timestamp(milliseconds: .min)
        return shown.sorted { a, b in
            if widget.order == .byState, rank(a) != rank(b) { return rank(a) < rank(b) }
            if widget.order != .byName, a.since != b.since { return a.since ?? oldest > b.since ?? oldest }
            return a.name < b.name
        }
    }

    // Metrics.

    private func content(
        _ widget: MetricWidget,
        _ body: DashboardBody,
        _ range: Range<Timestamp>,
        _ marks: [TimeMark],
        _ datapoints: inout Int
    ) throws -> DashboardFrame.Content {
        var widget = widget
        if let name = widget.alarm {
            guard let alarm = alarms.first(where: { $0.name == name }) else {
                return .notDrawn("no alarm file has the alarm \(name)")
            }
            guard widget.watch(alarm) else { return .notDrawn("\(name) is a composite alarm, which has no metric") }
        }
        let plan = DashboardPlan(widget, keepsPeriods: body.periodOverride == .inherit, range, most: Self.mostSteps)
        var panel = DashboardFrame.Panel(widget: widget, series: [], notes: plan.notes)
        var namespaces: Set<String> = []
        do {
            for request in plan.requests {
                let found = request.found(among: Array(units.keys), period: request.longestPeriod)
                datapoints += found.datapointCount
                // The whole frame is read from one snapshot, which writers must not wait for.
                guard datapoints <= MetricDataRequest.mostInAllPages else {
                    return .notDrawn(
                        "the dashboard has more than \(MetricDataRequest.mostInAllPages) datapoints in this time; show less"
                    )
                }
                namespaces.formUnion(found.allQueries.compactMap(\.source.namespace))
                let answer = try reader.answer(found: found)
                panel.notes += answer.leftOut.map(\.sentence)
                panel.seriesLeftOut += answer.leftOut.reduce(0) { $0 + $1.leftOut }
                panel.series += plan.series(answer.results, of: found, range) { measure($0, found) }
            }
        } catch let error as Diagnostics {
            return .notDrawn(error.all.map(\.message).joined(separator: "; "))
        }
        panel.series = plan.inOrder(panel.series)
        panel.widget.marks += marks.filter { $0.namespace.map(namespaces.contains) ?? true }
            .map { MetricWidget.Mark(time: $0.time, label: $0.text) }
        if panel.series.isEmpty, let reason = panel.notes.first { return .notDrawn(reason) }
        panel.notes += widget.notApplied
        return .metric(panel)
    }

    /// Returns how the values of a query are written: by the unit of its stored metrics, if there is only one.
    private func measure(_ query: MetricDataRequest.Query, _ request: MetricDataRequest) -> DashboardFrame.Measure {
        switch query.source {
        case .metric(let reference, let statistic, let period):
            let metric = alarmMetric(reference, statistic, period)
            if metric.isInDollars, metric.valueUnit != .count { return .dollars }
            return metric.valueUnit.map { .unit($0) } ?? .unknown
        case .expression(let expression):
            var metrics: [String: AlarmMetric] = [:]
            for query in request.allQueries {
                guard case .metric(let reference, let statistic, let period) = query.source else { continue }
                metrics[query.id] = alarmMetric(reference, statistic, period)
            }
            for (id, found) in request.found {
                let all = found.compactMap { metrics[$0.id] }
                if Set(all.map(\.valueUnit)).count == 1 { metrics[id] = all[0] }
            }
            if case .metric(let id) = expression.root.kind, let metric = metrics[id], metric.isInDollars {
                return .dollars
            }
            return expression.unit(of: metrics).map { .unit($0) } ?? .unknown
        }
    }

    private func alarmMetric(_ reference: MetricReference, _ statistic: Statistic, _ period: Int) -> AlarmMetric {
        let known = units[reference.metric] ?? []
        let unit = reference.unit ?? (known.count == 1 ? known.first : nil)
        return AlarmMetric(metric: reference.metric, statistic: statistic, period: period, unit: unit)
    }
}

extension MetricDataRequest.Query.Source {
    fileprivate var namespace: String? {
        if case .metric(let reference, _, _) = self { reference.metric.namespace } else { nil }
    }
}

extension MetricWidget {
    /// Puts the metric and the threshold of an alarm in the place of the rows; returns false for a composite alarm.
    fileprivate mutating func watch(_ alarm: AlarmDefinition) -> Bool {
        switch alarm.rule {
        case .composite: return false
        case .metric(let metric):
            rows = [Row(metric, label: nil)]
        case .math(let math):
            rows = math.queries.map { query in
                var row: Row
                switch query.source {
                case .metric(let metric): row = Row(metric, label: query.label)
                case .expression(let expression, _):
                    row = Row(.expression(expression, written: expression.text, searches: []))
                    row.label = query.label
                }
                row.id = query.id
                row.isVisible = query.returnsData
                return row
            }
        }
        period = alarm.period
        if let threshold = alarm.condition?.threshold {
            thresholds.append(Threshold(value: threshold, label: alarm.name))
        }
        return true
    }
}

extension MetricWidget.Row {
    fileprivate init(_ metric: AlarmMetric, label: String?) {
        self.init(.metric(metric.metric))
        self.label = label
        statistic = metric.statistic
        period = metric.period
    }
}
