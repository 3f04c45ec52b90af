/// An alarm and what has become of it so far.
package struct AlarmAccount: Sendable {
    package var alarm: AlarmDefinition
    /// Nil if the alarm was never evaluated.
    package var record: AlarmRecord?
    /// Of the state that the alarm is in now.
    package var acknowledgement: Acknowledgement?
    /// The last changes of its state, the newest first.
    package var changes: [AlarmTransition]
    /// The last messages about it, the newest first.
    package var messages: [OutboxMessage]

    /// `acknowledgement` counts only if it is of the present state.
    package init(
        of alarm: AlarmDefinition,
        _ record: AlarmRecord?,
        _ acknowledgement: Acknowledgement?,
        changes: [AlarmTransition] = [],
        messages: [OutboxMessage] = []
    ) {
        self.alarm = alarm
        self.record = record
        self.acknowledgement = acknowledgement.flatMap { seen in record.map(seen.holds) == true ? seen : nil }
        self.changes = changes
        self.messages = messages
    }

    /// The alarm's file as CloudWatch takes it.
    package var definition: JSONValue {
        get throws { try JSONValue(parsing: alarm.canonicalJSON) }
    }
}
