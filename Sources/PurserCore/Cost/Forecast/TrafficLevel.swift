/// How much comes in an hour of average traffic: over the whole history, and lately, with the trend of the latter.
///
/// "Lately" is the longest of several windows up to now whose level agrees with the levels of all shorter ones: Lepski's
/// rule (1991). A steady history is used as a whole, which makes the level precise, and after a change only what came
/// since is. How long a change lasts is unknown; one that has lasted for an hour is expected to last for a few more:
/// the share of it that is left after a time t is 4d / (4d + t), where d is its age.
struct TrafficLevel: Sendable, Equatable {
    /// Per hour.
    let usual: Double
    let recent: Double
    /// When the recent level began, as far as is known.
    let since: Timestamp
    /// The age of the recent level in hours.
    let recentHours: Double
    /// Whether the recent level is that of the whole history.
    let isWhole: Bool
    /// The relative standard deviations of the two levels.
    let usualError: Double
    let recentError: Double
    /// By which part of itself the recent level grows in an hour, and how wrong that may be.
    let trend: Double
    let trendError: Double
    /// Requests in an hour of average traffic, over the whole history.
    let requests: Double

    /// A quarter of an hour and, each about twice as long as the one before, up to three weeks.
    private static let windowSeconds = [
        900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 16 * 3600, 86_400, 2 * 86_400, 3 * 86_400, 5 * 86_400,
        7 * 86_400,
        10 * 86_400, 14 * 86_400, 21 * 86_400,
    ]
    /// Levels of parts of a day that differ by less are the same, because the shape of a day is only known approximately.
    private static let partOfDayTolerance = 0.25
    /// Levels of whole days that differ by less are the same.
    private static let dayTolerance = 0.05
    private static let deviations = 3.0
    private static let dayDeviations = 2.5
    /// The variance of a count divided by its mean. Requests come in conversations, and their sizes differ.
    static let dispersion = 2.0
    private static let persistence = 4.0
    /// In simulated months, ranges made with this number hold as often as they should.
    private static let changeAge = 1.3
    /// How much a trend is before anything is known of it: 2 % a week, as a standard deviation.
    private static let usualTrend = 0.02 / 168
    private static let fewestTrendDays = 5

    /// - Parameters:
    ///   - daySpread: How much days differ from each other, as a part of their level.
    ///   - shortest: The shortest window that may have a level of its own, in seconds.
    init(
        _ bins: [TrafficBin],
        at: Timestamp,
        _ shape: SeasonalShape,
        daySpread: Double,
        shortest: Int = 0,
        _ amount: (TrafficBin) -> Double
    ) {
        let weighed = bins.map { (bin: $0, amount: amount($0), hours: shape.hours(from: $0.start, to: $0.end)) }
        let all = Window(weighed[...])
        let shorter = Self.windowSeconds.filter { $0 >= shortest }.compactMap { seconds -> Window? in
            let first = bins.firstIndex { $0.start >= at - seconds } ?? bins.endIndex
            let window = Window(weighed[first...])
            return window.hours > 0 && window.hours < all.hours ? window : nil
        }
        let windows = shorter + [all]
        var chosen = windows[0]
        for (position, window) in windows.enumerated() where position > 0 {
            guard windows[..<position].allSatisfy({ window.agrees(with: $0, daySpread) }) else { break }
            chosen = window
        }
        usual = all.level
        recent = chosen.level
        since = bins[chosen.first].start
        recentHours = chosen.plainHours
        isWhole = chosen.first == 0
        usualError = all.error(daySpread)
        recentError = chosen.error(daySpread)
        requests = all.hours > 0 ? all.requests / all.hours : 0
        let days = Array(bins[chosen.first...]).wholeDays.map { day, bins in
            bins.reduce(0) { $0 + amount($1) } / max(shape.hours(from: day, to: day + 86_400), 1e-9)
        }
        (trend, trendError) = Self.trend(days, dayRequests: requests * 24)
    }

    /// Returns the slope of a straight line through consecutive days, for an hour and as a part of their mean, pulled
    /// towards zero the less it is known.
    private static func trend(_ days: [Double], dayRequests: Double) -> (slope: Double, error: Double) {
        let mean = days.reduce(0, +) / Double(max(1, days.count))
        guard days.count >= fewestTrendDays, mean > 0 else { return (0, usualTrend) }
        let count = Double(days.count)
        let points = days.enumerated().map { position, level in
            (hours: (Double(position) - (count - 1) / 2) * 24, level: level / mean - 1)
        }
        let spread = points.reduce(0) { $0 + $1.hours * $1.hours }
        let slope = points.reduce(0) { $0 + $1.hours * $1.level } / spread
        let rest = points.reduce(0) { sum, point in
            let rest = point.level - slope * point.hours
            return sum + rest * rest
        }
        let variance = max(rest / (count - 2), dispersion / max(1, dayRequests)) / spread
        let weight = usualTrend * usualTrend / (usualTrend * usualTrend + variance)
        return (weight * slope, (weight * variance).squareRoot())
    }

    /// Returns the level expected after some hours.
    func level(afterHours hours: Double) -> Double {
        usual + (lasting(recent, trend, afterHours: hours) - usual) * share(afterHours: hours)
    }

    /// Returns a recent level with its trend after some hours, if it lasts that long. The level is that of the middle of
    /// its time. A trend goes on for as long as it has lasted.
    func lasting(_ level: Double, _ trend: Double, afterHours hours: Double) -> Double {
        max(0, level * (1 + trend * (recentHours / 2 + min(hours, recentHours))))
    }

    private func share(afterHours hours: Double) -> Double {
        if isWhole { return 1 }
        let age = Self.persistence * recentHours
        return age > 0 ? age / (age + hours) : 1
    }

    /// Returns after how many hours the recent level ends, for a number from 0 to 1 that is drawn at random.
    func end(drawn: Double) -> Double {
        Self.changeAge * recentHours * (1 / max(drawn, 1e-9) - 1)
    }

    private struct Window {
        var first: Int
        var amount = 0.0
        var requests = 0.0
        /// Weighted by the shape.
        var hours = 0.0
        var plainHours = 0.0

        init(_ bins: ArraySlice<(bin: TrafficBin, amount: Double, hours: Double)>) {
            first = bins.startIndex
            for (bin, amount, hours) in bins {
                self.amount += amount
                requests += bin.requests
                self.hours += hours
                plainHours += Double(bin.seconds) / 3600
            }
        }

        var level: Double { hours > 0 ? amount / hours : 0 }

        func error(_ daySpread: Double) -> Double {
            let days = max(1, plainHours / 24)
            return (TrafficLevel.dispersion / max(requests, 1) + daySpread * daySpread / days).squareRoot()
        }

        /// Returns whether a shorter window could have this window's level.
        func agrees(with shorter: Window, _ daySpread: Double) -> Bool {
            let expected = level * shorter.hours
            // In requests of this window's mean size.
            let size = requests > 0 ? amount / requests : 0
            guard size > 0 else { return shorter.amount == 0 }
            let count = expected / size
            let noise = TrafficLevel.deviations * (TrafficLevel.dispersion * (count + 1)).squareRoot()
            let days = shorter.plainHours / 24
            let tolerance = max(
                days < 1 ? TrafficLevel.partOfDayTolerance : TrafficLevel.dayTolerance,
                TrafficLevel.dayDeviations * daySpread / max(1, days).squareRoot()
            )
            let most = (noise * noise + tolerance * tolerance * count * count).squareRoot()
            return abs(shorter.amount / size - count) <= most
        }
    }
}
