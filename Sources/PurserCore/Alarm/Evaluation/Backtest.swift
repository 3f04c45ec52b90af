/// The results that alarms would have had in a past time range, computed with the same function that cron runs.
package struct Backtest: Sendable {
    /// The result of one alarm over the time range.
    package struct Result: Sendable {
        package var name: String
        /// Every change of state, earliest first.
        package var transitions: [AlarmTransition]
        /// How often the alarm went into ALARM.
        package var fired: Int
        /// Minutes in ALARM, including fractions, up to the end of the time range.
        package var minutesInAlarm: Double
        /// How many notifications of an ALARM would have been sent.
        package var pages: Int
        /// The time from which the data is as fine as the alarm needs; nil if all of it is.
        package var exactFrom: Timestamp?

        package init(name: String, exactFrom: Timestamp? = nil) {
            (self.name, self.exactFrom) = (name, exactFrom)
            (transitions, fired, minutesInAlarm, pages) = ([], 0, 0, 0)
        }
    }

    package var from: Timestamp
    package var to: Timestamp
    package var results: [Result] = []

    package init(from: Timestamp, to: Timestamp) {
        (self.from, self.to) = (from, to)
    }

    package var weeks: Double {
        Double(to - from) / (7 * 86_400_000)
    }

    /// The longest time range, in seconds: what a store keeps by default, and as many steps as fit into memory.
    package static let longestSeconds = 5 * 366 * 86_400
}
