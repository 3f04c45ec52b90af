import PurserCore
import TestSupport
import Testing

@Suite struct AnomalyModelTests {
    /// Midnight at the start of a Monday.
    private static let start = Timestamp(year: 2026, month: 11, day: 2)
    private static let day = 86_400

    /// Returns a value that is higher by day, especially on weekdays, with at most 10 % noise.
    private static func traffic(_ time: Timestamp, _ random: inout TestRandom) -> Double {
        let fields = time.fields
        let isWeekend = fields.weekday == 0 || fields.weekday == 6
        let level = (8..<20).contains(fields.hour) ? (isWeekend ? 200.0 : 1000) : 100
        return level * (1 + Double.random(in: -0.1...0.1, using: &random))
    }

    private static func history(
        days: Double,
        every seconds: Int = 300,
        value: (Timestamp) -> Double?
    ) -> [Datapoint] {
        (0..<Int(days * Double(day)) / seconds).compactMap { index in
            let time = start + index * seconds
            return value(time).map { Datapoint(timestamp: time, value: $0) }
        }
    }

    private static func isInside(_ value: Double, _ model: AnomalyModel, _ time: Timestamp, _ width: Double = 3) -> Bool
    {
        let point = model.point(at: time)
        return (value - point.expected).magnitude <= width * point.deviation
    }

    @Test("a normal week is within the band, and a value 50 % above or below it is not", arguments: UInt64(1)...3)
    func spike(seed: UInt64) throws {
        var random = TestRandom(seed)
        let history = Self.history(days: 14) { Self.traffic($0, &random) }
        let model = try #require(AnomalyModel(history: history))
        var outside = 0
        let times = (0..<7 * 288).map { Self.start + 14 * Self.day + $0 * 300 }
        for time in times {
            let value = Self.traffic(time, &random)
            if !Self.isInside(value, model, time) { outside += 1 }
            #expect(!Self.isInside(value * 1.5, model, time), "\(time), seed \(seed)")
            #expect(!Self.isInside(value * 0.5, model, time), "\(time), seed \(seed)")
        }
        #expect(Double(outside) < 0.01 * Double(times.count), "\(outside) of \(times.count), seed \(seed)")
    }

