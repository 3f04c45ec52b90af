import Testing

@testable import PurserCore

@Suite("the forecast of traffic")
struct TrafficForecastTests {
    /// A Monday.
    static let start = Timestamp(year: 2026, month: 11, day: 2)
    static let hour = 3600
    static let day = 86_400

    /// Returns bins as a store gives them: of an hour, and of five minutes in the last six hours.
    ///
    /// `rate` gives requests an hour; a request costs a cent.
    static func bins(
        from start: Timestamp = start,
        to at: Timestamp,
        noise: UInt64? = nil,
        rate: (Timestamp) -> Double
    ) -> [TrafficBin] {
        var (bins, time): ([TrafficBin], Timestamp) = ([], start)
        var random = noise.map { SeededRandom(seed: $0) }
        while time < at {
            let period = time < (at - 6 * hour).floored(toSeconds: hour) ? hour : 300
            let seconds = Int(min(time + period, at) - time) / 1000
            let mean = rate(time) * Double(seconds) / 3600
            let requests =
                random.map { _ in max(0, (mean + (random?.bell() ?? 0) * mean.squareRoot()).rounded()) } ?? mean
            bins.append(TrafficBin(start: time, seconds: seconds, requests: requests, dollars: requests / 100))
            time = time + period
        }
        return bins
    }

    static func forecast(at: Timestamp, noise: UInt64? = nil, _ rate: (Timestamp) -> Double) throws -> TrafficForecast {
        try #require(TrafficForecast(bins(to: at, noise: noise, rate: rate), at: at))
    }

    @Test("without traffic there is no forecast")
    func nothing() {
        #expect(TrafficForecast([], at: Self.start) == nil)
        #expect(TrafficForecast(Self.bins(to: Self.start + Self.day) { _ in 0 }, at: Self.start + Self.day) == nil)
    }

    @Test("hours before the first traffic are not part of the history")
    func beginning() throws {
        let at = Self.start + 10 * Self.day
        let forecast = try Self.forecast(at: at) { at - $0 <= 2 * 3_600_000 ? 450 : 0 }
        #expect(forecast.historySeconds == 2 * Self.hour && !forecast.isSure)
        // 100 more at 450 an hour take 13 minutes.
        let end = try #require(forecast.time(.requests, of: 100, before: at + Self.day))
        #expect(abs(end - (at + 800)) < 30_000)
    }

    @Test("of a steady rate, the next half day is right within an hour, and two days within three")
    func steady() throws {
        for (hours, seed) in [(27, nil), (27, 1), (240, nil), (240, 2)] as [(Int, UInt64?)] {
            let at = Self.start + hours * Self.hour
            let forecast = try Self.forecast(at: at, noise: seed) { _ in 420 }
            for wanted in [1000, 5000, 20_000] {
                let end = try #require(forecast.time(.requests, of: Double(wanted), before: at + 60 * Self.day))
                let right = at + wanted * Self.hour / 420
                #expect(abs(end - right) < 3_600_000 * (wanted > 5000 ? 3 : 1), "\(hours) \(wanted)")
            }
            #expect(abs(forecast.expected(.dollars, until: at + Self.day) - 100.8) < 5)
        }
    }

    @Test("the day's shape is part of it: the same amount takes longer at night")
    func dailyShape() throws {
        let rate = { (time: Timestamp) in (8..<20).contains(time.fields.hour) ? 600.0 : 60 }
        let at = Self.start + 14 * Self.day
        let evening = try Self.forecast(at: at + 20 * Self.hour, noise: 1, rate)
        let end = try #require(evening.time(.requests, of: 720, before: at + 9 * Self.day))
        #expect(abs(end - (at + 32 * Self.hour)) < 2 * 3_600_000)
        let morning = try Self.forecast(at: at + 8 * Self.hour, noise: 1, rate)
        let noon = try #require(morning.time(.requests, of: 2400, before: at + Self.day))
        #expect(abs(noon - (at + 12 * Self.hour)) < 3_600_000)
    }

