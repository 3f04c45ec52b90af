import PurserCore
import Testing

@Suite struct AlarmEvaluationTests {
    @Test(
        "the evaluation range is a few periods longer than EvaluationPeriods and ends on a step boundary",
        arguments: [
            // period, evaluation periods, seconds after noon, the end's seconds after noon, periods in the range
            (60, 3, 0, -60, 5), (60, 3, 9, -60, 5), (60, 3, 10, 0, 5), (60, 3, 69, 0, 5), (60, 3, 70, 60, 5),
            (300, 1, 70, 60, 3), (300, 1, 130, 120, 3), (10, 3, 5, -10, 9), (10, 3, 20, 10, 9), (20, 2, 45, 20, 5),
            (30, 2, 45, 30, 4), (3600, 25, 3599, 0, 27), (3600, 25, 3609, 0, 27), (3600, 25, 3610, 3600, 27),
            (3600, 24, 130, 120, 26), (86_400, 7, 7199, 3600, 9),
        ]
    )
    func range(period: Int, periods: Int, seconds: Int, end: Int, count: Int) {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: periods), period: period)
        let range = alarm.evaluationRange(at: AlarmFixture.noon + seconds)
        #expect(range.upperBound == AlarmFixture.noon + end)
        #expect(range.lowerBound == AlarmFixture.noon + end - count * period)
    }

    @Test(
        "the evaluation interval depends on the period and the number of periods",
        arguments: [(10, 3, 10), (30, 2, 10), (60, 3, 60), (3600, 24, 60), (3600, 25, 3600)]
    )
    func interval(period: Int, periods: Int, expected: Int) {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: periods), period: period)
        #expect(alarm.evaluationIntervalSeconds == expected)
    }

    @Test("metric math is not delayed")
    func rangeOfMath() throws {
        let alarm = try AlarmMathFixture.errorRate()
        #expect(alarm.evaluationRange(at: AlarmFixture.noon).upperBound == AlarmFixture.noon)
        #expect(alarm.evaluationRange(at: AlarmFixture.noon + 59).upperBound == AlarmFixture.noon)
    }

    @Test("periods slide with the minute instead of being aligned to multiples of their length")
    func slidingPeriods() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1, threshold: 3.5), statistic: .sum, period: 300)
        // One sample a minute from 11:50 on; a window of five minutes that crosses 11:55 holds five of them.
        let one = try #require(Distribution(value: 1))
        let slots = (0..<20).map { Slot(start: AlarmFixture.noon - 600 + $0 * 60, distribution: one) }
        let data = AlarmData([MetricReference(AlarmFixture.metric): SlotSeries(slots)])
        let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon - 600 + 5 * 60 + 10)
        #expect(evaluation.newestValue == 5)
        #expect(evaluation.datapoints.last?.timestamp == AlarmFixture.noon - 600)
        #expect(alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon - 600 + 3 * 60 + 10).newestValue == 3)
    }

    @Test("ten-second slots from several writers merge into a period")
    func mergedSlots() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1), statistic: .sampleCount)
        var slots: [Slot] = []
        for start in [-60, -60, -50, -10, 0] {
            slots.append(Slot(start: AlarmFixture.noon + start, distribution: try #require(Distribution(value: 2))))
        }
        let data = AlarmData([MetricReference(AlarmFixture.metric): SlotSeries(slots)])
        let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon + 15)
        #expect(evaluation.newestValue == 4)
        #expect(evaluation.newestSampleCount == 4)
    }

    @Test("an alarm with a unit reads only the series of that unit")
    func units() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1), unit: .seconds)
        #expect(alarm.metricReferences == [MetricReference(AlarmFixture.metric, unit: .seconds)])
        let slot = Slot(start: AlarmFixture.noon - 60, distribution: try #require(Distribution(value: 99)))
        let other = AlarmData([MetricReference(AlarmFixture.metric): SlotSeries([slot])])
        #expect(alarm.evaluate(data: other, previous: .alarm, at: AlarmFixture.noon + 10).state == .insufficientData)
    }

    @Test(
        "a percentile of too few samples keeps the state if the alarm asks for it",
        arguments: [
            (99.0, 999, true), (99, 1000, false), (50, 19, true), (50, 20, false), (10, 99, true), (10, 100, false),
            (99.9, 9999, true), (99.9, 10_000, false),
        ]
    )
    func lowSampleCounts(percent: Double, samples: Int, isKept: Bool) throws {
        var condition = AlarmFixture.condition(1, of: 1)
        let slot = Slot(
            start: AlarmFixture.noon - 60,
            distribution: try #require(Distribution(value: 99, count: samples))
        )
        let data = AlarmData([MetricReference(AlarmFixture.metric): SlotSeries([slot])])
        for (treatment, keeps) in [(nil, false), (.evaluate, false), (.ignore, isKept)]
            as [(LowSampleCountTreatment?, Bool)]
        {
            condition.evaluateLowSampleCountPercentile = treatment
            let alarm = AlarmFixture.alarm(condition, statistic: .percentile(percent))
            let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon + 10)
            #expect(evaluation.state == (keeps ? .ok : .alarm))
            #expect((evaluation.reason == nil) == keeps)
            #expect(evaluation.newestSampleCount == samples)
        }
        condition.evaluateLowSampleCountPercentile = .ignore
        let maximum = AlarmFixture.alarm(condition, statistic: .maximum)
        #expect(maximum.evaluate(data: data, previous: .ok, at: AlarmFixture.noon + 10).state == .alarm)
    }

    @Test("samples without a histogram have no percentile, so their period is missing")
    func percentilesOfSummaries() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1), statistic: .percentile(99))
        let summary = try #require(Distribution(count: 5, sum: 500, minimum: 90, maximum: 110))
        let slots = SlotSeries([Slot(start: AlarmFixture.noon - 60, distribution: summary)])
        let data = AlarmData([MetricReference(AlarmFixture.metric): slots])
        let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon + 10)
        #expect(evaluation.state == .insufficientData)
        #expect(evaluation.newestSampleCount == nil)
    }

    @Test(
        "the summary shows the value, the threshold and the counts in the alarm's units",
        arguments: [
            ([11, 10.5, 10.984], 10, MetricUnit.seconds, "10.98s > 10.00s, 3 of 3 x 1m"),
            ([11, 11, 0.5], 10, .seconds, "0.50s <= 10.00s, 2 of 3 x 1m"),
            ([7, 7, 6.6666], 5, nil, "6.67 > 5, 3 of 3 x 1m"),
            ([1, 1, 97.5], 90, .percent, "1 of the last 3 x 1m above 90 %, 3 needed"),
            ([97, 98, 97.5], 90, .percent, "97.5 % > 90 %, 3 of 3 x 1m"),
            ([nil, nil, nil], 5, nil, "no data, 0 of 3 x 1m"),
            ([0, 0, 0], 5, nil, "0 <= 5, 0 of 3 x 1m"), ([0, 0, -1.005], 5, nil, "-1 <= 5, 0 of 3 x 1m"),
            ([0.002, 0.002, 0.001], 0, .seconds, "0.001s > 0.00s, 3 of 3 x 1m"),
        ] as [([Double?], Double, MetricUnit?, String)]
    )
    func summaries(values: [Double?], threshold: Double, unit: MetricUnit?, expected: String) throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(3, of: 3, threshold: threshold), unit: unit)
        let evaluation = try AlarmFixture.evaluate([0, 0] + values, alarm)
        // Older datapoints replace missing ones, so the case without data is evaluated with no earlier datapoints.
        let shown = values.contains(nil) ? try AlarmFixture.evaluate(values, alarm) : evaluation
        #expect(shown.summary(of: alarm) == expected)
    }

    @Test(
        "periods are written in the largest unit that divides them",
        arguments: [(10, "10s"), (60, "1m"), (300, "5m"), (5400, "90m"), (7200, "2h"), (86_400, "1d")]
    )
    func periods(period: Int, expected: String) throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1), period: period)
        #expect(try AlarmFixture.evaluate([1], alarm).summary(of: alarm) == "1 <= 50, 0 of 1 x " + expected)
    }
}

