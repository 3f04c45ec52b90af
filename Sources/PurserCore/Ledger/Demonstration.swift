/// More than a day of simulated traffic with an incident, for a first look at Purser without any data.
///
/// Two teams call two models, and the traffic follows business hours. Near the end, the models slow down and throttle
/// for a while, then recover.
package struct Demonstration: Sendable, Equatable {
    package var seed: UInt64
    package var days: Int
    package var end: Timestamp

    /// Creates traffic that ends at the whole minute before `end`.
    package init(seed: UInt64, days: Int, end: Timestamp) {
        self.seed = seed
        self.days = days
        self.end = end.floored(toSeconds: 60)
    }

    /// When the traffic begins: three hours before the first full day.
    package var start: Timestamp {
        end - (days * 86_400 + 3 * 3600)
    }

    /// When the incident begins and ends.
    package var incident: Range<Timestamp> {
        (end - 90 * 60)..<(end - 62 * 60)
    }
}
