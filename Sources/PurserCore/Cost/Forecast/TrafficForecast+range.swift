extension TrafficForecast {
    /// A range that holds the amount with a probability of 80 %.
    package struct Range: Sendable, Equatable {
        package var low: Double
        package var high: Double
        /// How likely the amount is above the limit that was asked for, from 0 to 1.
        package var probabilityOver: Double
    }

    private static let paths = 400
    private static let seed: UInt64 = 28
    /// The largest change of level that a path draws, as a factor.
    private static let largestChange = 5.0

    /// Returns the range of what is to come until `end`; nil before there are three whole days of history, and if
    /// too few days had traffic.
    ///
    /// Each of 400 paths draws how wrong the levels and the trend are, how long the present level lasts and which one
    /// follows, and for each day one of the history's deviations.
    package func range(_ quantity: Quantity, until end: Timestamp, over limit: Double) -> Range? {
        guard deviations.factors.count >= DayDeviations.fewestDays else { return nil }
        let days = days(quantity, until: end)
        guard !days.isEmpty else { return Range(low: 0, high: 0, probabilityOver: limit < 0 ? 1 : 0) }
        var random = SeededRandom(seed: Self.seed)
        let level = level(quantity)
        var sums = (0..<Self.paths).map { _ in path(of: level, over: days, &random) }
        sums.sort()
        let over = sums.count { $0 > limit }
        return Range(
            low: sums[Self.paths / 10],
            high: sums[Self.paths - 1 - Self.paths / 10],
            probabilityOver: Double(over) / Double(Self.paths)
        )
    }

    private struct Day {
        /// From now to the day's beginning, in hours.
        var lead: Double
        var length: Double
        /// Weighted by the shape.
        var hours: Double
    }

    /// The time to come, cut at midnights.
    private func days(_ quantity: Quantity, until end: Timestamp) -> [Day] {
        var (days, time): ([Day], Timestamp) = ([], at)
        while time < end {
            let next = min(time.floored(toSeconds: 86_400) + 86_400, end)
            days.append(
                Day(
                    lead: Double(time - at) / 3_600_000,
                    length: Double(next - time) / 3_600_000,
                    hours: hours(quantity, from: time, to: next)
                )
            )
            time = next
        }
        return days
    }

    private func path(of level: TrafficLevel, over days: [Day], _ random: inout SeededRandom) -> Double {
        let endHours = level.end(drawn: random.unit())
        let recent = max(0, level.recent * (1 + level.recentError * random.bell()))
        let trend = level.trend + level.trendError * random.bell()
        let usual = max(0, level.usual * (1 + level.usualError * random.bell()))
        let next = usual * change(from: level, &random)
        return days.reduce(0) { sum, day in
            // The part of the day before the recent level ends.
            let share = min(max((endHours - day.lead) / day.length, 0), 1)
            let lasting = level.lasting(recent, trend, afterHours: day.lead + day.length / 2)
            return sum + deviation(of: day, level, &random) * day.hours * (lasting * share + next * (1 - share))
        }
    }

    /// Draws what follows the recent level, as a factor of the usual one: after a change it may be the usual level again,
    /// and otherwise it is one that is lower or higher.
    private func change(from level: TrafficLevel, _ random: inout SeededRandom) -> Double {
        let (isBack, isHigher, size) = (random.unit() < 0.5, random.unit() < 0.5, random.unit())
        if isBack, !level.isWhole { return 1 }
        return isHigher ? 1 + (Self.largestChange - 1) * size : size
    }

    /// Draws a day's deviation. That of a part of a day is larger, because fewer requests come in it.
    private func deviation(of day: Day, _ level: TrafficLevel, _ random: inout SeededRandom) -> Double {
        let drawn = deviations.factors[Int(random.next() % UInt64(deviations.factors.count))]
        let count = level.requests * day.hours
        guard day.length < 24, count > 0 else { return drawn }
        let variance = TrafficLevel.dispersion * (1 / count - 1 / (level.requests * 24))
        return max(0, drawn + random.bell() * max(0, variance).squareRoot())
    }
}