enum AlarmMathFixture {
    /// More than 5 % of the invocations of a minute failed, in three of the last five minutes.
    static let text = """
        {
          "AlarmName": "error-rate",
          "AlarmDescription": "Runbook: docs/runbooks/error-rate.md",
          "OKActions": ["${TopicArn}"],
          "AlarmActions": ["${TopicArn}"],
          "Metrics": [
            {
              "Id": "e",
              "Label": "errors",
              "MetricStat": {
                "Metric": { "Namespace": "ChatService", "MetricName": "Errors" },
                "Period": 60, "Stat": "Sum", "Unit": "Count"
              },
              "ReturnData": false
            },
            {
              "Id": "i",
              "Label": "invocations",
              "MetricStat": {
                "Metric": { "Namespace": "ChatService", "MetricName": "Invocations" },
                "Period": 60, "Stat": "Sum", "Unit": "Count"
              },
              "ReturnData": false
            },
            { "Id": "r", "Label": "error rate", "Expression": "100*e/i", "ReturnData": true }
          ],
          "EvaluationPeriods": 5,
          "DatapointsToAlarm": 3,
          "Threshold": 5,
          "ComparisonOperator": "GreaterThanThreshold",
          "TreatMissingData": "notBreaching"
        }
        """

    static func errorRate() throws -> AlarmDefinition {
        try AlarmFixture.read(text)
    }

