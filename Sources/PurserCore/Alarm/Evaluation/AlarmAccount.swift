/// An alarm with its current state, recent changes and messages.
package struct AlarmAccount: Sendable {
    package var alarm: AlarmDefinition
    /// Nil if the alarm was never evaluated.
    package var record: AlarmRecord?
    /// The acknowledgement of the current state.
    package var acknowledgement: Acknowledgement?
    /// The mute that holds now.
    package var mute: Mute?
    /// The last state changes, newest first.
    package var changes: [AlarmTransition]
    /// The last messages about the alarm, newest first.
    package var messages: [OutboxMessage]

    /// `acknowledgement` and `mute` are dropped unless they hold for the current state at `time`.
    package init(
        of alarm: AlarmDefinition,
        _ record: AlarmRecord?,
        _ acknowledgement: Acknowledgement?,
        _ mute: Mute?,
        at time: Timestamp,
        changes: [AlarmTransition] = [],
        messages: [OutboxMessage] = []
    ) {
        self.alarm = alarm
        self.record = record
        self.acknowledgement = acknowledgement.flatMap { seen in
            record.map { seen.holds(for: $0, at: time) } == true ? seen : nil
        }
        self.mute = mute.flatMap { $0.holds(at: time) ? $0 : nil }
        self.changes = changes
        self.messages = messages
    }

    /// The alarm's definition as CloudWatch accepts it.
    package var definition: JSONValue {
        get throws { try JSONValue(parsing: alarm.canonicalJSON) }
    }
}
