/// What alarms would have done over a stretch of the past: the same function that cron runs, over history.
public struct Backtest: Sendable {
    /// One alarm over the stretch.
    public struct Result: Sendable {
        public var name: String
        /// Every change of state, the earliest first.
        public var transitions: [AlarmTransition]
        /// How often the alarm went into ALARM.
        public var fired: Int
        /// Minutes in ALARM, whole and parts, up to the end of the stretch.
        public var minutesInAlarm: Double
        /// How often somebody would have been told of an ALARM.
        public var pages: Int
        /// From when on the data is as fine as the alarm needs; nil where all of it is.
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

    /// The longest stretch, in seconds: what a store keeps by default, and as many steps as fit into memory.
    public static let longestSeconds = 5 * 366 * 86_400
}
