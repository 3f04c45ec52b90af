/// The states of alarms over time, advanced one evaluation at a time.
///
/// Cron's evaluation, backtests and the tests of alarm files all use it.
package struct AlarmTimeline: Sendable {
    /// The outcome of one evaluation of an alarm.
    package struct Outcome: Sendable {
        package var name: String
        package var evaluation: AlarmEvaluation
        /// The change of state, if there was one.
        package var change: AlarmTransition?
        /// The news to send to topics; nil if there is none, or if a suppressor holds it back.
        package var news: AlarmNews?
    }

    /// The alarms, each after those that it names.
    package let definitions: [AlarmDefinition]
    private let home: AlarmHome
    /// Seconds between two evaluations, by name. A composite alarm is evaluated as often as the most frequent of the
    /// alarms that it names.
    private let intervals: [String: Int]
    /// The number after which those of a new alarm's changes begin.
    private let lastNumber: Int
    /// The current states by name; an alarm that was never evaluated is not included.
    package private(set) var records: [String: AlarmRecord]

    /// Creates a timeline that continues from stored states.
    ///
    /// - Parameters:
    ///   - lastNumber: The number after which those of a new alarm's changes begin.
    ///   - home: The region and the account for alarms without a topic.
    package init(
        _ definitions: [AlarmDefinition],
        records: [String: AlarmRecord] = [:],
        lastNumber: Int = 0,
        home: AlarmHome = AlarmHome()
    ) {
        self.definitions = AlarmSet.evaluationOrder(definitions)
        intervals = self.definitions.reduce(into: [:]) { intervals, definition in
            let named = definition.alarmReferences.compactMap { intervals[$0] }
            intervals[definition.name] = min(definition.evaluationIntervalSeconds, named.min() ?? .max)
        }
        self.records = records
        self.lastNumber = lastNumber
        self.home = home
    }

    /// Evaluates the alarms that are due at a moment, in order.
    ///
    /// `data` returns a metric alarm's data, or nil if the alarm cannot be evaluated at that time. `end` is the last
    /// moment of a run that catches up. At that moment, all alarms are due, and alarms without a state get one, since a
    /// new alarm has no past.
    package mutating func step(
        at time: Timestamp,
        end: Timestamp? = nil,
        data: (AlarmDefinition) -> AlarmData?
    ) -> [Outcome] {
        var outcomes: [Outcome] = []
        for definition in definitions where time == end || isDue(definition, at: time) {
            if let end, time < end {
                // A state that was set by hand in the meantime is not overwritten by evaluations of earlier times.
                guard let updated = records[definition.name]?.updated, updated <= time || updated > end else {
                    continue
                }
            }
            let isComposite = definition.condition == nil
            guard let data = isComposite ? AlarmData([:]) : data(definition) else { continue }
            outcomes.append(step(definition, at: time, data))
        }
        return outcomes
    }

    private func isDue(_ definition: AlarmDefinition, at time: Timestamp) -> Bool {
        time == time.floored(toSeconds: intervals[definition.name] ?? 60)
    }

    private mutating func step(
        _ definition: AlarmDefinition,
        at time: Timestamp,
        _ data: AlarmData
    ) -> Outcome {
        let stored = records[definition.name]
        var record = stored ?? AlarmRecord(new: definition, at: time, after: lastNumber)
        if record.definition != definition.canonicalJSON {
            record.definition = definition.canonicalJSON
            record.configured = time
        }
        let evaluation: AlarmEvaluation
        if case .composite(let composite) = definition.rule {
            let children = composite.expression.names.compactMap { records[$0] }
            evaluation = definition.evaluate(composite, children: children, isNew: stored == nil, at: time, home)
        } else {
            evaluation = definition.evaluate(data: data, previous: record.state, at: time)
        }
        var outcome = Outcome(name: definition.name, evaluation: evaluation)
        if evaluation.state != record.state {
            outcome.change = record.change(
                to: evaluation.state,
                reason: evaluation.reason ?? record.reason,
                reasonData: evaluation.reasonData,
                at: time
            )
        }
        outcome.news = news(definition, outcome, &record, at: time)
        records[definition.name] = record
        return outcome
    }

    /// Returns the news at `time`: the change, or news that a suppressor had held back until then.
    private func news(
        _ definition: AlarmDefinition,
        _ outcome: Outcome,
        _ record: inout AlarmRecord,
        at time: Timestamp
    ) -> AlarmNews? {
        let wasPending = record.suppression?.isPending == true
        var isNews = outcome.change != nil || wasPending
        if case .composite(let composite) = definition.rule, let suppressor = composite.suppressor {
            var suppression = record.suppression ?? AlarmSuppression(suppressor: suppressor.name)
            // A suppressor that is no longer evaluated must not silence the alarm.
            let isEvaluated = intervals[suppressor.name] != nil
            isNews = suppression.step(
                at: time,
                hasChanged: outcome.change != nil,
                isSuppressorInAlarm: isEvaluated && records[suppressor.name]?.state == .alarm,
                suppressor
            )
            record.suppression = suppression == AlarmSuppression(suppressor: suppressor.name) ? nil : suppression
        } else {
            record.suppression = nil
        }
        guard isNews else { return nil }
        return AlarmNews(
            name: definition.name,
            number: record.transition,
            time: time,
            // As in CloudWatch, news that was held back has the alarm's current state as its old state.
            oldState: outcome.change?.oldState ?? record.state,
            newState: record.state,
            reason: record.reason,
            evaluation: outcome.evaluation,
            isKeptBack: outcome.change == nil
        )
    }
}

/// The news about an alarm for its topics.
package struct AlarmNews: Sendable {
    package var name: String
    /// The number of the change that is reported.
    package var number: Int
    /// The change's time, or the time at which a suppressor released it.
    package var time: Timestamp
    package var oldState: AlarmState
    package var newState: AlarmState
    package var reason: String
    /// The evaluation behind the news; nil if there was no new evaluation, as for a reminder.
    package var evaluation: AlarmEvaluation?
    /// Whether a suppressor had held it back.
    package var isKeptBack: Bool

    /// The change that is reported, at the time of the news.
    package var transition: AlarmTransition {
        AlarmTransition(
            name: name,
            number: number,
            time: time,
            oldState: oldState,
            newState: newState,
            reason: reason,
            reasonData: nil
        )
    }

    package init(
        name: String,
        number: Int,
        time: Timestamp,
        oldState: AlarmState,
        newState: AlarmState,
        reason: String,
        evaluation: AlarmEvaluation?,
        isKeptBack: Bool
    ) {
        self.name = name
        self.number = number
        self.time = time
        self.oldState = oldState
        self.newState = newState
        self.reason = reason
        self.evaluation = evaluation
        self.isKeptBack = isKeptBack
    }
}
