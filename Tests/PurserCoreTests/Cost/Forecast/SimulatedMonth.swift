import PurserCore

/// Traffic of a known kind: some weeks of history, and the month of June 2026 after them, hour by hour.
struct SimulatedMonth {
    enum Kind: UInt64, CaseIterable, CustomStringConvertible {
        case steady = 1
        case growth
        case weekends
        case launch
        case stop
        /// Growth, weekends and a launch.
        case mix

        var description: String {
            ["", "steady", "growth", "weekends", "launch", "stop", "mix"][Int(rawValue)]
        }
    }

    static let period =
        Timestamp(year: 2026, month: 6, day: 1)..<Timestamp(year: 2026, month: 7, day: 1)
    /// How much of a day's traffic comes in each hour, as a factor with the mean 1.
    private static let hours = [
        0.3, 0.2, 0.15, 0.15, 0.2, 0.35, 0.6, 0.9, 1.3, 1.6, 1.8, 1.9, 1.7, 1.7, 1.8, 1.8, 1.7, 1.5, 1.3, 1.2, 1.1, 0.9,
        0.7, 0.5,
    ]
    private static let daySpread = 0.12

    private(set) var bins: [TrafficBin] = []

    /// - Parameters:
    ///   - rate: Requests in an hour on average; each costs a cent on average.
    ///   - history: Days before the month.
    init(_ kind: Kind, seed: UInt64, rate: Double, history: Int) {
        var random = SeededRandom(seed: seed &* 7919 &+ kind.rawValue)
        // In the middle third of the month.
        let launch = Double(240 + random.next() % 240)
        let stop = Double(240 + random.next() % 240)
        for day in -history..<30 {
            let deviation = max(0, 1 + Self.daySpread * random.bell())
            for hour in 0..<24 {
                let time = Double(day * 24 + hour)
                let start = Self.period.lowerBound + (day * 24 + hour) * 3600
                var mean = rate * deviation
                if kind != .steady { mean *= Self.hours[hour] }
                if kind == .growth || kind == .mix { mean *= 1 + 0.03 * time / 168 }
                if kind == .weekends || kind == .mix, [0, 6].contains(start.fields.weekday) { mean *= 0.4 }
                if kind == .launch || kind == .mix, time >= launch { mean *= 2 }
                if kind == .stop, time >= stop { mean = 0 }
                let requests = Self.count(mean, &random)
                let dollars = 0.01 * max(0, requests + 0.8 * random.bell() * requests.squareRoot())
                bins.append(TrafficBin(start: start, seconds: 3600, requests: requests, dollars: dollars))
            }
        }
    }

    /// Draws a number of requests, whose variance is its mean.
    static func count(_ mean: Double, _ random: inout SeededRandom) -> Double {
        max(0, (mean + random.bell() * mean.squareRoot()).rounded())
    }
}
