import PurserCore
import Testing

/// The shipped alarms for services with few requests, read from their own files.
enum LowTrafficFixture {
    /// Returns a shipped alarm; with `watchingBound` it watches only the bound and needs no minimum number of events.
    static func alarm(_ name: String, watchingBound: Bool = false) throws -> AlarmDefinition {
        let file = try #require(try AlarmFixture.shippedFiles().first { $0.name == "alarms/\(name).json" })
        guard watchingBound else { return try AlarmFixture.read(file.text) }
        let end = "/(1 + 9.5494/n)\",\n      \"ReturnData\": "
        try #require(file.text.contains(end + "false"))
        let text = file.text
            .replacing("\"ReturnData\": true", with: "\"ReturnData\": false")
            .replacing(end + "false", with: end + "true")
        return try AlarmFixture.read(text)
    }

    static func series(_ name: String, _ unit: MetricUnit, _ samples: [(value: Double, count: Int)]) throws
        -> (MetricReference, SlotSeries)
    {
        let slots = try samples.filter { $0.count > 0 }.map { value, count in
            Slot(start: AlarmFixture.noon - 600, distribution: try #require(Distribution(value: value, count: count)))
        }
        return (MetricReference(Metric(namespace: "ChatService", name: name), unit: unit), SlotSeries(slots))
    }

    /// Returns `requests` requests ten minutes before noon, of which `failures` failed, as the chat service records
    /// them.
    static func failures(_ failures: Int, of requests: Int) throws -> AlarmData {
        AlarmData(
            Dictionary(uniqueKeysWithValues: [
                try series("Errors", .count, [(0, requests - failures), (1, failures)]),
                try series("Invocations", .count, [(1, requests)]),
            ])
        )
    }

    static func slow(_ slow: Int, of requests: Int) throws -> AlarmData {
        AlarmData(
            Dictionary(uniqueKeysWithValues: [try series("Latency", .seconds, [(2, requests - slow), (15, slow)])])
        )
    }

    static func evaluate(_ alarm: AlarmDefinition, _ data: AlarmData, previous: AlarmState = .ok) -> AlarmEvaluation {
        alarm.evaluate(data: data, previous: previous, at: AlarmFixture.noon)
    }

    /// Returns the lower end of Wilson's one-sided 99.9 % interval, in percent.
    static func wilson(_ events: Int, of count: Int) -> Double {
        let (p, n, z) = (Double(events) / Double(count), Double(count), 3.0902323)
        let spread = (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return 100 * (p + z * z / (2 * n) - z * spread) / (1 + z * z / n)
    }
}

@Suite struct LowTrafficAlarmTests {
    @Test(
        "in an hour with fourteen requests the alarm needs four failures",
        arguments: [
            (0, 0.0, false), (1, 0.6, false), (2, 2.2, false), (3, 4.4, false), (4, 7.2, true), (14, 59.4, true),
        ]
    )
    func hourOfFourteen(failures: Int, percent: Double, isAlarm: Bool) throws {
        let data = try LowTrafficFixture.failures(failures, of: 14)
        let bound = try LowTrafficFixture.alarm("error-rate-low-traffic", watchingBound: true)
        let value = try #require(LowTrafficFixture.evaluate(bound, data).newestValue)
        #expect((value * 10).rounded() / 10 == percent)
        let shipped = try LowTrafficFixture.alarm("error-rate-low-traffic")
        let evaluation = LowTrafficFixture.evaluate(shipped, data, previous: .alarm)
        #expect(evaluation.state == (isAlarm ? .alarm : .ok))
        let rate = 100 * Double(failures) / 14
        #expect(try abs(#require(evaluation.newestValue) - (isAlarm ? rate : min(rate, 5))) < 1e-9)
    }

    @Test(
        "the bound is Wilson's for any number of requests",
        arguments: [(1, 1), (1, 4), (3, 7), (5, 100), (9, 100), (60, 1000), (999, 1000), (400, 100_000)]
    )
    func bound(events: Int, count: Int) throws {
        let expected = LowTrafficFixture.wilson(events, of: count)
        let errors = try LowTrafficFixture.alarm("error-rate-low-traffic", watchingBound: true)
        let rate = LowTrafficFixture.evaluate(errors, try LowTrafficFixture.failures(events, of: count))
        #expect(try abs(#require(rate.newestValue) - expected) < 0.002)
        let latency = try LowTrafficFixture.alarm("latency-low-traffic", watchingBound: true)
        let share = LowTrafficFixture.evaluate(latency, try LowTrafficFixture.slow(events, of: count))
        #expect(try abs(#require(share.newestValue) - expected) < 0.002)
    }

    @Test("without an event the bound is at most zero, and never breaches", arguments: [1, 2, 14, 1000, 10_000_000])
    func noEvents(count: Int) throws {
        for (name, data) in [
            ("error-rate-low-traffic", try LowTrafficFixture.failures(0, of: count)),
            ("latency-low-traffic", try LowTrafficFixture.slow(0, of: count)),
        ] {
            let bound = try LowTrafficFixture.alarm(name, watchingBound: true)
            let value = try #require(LowTrafficFixture.evaluate(bound, data).newestValue)
            #expect(value <= 0 && value > -0.01)
            let evaluation = LowTrafficFixture.evaluate(try LowTrafficFixture.alarm(name), data, previous: .alarm)
            #expect(evaluation.state == .ok && evaluation.newestValue == (name.hasPrefix("error") ? 0 : 2))
        }
    }

    @Test(
        "fewer events than the alarm requires never fire it, however few requests there are",
        arguments: [("error-rate", 4), ("error-rate-low-traffic", 3), ("latency-p99", 5), ("latency-low-traffic", 4)]
    )
    func fewRequests(name: String, needed: Int) throws {
        let alarm = try LowTrafficFixture.alarm(name)
        for count in 1...9 {
            for events in 0...count {
                let data =
                    name.hasPrefix("error")
                    ? try LowTrafficFixture.failures(events, of: count)
                    : try LowTrafficFixture.slow(events, of: count)
                let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon - 480)
                #expect(evaluation.state == (events >= needed ? .alarm : .ok), "\(events) of \(count)")
            }
        }
    }

    @Test("no data, or errors without invocations, count as missing and end an alarm")
    func missing() throws {
        let errors = try LowTrafficFixture.alarm("error-rate-low-traffic")
        let orphans = AlarmData(
            Dictionary(uniqueKeysWithValues: [try LowTrafficFixture.series("Errors", .count, [(0, 20)])])
        )
        // A counter that was incremented by zero: the metric exists, and its sum is zero.
        let zero = AlarmData(
            Dictionary(uniqueKeysWithValues: [
                try LowTrafficFixture.series("Errors", .count, [(0, 1)]),
                try LowTrafficFixture.series("Invocations", .count, [(0, 1)]),
            ])
        )
        for data in [AlarmData([:]), orphans, zero] {
            let evaluation = LowTrafficFixture.evaluate(errors, data, previous: .alarm)
            #expect(evaluation.state == .ok && (evaluation.newestValue ?? 0) == 0)
        }
        let latency = try LowTrafficFixture.alarm("latency-low-traffic")
        #expect(LowTrafficFixture.evaluate(latency, AlarmData([:]), previous: .alarm).state == .ok)
    }

    @Test("a service that records no Errors while nothing fails has an error rate of zero")
    func noErrorSeries() throws {
        let data = AlarmData(
            Dictionary(uniqueKeysWithValues: [try LowTrafficFixture.series("Invocations", .count, [(1, 50)])])
        )
        let alarm = try LowTrafficFixture.alarm("error-rate-low-traffic")
        #expect(LowTrafficFixture.evaluate(alarm, data, previous: .alarm).state == .ok)
        let bound = try LowTrafficFixture.alarm("error-rate-low-traffic", watchingBound: true)
        #expect(try #require(LowTrafficFixture.evaluate(bound, data).newestValue) <= 0)
    }

    @Test("more errors than invocations, as a boundary between the two can cause, count as all failed")
    func moreErrors() throws {
        let data = AlarmData(
            Dictionary(uniqueKeysWithValues: [
                try LowTrafficFixture.series("Errors", .count, [(1, 6)]),
                try LowTrafficFixture.series("Invocations", .count, [(1, 5)]),
            ])
        )
        let evaluation = LowTrafficFixture.evaluate(try LowTrafficFixture.alarm("error-rate-low-traffic"), data)
        #expect(evaluation.state == .alarm)
        #expect(evaluation.newestValue == 100)
    }

    @Test("the window slides: the alarm ends in the minute in which its failures become older than an hour")
    func sliding() throws {
        let alarm = try LowTrafficFixture.alarm("error-rate-low-traffic")
        let start = AlarmFixture.noon
        func slots(_ value: Double) throws -> [Slot] {
            // Six failures, then a successful request every five minutes.
            let first = Slot(start: start, distribution: try #require(Distribution(value: 1, count: 6)))
            let later = try #require(Distribution(value: value))
            return [first] + (1..<30).map { Slot(start: start + $0 * 300, distribution: later) }
        }
        let data = AlarmData(
            Dictionary(
                uniqueKeysWithValues: try alarm.metricReferences.map { reference in
                    (reference, SlotSeries(try slots(reference.metric.name == "Errors" ? 0 : 1)))
                }
            )
        )
        let states = [1, 30, 59, 60, 61, 90].map { minute in
            alarm.evaluate(data: data, previous: .ok, at: start + minute * 60).state
        }
        #expect(states == [.alarm, .alarm, .alarm, .alarm, .ok, .ok])
    }
}
