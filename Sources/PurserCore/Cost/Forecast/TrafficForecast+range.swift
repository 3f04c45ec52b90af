extension TrafficForecast {
    /// A range that holds the amount with a probability of 80 %.
    package struct Range: Sendable, Equatable {
        package var low: Double
        package var high: Double
        /// How likely the amount is above the limit that was asked for, from 0 to 1.
        package var probabilityOver: Double
    }

    private static let paths = 400
    /// With fewer whole days, the spread between days is not known.
    private static let fewestDays = 3
    private static let seed: UInt64 = 28

    /// Returns the range of the dollars to come until `end`; nil before there are three whole days of history.
    ///
    /// Each of 400 paths draws how long the recent level lasts, how wrong the two levels are, and for each day one of the
    /// history's days as its deviation.
    package func range(until end: Timestamp, over limit: Double) -> Range? {
        guard residuals.count >= Self.fewestDays else { return nil }
        let days = days(until: end)
        guard !days.isEmpty else { return Range(low: 0, high: 0, probabilityOver: limit < 0 ? 1 : 0) }
        var random = SeededRandom(seed: Self.seed)
        var sums = (0..<Self.paths).map { _ in path(over: days, &random) }
        sums.sort()
        let over = sums.count { $0 > limit }
        return Range(
            low: sums[Self.paths / 10],
            high: sums[Self.paths - 1 - Self.paths / 10],
            probabilityOver: Double(over) / Double(Self.paths)
        )
    }

    /// The time to come, cut at midnights: the weighted hours from now to the end of each part.
    private func days(until end: Timestamp) -> [(end: Timestamp, hours: Double)] {
        var (days, time, sum): ([(Timestamp, Double)], Timestamp, Double) = ([], at, 0)
        while time < end {
            let next = min(time.floored(toSeconds: 86_400) + 86_400, end)
            sum += shape.hours(from: time, to: next)
            days.append((next, sum))
            time = next
        }
        return days
    }

    private func path(over days: [(end: Timestamp, hours: Double)], _ random: inout SeededRandom) -> Double {
        let endHours = dollars.end(drawn: random.unit())
        let common = random.bell()
        let recent = max(0, dollars.recent * (1 + dollars.recentError * common))
        let usual = max(0, dollars.usual * (1 + dollars.usualError * common))
        var (sum, before, start) = (0.0, 0.0, at)
        for day in days {
            let hours = day.hours - before
            let length = Double(day.end - start) / 3_600_000
            let lead = Double(start - at) / 3_600_000
            // The part of the day before the recent level ends.
            let share = length > 0 ? min(max((endHours - lead) / length, 0), 1) : 0
            let residual = residuals[Int(random.next() % UInt64(residuals.count))]
            sum += residual * hours * (recent * share + usual * (1 - share))
            (before, start) = (day.hours, day.end)
        }
        return sum
    }
}
