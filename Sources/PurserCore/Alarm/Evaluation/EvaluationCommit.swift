/// When alarms were last evaluated.
package struct EvaluationRecord: Sendable, Equatable {
    /// The time as of which alarms were evaluated.
    package var time: Timestamp
    /// The wall-clock time of the run: the heartbeat.
    package var ran: Timestamp

    package init(time: Timestamp, ran: Timestamp) {
        self.time = time
        self.ran = ran
    }
}

/// Everything that one run of the evaluator changes.
package struct EvaluationCommit: Sendable {
    /// The last evaluation, which this one continues from; the commit is rejected if the store holds a different one.
    package var previous: Timestamp?
    /// Whether every minute since the last evaluation was evaluated.
    package var isContinued: Bool
    package var time: Timestamp
    package var ran: Timestamp
    package var alarms: [AlarmRecord]
    package var transitions: [AlarmTransition]
    package var messages: [OutboxMessage]
    package var budgetNotifications: [BudgetNotificationRecord]
    /// The mutes whose ends it has dealt with, by the alarm's name.
    package var endedMutes: [String: Mute]

    package init(
        previous: Timestamp?,
        time: Timestamp,
        ran: Timestamp,
        alarms: [AlarmRecord],
        transitions: [AlarmTransition],
        messages: [OutboxMessage],
        budgetNotifications: [BudgetNotificationRecord] = [],
        endedMutes: [String: Mute] = [:],
        isContinued: Bool = true
    ) {
        self.previous = previous
        self.isContinued = isContinued
        self.time = time
        self.ran = ran
        self.alarms = alarms
        self.transitions = transitions
        self.messages = messages
        self.budgetNotifications = budgetNotifications
        self.endedMutes = endedMutes
    }
}
