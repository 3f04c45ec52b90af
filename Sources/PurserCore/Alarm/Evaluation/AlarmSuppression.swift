/// How a suppressor keeps the actions of a composite alarm back.
///
/// Source: the user guide's "Suppressing composite alarm actions" and its six examples.
public struct AlarmSuppression: Sendable, Equatable {
    /// CloudWatch's ActionsSuppressedBy.
    public enum Phase: Sendable, Equatable {
        /// A change waits for the suppressor to go into ALARM, until then.
        case waitPeriod(until: Timestamp)
        /// The suppressor is in ALARM.
        case alarm
        /// The suppressor has left ALARM, and actions wait until then.
        case extensionPeriod(until: Timestamp)

        public var name: String {
            switch self {
            case .waitPeriod: "WaitPeriod"
            case .alarm: "Alarm"
            case .extensionPeriod: "ExtensionPeriod"
            }
        }
    }

    /// The suppressor's name: with another suppressor, no period that was running goes on.
    public var suppressor: String
    /// Nil where nothing keeps actions back.
    public var phase: Phase?
    /// Whether there was a change whose actions have not been taken.
    public var isPending: Bool

    public init(suppressor: String, phase: Phase? = nil, isPending: Bool = false) {
        self.suppressor = suppressor
        self.phase = phase
        self.isPending = isPending
    }

    /// Goes on to a moment, and says whether actions are taken now, which are those of the alarm's state at that moment.
    mutating func step(
        at time: Timestamp,
        hasChanged: Bool,
        isSuppressorInAlarm: Bool,
        _ suppressor: AlarmComposite.Suppressor
    ) -> Bool {
        if self.suppressor != suppressor.name {
            self.suppressor = suppressor.name
            phase = nil
        }
        if hasChanged { isPending = true }
        if isSuppressorInAlarm {
            phase = .alarm
            return false
        }
        if hasChanged {
            phase = .waitPeriod(until: time + suppressor.waitSeconds)
        } else if phase == .alarm {
            phase = .extensionPeriod(until: time + suppressor.extensionSeconds)
        }
        switch phase {
        case .waitPeriod(let until), .extensionPeriod(let until):
            if time < until { return false }
            phase = nil
        case .alarm, nil: break
        }
        defer { isPending = false }
        return isPending
    }
}
