import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite("the signals of a frame")
struct DashSignalsTests {
    static let start = PurserFixture.start
    static let day = 86_400

    @Test("`now` is the newest complete minutes whatever the window, `usual` the median of the hours around them")
    func nowAndUsual() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let end = Self.start + 600
        let record = { (count: Int, time: Timestamp) in
            let calls = try #require(Distribution(value: 1, count: count))
            try PurserFixture.record([calls], of: "Invocations", from: time, in: store)
        }
        try record(30, end - 60)
        try record(40, end - 300)
        try record(7, end)
        try record(500, end - 310)
        #expect(try DashBuilderTests.signal(try DashBuilderTests.frame(store), "invocations").usual == nil)
        // Calls in the hour around those minutes, on three of seven days; the other calls are outside that hour.
        for (daysAgo, count) in [(1, 60), (3, 600), (7, 180)] {
            try record(count, end - daysAgo * Self.day + 1200)
        }
        try record(9999, end - 2 * Self.day + 1800)
        try record(9999, end - 4 * Self.day - 1990)
        try record(9999, end - 8 * Self.day)
        let builder = DashBuilder(reader: MetricReader(store: store, quota: nil), alarms: [], budget: nil)
        for seconds in [3600, 86_400, 400 * Self.day] {
            // The newest minute is not over.
            for at in [end, end + 59] {
                let frame = try builder.frame(from: at - seconds, to: at, at: at, region: nil)
                let signal = try DashBuilderTests.signal(frame, "invocations")
                #expect(signal.nowTime == end - 300..<end && signal.now == 14, "\(seconds) s")
                #expect(signal.usual == 3, "\(seconds) s")
                #expect(frame.window.to == at)
            }
        }
    }

    @Test("a shorter window than five minutes has a shorter `now`")
    func shortNow() {
        let at = Self.start + 95
        #expect(DashFrame.Window(from: at - 600, to: at).now(at: at) == Self.start - 240..<Self.start + 60)
        #expect(DashFrame.Window(from: at - 120, to: at).now(at: at) == Self.start - 30..<Self.start + 90)
        #expect(DashFrame.Window(from: at - 5, to: at).now(at: at) == Self.start + 80..<Self.start + 90)
    }

    @Test("the last step holds what has come of it so far, as a rate over the minutes that are over")
    func partialStep() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let counts = [60, 30, 99].map { Distribution(value: 1, count: $0) }
        try PurserFixture.record(counts, of: "Invocations", from: Self.start + 3600, in: store)
        let at = Self.start + 3600 + 150
        let builder = DashBuilder(reader: MetricReader(store: store, quota: nil), alarms: [], budget: nil)
        let frame = try builder.frame(from: at - 3600, to: at, at: at, region: nil)
        #expect(frame.window.isPartial && frame.window.periodSeconds == 300)
        let signal = try DashBuilderTests.signal(frame, "invocations")
        // 60 and 30 calls in two minutes; the third minute is not over.
        #expect(signal.values.count == frame.window.steps && signal.values.last == 45)
    }

    @Test("with less than a call in five minutes, errors are those of the newest quarter of an hour or hour with calls")
    func olderErrors() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for (name, values) in [("Invocations", [1, 1, 1]), ("Errors", [0, 1, 0])] as [(String, [Double?])] {
            try PurserFixture.record([values[0]], of: name, from: Self.start - 1500, in: store)
            try PurserFixture.record([values[1]], of: name, from: Self.start, in: store)
        }
        for (at, now, span) in [(Self.start + 600, 100, 900), (Self.start + 1800, 50, 3600)] {
            let signal = try DashBuilderTests.signal(try DashBuilderTests.frame(store, at: at), "errors")
            #expect(signal.now == Double(now) && signal.nowTime == at - span..<at)
        }
    }

    @Test("throttled requests are counted once, however often they were tried")
    func throttled() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let samples = [0, 4, 4, 1, 0].compactMap { Distribution(value: $0) }
        let four = samples.reduce(into: Distribution.empty) { $0.merge($1) }
        try PurserFixture.record([four], of: "Throttles", from: Self.start + 540, in: store)
        let signal = try DashBuilderTests.signal(try DashBuilderTests.frame(store), "throttled")
        #expect(signal.values.last == 3 && signal.now == 0.6 && !signal.isPart)
    }

    @Test("a row is in alarm while an alarm on its metrics is; one on calls is about the row of the calls")
    func inAlarm() throws {
        let share = """
            {"AlarmName": "share", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
             "Metrics": [
              {"Id": "e", "ReturnData": false, "MetricStat": {"Stat": "Sum", "Period": 60,
               "Metric": {"Namespace": "ChatService", "MetricName": "Errors"}}},
              {"Id": "i", "ReturnData": false, "MetricStat": {"Stat": "Sum", "Period": 60,
               "Metric": {"Namespace": "ChatService", "MetricName": "Invocations"}}},
              {"Id": "s", "Expression": "100 * e / i"}]}
            """
        let calls = """
            {"AlarmName": "calls", "Namespace": "ChatService", "MetricName": "Invocations", "Statistic": "Sum", "Period": 60,
             "EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold"}
            """
        for (json, name) in [(share, "errors"), (calls, "invocations")] {
            let folder = try TemporaryFolder()
            let store = try folder.store()
            try PurserFixture.record([1, 1, 1, 1], of: "Invocations", from: Self.start, in: store)
            try PurserFixture.record([1, 1, 1, 1], of: "Errors", in: store)
            let alarm = try #require(AlarmDefinition.read(json: json, file: "a.json").definition)
            let time = Self.start + 240
            _ = try PurserFixture.evaluator(store, [alarm]).run(at: time, ran: time)
            let rows = try DashBuilderTests.frame(store, [alarm], at: time).signals.filter(\.isInAlarm).map(\.name)
            #expect(rows == [name])
        }
    }

    @Test("a quiet service whose programs are alive has no calls, one whose programs have stopped has no data")
    func quiet() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], of: "Invocations", from: Self.start - 3600, in: store)
        // Nothing says whether anything recorded after the call.
        var frame = try DashBuilderTests.frame(store)
        #expect(try DashBuilderTests.signal(frame, "invocations").values == Array(repeating: nil, count: 10))
        #expect(frame.newestHeartbeat == nil)

        for minute in 0...3 { try store.beat("daemon", at: Self.start + minute * 60) }
        frame = try DashBuilderTests.frame(store)
        // Two minutes after the last heartbeat nothing is known.
        #expect(
            try DashBuilderTests.signal(frame, "invocations").values == Array(repeating: 0, count: 6)
                + Array(repeating: nil, count: 4)
        )
        #expect(
            try DashBuilderTests.signal(frame, "refused").values[0] == 0
                && DashBuilderTests.signal(frame, "errors").values[0] == nil
        )
        #expect(frame.newestHeartbeat == Self.start + 180)
        #expect(try DashBuilderTests.signal(frame, "invocations").now == nil)

        for minute in 4...10 { try store.beat("daemon", at: Self.start + minute * 60) }
        frame = try DashBuilderTests.frame(store)
        #expect(try DashBuilderTests.signal(frame, "invocations").now == 0)
        #expect(frame.newestHeartbeat == frame.at && frame.newestData == Self.start - 3590)
        // A heartbeat of later says nothing about an earlier time.
        #expect(try DashBuilderTests.frame(store, at: Self.start - 60).newestHeartbeat == nil)
    }

    @Test("before any heartbeat, a count is 0 between two calls, and unknown before the first and long after the last")
    func betweenCalls() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1, nil, nil, 1], of: "Invocations", from: Self.start + 120, in: store)
        let values = try DashBuilderTests.signal(try DashBuilderTests.frame(store), "invocations").values
        // Two minutes after the newest data it is stale.
        #expect(values == [nil, nil, 1, 0, 0, 1, 0, 0, nil, nil])
    }

    @Test("after the last data a count is unknown, however long a step is")
    func longSteps() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1, 1, 1], of: "Invocations", every: 3600, in: store)
        let at = Self.start + 7 * 86_400
        for hours in [24 * 7, 24 * 30] {
            let frame = try DashBuilder(reader: MetricReader(store: store, quota: nil), alarms: [], budget: nil)
                .frame(from: at - hours * 3600, to: at, at: at, region: nil)
            let values = try DashBuilderTests.signal(frame, "invocations").values
            #expect(!values.contains(0) && values.last == .some(nil), "\(hours) h: \(values)")
        }
    }

    @Test("refused requests are those that did not reach the model, whatever their status")
    func refused() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 1, 0, 0, nil], of: "ClientErrors", in: store)
        try PurserFixture.record([nil, nil, 1, nil, nil], of: "UnavailableRequests", in: store)
        try PurserFixture.record([nil, nil, 1, 1, nil], of: "LedgerErrors", in: store)
        let refused = try DashBuilderTests.signal(try DashBuilderTests.frame(store), "refused")
        #expect(refused.values.prefix(5) == [0, 1, 2, 1, nil] && refused.kind == .refusals)
    }

    @Test("errors are a percentage of the invocations, and missing if there are none")
    func errors() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let counts = [8, 8, 8, nil, nil].map { $0.flatMap { Distribution(value: 1, count: $0) } }
        try PurserFixture.record(counts, of: "Invocations", from: Self.start, in: store)
        try PurserFixture.record([0, 2, nil, 5], of: "Errors", in: store)
        // A minute of zeros from an exporter must not lead to a division by zero.
        try PurserFixture.record([0, 0], of: "Invocations", from: Self.start + 300, in: store)
        try PurserFixture.record([0, 1], of: "Errors", from: Self.start + 300, in: store)
        let frame = try DashBuilderTests.frame(store)
        let errors = try DashBuilderTests.signal(frame, "errors")
        #expect(errors.format == .percent && !errors.isPart)
        #expect(errors.values == [0, 25, 0] + Array(repeating: nil, count: 7))
        #expect(frame.newestData == Self.start + 370)
    }

    @Test(
        "each shipped alarm is about the row that it explains",
        arguments: [
            ("error-rate", ["errors"]), ("error-rate-low-traffic", ["errors"]), ("server-errors", ["errors"]),
            ("refused-requests", ["refused"]), ("refused-requests-low-traffic", ["refused"]),
            ("budget-used-up", ["refused"]), ("quota-used-up", ["refused"]), ("unpriced-requests", ["refused"]),
            ("ledger-unwritable", ["refused"]), ("latency-p99", []), ("month-cost", []), ("quota-80-percent", []),
            ("dead-letters", []), ("cost-anomaly", []), ("cache-write-trap", []), ("tpm-quota-80-percent", []),
        ]
    )
    func shippedAlarms(name: String, rows: [String]) throws {
        let text = try Repository.text("alarms/\(name).json")
        let alarm = try #require(AlarmDefinition.read(json: text, file: name).definition)
        #expect(DashSignalRow.all.filter { $0.isWatched(by: alarm) }.map(\.name) == rows)
    }
}
