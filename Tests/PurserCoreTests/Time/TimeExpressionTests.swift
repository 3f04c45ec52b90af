import PurserCore
import TestSupport
import Testing

@Suite struct TimeExpressionTests {
    /// 2026-11-24, 10:30 UTC.
    private static let now = Timestamp(year: 2026, month: 11, day: 24, hour: 10, minute: 30, second: 7)

    @Test(
        "every form has its meaning",
        arguments: [
            ("2026-11-24T10:52Z", "2026-11-24T10:52:00Z"), ("2026-11-24T10:52:30Z", "2026-11-24T10:52:30Z"),
            ("2026-11-24T10:52:30.250Z", "2026-11-24T10:52:30.250Z"),
            ("2026-11-24T11:52+01:00", "2026-11-24T10:52:00Z"), ("2026-11-24 10:52", "2026-11-24T10:52:00Z"),
            ("2026-11-24", "2026-11-24T00:00:00Z"), ("10:15", "2026-11-24T10:15:00Z"),
            ("10:52", "2026-11-24T10:52:00Z"), ("09:00:30", "2026-11-24T09:00:30Z"), ("-3h", "2026-11-24T07:30:07Z"),
            ("-1h30m", "2026-11-24T09:00:07Z"), ("3h ago", "2026-11-24T07:30:07Z"), ("now", "2026-11-24T10:30:07Z"),
            ("yesterday 14:00", "2026-11-23T14:00:00Z"), ("yesterday", "2026-11-23T00:00:00Z"),
            ("today 09:00", "2026-11-24T09:00:00Z"), ("today", "2026-11-24T00:00:00Z"),
        ]
    )
    func forms(text: String, moment: String) {
        #expect(TimeExpression(text)?.time(now: Self.now).description == moment)
    }

    @Test(
        "anything else is rejected",
        arguments: [
            "", "3h", "tomorrow", "10:5", "1:00", "24:00", "10:60", "10:52Z", "10:52+01:00", "yesterday 3h",
            "yesterday  14:00", "yesterday 14", "yesterday 2026-11-24", "-", "-3", "- 3h", "-3h ago", " ago", "ago",
            "now ", "NOW", "+3h", "1969-12-31", "2200-01-01", "2026-11-24T25:00", "todayy", "today ", "-100000w",
        ]
    )
    func others(text: String) {
        #expect(TimeExpression(text) == nil)
    }

    @Test("the example of every rule is read, and each has a meaning of its own")
    func rules() {
        for rule in TimeExpression.rules { #expect(TimeExpression(rule.example) != nil, "\(rule.example)") }
        #expect(Set(TimeExpression.rules.map(\.meaning)).count == TimeExpression.rules.count)
    }

    @Test("a moment that is written is read back, whatever the time is now", arguments: [UInt64(1), 2])
    func roundTrip(seed: UInt64) {
        var random = TestRandom(seed)
        let last = Timestamp(year: 2200, month: 1, day: 1).milliseconds
        for _ in 0..<2000 {
            let time = Timestamp(milliseconds: Int64.random(in: 0..<last, using: &random))
            let now = Timestamp(milliseconds: Int64.random(in: 0..<last, using: &random))
            #expect(TimeExpression(time.description)?.time(now: now) == time)
            let seconds = Int.random(in: 1..<1_000_000, using: &random)
            let duration = ClockDuration(seconds: seconds).description
            #expect(TimeExpression("-" + duration)?.time(now: now) == now - seconds)
            #expect(TimeExpression(duration + " ago")?.time(now: now) == now - seconds)
            // A time of day is on this day or, if asked for, on the one before it.
            for (word, days) in [("today ", 0), ("", 0), ("yesterday ", 1)] {
                let moment = TimeExpression(word + time.hourAndMinute)?.time(now: now)
                #expect(moment?.hourAndMinute == time.hourAndMinute)
                #expect(moment?.date == (now - days * 86_400).date)
            }
        }
    }

    @Test("random text is read without a trap, and what is read is within four digits of a year")
    func randomText() {
        var random = TestRandom(3)
        let alphabet = Array("0123456789:-+ TZhmsdwagoyet")
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<14, using: &random)
            let text = String((0..<length).compactMap { _ in alphabet.randomElement(using: &random) })
            _ = TimeExpression(text)?.time(now: Self.now)
            if let duration = ClockDuration(text) { #expect(duration.seconds > 0, "\(text)") }
        }
    }
}

@Suite struct ClockDurationTests {
    @Test(
        "numbers with their units are added up",
        arguments: [
            ("90s", 90), ("3h", 10_800), ("90m", 5400), ("7d", 604_800), ("2w", 1_209_600), ("1h30m", 5400),
            ("1d12h", 129_600), ("1w2d3h4m5s", 788_645), ("01h", 3600),
        ]
    )
    func reading(text: String, seconds: Int) {
        #expect(ClockDuration(text)?.seconds == seconds)
    }

    @Test(
        "anything else is rejected: no unit, no number, zero, a unit twice or in another order, more than fifty years",
        arguments: [
            "", "3", "h", "0s", "0h0m", "-3h", "+3h", "3 h", "3H", "30m1h", "1h1h", "3h30", "1.5h", "1y", "100000000w",
            "9223372036854775807w", "99999999999999999999s", "3hh", "2608w365d",
        ]
    )
    func refusing(text: String) {
        #expect(ClockDuration(text) == nil)
    }

    @Test("a duration is written in its largest whole unit, and read back")
    func writing() {
        let texts = [90, 5400, 129_600, 604_800, 3661, 1].map { ClockDuration(seconds: $0).description }
        #expect(texts == ["1m30s", "90m", "36h", "7d", "1h1m1s", "1s"])
        var random = TestRandom(1)
        for _ in 0..<5000 {
            let seconds = Int.random(in: 1...50 * 366 * 86_400, using: &random)
            #expect(ClockDuration(ClockDuration(seconds: seconds).description)?.seconds == seconds)
        }
    }
}
