/// A time in which an alarm's state changes as usual, but no message about it is sent.
package struct Mute: Sendable, Equatable {
    package var start: Timestamp
    package var until: Timestamp
    /// The alarm's state at the start, which is the one that its topics know.
    package var state: AlarmState
    /// Who muted it.
    package var person: String?
    package var note: String?

    package init(
        start: Timestamp,
        until: Timestamp,
        state: AlarmState,
        person: String? = nil,
        note: String? = nil
    ) {
        self.start = start
        self.until = until
        self.state = state
        self.person = person
        self.note = note
    }

    package func holds(at time: Timestamp) -> Bool {
        start <= time && time < until
    }

    /// Whether it ended after the last evaluation, up to this one.
    package func ends(after last: Timestamp?, at time: Timestamp) -> Bool {
        until <= time && last.map { $0 < until } ?? false
    }
}