    @Test("the week's shape is part of it from two weeks on")
    func weeklyShape() throws {
        let rate = { (time: Timestamp) in (1...5).contains(time.fields.weekday) ? 100.0 : 10 }
        // A Saturday at midnight, after four weeks: the weekend brings little.
        let at = Self.start + 26 * Self.day
        let forecast = try Self.forecast(at: at, noise: 3, rate)
        let weekend = forecast.expected(.requests, until: at + 2 * Self.day)
        let week = forecast.expected(.requests, until: at + 7 * Self.day)
        #expect((400...1200).contains(weekend) && (11_000...14_000).contains(week), "\(weekend), \(week)")
    }

    @Test("a change counts within a quarter of an hour, and for longer the longer it has lasted")
    func change() throws {
        let at = Self.start + 20 * Self.day + 12 * Self.hour
        func expected(since seconds: Int, factor: Double) throws -> Double {
            let forecast = try Self.forecast(at: at, noise: 4) { at - $0 <= Int64(seconds) * 1000 ? 400 * factor : 400 }
            return forecast.expected(.requests, until: at + 7 * Self.day) / (400 * 168)
        }
        let (burst, hours, days) = (
            try expected(since: 900, factor: 10), try expected(since: 4 * Self.hour, factor: 10),
            try expected(since: 5 * Self.day, factor: 10)
        )
        #expect(
            (1.1...2).contains(burst) && (2...5).contains(hours) && (7...10.1).contains(days),
            "\(burst) \(hours) \(days)"
        )
        // An outage of a quarter of an hour says little about the week.
        #expect(try (0.9...1.01).contains(expected(since: 900, factor: 0)))
        let runaway = try Self.forecast(at: at, noise: 4) { at - $0 <= 900_000 ? 4000 : 400 }
        let end = try #require(runaway.time(.requests, of: 1000, before: at + Self.day))
        // At ten times the rate 15 minutes are left, at the usual one two and a half hours.
        #expect(end - at < 30 * 60_000)
    }

    @Test("noise at 14 requests an hour is not taken for a change", arguments: UInt64(1)...20)
    func lowTraffic(seed: UInt64) throws {
        let at = Self.start + 14 * Self.day
        let forecast = try Self.forecast(at: at, noise: seed) { _ in 14 }
        #expect((0.7...1.4).contains(forecast.expected(.requests, until: at + 7 * Self.day) / (14 * 168)))
    }

    @Test("the same history gives the same range, which holds the mean and grows with the spread between days")
    func range() throws {
        func range(_ spread: Double) throws -> (TrafficForecast.Range, Double) {
            let at = Self.start + 20 * Self.day
            let forecast = try Self.forecast(at: at) { time in
                400 * (1 + spread * [0.9, -0.8, 0.2, -0.3, 1, -1, 0][Int(time.fields.day) % 7])
            }
            let first = try #require(forecast.range(.dollars, until: at + 10 * Self.day, over: 1000))
            #expect(first == forecast.range(.dollars, until: at + 10 * Self.day, over: 1000))
            #expect(first.low <= forecast.expected(.dollars, until: at + 10 * Self.day))
            #expect(first.high >= forecast.expected(.dollars, until: at + 10 * Self.day))
            let day = at + Self.day
            return (
                try #require(forecast.range(.dollars, until: day, over: 1000)), forecast.expected(.dollars, until: day)
            )
        }
        let ((calm, calmMean), (wild, wildMean)) = (try range(0.02), try range(0.5))
        #expect(calm.low <= calmMean && calmMean <= calm.high && wild.low <= wildMean && wildMean <= wild.high)
        #expect(wild.high - wild.low > 2 * (calm.high - calm.low))
        #expect((0...1).contains(calm.probabilityOver) && calm.low < calm.high)
    }

    @Test("with fewer than three whole days there is no range")
    func noRange() throws {
        let at = Self.start + 2 * Self.day + 9 * Self.hour
        #expect(try Self.forecast(at: at) { _ in 10 }.range(.dollars, until: at + Self.day, over: 1) == nil)
    }

    @Test(
        "after six hours of steady traffic in a month, the day on which a ceiling is reached is right within one",
        arguments: [(3, 14), (10, 14), (20, 14), (27, 14), (3, 420), (10, 420), (20, 420), (27, 420)]
    )
    func sixHours(days: Int, rate: Double) throws {
        let at = Self.start + 6 * Self.hour
        let limit = rate * 24 * Double(days)
        let forecasts = try [
            Self.forecast(at: at) { _ in rate },
            // With noise, 84 requests are too few; a month before makes up for that.
            #require(
                TrafficForecast(
                    Self.bins(from: rate < 100 ? Self.start - 28 * Self.day : Self.start, to: at, noise: 3) { _ in rate
                    },
                    at: at
                )
            ),
        ]
        for forecast in forecasts {
            let end = try #require(forecast.time(.requests, of: limit - rate * 6, before: at + 40 * Self.day))
            #expect(abs(end - (Self.start + days * Self.day)) < Int64(Self.day) * 1000)
        }
    }

    @Test("growth is expected to go on, and a launch does not look like growth")
    func trend() throws {
        let at = Self.start + 28 * Self.day
        let growing = try Self.forecast(at: at, noise: 5) { 400 * (1 + 0.06 * Double($0 - Self.start) / 604_800_000) }
        let week = growing.expected(.requests, until: at + 7 * Self.day) / (400 * 168)
        #expect((1.2...1.32).contains(week), "\(week)")
        let launched = try Self.forecast(at: at, noise: 5) { $0 < Self.start + 18 * Self.day ? 400 : 800 }
        let after = launched.expected(.requests, until: at + 7 * Self.day) / (800 * 168)
        #expect((0.85...1.05).contains(after), "\(after)")
    }

    @Test("after a stop, nothing more may come")
    func stop() throws {
        let at = Self.start + 20 * Self.day
        let forecast = try Self.forecast(at: at, noise: 6) { $0 < at - 5 * Self.day ? 400 : 0 }
        #expect(try #require(forecast.range(.dollars, until: at + 10 * Self.day, over: 0)).low == 0)
    }

    @Test("a part of the traffic has the shape of all of it until it has its own")
    func borrowedShape() throws {
        let at = Self.start + 3 * Self.day
        let rate = { (time: Timestamp) in (8..<20).contains(time.fields.hour) ? 600.0 : 60 }
        let part = Self.bins(from: at - Self.day, to: at) { _ in 1 }
        let alone = try #require(TrafficForecast(part, at: at))
        let shaped = try #require(TrafficForecast(part, at: at, of: Self.bins(to: at, rate: rate)))
        let night = at + 6 * Self.hour
        #expect(shaped.expected(.requests, until: night) < alone.expected(.requests, until: night) / 2)
        #expect(shaped.historySeconds == alone.historySeconds)
    }

    @Test("a part of a day has a wider range than a whole one, because fewer requests come in it")
    func shortRange() throws {
        let at = Self.start + 14 * Self.day
        let forecast = try Self.forecast(at: at, noise: 7) { _ in 14 }
        func width(_ seconds: Int) throws -> Double {
            let range = try #require(forecast.range(.requests, until: at + seconds, over: 0))
            return (range.high - range.low) / forecast.expected(.requests, until: at + seconds)
        }
        // An hour of 14 requests is mostly noise.
        #expect(try width(Self.hour) > 0.6 && width(Self.hour) > 2 * width(Self.day))
    }

    @Test("of a limit of dollars and one of requests, the likelier one counts")
    func likelier() throws {
        let at = Self.start + 14 * Self.day
        let traffic = try Self.forecast(at: at, noise: 8) { _ in 14 }
        func probability(_ dollars: Picodollars?, _ requests: Int?) -> Double? {
            let limit = PeriodLimit(dollars: dollars, requests: requests)
            return PeriodForecast(Self.start..<(at + Self.day), MonthTotal(), limit: limit, traffic).probabilityOver
        }
        let much = Picodollars(1000 * Picodollars.dollar.rawValue)
        #expect(probability(much, nil) == 0 && probability(much, 10) == 1 && probability(.dollar, 100_000) == 1)
        #expect(probability(nil, nil) == nil)
    }

    @Test("a day of a few requests is no base for an alert, and two days or many requests are")
    func sure() throws {
        let at = Self.start + 4 * Self.day
        #expect(try !Self.forecast(at: at) { $0 < Self.start + Self.hour ? 1 : 0 }.isSure)
        #expect(try Self.forecast(at: at) { $0 < Self.start + Self.hour ? 30 : 0 }.isSure)
        #expect(try Self.forecast(at: at) { $0.fields.hour == 9 ? 1 : 0 }.isSure)
    }
}
