import PurserCore
import TestSupport
import Testing

/// The words that a screen shows beside an alarm's state.
@Suite struct AlarmSummaryTests {
    private static let metrics = (
        e:
            #"{"Id": "e", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "E"}, "Period": 60, "Stat": "Sum", "Unit": "UNIT"}, "ReturnData": false}"#,
        i:
            #"{"Id": "i", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "I"}, "Period": 60, "Stat": "Sum", "Unit": "Count"}, "ReturnData": false}"#
    )

    private static func alarm(_ expression: String, unit: MetricUnit) throws -> AlarmDefinition {
        try AlarmFixture.read(
            """
            {"AlarmName": "a", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
             "Metrics": [\(metrics.e.replacing("UNIT", with: unit.rawValue)), \(metrics.i),
             {"Id": "r", "Expression": "\(expression)", "ReturnData": true}]}
            """
        )
    }

    @Test(
        "a result of metric math has the unit that follows from its arithmetic, and none in doubt",
        arguments: [
            ("100*e/i", .count, .percent), ("e/i*100", .count, .percent), ("e*100/i", .count, .percent),
            ("100 - 100*e/i", .count, .percent), ("100*(1-e/i)", .count, .percent), ("e*100/(e+i)", .count, .percent),
            ("IF(i>10, 100*e/i, 0)", .count, .percent), ("FILL(100*e/i, 0)", .count, .percent),
            ("MAX([100*e/i, 100*i/e])", .count, .percent), ("MAX([100*e/i, e/i])", .count, nil),
            ("100*FILL(e,0)/i", .count, .percent),
            ("e/i", .count, nil), ("1000*e/i", .count, nil), ("100*e", .count, nil), ("100/e", .count, nil),
            ("100*e/i", .seconds, nil), ("100*e/i/i", .count, nil), ("100*e*e/i", .count, nil), ("e > i", .count, nil),
            ("(100*e/i)^2", .count, nil), ("100*(e/i)^0.5", .count, nil), ("RATE(e)", .count, nil),
            ("IF(i>10, 100*e/i, e/i)", .count, nil), ("100*e/i + e", .count, nil), ("LOG(e)", .count, nil),
            ("e+i", .count, .count), ("e", .seconds, .seconds), ("FILL(e, 0)", .seconds, .seconds),
            ("e + 1", .seconds, .seconds), ("e/2", .seconds, nil), ("e - i", .seconds, nil), ("ABS(e)", .bytes, .bytes),
            ("e", .percent, .percent), ("e/100", .percent, nil), ("100*(e/100)", .percent, .percent),
            ("100*e/i", .none, nil),
        ] as [(String, MetricUnit, MetricUnit?)]
    )
    func units(expression: String, unit: MetricUnit, expected: MetricUnit?) throws {
        #expect(try Self.alarm(expression, unit: unit).unit == expected)
    }

    @Test(
        "the shipped alarms on shares are in percent, those on latency in seconds, and statistics that count or rank do not have the metric's unit"
    )
    func shippedUnits() throws {
        let shares = ["error-rate", "server-errors", "refused-requests"]
        for (name, text) in try AlarmFixture.shippedFiles() where text.contains("(n*n)") {
            let unit = shares.contains { name.contains($0) } ? MetricUnit.percent : .seconds
            #expect(try AlarmFixture.read(text).unit == unit, "\(name)")
        }
        let condition = AlarmFixture.condition(1, of: 1)
        for (statistic, unit) in [
            (Statistic.maximum, MetricUnit.seconds), (.sampleCount, .count),
            (.percentileRank(above: 10, upTo: nil), .percent),
        ] {
            #expect(AlarmFixture.alarm(condition, statistic: statistic, unit: .seconds).unit == unit)
        }
    }

