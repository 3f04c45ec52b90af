/// An operator's acknowledgement of an alarm that is in ALARM.
public struct Acknowledgement: Sendable, Equatable {
    /// The number of the acknowledged change; later changes are not acknowledged.
    public var transition: Int
    public var time: Timestamp
    public var note: String?

    public init(transition: Int, time: Timestamp, note: String? = nil) {
        self.transition = transition
        self.time = time
        self.note = note
    }

    /// Whether it acknowledges the change that put the alarm into its current ALARM state.
    public func holds(for record: AlarmRecord) -> Bool {
        record.state == .alarm && record.transition == transition
    }
}
