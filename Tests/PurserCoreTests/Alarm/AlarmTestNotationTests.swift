import PurserCore
import TestSupport
import Testing

/// The notation of scripted alarm tests, and the failures they report.
@Suite struct AlarmTestNotationTests {
    private static func faults(_ text: String) -> [String] {
        do throws(Diagnostics) {
            _ = try AlarmTest.read(text, file: "a.test")
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    private static let alarm = """
        {"AlarmName":"jobs","AlarmActions":["${TopicArn}"],"Namespace":"App","MetricName":"Jobs","Statistic":"Sum",
        "Unit":"Count","Period":60,"EvaluationPeriods":1,"Threshold":5,"ComparisonOperator":"GreaterThanThreshold",
        "TreatMissingData":"notBreaching"}
        """

    private static func run(_ text: String, alarm: String = alarm) throws -> AlarmTestResult {
        let tests = try AlarmTest.read(text, file: "a.test")
        return try #require(tests.first).run([try AlarmFixture.read(alarm, parameters: [:])])
    }

    @Test("every test shipped with the alarms passes, and every alarm has a test that fires it")
    func shipped() throws {
        let alarms = try TestAlarms.read(AlarmFixture.shippedFiles())
        var fired: Set<String> = []
        for file in EmbeddedFile.all(in: "alarms") where file.path.hasSuffix(".test") {
            for test in try AlarmTest.read(file.text, file: file.path) {
                let result = try test.run(alarms)
                #expect(result.isPassed, "\(test.name): \(result.failures)")
                for expectation in test.expectations {
                    switch expectation.kind {
                    case .changes(let moments), .told(let moments):
                        if moments.contains(where: { $0.state == .alarm }) { fired.insert(expectation.alarm) }
                    case .state, .tells: break
                    }
                }
            }
        }
        let isTested = alarms.map(\.name).filter { fired.contains($0) }
        #expect(isTested == alarms.map(\.name))
    }

    @Test(
        "a fault is reported with its line, its column and what is allowed",
        arguments: [
            ("expect +1m a OK", "a.test:1:1: `expect` is before the first `test \"name\"`"),
            ("test \"a\"\n expext +1m a OK", "a.test:2:2: `expext` is not a statement; allowed: test, start, step"),
            ("test \"a\"\nexpect 8m a OK", "a.test:2:8: `8m` is not allowed; allowed: a time after the start"),
            ("test \"a\"\nexpect +5s a OK", "a.test:2:8: `+5s` is not allowed"),
            ("test \"a\"\nexpect +1m30m a OK", "a.test:2:8: `+1m30m` is not allowed"),
            (
                "test \"a\"\nexpect +8m a FINE",
                "a.test:2:14: `FINE` is not a state; allowed: OK, ALARM, INSUFFICIENT_DATA"
            ),
            ("test \"a\"\nexpect +8m a OK because", "a.test:2:17: the line must end here"),
            ("test \"a\"\nexpect +8m a", "a.test:2:13: a state (OK, ALARM, INSUFFICIENT_DATA) is missing"),
            ("test \"a\"\nseries N M unit=Pounds 1", "a.test:2:12: `unit=Pounds` is not a unit; allowed: Seconds"),
            ("test \"a\"\nseries N M {A} 1", "a.test:2:12: `A` is not a dimension"),
            ("test \"a\"\nseries N M {A=1 1", "a.test:2:12: `{` is never closed"),
            ("test \"a\"\nseries N M 1 one", "a.test:2:14: `one` is not a value; allowed: a number, value*count"),
            ("test \"a\"\nseries N M 1 2,3*x", "a.test:2:19: `` is not a repeat count"),
            ("test \"a\"\nseries N M 1,,2", "a.test:2:14: `` is not a value"),
            ("test \"a\"\nseries N M 1*0", "a.test:2:12: `1*0` is not a value"),
            ("test \"a\"\nseries N M 1..2/0", "a.test:2:12: `1..2/0` is not a range"),
            ("test \"a\"\nseries N M 1\nseries N M 1", "a.test:3:8: the series is already on line 2"),
            ("test \"a\"\nseries N M", "a.test:2:11: a value is missing"),
            ("test \"a\"\nstart noon", "a.test:2:7: `noon` is not allowed; allowed: a whole minute in ISO 8601"),
            ("test \"a\"\nstep 7s", "a.test:2:6: `7s` is not allowed; allowed: a length of time such as 10s or 1m"),
            ("test \"a\"\nchanges a +2m OK, +1m ALARM", "a.test:2:19: the moments must be in ascending order"),
            ("test a", "a.test:1:6: `a` is not allowed; allowed: a name in quotation marks"),
            ("test \"a", "a.test:1:6: the quotation mark is never closed"),
            ("test \"a\"", "a.test:1:1: the test `a` has no expectation"),
            ("", "a.test:1:1: there is no test in this file"),
        ]
    )
    func faults(text: String, fault: String) {
        let faults = Self.faults(text)
        #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
    }

    @Test("all faults in a file are reported together")
    func allFaults() {
        #expect(Self.faults("test \"a\"\nstep 7s\nexpect 8m a OK\nexpect +1m a OK").count == 2)
    }

    @Test(
        "repeats, gaps, several samples per slot, and rising and falling ranges become slots",
        arguments: [
            ("6", "+2m ALARM, +3m OK"), ("0x2 6", "+4m ALARM, +5m OK"), ("_x2 6x2", "+4m ALARM, +6m OK"),
            ("2,2*2", "+2m ALARM, +3m OK"), ("2,3", "none"), ("4..7", "+4m ALARM, +6m OK"),
            ("7..4", "+2m ALARM, +4m OK"), ("0..9/3", "+4m ALARM, +6m OK"),
            ("0..6/6x2", "+3m ALARM, +4m OK, +5m ALARM, +6m OK"),
            ("1e1", "+2m ALARM, +3m OK"),
        ]
    )
    func values(values: String, changes: String) throws {
        let result = try Self.run("test \"a\"\nseries App Jobs unit=Count \(values) 0x5 # 100\nchanges jobs \(changes)")
        #expect(result.isPassed, "\(result.failures)")
    }

    @Test("a failed expectation reports the expected result, the actual one and the datapoints seen")
    func failure() throws {
        let result = try Self.run(
            """
            test "a"
              series App Jobs unit=Count 0 7 0
              expect +3m jobs OK
              expect +3m jobs ALARM reason "Threshold Crossed: 2"
              tells +4m jobs OK
              changes jobs none
            """
        )
        #expect(result.failures.map(\.line) == [3, 4, 5, 6])
        #expect(result.failures[0].expected == "+3m jobs OK")
        #expect(result.failures[0].actual.hasPrefix("ALARM since +3m: Threshold Crossed: 1 datapoint [7.0"))
        #expect(result.failures[0].seen == "7 > 5, 1 of 1 x 1m: 7.0 (+1m)")
        // The OK sends no message, because the alarm has no OKActions.
        #expect(result.failures[2].actual == "told +3m ALARM")
        #expect(result.failures[3].actual == "+3m ALARM, +4m OK")
    }

    @Test("an alarm that does not exist and a series that no alarm reads are reported as faults")
    func unbound() throws {
        #expect(throws: Diagnostics.self) { try Self.run("test \"a\"\nexpect +1m job OK") }
        do throws(Diagnostics) {
            let text = "test \"a\"\nseries App Jobs 9\nexpect +1m jobs OK"
            let alarms = [try? AlarmFixture.read(Self.alarm, parameters: [:])].compactMap(\.self)
            for test in try AlarmTest.read(text, file: "a.test") { _ = try test.run(alarms) }
            Issue.record("a series without the alarm's unit was accepted")
        } catch {
            #expect(error.description.contains("a.test:2:8: no alarm of this test reads this series"))
            #expect(error.description.contains("they read: App Jobs unit=Count"))
        }
    }

    @Test("a high-resolution alarm is evaluated every ten seconds, on ten-second slots")
    func highResolution() throws {
        let result = try Self.run(
            "test \"a\"\nstep 10s\nseries App Jobs unit=Count 0x6 9 0x6\nchanges jobs +1m20s ALARM, +1m30s OK",
            alarm: Self.alarm.replacing("\"Period\":60", with: "\"Period\":10")
        )
        #expect(result.isPassed, "\(result.failures)")
    }
}

/// The user guide's six examples of a suppressor with a wait period of two units and an extension period of three, here
/// in minutes. t0 is +10m, long after the first evaluation.
@Suite struct SuppressorTimelineTests {
    private static func child(_ name: String) -> String {
        """
        {"AlarmName":"\(name)","Metrics":[{"Id":"m","MetricStat":{"Metric":{"Namespace":"App","MetricName":"\(name)"},
        "Period":60,"Stat":"Maximum"},"ReturnData":false},{"Id":"r","Expression":"m*1"}],"EvaluationPeriods":1,
        "Threshold":0,"ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"notBreaching"}
        """
    }

    private static let page = """
        {"AlarmName":"page","AlarmRule":"ALARM(inner)","ActionsSuppressor":"works","ActionsSuppressorWaitPeriod":120,
        "ActionsSuppressorExtensionPeriod":180,"AlarmActions":["${TopicArn}"],"OKActions":["${TopicArn}"]}
        """

    @Test(
        "a suppressor holds actions back and releases them as in the user guide's examples",
        arguments: [
            (1, "0x11 1x10", "0x21", "+12m ALARM", "+2m OK, +14m ALARM"),
            (2, "0x11 1x10", "0x12 1x9", "+12m ALARM", "+2m OK"),
            (3, "0x11 1 0x9", "0x21", "+12m ALARM, +13m OK", "+2m OK, +15m OK"),
            (4, "0x11 1x10", "0x5 1x16", "+12m ALARM", "+2m OK"),
            (5, "0x11 1x15", "0x12 1x3 0x11", "+12m ALARM", "+2m OK, +19m ALARM"),
            (6, "0x11 1x5 0x10", "0x12 1x3 0x11", "+12m ALARM, +17m OK", "+2m OK, +19m OK"),
        ]
    )
    func example(number: Int, inner: String, works: String, changes: String, told: String) throws {
        let files = [Self.child("inner"), Self.child("works"), Self.page].enumerated()
        let alarms = try TestAlarms.read(files.map { ("\($0).json", $1) })
        let text = """
            test "example \(number)"
              series App inner \(inner)
              series App works \(works)
              changes page \(changes)
              told page \(told)
              until +20m
            """
        let result = try #require(try AlarmTest.read(text, file: "guide.test").first).run(alarms)
        #expect(result.isPassed, "\(result.failures)")
    }
}
