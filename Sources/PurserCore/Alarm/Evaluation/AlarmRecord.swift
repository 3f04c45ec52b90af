/// An alarm's current state.
public struct AlarmRecord: Sendable, Equatable {
    public var name: String
    public var state: AlarmState
    public var reason: String
    /// CloudWatch's StateReasonData, as JSON text.
    public var reasonData: String?
    /// When the state last changed.
    public var updated: Timestamp
    /// The number of changes so far.
    public var transition: Int
    /// The alarm's JSON as it was last evaluated.
    public var definition: String
    /// When that JSON last changed.
    public var configured: Timestamp
    /// How a suppressor holds back the actions of a composite alarm; nil if none does and no action is pending.
    public var suppression: AlarmSuppression?

    public init(
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

    /// Creates the state of an alarm that is evaluated at `time` for the first time.
    public init(new definition: AlarmDefinition, at time: Timestamp) {
        self.init(
            name: definition.name,
            state: .insufficientData,
            reason: StateReason.initial,
            reasonData: nil,
            updated: time,
            transition: 0,
            definition: definition.canonicalJSON,
            configured: time
        )
    }

    /// Changes the state and returns the change.
    public mutating func change(
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
public struct AlarmTransition: Sendable, Equatable {
    public var name: String
    /// Counts the alarm's changes from 1.
    public var number: Int
    public var time: Timestamp
    public var oldState: AlarmState
    public var newState: AlarmState
    public var reason: String
    public var reasonData: String?

    public init(
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
