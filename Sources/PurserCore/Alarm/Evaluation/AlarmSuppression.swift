/// How a suppressor holds back the actions of a composite alarm.
///
/// Source: the user guide's "Suppressing composite alarm actions" and its six examples.
package struct AlarmSuppression: Sendable, Equatable {
    /// CloudWatch's ActionsSuppressedBy.
    package enum Phase: Sendable, Equatable {
        /// A change waits until this time for the suppressor to go into ALARM.
        case waitPeriod(until: Timestamp)
        /// The suppressor is in ALARM.
        case alarm
        /// The suppressor has left ALARM, and actions wait until this time.
        case extensionPeriod(until: Timestamp)

        /// Nil as long as the suppressor is in ALARM.
        package var end: Timestamp? {
            switch self {
            case .waitPeriod(let until), .extensionPeriod(let until): until
            case .alarm: nil
            }
        }

        package var name: String {
            switch self {
            case .waitPeriod: "WaitPeriod"
            case .alarm: "Alarm"
            case .extensionPeriod: "ExtensionPeriod"
            }
        }
    }

    /// The suppressor's name. If the alarm gets another suppressor, a running period ends.
    package var suppressor: String
    /// Nil if actions are not held back.
    package var phase: Phase?
    /// Whether there was a change whose actions have not been taken.
    package var isPending: Bool

    package init(suppressor: String, phase: Phase? = nil, isPending: Bool = false) {
        self.suppressor = suppressor
        self.phase = phase
        self.isPending = isPending
    }

    /// Advances to `time` and returns whether the actions of the alarm's state at that time are taken.
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
        // A clock that was ahead may have stored an end that is too far away.
        switch phase {
        case .waitPeriod(let until):
            phase = .waitPeriod(until: min(until, time + suppressor.waitSeconds))
        case .extensionPeriod(let until):
            phase = .extensionPeriod(until: min(until, time + suppressor.extensionSeconds))
        case .alarm, nil: break
        }
        if let end = phase?.end {
            if time < end { return false }
            phase = nil
        }
        defer { isPending = false }
        return isPending
    }
}
