/// The result of a scripted test case.
package struct AlarmTestResult: Sendable, Equatable {
    /// An expectation that was not met.
    package struct Failure: Sendable, Equatable {
        package var line: Int
        package var expected: String
        package var actual: String
        /// The datapoints that were evaluated, newest first; nil if the expectation is not about a single evaluation.
        package var seen: String?
    }

    package var test: AlarmTest
    package var failures: [Failure]

    package var isPassed: Bool { failures.isEmpty }
}

extension AlarmTest {
    /// Evaluates the alarms that have expectations, and those that they name, from the start to the end.
    ///
    /// Throws if an expectation names an alarm that does not exist, or if a series is not read by any of these alarms.
    package func run(_ alarms: [AlarmDefinition]) throws(Diagnostics) -> AlarmTestResult {
        let used = try used(alarms)
        let data = data(used)
        var run = AlarmTestRun(test: self, definitions: used)
        let stride = used.contains { $0.evaluationIntervalSeconds < 60 } ? 10 : 60
        for after in Swift.stride(from: 0, through: endSeconds, by: stride) {
            run.step(after: after, data)
        }
        return AlarmTestResult(test: self, failures: run.finish())
    }

    private func used(_ alarms: [AlarmDefinition]) throws(Diagnostics) -> [AlarmDefinition] {
        var faults: [Diagnostic] = []
        func fault(_ place: AlarmTestPlace, _ message: String) {
            faults.append(Diagnostic(file: "\(file):\(place.line):\(place.column)", message))
        }
        for expectation in expectations where !alarms.contains(where: { $0.name == expectation.alarm }) {
            let allowed = alarms.map(\.name).joined(separator: ", ")
            fault(expectation.place, "there is no alarm `\(expectation.alarm)`; allowed: \(allowed)")
        }
        var names = Set(expectations.map(\.alarm))
        // Every alarm is after those that it names, so one pass from the end finds all of them.
        var used: [AlarmDefinition] = []
        for alarm in AlarmSet.evaluationOrder(alarms).reversed() where names.contains(alarm.name) {
            names.formUnion(alarm.alarmReferences)
            used.append(alarm)
        }
        let references = used.flatMap(\.metricReferences)
        if faults.isEmpty {
            for recording in recordings where !references.contains(where: { $0.reads(recording.series) }) {
                let read = references.map { "\($0.metric)" + ($0.unit.map { " unit=" + $0.rawValue } ?? "") }
                let allowed = read.isEmpty ? "none" : Set(read).sorted().joined(separator: "; ")
                fault(recording.place, "no alarm of this test reads this series; they read: \(allowed)")
            }
        }
        guard faults.isEmpty else { throw Diagnostics(faults) }
        return used.reversed()
    }

    private func data(_ alarms: [AlarmDefinition]) -> [String: AlarmData] {
        let steps = Swift.stride(from: 0, through: endSeconds, by: 10).map { start + $0 }
        var all: [String: AlarmData] = [:]
        for alarm in alarms {
            let series = alarm.metricReferences.map { ($0, SlotSeries(slots(of: $0))) }
            var data = AlarmData(Dictionary(uniqueKeysWithValues: series))
            let due = steps.filter(alarm.isDue)
            data.tabulate(alarm, steps: due)
            if alarm.usesBand, let range = alarm.dataRange(steps: due) {
                let history = AnomalyModel.historyStart(of: range.from)
                data.learn(alarm, from: data, start: history, days: range.from..<range.to)
            }
            all[alarm.name] = data
        }
        return all
    }

    private func slots(of reference: MetricReference) -> [Slot] {
        let read = recordings.filter { reference.reads($0.series) }
        let slots = read.flatMap { recording in
            recording.slots.enumerated().compactMap { index, distribution in
                distribution.map { Slot(start: start + index * step, distribution: $0) }
            }
        }
        return slots.sorted { $0.start < $1.start }
    }
}

extension MetricReference {
    fileprivate func reads(_ series: Series) -> Bool {
        metric == series.metric && (unit == nil || unit == series.unit)
    }
}

