extension DashFrame {
    /// The row of the calls, which is the first of the rates.
    package var calls: Signal? {
        signals.first { $0.format == .perMinute }
    }

    /// The row of all refused requests, whatever the reason.
    package var refusals: Signal? {
        signals.first { $0.kind == .refusals && !$0.isPart }
    }

    /// One row of the signals table.
    package struct Signal: Sendable, Equatable {
        /// How the row's numbers are written.
        package enum Format: String, Sendable {
            /// Events per minute: `387/m`.
            case perMinute
            /// `3.40 %`; the values are already percentages.
            case percent
        }

        /// What a deviation from the usual means.
        package enum Kind: Sendable {
            /// Traffic: both more and less than usual are worth a look.
            case traffic
            /// Failures: more than usual are worth a look.
            case failures
            /// Requests that were refused: while there are twice as many as usual, callers have an outage.
            case refusals
        }

        /// How much attention a row needs.
        package enum Notice: Sendable {
            /// It is out of its usual range.
            case look
            /// It is in alarm, or requests are refused.
            case alarm
        }

        package var name: String
        package var format: Format
        /// A part of the row above: the reasons below `refused`.
        package var isPart: Bool
        package var kind: Kind
        /// Whether an alarm on it is in ALARM.
        package var isInAlarm = false
        /// The value in the newest complete minutes.
        package var now: Double?
        /// The time that `now` is of: for a percentage longer than for the other rows, if they had no calls.
        package var nowTime: Range<Timestamp>?
        /// The median of the same time of day on the previous seven days; nil if there is no such history.
        package var usual: Double?
        /// The range of those days, with the noise of a value now; nil if there are too few of them.
        package var usualRange: UsualRange?
        /// nil for a step without data.
        package var values: [Double?]

        package init(
            name: String,
            format: Format,
            isPart: Bool = false,
            kind: Kind = .traffic,
            now: Double?,
            usual: Double?,
            usualRange: UsualRange? = nil,
            values: [Double?]
        ) {
            self.name = name
            self.format = format
            self.isPart = isPart
            self.kind = kind
            self.now = now
            self.usual = usual
            self.usualRange = usualRange
            self.values = values
        }

        package var notice: Notice? {
            if isInAlarm { return .alarm }
            guard let now, now.isFinite else { return nil }
            switch kind {
            case .refusals: return now > 0 && now >= 2 * (usual ?? 0) ? .alarm : nil
            case .failures: return now > usualRange?.high ?? 2 * (usual ?? 0) ? .look : nil
            case .traffic: return usualRange.map { $0.contains(now) } ?? true ? nil : .look
            }
        }
    }
}
