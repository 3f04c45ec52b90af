import PurserCore
import Testing

@Suite struct AlarmWordsTests {
    @Test(
        "numbers are written as Java writes them",
        arguments: [
            (50, "50.0"), (0, "0.0"), (-0.0, "-0.0"), (1e9, "1.0E9"), (1e-4, "1.0E-4"), (0.001, "0.001"),
            (0.00099, "9.9E-4"),
            (9_999_999, "9999999.0"), (1e7, "1.0E7"), (12_345_678.9, "1.23456789E7"), (0.1, "0.1"), (100, "100.0"),
            (1.0 / 3, "0.3333333333333333"), (-21.5, "-21.5"), (1e21, "1.0E21"), (1.5e300, "1.5E300"),
            (84.93923823723915, "84.93923823723915"), (1_234_567.5, "1234567.5"), (2e-3, "0.002"), (1e16, "1.0E16"),
            (.infinity, "Infinity"), (.nan, "NaN"),
        ] as [(Double, String)]
    )
    func javaNumbers(value: Double, expected: String) {
        #expect(JavaNumber.text(value) == expected)
        if value.isFinite { #expect(Double(JavaNumber.text(value)) == value) }
    }

    /// Returns the reason for values that end in the period that begins at 11:58.
    private static func reason(_ values: [Double?], _ condition: AlarmCondition) throws -> String {
        let alarm = AlarmFixture.alarm(condition)
        return try #require(try AlarmFixture.evaluate(values, alarm, previous: .insufficientData).reason)
    }

    @Test("a reason names the deciding datapoints, newest first, and the minimum for the transition")
    func datapointsToAlarm() throws {
        let condition = AlarmFixture.condition(2, of: 3)
        #expect(
            try Self.reason([0, 0, 100, 0, 100], condition)
                == "Threshold Crossed: 2 out of the last 3 datapoints [100.0 (14/09/26 11:58:00), 100.0 (14/09/26 11:56:00)] were greater than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition)."
        )
        #expect(
            try Self.reason([0, 0, 0, 100, 0], condition)
                == "Threshold Crossed: 2 out of the last 3 datapoints [0.0 (14/09/26 11:58:00), 0.0 (14/09/26 11:56:00)] were not greater than the threshold (50.0) (minimum 2 datapoints for ALARM -> OK transition)."
        )
        #expect(
            try Self.reason([0, 0, 100, 100, 0], AlarmFixture.condition(3, of: 3))
                == "Threshold Crossed: 1 out of the last 3 datapoints [0.0 (14/09/26 11:58:00)] was not greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition)."
        )
    }

    @Test("without DatapointsToAlarm the reason has neither a share nor a minimum")
    func withoutDatapointsToAlarm() throws {
        #expect(
            try Self.reason([0, 0, 21.5], AlarmFixture.condition(nil, of: 1, threshold: 21))
                == "Threshold Crossed: 1 datapoint [21.5 (14/09/26 11:58:00)] was greater than the threshold (21.0)."
        )
        #expect(
            try Self.reason([0, 0, 22, 23], AlarmFixture.condition(nil, of: 2, threshold: 21))
                == "Threshold Crossed: 2 datapoints [23.0 (14/09/26 11:58:00), 22.0 (14/09/26 11:57:00)] were greater than the threshold (21.0)."
        )
    }

    @Test("five or more datapoints are counted, and the newest five are listed")
    func manyDatapoints() throws {
        let newest = (0..<5).map { "60.0 (14/09/26 11:\(58 - $0):00)" }.joined(separator: ", ")
        #expect(
            try Self.reason(Array(repeating: 60, count: 32), AlarmFixture.condition(30, of: 30, threshold: 20))
                == "Threshold Crossed: 30 out of the last 30 datapoints were greater than the threshold (20.0). The most recent datapoints which crossed the threshold: [\(newest)] (minimum 30 datapoints for OK -> ALARM transition)."
        )
        #expect(
            try Self.reason(Array(repeating: 60, count: 7), AlarmFixture.condition(nil, of: 5, threshold: 20))
                == "Threshold Crossed: 5 datapoints were greater than the threshold (20.0). The most recent datapoints which crossed the threshold: [\(newest)]."
        )
    }

    @Test("a reason says how missing datapoints were treated")
    func missingDatapoints() throws {
        #expect(
            try Self.reason([nil, nil, 100, 100, nil], AlarmFixture.condition(3, of: 3, .breaching))
                == "Threshold Crossed: 2 out of the last 3 datapoints [100.0 (14/09/26 11:57:00), 100.0 (14/09/26 11:56:00)] were greater than the threshold (50.0) and 1 missing datapoint was treated as [Breaching] (minimum 3 datapoints for OK -> ALARM transition)."
        )
        #expect(
            try Self.reason([nil, nil, nil, nil, 613], AlarmFixture.condition(1, of: 3, .notBreaching))
                == "Threshold Crossed: 1 out of the last 3 datapoints [613.0 (14/09/26 11:58:00)] was greater than the threshold (50.0) and 2 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition)."
        )
        #expect(
            try Self.reason([nil, nil, nil, nil, 2], AlarmFixture.condition(nil, of: 2, .breaching))
                == "Threshold Crossed: 1 datapoint [2.0 (14/09/26 11:58:00)] was not greater than the threshold (50.0) and 1 missing datapoint was treated as [Breaching]."
        )
        #expect(
            try Self.reason([nil, nil, nil, nil], AlarmFixture.condition(2, of: 2, .breaching))
                == "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]."
        )
        #expect(
            try Self.reason([nil, nil, nil], AlarmFixture.condition(1, of: 1, .notBreaching))
                == "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching]."
        )
        #expect(
            try Self.reason([nil, nil, nil, nil, 0], AlarmFixture.condition(2, of: 3, .breaching))
                == "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching]."
        )
        #expect(
            try Self.reason([nil, nil, nil], AlarmFixture.condition(3, of: 3))
                == "Insufficient Data: 3 datapoints were unknown."
        )
        #expect(
            try Self.reason([nil], AlarmFixture.condition(1, of: 1, .missing))
                == "Insufficient Data: 1 datapoint was unknown."
        )
    }

    @Test(
        "every comparison has its own wording",
        arguments: [
            (.greater, "greater than"), (.greaterOrEqual, "greater than or equal to"), (.less, "less than"),
            (.lessOrEqual, "less than or equal to"),
        ] as [(AlarmComparison, String)]
    )
    func comparisonWords(comparison: AlarmComparison, words: String) throws {
        var condition = AlarmFixture.condition(1, of: 1)
        condition.comparison = comparison
        #expect(try Self.reason([50, 50, 1], condition).contains(" \(words) the threshold (50.0)"))
    }

    @Test("the reason of an alarm that was never evaluated says so")
    func initialReason() {
        #expect(StateReason.initial == "Unchecked: Initial alarm creation")
    }

    private static func data(
        _ values: [Double?],
        _ alarm: AlarmDefinition,
        at time: Timestamp = AlarmFixture.noon + 7.551
    ) throws -> String {
        try #require(try AlarmFixture.evaluate(values, alarm, previous: .insufficientData, at: time).reasonData)
    }

    @Test("the reason data has the same keys as CloudWatch's, in the same order")
    func reasonData() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(2, of: 3), statistic: .percentile(90), unit: .seconds)
        #expect(
            try Self.data([0, 0, 100, nil, 100], alarm)
                == #"{"version":"1.0","queryDate":"2026-09-14T12:00:07.551+0000","startDate":"2026-09-14T11:55:00.000+0000","unit":"Seconds","statistic":"p90","period":60,"recentDatapoints":[0.0,100.0,null,100.0],"threshold":50.0,"evaluatedDatapoints":[{"timestamp":"2026-09-14T11:58:00.000+0000","sampleCount":1.0,"value":100.0},{"timestamp":"2026-09-14T11:56:00.000+0000","sampleCount":1.0,"value":100.0}]}"#
        )
    }

    @Test("without data there is no startDate, and every evaluated datapoint is a missing period")
    func reasonDataWithoutData() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(2, of: 3), statistic: .average)
        #expect(
            try Self.data([nil], alarm)
                == #"{"version":"1.0","queryDate":"2026-09-14T12:00:07.551+0000","statistic":"Average","period":60,"recentDatapoints":[],"threshold":50.0,"evaluatedDatapoints":[{"timestamp":"2026-09-14T11:58:00.000+0000"},{"timestamp":"2026-09-14T11:57:00.000+0000"}]}"#
        )
    }

    @Test("evaluatedDatapoints has as many entries as the state needs, newest first, whether they are real or missing")
    func evaluatedDatapoints() throws {
        func timestamps(_ values: [Double?], _ condition: AlarmCondition) throws -> [String] {
            let json = try JSONValue(parsing: try Self.data(values, AlarmFixture.alarm(condition)))
            return try #require(json["evaluatedDatapoints"]?.array).map { point in
                let minute = try #require(point["timestamp"]?.string).dropFirst(14).prefix(2)
                return minute + (point["value"] == nil ? "" : "=\(try #require(point["value"]?.double))")
            }
        }
        #expect(try timestamps([nil, nil, 9, nil, 100], AlarmFixture.condition(3, of: 3, .breaching)) == ["56=9.0"])
        #expect(
            try timestamps([nil, nil, 100, nil, 100], AlarmFixture.condition(3, of: 3, .breaching))
                == ["58=100.0", "57", "56=100.0"]
        )
        #expect(try timestamps([1, 2, 3, 4, 5], AlarmFixture.condition(2, of: 3)) == ["58=5.0", "57=4.0"])
        #expect(
            try timestamps([nil, nil, nil, nil, 100], AlarmFixture.condition(2, of: 3, .notBreaching)) == ["57", "56"]
        )
    }

    @Test("metric math has neither a statistic nor sample counts")
    func reasonDataOfMath() throws {
        let alarm = try AlarmMathFixture.errorRate()
        let data = try AlarmMathFixture.data([(0, 90), (0, 95), (8, 100), (9, 100), (1, 100), (0, 80), (12, 120)])
        let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon)
        #expect(
            evaluation.reasonData
                == #"{"version":"1.0","queryDate":"2026-09-14T12:00:00.000+0000","startDate":"2026-09-14T11:55:00.000+0000","period":60,"recentDatapoints":[8.0,9.0,1.0,0.0,10.0],"threshold":5.0,"evaluatedDatapoints":[{"timestamp":"2026-09-14T11:59:00.000+0000","value":10.0},{"timestamp":"2026-09-14T11:56:00.000+0000","value":9.0},{"timestamp":"2026-09-14T11:55:00.000+0000","value":8.0}]}"#
        )
    }
}

/// Returns the time that many seconds later, rounded to milliseconds.
private func + (time: Timestamp, seconds: Double) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds + Int64((seconds * 1000).rounded()))
}