/// A test case while it runs.
private struct AlarmTestRun {
    private let test: AlarmTest
    private let definitions: [String: AlarmDefinition]
    private var timeline: AlarmTimeline
    private var evaluations: [String: AlarmEvaluation] = [:]
    private var changes: [String: [AlarmTest.Moment]] = [:]
    private var told: [String: [AlarmTest.Moment]] = [:]
    private var failures: [AlarmTestResult.Failure] = []

    init(test: AlarmTest, definitions: [AlarmDefinition]) {
        self.test = test
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
        timeline = AlarmTimeline(definitions)
    }

    mutating func step(after: Int, _ data: [String: AlarmData]) {
        let time = test.start + after
        // All alarms begin together, even if they are not due.
        let outcomes = timeline.step(at: time, end: after == 0 ? time : nil) { data[$0.name] ?? AlarmData([:]) }
        for outcome in outcomes {
            evaluations[outcome.name] = outcome.evaluation
            if let change = outcome.change {
                changes[outcome.name, default: []].append(.init(after: after, state: change.newState))
            }
            if let news = outcome.news, definitions[outcome.name]?.takesActions(in: news.newState) == true {
                told[outcome.name, default: []].append(.init(after: after, state: news.newState))
            }
        }
        for expectation in test.expectations {
            if case .state(let moment, let reason) = expectation.kind, isNow(moment.after, after) {
                check(expectation, moment.state, reason)
            }
        }
    }

    /// Whether a moment is at this step, or between this step and the next.
    private func isNow(_ moment: Int, _ after: Int) -> Bool {
        let stride = definitions.values.contains { $0.evaluationIntervalSeconds < 60 } ? 10 : 60
        return (after..<after + stride).contains(moment)
    }

    private mutating func check(_ expectation: AlarmTest.Expectation, _ state: AlarmState, _ reason: String?) {
        guard let record = timeline.records[expectation.alarm], let definition = definitions[expectation.alarm] else {
            return
        }
        guard record.state != state || reason.map({ !record.reason.hasPrefix($0) }) == true else { return }
        let since = AlarmTestTime.text(Int((record.updated - test.start) / 1000))
        fail(
            expectation,
            "\(record.state.rawValue) since \(since): \(record.reason)",
            evaluations[expectation.alarm].map { seen($0, definition) }
        )
    }

    private func seen(_ evaluation: AlarmEvaluation, _ definition: AlarmDefinition) -> String {
        if case .composite(let composite) = definition.rule {
            let children = composite.expression.names.compactMap { timeline.records[$0] }
            return children.map { "\($0.name) \($0.state.rawValue)" }.joined(separator: ", ")
        }
        let points = evaluation.datapoints.reversed().map { point in
            let after = AlarmTestTime.text(Int((point.timestamp - test.start) / 1000))
            return (point.value.map(JavaNumber.text) ?? "-") + " (" + after + ")"
        }
        let shown = points.prefix(10).joined(separator: ", ") + (points.count > 10 ? ", and older ones" : "")
        return evaluation.summary(of: definition) + (points.isEmpty ? "" : ": " + shown)
    }

    private mutating func fail(_ expectation: AlarmTest.Expectation, _ actual: String, _ seen: String? = nil) {
        failures.append(.init(line: expectation.line, expected: expectation.text, actual: actual, seen: seen))
    }

    /// Checks the expectations about the whole run; returns all failures, sorted by line.
    consuming func finish() -> [AlarmTestResult.Failure] {
        for expectation in test.expectations {
            let changes = changes[expectation.alarm] ?? []
            let told = told[expectation.alarm] ?? []
            switch expectation.kind {
            case .state: break
            case .tells(let moment):
                if !told.contains(moment) { fail(expectation, "told " + AlarmTestTime.text(told)) }
            case .changes(let moments): expect(moments, changes.filter { $0.after > 0 }, expectation)
            case .told(let moments): expect(moments, told.filter { $0.after > 0 }, expectation)
            }
        }
        return failures.sorted { $0.line < $1.line }
    }

    private mutating func expect(
        _ expected: [AlarmTest.Moment],
        _ actual: [AlarmTest.Moment],
        _ expectation: AlarmTest.Expectation
    ) {
        if expected != actual { fail(expectation, AlarmTestTime.text(actual)) }
    }
}
