/// An alarm's current state.
package struct AlarmRecord: Sendable, Equatable {
    package var name: String
    package var state: AlarmState
    package var reason: String
    /// CloudWatch's StateReasonData, as JSON text.
    package var reasonData: String?
    /// When the state last changed.
    package var updated: Timestamp
    /// The number of changes so far.
    package var transition: Int
    /// The alarm's JSON as it was last evaluated.
    package var definition: String
    /// When that JSON last changed.
    package var configured: Timestamp
    /// How a suppressor holds back the actions of a composite alarm; nil if none does and no action is pending.
    package var suppression: AlarmSuppression?

    package init(
        name: String,
        state: AlarmState,
        reason: String,
        reasonData: String?,
        updated: Timestamp,
        transition: Int,
        definition: String,
        configured: Timestamp,
        suppression: AlarmSuppression? = nil
    ) {
        self.name = name
        self.state = state
        self.reason = reason
        self.reasonData = reasonData
        self.updated = updated
        self.transition = transition
        self.definition = definition
        self.configured = configured
        self.suppression = suppression
    }

    /// Creates the state of an alarm that is evaluated at `time` for the first time; its first change has the number
    /// after `last`.
    package init(new definition: AlarmDefinition, at time: Timestamp, after last: Int = 0) {
        self.init(
            name: definition.name,
            state: .insufficientData,
            reason: StateReason.initial,
            reasonData: nil,
            updated: time,
            transition: last,
            definition: definition.canonicalJSON,
            configured: time
        )
    }

    /// Whether the state has ever changed. In a restored store, the changes of a new alarm do not begin at 1.
    package var hasChanged: Bool {
        transition > 0 && (state != .insufficientData || reason != StateReason.initial)
    }

    /// Returns the record with no time later than `time`: one by a clock that was ahead would hold back reminders.
    package func clamped(to time: Timestamp) -> AlarmRecord {
        var record = self
        (record.updated, record.configured) = (min(updated, time), min(configured, time))
        return record
    }

    /// Changes the state and returns the change.
    package mutating func change(
        to newState: AlarmState,
        reason: String,
        reasonData: String?,
        at time: Timestamp
    ) -> AlarmTransition {
        let change = AlarmTransition(
            name: name,
            number: transition + 1,
            time: time,
            oldState: state,
            newState: newState,
            reason: reason,
            reasonData: reasonData
        )
        state = newState
        self.reason = reason
        self.reasonData = reasonData
        updated = time
        transition = change.number
        return change
    }
}

/// A change of an alarm's state.
package struct AlarmTransition: Sendable, Equatable {
    package var name: String
    /// Counts the alarm's changes from 1.
    package var number: Int
    package var time: Timestamp
    package var oldState: AlarmState
    package var newState: AlarmState
    package var reason: String
    package var reasonData: String?

    package init(
        name: String,
        number: Int,
        time: Timestamp,
        oldState: AlarmState,
        newState: AlarmState,
        reason: String,
        reasonData: String?
    ) {
        self.name = name
        self.number = number
        self.time = time
        self.oldState = oldState
        self.newState = newState
        self.reason = reason
        self.reasonData = reasonData
    }
}
