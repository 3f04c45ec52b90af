/// How much of a week's traffic usually comes in each of its hours, as a factor whose mean is about 1.
///
/// A factor is the product of one for the hour of the day and, from two weeks on, one for the day of the week. Both are
/// pulled towards 1 if few days or few requests are behind them, so that a single day does not become a rule. Only whole
/// days count, each against the days around it, so that a change of level is not taken for a shape.
struct SeasonalShape: Sendable, Equatable {
    private let hours: [Double]
    private let weekdays: [Double]

    private static let hourMilliseconds: Int64 = 3_600_000
    /// So many requests are worth as much as the assumption that every hour is the same.
    private static let priorRequests = 4.0
    private static let weekdayDays = 14
    /// A part of the traffic has a shape of its own from so many whole days with traffic on.
    private static let fewestDays = 2

    init(_ bins: [TrafficBin]) {
        let whole = bins.wholeDays
        hours = Self.hours(whole.isEmpty ? bins : whole.flatMap(\.bins))
        let totals = whole.map { (day: $0.day, requests: $0.bins.reduce(0) { $0 + $1.requests }) }
        weekdays = totals.count < Self.weekdayDays ? [Double](repeating: 1, count: 7) : Self.weekdays(totals)
    }

    /// Creates the shape of a part of the traffic: that of all of it, from which it moves away with every day that had traffic,
    /// however few requests, because a batch may be a single one.
    init(_ bins: [TrafficBin], of all: SeasonalShape) {
        let days = bins.wholeDays
        let busy = days.map(\.bins).filter { $0.contains { $0.requests > 0 } }
        guard busy.count >= Self.fewestDays else {
            self = all
            return
        }
        let weight = Self.weight(times: Double(busy.count))
        hours = zip(Self.shares(busy.flatMap(\.self)), all.hours).map { $1 + ($0.factor - $1) * weight }
        let totals = days.map { (day: $0.day, requests: $0.bins.reduce(0) { $0 + $1.requests }) }
        weekdays = totals.count < Self.weekdayDays ? all.weekdays : Self.weekdays(totals)
    }

    private static func hours(_ bins: [TrafficBin]) -> [Double] {
        shares(bins).map { pulled($0.factor, times: $0.times, requests: $0.requests) }
    }

    /// Returns each hour's rate as a factor of the mean, how often the hour was seen, and how many requests were expected.
    private static func shares(_ bins: [TrafficBin]) -> [(factor: Double, times: Double, requests: Double)] {
        var seconds = [Double](repeating: 0, count: 24)
        var requests = seconds
        for bin in bins {
            seconds[hour(of: bin.start)] += Double(bin.seconds)
            requests[hour(of: bin.start)] += bin.requests
        }
        let rates = zip(requests, seconds).filter { $1 > 0 }.map { $0 / $1 }
        let mean = rates.reduce(0, +) / Double(max(1, rates.count))
        return zip(requests, seconds).map { requests, seconds in
            let expected = mean * seconds
            return expected > 0 ? (requests / expected, seconds / 3600, expected) : (1, 0, 0)
        }
    }

    /// Returns each weekday's median share of the week around it; consecutive days are assumed.
    private static func weekdays(_ days: [(day: Timestamp, requests: Double)]) -> [Double] {
        var shares = [[Double]](repeating: [], count: 7)
        for (position, day) in days.enumerated() {
            let first = min(max(position - 3, 0), days.count - 7)
            let mean = days[first..<first + 7].reduce(0) { $0 + $1.requests } / 7
            if mean > 0 { shares[day.day.fields.weekday].append(day.requests / mean) }
        }
        let mean = days.reduce(0) { $0 + $1.requests } / Double(days.count)
        return shares.map { shares in
            guard !shares.isEmpty else { return 1 }
            let sorted = shares.sorted()
            // Of two middle values the one that says less.
            let middle = [sorted[(shares.count - 1) / 2], sorted[shares.count / 2]]
            let median = middle.min { abs($0 - 1) < abs($1 - 1) } ?? 1
            return pulled(median, times: Double(shares.count), requests: mean * Double(shares.count))
        }
    }

    /// Returns a factor nearer to 1 the fewer times and requests it was seen.
    private static func pulled(_ factor: Double, times: Double, requests: Double) -> Double {
        1 + (factor - 1) * weight(times: times) * requests / (requests + priorRequests)
    }

    private static func weight(times: Double) -> Double {
        times * times / (times * times + 1)
    }

    private static func hour(of time: Timestamp) -> Int {
        Int(time.milliseconds.flooredQuotient(hourMilliseconds)) % 24
    }

    private func factor(at time: Timestamp) -> Double {
        hours[Self.hour(of: time)] * weekdays[time.fields.weekday]
    }

    /// Returns the time from `start` to `end` in hours, each weighted by its factor.
    func hours(from start: Timestamp, to end: Timestamp) -> Double {
        var (sum, time) = (0.0, start)
        while time < end {
            let next = min(time.floored(toSeconds: 3600) + 3600, end)
            sum += factor(at: time) * Double(next - time) / Double(Self.hourMilliseconds)
            time = next
        }
        return sum
    }
}
