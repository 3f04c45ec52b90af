/// An operator's acknowledgement of an alarm that is in ALARM.
package struct Acknowledgement: Sendable, Equatable {
    /// The number of the acknowledged change; later changes are not acknowledged.
    package var transition: Int
    package var time: Timestamp
    /// Its end, if it has one before the state's next change.
    package var until: Timestamp?
    /// Who acknowledged the alarm.
    package var person: String?
    package var note: String?

    package init(
        transition: Int,
        time: Timestamp,
        until: Timestamp? = nil,
        person: String? = nil,
        note: String? = nil
    ) {
        self.transition = transition
        self.time = time
        self.until = until
        self.person = person
        self.note = note
    }

    /// Whether it acknowledges the change that put the alarm into its current ALARM state, and has not ended.
    package func holds(for record: AlarmRecord, at now: Timestamp) -> Bool {
        record.state == .alarm && holds(forChange: record.transition, at: now)
    }

    /// Whether it acknowledges this change, and has not ended.
    package func holds(forChange number: Int, at now: Timestamp) -> Bool {
        transition == number && until.map { now < $0 } ?? true
    }
}
