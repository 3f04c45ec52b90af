/// That somebody has seen that an alarm is on.
public struct Acknowledgement: Sendable, Equatable {
    /// The number of the change that was seen: of any later one it says nothing.
    public var transition: Int
    public var time: Timestamp
    public var note: String?

    public init(transition: Int, time: Timestamp, note: String? = nil) {
        self.transition = transition
        self.time = time
        self.note = note
    }

    /// Whether it is of the change by which the alarm is on now.
    public func holds(for record: AlarmRecord) -> Bool {
        record.state == .alarm && record.transition == transition
    }
}
