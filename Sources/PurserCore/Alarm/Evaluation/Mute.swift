/// A time in which an alarm's state changes as usual, but no message about it is sent.
package struct Mute: Sendable, Equatable {
    package var start: Timestamp
    package var until: Timestamp
    /// The alarm's state at the start, which is the one that its topics know.
    package var state: AlarmState
    /// Who muted it.
    package var person: String?
    package var note: String?
    /// Whether an evaluation of the alarm has dealt with its end.
    package var isDone: Bool

    package init(
        start: Timestamp,
        until: Timestamp,
        state: AlarmState,
        person: String? = nil,
        note: String? = nil,
        isDone: Bool = false
    ) {
        self.start = start
        self.until = until
        self.state = state
        self.person = person
        self.note = note
        self.isDone = isDone
    }

    package func holds(at time: Timestamp) -> Bool {
        start <= time && time < until
    }

    /// Whether it is over, and no evaluation has dealt with that.
    package func isDue(at time: Timestamp) -> Bool {
        !isDone && until <= time
    }
}
