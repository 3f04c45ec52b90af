/// The result of one evaluation of an alarm: the data it used and the state it decided on.
package struct AlarmEvaluation: Sendable, Equatable {
    package var state: AlarmState
    /// The time range that was evaluated; empty for a composite alarm.
    package var range: Range<Timestamp>
    /// The datapoints that were used, oldest first: the newest N that are not missing.
    package var datapoints: [AlarmPoint]
    /// How many of the used datapoints breach.
    package var breachingCount: Int
    /// How many of the N datapoints were missing.
    package var missingCount: Int
    /// The alarms that a composite alarm's state comes from: those of its rule that changed last.
    package var children: [TriggeringChild]
    /// What a composite alarm's state comes from, in words; empty for a metric alarm.
    private(set) var ruleWords: String
    /// The source of the reason texts; nil if the state was kept for lack of data.
    private var words: Words?

    private enum Words: Sendable, Equatable {
        case metric(AlarmWindow, AlarmDefinition, Timestamp)
        case composite(reason: String, data: String)
    }

    /// Creates the evaluation of a metric alarm; if `decided` is nil, the state is kept.
    init(
        _ decided: AlarmState?,
        else previous: AlarmState,
        _ window: AlarmWindow,
        _ definition: AlarmDefinition,
        range: Range<Timestamp>,
        at time: Timestamp
    ) {
        state = decided ?? previous
        self.range = range
        datapoints = window.used
        breachingCount = window.breaching.count
        missingCount = window.missing
        children = []
        ruleWords = ""
        words = decided == nil ? nil : .metric(window, definition, time)
    }

    /// Creates the evaluation of a composite alarm.
    init(
        _ state: AlarmState,
        reason: String,
        reasonData: String,
        children: [TriggeringChild],
        words ruleWords: String,
        at time: Timestamp
    ) {
        self.state = state
        range = time..<time
        datapoints = []
        breachingCount = 0
        missingCount = 0
        self.children = children
        self.ruleWords = ruleWords
        words = .composite(reason: reason, data: reasonData)
    }

    /// CloudWatch's StateReason; nil if the state and its old reason were kept for lack of data.
    ///
    /// The text is created on demand, because most evaluations never need it.
    package var reason: String? {
        switch words {
        case .metric(let window, let definition, _):
            definition.condition.map { StateReason.text(state, window, $0) }
        case .composite(let reason, _): reason
        case nil: nil
        }
    }

    /// CloudWatch's StateReasonData as JSON text; nil if ``reason`` is nil.
    package var reasonData: String? {
        switch words {
        case .metric(let window, let definition, let time):
            definition.condition.map { StateReasonData.json(state, window, definition, $0, at: time).text() }
        case .composite(_, let data): data
        case nil: nil
        }
    }

    /// The number of samples behind the newest used datapoint; nil if all are missing, and for metric math.
    package var newestSampleCount: Int? {
        datapoints.last?.sampleCount
    }
}