    @Test("a week of history models weekends separately, three days model hours, and one day models only the level")
    func seasons() throws {
        var random = TestRandom(4)
        let monday = Self.start + 14 * Self.day + 12 * 3600
        let expected: (Double) throws -> (monday: Double, saturday: Double, night: Double) = { days in
            let history = Self.history(days: days) { Self.traffic($0, &random) }
            let model = try #require(AnomalyModel(history: history))
            return (
                model.point(at: monday).expected, model.point(at: monday + 5 * Self.day).expected,
                model.point(at: monday + Self.day / 2).expected
            )
        }
        let week = try expected(14)
        #expect(
            (900...1100).contains(week.monday) && (180...220).contains(week.saturday) && (90...110).contains(week.night)
        )
        let days = try expected(3)
        #expect((900...1100).contains(days.monday) && days.saturday == days.monday && (90...110).contains(days.night))
        let one = try expected(1)
        #expect(one.monday == one.night)
    }

    @Test("spikes in the history hardly change the expected value or the width")
    func robust() throws {
        var random = TestRandom(5)
        let history = Self.history(days: 14) { Self.traffic($0, &random) }
        let spiked = history.enumerated().map { index, point in
            index % 20 == 0 ? Datapoint(timestamp: point.timestamp, value: point.value * 100) : point
        }
        let clean = try #require(AnomalyModel(history: history))
        let dirty = try #require(AnomalyModel(history: spiked))
        for hour in 0..<168 {
            let time = Self.start + 14 * Self.day + hour * 3600
            let (a, b) = (clean.point(at: time), dirty.point(at: time))
            #expect((a.expected - b.expected).magnitude < 0.05 * a.expected)
            #expect(b.deviation < 1.5 * a.deviation)
        }
    }

    @Test("a new level is outside the band at first and inside it two days later")
    func levelShift() throws {
        var random = TestRandom(6)
        let model: (Int) throws -> AnomalyModel = { daysSince in
            let shift = Self.start + (14 - daysSince) * Self.day
            return try #require(
                AnomalyModel(
                    history: Self.history(days: 14) { time in
                        1000 + Double.random(in: -50...50, using: &random) + (time >= shift ? 500 : 0)
                    }
                )
            )
        }
        let time = Self.start + 14 * Self.day
        #expect(try !Self.isInside(1500, model(0), time))
        #expect(try Self.isInside(1000, model(0), time))
        #expect(try Self.isInside(1500, model(2), time))
        #expect(try !Self.isInside(1000, model(2), time))
    }

    @Test("gaps, the order of the datapoints and NaN values hardly change the model")
    func gaps() throws {
        var random = TestRandom(7)
        let full = Self.history(days: 14) { Self.traffic($0, &random) }
        let gappy = full.filter { _ in Bool.random(using: &random) }
        let model = try #require(AnomalyModel(history: gappy))
        let junk = Datapoint(timestamp: Self.start + Self.day, value: .nan)
        #expect(AnomalyModel(history: gappy.shuffled(using: &random) + [junk]) == model)
        let complete = try #require(AnomalyModel(history: full))
        for hour in 0..<168 {
            let time = Self.start + 14 * Self.day + hour * 3600
            let (a, b) = (complete.point(at: time).expected, model.point(at: time).expected)
            #expect((a - b).magnitude < 0.1 * a, "\(time)")
        }
    }

    @Test("hours without history are predicted from those with history")
    func unseenHours() throws {
        let history = Self.history(days: 14) { $0.fields.hour < 12 ? 50 : nil }
        let model = try #require(AnomalyModel(history: history))
        #expect(model.point(at: Self.start + 14 * Self.day + 18 * 3600).expected == 50)
    }

    @Test("a week of hourly datapoints is enough to model weekend hours")
    func hourly() throws {
        var random = TestRandom(8)
        let history = Self.history(days: 7, every: 3600) { Self.traffic($0, &random) }
        let model = try #require(AnomalyModel(history: history))
        #expect((180...220).contains(model.point(at: Self.start + 12 * Self.day + 14 * 3600).expected))
        #expect((900...1100).contains(model.point(at: Self.start + 14 * Self.day + 14 * 3600).expected))
    }

    @Test("a deviation is at least that of counts of this size, also for an hour with few or equal past values")
    func counts() throws {
        // Weekdays vary by a tenth of the square root's size; the two Saturdays and Sundays that are learned from are equal.
        let history = Self.history(days: 14, every: 3600) { time in
            let fields = time.fields
            if fields.weekday == 0 || fields.weekday == 6 { return 100 }
            return 400 + (fields.day % 2 == 0 ? 2 : -2)
        }
        let model = try #require(AnomalyModel(history: history, period: 3600))
        let saturday = model.point(at: Self.start + 19 * Self.day + 12 * 3600)
        #expect(saturday.expected == 100)
        // Five of seven distances are 2, divided by 20: the root of 100 makes 1.4826 of it.
        #expect(abs(saturday.deviation - max(1.4826, 4)) < 1e-9 || saturday.deviation > 1.4)
        let low = Self.history(days: 14, every: 3600) {
            $0.fields.hour < 12 ? 0 : 100 + Double($0.fields.day % 3 - 1) * 20
        }
        let night = try #require(AnomalyModel(history: low, period: 3600)).point(at: Self.start + 14 * Self.day)
        #expect(night.expected == 0 && night.deviation > 5)
    }

    @Test("a normal day after two quiet ones is not far outside the band")
    func holiday() throws {
        let quiet = Self.start + 12 * Self.day
        let history = Self.history(days: 14, every: 3600) { $0 >= quiet ? 10 : 100 }
        let point = try #require(AnomalyModel(history: history, period: 3600)).point(at: Self.start + 14 * Self.day)
        #expect(point.expected == 10 && point.expected + 5 * point.deviation > 100)
    }

    @Test("periods of an hour need a week of history, so that each day of the week is in it")
    func hourlyWeek() {
        let history = { (days: Double) in Self.history(days: days, every: 3600) { _ in 1 } }
        #expect(AnomalyModel(history: history(6), period: 3600) == nil)
        #expect(AnomalyModel(history: history(7), period: 3600) != nil)
    }

    @Test("a period of an hour that begins within an hour lies between its values and the next hour's")
    func betweenHours() throws {
        let history = Self.history(days: 14, every: 3600) { Double($0.fields.hour * 10) + 100 }
        let monday = Self.start + 14 * Self.day
        let hourly = try #require(AnomalyModel(history: history, period: 3600))
        #expect(hourly.point(at: monday + 6 * 3600).expected == 160)
        #expect(hourly.point(at: monday + 6 * 3600 + 900).expected == 162.5)
        #expect(hourly.point(at: monday + 6 * 3600 + 3540).expected > 169)
        // From the last hour of Tuesday to the first of Wednesday.
        #expect(hourly.point(at: monday + 2 * Self.day - 1800).expected == (330 + 100) / 2)
        // Shorter periods have many values within an hour.
        let minutes = try #require(AnomalyModel(history: Self.history(days: 3) { Double($0.fields.hour) }))
        #expect(minutes.point(at: Self.start + 3 * Self.day + 7 * 3600 + 1800).expected == 7)
    }

    @Test("a constant metric has a narrow band rather than no band", arguments: [0.0, 5, -40, 1e12])
    func constant(value: Double) throws {
        let model = try #require(AnomalyModel(history: Self.history(days: 3) { _ in value }))
        let point = model.point(at: Self.start + 3 * Self.day)
        #expect(point.expected == value)
        #expect(point.deviation == max(0.025 * value.magnitude, 1e-9))
    }

    @Test("if most values are equal, the others still count")
    func mostlyZero() throws {
        let history = Self.history(days: 3) { $0.fields.minute == 0 ? 4 : 0 }
        let model = try #require(AnomalyModel(history: history))
        #expect(model.point(at: Self.start).expected == 0)
        #expect((0.3...0.6).contains(model.point(at: Self.start).deviation))
    }

    @Test("with few datapoints in the last two weeks there is no model")
    func fewPoints() {
        let minutes = { (count: Int) in
            (0..<count).map { Datapoint(timestamp: Self.start + $0 * 60, value: Double($0)) }
        }
        #expect(AnomalyModel(history: []) == nil)
        #expect(AnomalyModel(history: minutes(29)) == nil)
        #expect(AnomalyModel(history: minutes(30)) != nil)
        // A datapoint from today does not make last month's datapoints count.
        let old = minutes(29) + [Datapoint(timestamp: Self.start + 20 * Self.day, value: 1)]
        #expect(AnomalyModel(history: old) == nil)
        #expect(AnomalyModel(history: (0..<40).map { Datapoint(timestamp: Self.start + $0, value: .nan) }) == nil)
    }

    @Test("periods of a day need a week of history, and distinguish weekdays from weekends")
    func days() throws {
        let days = { (count: Int) in
            (0..<count).map { day in
                let time = Self.start + day * Self.day
                return Datapoint(timestamp: time, value: [0, 6].contains(time.fields.weekday) ? 10 : 100)
            }
        }
        #expect(AnomalyModel(history: days(6), period: Self.day) == nil)
        let model = try #require(AnomalyModel(history: days(14), period: Self.day))
        // Wherever in the day a period begins.
        for hour in [0, 7, 23] {
            let points = (0..<7).map { model.point(at: Self.start + $0 * Self.day + hour * 3600) }
            #expect(points.map(\.expected).sorted() == [10, 10, 100, 100, 100, 100, 100])
        }
    }

    @Test("a frame gets a point for each of its periods")
    func frame() throws {
        let model = try #require(AnomalyModel(history: Self.history(days: 3) { $0.fields.hour < 12 ? 1 : 2 }))
        let frame = MetricMathFrame(start: Self.start + 3 * Self.day + 11 * 3600, period: 1800, count: 3)
        #expect(model.points(of: frame).points.map { $0?.expected } == [1, 1, 2])
    }
}
