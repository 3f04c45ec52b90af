/// What one run of the evaluator did.
public struct EvaluationRun: Sendable {
    public enum Kind: Sendable, Equatable {
        /// The first evaluation of this store: of the one moment alone.
        case first
        /// Every step since the last evaluation.
        case continued(steps: Int)
        /// The last evaluation is too long ago to catch up: of the one moment alone.
        case jumped(over: Timestamp)
        /// The moment is not after the last evaluation, so nothing was evaluated.
        case clockBehind(last: Timestamp)
    }

    public var kind: Kind
    public var at: Timestamp
    public var alarms: [AlarmStatus]
    public var budgets: [BudgetStatus]
    /// All changes of state, the earliest first.
    public var changes: [AlarmChange]
    /// What was told of alarms, by name.
    public var news: [AlarmNews]
    /// Messages that this run put into the outbox.
    public var queued: Int
    /// The alarms that are on and were acknowledged in the state that they are in.
    public var acknowledged: [String]
    /// The alarms that missed steps are not made up for, because data as fine as they need is not kept so long.
    public var notCaughtUp: [String]
    /// Recorded slots that begin after the wall clock's time: they count when their time comes.
    public var futureSlots: Int

    package init(
        kind: Kind,
        at: Timestamp,
        alarms: [AlarmStatus],
        budgets: [BudgetStatus],
        changes: [AlarmChange],
        news: [AlarmNews],
        queued: Int,
        acknowledged: [String],
        notCaughtUp: [String],
        futureSlots: Int
    ) {
        self.kind = kind
        self.at = at
        self.alarms = alarms
        self.budgets = budgets
        self.changes = changes
        self.news = news
        self.queued = queued
        self.acknowledged = acknowledged
        self.notCaughtUp = notCaughtUp
        self.futureSlots = futureSlots
    }
}

/// A change of state with what the alarm saw.
public struct AlarmChange: Sendable {
    public var transition: AlarmTransition
    public var evaluation: AlarmEvaluation
    /// `10.98s > 10.00s, 3 of 3 x 1m`.
    public var summary: String

    package init(transition: AlarmTransition, evaluation: AlarmEvaluation, summary: String) {
        self.transition = transition
        self.evaluation = evaluation
        self.summary = summary
    }
}

/// An alarm after a run.
public struct AlarmStatus: Sendable {
    public var definition: AlarmDefinition
    public var record: AlarmRecord
    public var previous: AlarmState
    /// What the last step saw; nil where nothing was evaluated.
    public var evaluation: AlarmEvaluation?

    package init(definition: AlarmDefinition, record: AlarmRecord, previous: AlarmState, evaluation: AlarmEvaluation?) {
        self.definition = definition
        self.record = record
        self.previous = previous
        self.evaluation = evaluation
    }

    public var isChanged: Bool {
        record.state != previous
    }
}

/// A monthly budget after a run.
public struct BudgetStatus: Sendable {
    public var definition: BudgetDefinition
    public var actual: Picodollars
    /// The run rate; nil in the first two days of a month.
    public var forecast: Picodollars?

    /// The notifications that this run found crossed for the first time in their period, or again.
    public var newlyCrossed: [BudgetDefinition.NotificationStatus] = []

    package init(
        definition: BudgetDefinition,
        actual: Picodollars,
        forecast: Picodollars?,
        newlyCrossed: [BudgetDefinition.NotificationStatus] = []
    ) {
        self.definition = definition
        self.actual = actual
        self.forecast = forecast
        self.newlyCrossed = newlyCrossed
    }

    public var notifications: [BudgetDefinition.NotificationStatus] {
        definition.notifications(actual: actual, forecast: forecast)
    }
}
