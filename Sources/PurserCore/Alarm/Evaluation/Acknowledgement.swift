/// An operator's acknowledgement of an alarm that is in ALARM.
package struct Acknowledgement: Sendable, Equatable {
    /// The number of the acknowledged change; later changes are not acknowledged.
    package var transition: Int
    package var time: Timestamp
    package var note: String?

    package init(transition: Int, time: Timestamp, note: String? = nil) {
        self.transition = transition
        self.time = time
        self.note = note
    }

    /// Whether it acknowledges the change that put the alarm into its current ALARM state.
    package func holds(for record: AlarmRecord) -> Bool {
        record.state == .alarm && record.transition == transition
    }
}
