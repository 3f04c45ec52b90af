/// The result of one run of the evaluator.
package struct EvaluationRun: Sendable {
    package enum Kind: Sendable, Equatable {
        /// The first evaluation of this store; only this one moment was evaluated.
        case first
        /// Every step since the last evaluation was evaluated.
        case continued(steps: Int)
        /// The last evaluation is too long ago to catch up; only this one moment was evaluated.
        case jumped(over: Timestamp)
        /// The moment is not after the last evaluation, so nothing was evaluated.
        case clockBehind(last: Timestamp)
    }

    /// How far ahead of the clock an evaluation may be without a word, in milliseconds: clocks differ a little.
    package static let longestLead: Int64 = 60_000
    /// How far ahead of the clock the last evaluation may be for the evaluator to wait for it, in milliseconds: an hour.
    package static let longestWait: Int64 = 3_600_000

    package var kind: Kind
    package var at: Timestamp
    package var alarms: [AlarmStatus]
    package var budgets: [BudgetStatus]
    /// The budgets of the store, which refuse calls; of one for each name, those near it. They set no exit code, because they hold.
    package var limits: [BudgetStatus]
    /// All changes of state, earliest first.
    package var changes: [AlarmChange]
    /// The news about alarms, sorted by name.
    package var news: [AlarmNews]
    /// The number of messages that this run put into the outbox.
    package var queued: Int
    /// The acknowledgements of alarms in ALARM, by the alarm's name.
    package var acknowledgements: [String: Acknowledgement]
    /// The mutes that hold, by the alarm's name.
    package var mutes: [String: Mute]
    /// The mutes whose ends this run has dealt with, by the alarm's name.
    package var endedMutes: [String: Mute]
    /// The alarms whose missed steps were not evaluated later, because data as fine as they need is not kept that long.
    package var notCaughtUp: [String]
    /// The number of recorded slots that begin after the wall-clock time; they count once that time is reached.
    package var futureSlots: Int

    package init(
        kind: Kind,
        at: Timestamp,
        alarms: [AlarmStatus],
        budgets: [BudgetStatus],
        limits: [BudgetStatus] = [],
        changes: [AlarmChange],
        news: [AlarmNews],
        queued: Int,
        acknowledgements: [String: Acknowledgement],
        mutes: [String: Mute],
        endedMutes: [String: Mute] = [:],
        notCaughtUp: [String],
        futureSlots: Int
    ) {
        self.kind = kind
        self.at = at
        self.alarms = alarms
        self.budgets = budgets
        self.limits = limits
        self.changes = changes
        self.news = news
        self.queued = queued
        self.acknowledgements = acknowledgements
        self.mutes = mutes
        self.endedMutes = endedMutes
        self.notCaughtUp = notCaughtUp
        self.futureSlots = futureSlots
    }
}

/// A change of state with the evaluation behind it.
package struct AlarmChange: Sendable {
    package var transition: AlarmTransition
    package var evaluation: AlarmEvaluation
    /// `10.98s > 10.00s, 3 of 3 x 1m`.
    package var summary: String

    package init(transition: AlarmTransition, evaluation: AlarmEvaluation, summary: String) {
        self.transition = transition
        self.evaluation = evaluation
        self.summary = summary
    }
}

/// An alarm after a run.
package struct AlarmStatus: Sendable {
    package var definition: AlarmDefinition
    package var record: AlarmRecord
    package var previous: AlarmState
    /// The evaluation of the last step; nil if nothing was evaluated.
    package var evaluation: AlarmEvaluation?

    package init(definition: AlarmDefinition, record: AlarmRecord, previous: AlarmState, evaluation: AlarmEvaluation?) {
        self.definition = definition
        self.record = record
        self.previous = previous
        self.evaluation = evaluation
    }

    package var isChanged: Bool {
        record.state != previous
    }
}

/// A monthly budget after a run.
package struct BudgetStatus: Sendable {
    package var definition: BudgetDefinition
    package var position: BudgetPosition

    /// The notifications whose thresholds this run found crossed, for the first time in their period or again.
    package var newlyCrossed: [BudgetDefinition.NotificationStatus] = []

    package init(
        definition: BudgetDefinition,
        _ position: BudgetPosition,
        newlyCrossed: [BudgetDefinition.NotificationStatus] = []
    ) {
        self.definition = definition
        self.position = position
        self.newlyCrossed = newlyCrossed
    }

    /// What needs a person; nil if the budget is on plan.
    package var finding: BudgetFinding? {
        definition.finding(position)
    }

    package var actual: Picodollars { position.actual }

    /// The expected cost of the month; nil before there is enough traffic for an alert.
    package var forecast: Picodollars? { position.forecast }

    package var notifications: [BudgetDefinition.NotificationStatus] {
        definition.statuses(at: position)
    }
}