    /// Returns errors and invocations per minute, oldest first. The last minute ends at noon; nil is a gap.
    static func data(_ minutes: [(errors: Double?, invocations: Double?)]) throws -> AlarmData {
        var series: [MetricReference: SlotSeries] = [:]
        for (name, values) in [("Errors", minutes.map(\.errors)), ("Invocations", minutes.map(\.invocations))] {
            var slots: [Slot] = []
            for (index, value) in values.enumerated() {
                guard let value else { continue }
                let start = AlarmFixture.noon - (minutes.count - index) * 60
                slots.append(Slot(start: start, distribution: try #require(Distribution(value: value))))
            }
            series[MetricReference(Metric(namespace: "ChatService", name: name), unit: .count)] = SlotSeries(slots)
        }
        return AlarmData(series)
    }
}

@Suite struct AlarmMathEvaluationTests {
    @Test("the error rate is computed minute by minute")
    func errorRate() throws {
        let alarm = try AlarmMathFixture.errorRate()
        let data = try AlarmMathFixture.data([(0, 90), (0, 95), (8, 100), (9, 100), (1, 100), (0, 80), (12, 120)])
        let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon)
        #expect(evaluation.state == .alarm)
        #expect(evaluation.datapoints.map(\.value) == [8, 9, 1, 0, 10])
        #expect(evaluation.breachingCount == 3)
        #expect(evaluation.newestSampleCount == nil)
        #expect(evaluation.summary(of: alarm) == "10 % > 5 %, 3 of 5 x 1m")
    }

    @Test("a minute without requests has no rate, and one without an error sample has a rate of zero")
    func gaps() throws {
        let alarm = try AlarmMathFixture.errorRate()
        let data = try AlarmMathFixture.data([(nil, nil), (0, 0), (5, nil), (nil, 50), (3, 30)])
        let evaluation = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon)
        #expect(evaluation.datapoints.map(\.value) == [0, 10])
        #expect(evaluation.missingCount == 3)
        #expect(evaluation.state == .ok)
    }

    @Test("expressions may refer to each other, in any order")
    func chainedExpressions() throws {
        let text = AlarmMathFixture.text
            .replacing(#""Expression": "100*e/i","#, with: #""Expression": "share*hundred","#)
            .replacing(
                #""Metrics": ["#,
                with: """
                    "Metrics": [
                    {"Id": "share", "Expression": "e/i", "ReturnData": false},
                    {"Id": "hundred", "Expression": "2*50", "ReturnData": false},
                    """
            )
        let alarm = try AlarmFixture.read(text)
        let evaluation = alarm.evaluate(
            data: try AlarmMathFixture.data([(8, 100)]),
            previous: .ok,
            at: AlarmFixture.noon
        )
        #expect(evaluation.datapoints.map(\.value) == [8])
    }
}
