/// When alarms were last evaluated.
public struct EvaluationRecord: Sendable, Equatable {
    /// The time as of which alarms were evaluated.
    public var time: Timestamp
    /// The wall-clock time of the run: the heartbeat.
    public var ran: Timestamp

    package init(time: Timestamp, ran: Timestamp) {
        self.time = time
        self.ran = ran
    }
}

/// Everything that one run of the evaluator changes.
public struct EvaluationCommit: Sendable {
    /// The last evaluation, which this one continues from; the commit is rejected if the store holds another one.
    public var previous: Timestamp?
    public var time: Timestamp
    public var ran: Timestamp
    public var alarms: [AlarmRecord]
    public var transitions: [AlarmTransition]
    public var messages: [OutboxMessage]
    public var budgetNotifications: [BudgetNotificationRecord]

    public init(
        previous: Timestamp?,
        time: Timestamp,
        ran: Timestamp,
        alarms: [AlarmRecord],
        transitions: [AlarmTransition],
        messages: [OutboxMessage],
        budgetNotifications: [BudgetNotificationRecord] = []
    ) {
        self.previous = previous
        self.time = time
        self.ran = ran
        self.alarms = alarms
        self.transitions = transitions
        self.messages = messages
        self.budgetNotifications = budgetNotifications
    }
}