    @Test(
        "a value and its threshold are never written alike unless they are equal",
        arguments: [
            (0.0055, 0.005, "0.0055 > 0.005"), (0.0051, 0.005, "0.0051 > 0.005"), (5.001, 5, "5.001 > 5"),
            (5.0000001, 5, "5.0000001 > 5"), (22.2222, 5, "22.22 > 5"), (0.126, 0.125, "0.126 > 0.125"),
            (99.95, 99.9, "99.95 > 99.9"), (1e-9, 0, "1.0E-9 > 0"), (6, 5, "6 > 5"),
            (1_000_001, 1e6, "1000001 > 1000000"),
        ]
    )
    func comparisons(value: Double, threshold: Double, expected: String) throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1, threshold: threshold))
        #expect(try AlarmFixture.evaluate([value], alarm).summary(of: alarm) == expected + ", 1 of 1 x 1m")
    }

    @Test("the words name the datapoints that decided if the newest value alone would contradict the state")
    func contradictions() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(3, of: 5, threshold: 5), unit: .percent)
        func words(_ values: [Double?], previous: AlarmState = .ok) throws -> String {
            try AlarmFixture.evaluate(values, alarm, previous: previous).summary(of: alarm)
        }
        #expect(try words([9, 9, 9, 9, 2]) == "4 of the last 5 x 1m above 5 %, newest 2 %")
        #expect(try words([2, 2, 2, 2, 50]) == "1 of the last 5 x 1m above 5 %, 3 needed")
        #expect(try words([9, 2, 2, 9, 2]) == "2 % <= 5 %, 2 of 5 x 1m, 3 needed")
        #expect(try words([9, 9, 2, 2, 9]) == "9 % > 5 %, 3 of 5 x 1m")
        let breaching = AlarmFixture.alarm(AlarmFixture.condition(3, of: 5, .breaching, threshold: 5))
        let seen = try AlarmFixture.evaluate([nil, nil, nil, nil, 9, 2, nil], breaching)
        #expect(seen.state == .alarm)
        #expect(seen.summary(of: breaching) == "1 of the last 5 x 1m above 5, 3 missing count as breaching, newest 2")
    }

    @Test("if only missing data makes the alarm, the words say so")
    func missingOnly() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(3, of: 3, .breaching, threshold: 5))
        let seen = try AlarmFixture.evaluate([nil, nil, nil, nil, nil], alarm)
        #expect(seen.state == .alarm && seen.summary(of: alarm) == "no data, 3 missing count as breaching")
    }

    @Test(
        "values of metrics of money are in dollars, with as many decimals as tell them from the threshold",
        arguments: [
            ("ChatService", "MonthToDateCost", 1.26e-4, 25, "$0.000126 <= $25.00"),
            ("ChatService", "MonthToDateCost", 25.004, 25, "$25.004 > $25.00"),
            ("ChatService", "Latency", 1.26e-4, 25, "1.26E-4 <= 25"),
        ]
    )
    func dollars(namespace: String, name: String, value: Double, threshold: Double, expected: String) throws {
        let alarm = try AlarmFixture.read(
            """
            {"AlarmName": "a", "EvaluationPeriods": 1, "Threshold": \(threshold), "Period": 60, "Statistic": "Maximum",
             "ComparisonOperator": "GreaterThanThreshold", "Namespace": "\(namespace)", "MetricName": "\(name)"}
            """
        )
        #expect(try Self.summary(alarm, value) == expected + ", \(value > threshold ? 1 : 0) of 1 x 1m")
    }

    /// Returns the words for an alarm whose metric has one value in each of the last minutes.
    private static func summary(_ alarm: AlarmDefinition, _ value: Double) throws -> String {
        let slots = try (0..<5).map {
            Slot(start: AlarmFixture.noon + $0 * 60, distribution: try #require(Distribution(value: value)))
        }
        let data = AlarmData([try #require(alarm.metricReferences.first): SlotSeries(slots)])
        return alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon + 310).summary(of: alarm)
    }

    @Test("no words contradict the state, whatever the data", arguments: UInt64(1)...6)
    func neverContradict(seed: UInt64) throws {
        var random = TestRandom(seed)
        for _ in 0..<300 {
            let periods = Int.random(in: 1...5, using: &random)
            var condition = AlarmFixture.condition(
                Int.random(in: 1...periods, using: &random),
                of: periods,
                threshold: 5
            )
            condition.treatMissingData = MissingDataTreatment.allCases.randomElement(using: &random)
            condition.comparison =
                [.greater, .greaterOrEqual, .less, .lessOrEqual].randomElement(using: &random) ?? .less
            let alarm = AlarmFixture.alarm(condition)
            let choices: [Double?] = [nil, 4, 5, 6]
            let values = (0..<periods + 2).map { _ in choices.randomElement(using: &random) ?? nil }
            let previous = AlarmState.allCases.randomElement(using: &random) ?? .ok
            let evaluation = try AlarmFixture.evaluate(values, alarm, previous: previous)
            let words = evaluation.summary(of: alarm)
            let sign =
                switch condition.comparison {
                case .greater: ">"
                case .greaterOrEqual: ">="
                case .less: "<"
                default: "<="
                }
            let comparison = String(words.prefix { $0 != "," })
            let note = Comment("seed \(seed): \(values), \(condition), \(evaluation.state): \(words)")
            guard comparison.contains(#/ [<>]=? /#) else { continue }
            #expect(comparison.hasSuffix(" \(sign) 5") == (evaluation.state == .alarm), note)
        }
    }
}
