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

    init(_ bins: [TrafficBin]) {
        let whole = bins.wholeDays
        hours = Self.hours(whole.isEmpty ? bins : whole.flatMap(\.bins))
        let totals = whole.map { (day: $0.day, requests: $0.bins.reduce(0) { $0 + $1.requests }) }
        weekdays = totals.count < Self.weekdayDays ? [Double](repeating: 1, count: 7) : Self.weekdays(totals)
    }

    private static func hours(_ bins: [TrafficBin]) -> [Double] {
        var seconds = [Double](repeating: 0, count: 24)
        var requests = seconds
        for bin in bins {
            seconds[hour(of: bin.start)] += Double(bin.seconds)
            requests[hour(of: bin.start)] += bin.requests
        }
        let rates = zip(requests, seconds).filter { $1 > 0 }.map { $0 / $1 }
        let mean = rates.reduce(0, +) / Double(max(1, rates.count))
        guard mean > 0 else { return [Double](repeating: 1, count: 24) }
        return zip(requests, seconds).map { requests, seconds in
            guard seconds > 0 else { return 1 }
            let expected = mean * seconds
            return pulled(requests / expected, times: seconds / 3600, requests: expected)
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
        let weight = times * times / (times * times + 1) * requests / (requests + priorRequests)
        return 1 + (factor - 1) * weight
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
