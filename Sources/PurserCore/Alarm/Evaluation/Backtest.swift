/// The results that alarms would have had in a past time range, computed with the same function that cron runs.
public struct Backtest: Sendable {
    /// The result of one alarm over the time range.
    public struct Result: Sendable {
        public var name: String
        /// Every change of state, earliest first.
        public var transitions: [AlarmTransition]
        /// How often the alarm went into ALARM.
        public var fired: Int
        /// Minutes in ALARM, including fractions, up to the end of the time range.
        public var minutesInAlarm: Double
        /// How many notifications of an ALARM would have been sent.
        public var pages: Int
        /// The time from which the data is as fine as the alarm needs; nil if all of it is.
        public var exactFrom: Timestamp?

        package init(name: String, exactFrom: Timestamp? = nil) {
            (self.name, self.exactFrom) = (name, exactFrom)
            (transitions, fired, minutesInAlarm, pages) = ([], 0, 0, 0)
        }
    }

    public var from: Timestamp
    public var to: Timestamp
    public var results: [Result] = []

    package init(from: Timestamp, to: Timestamp) {
        (self.from, self.to) = (from, to)
    }

    public var weeks: Double {
        Double(to - from) / (7 * 86_400_000)
    }

    /// The longest time range, in seconds: what a store keeps by default, and as many steps as fit into memory.
    public static let longestSeconds = 5 * 366 * 86_400
}
