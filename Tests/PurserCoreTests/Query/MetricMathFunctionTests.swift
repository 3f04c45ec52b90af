import PurserCore
import Testing

@Suite struct MetricMathFunctionTests {
    private static func points(_ expression: String, _ series: [String], period: Int = 60) throws -> [Double?]? {
        if case .series(let points) = try MetricMathFixture.value(expression, series, period: period) { return points }
        return nil
    }

    private static func origins(_ expression: String, _ series: [String]) throws -> [String] {
        guard case .array(let elements) = try MetricMathFixture.value(expression, series) else { return [] }
        return elements.map { if case .query(let id)? = $0.origin { id } else { "?" } }
    }

    @Test(
        "functions of one series use its datapoints and skip its gaps",
        arguments: [
            ("ABS(m1)", "-1 - 2.5", "1 - 2.5"), ("CEIL(m1)", "1.2 -1.2 - -0.5", "2 -1 - 0"),
            ("FLOOR(m1)", "1.8 -1.2 - 3", "1 -2 - 3"), ("LOG(m1)", "1 0 -1 -", "0 - - -"),
            ("LOG10(m1)", "100 0.1 -", "2 -1 -"), ("DIFF(m1)", "1 4 - 2", "- 3 - -2"),
            ("DIFF_TIME(m1)", "- 1 4 - 2", "- - 60 - 120"), ("RATE(m1)", "60 180 - 420", "- 2 - 2"),
            ("RUNNING_SUM(m1)", "1 - 2 3", "1 - 3 6"), ("-m1", "0 1 -", "0 -1 -"),
        ]
    )
    func mapping(expression: String, values: String, expected: String) throws {
        let found = try Self.points(expression, [values])
        #expect(found == MetricMathFixture.series(expected))
        // A function of an array is applied to each of its series.
        let inner = expression.replacing("m1", with: "[m1, m1]")
        #expect(try Self.points("LAST(\(inner))", [values]) == found)
        #expect(found?.allSatisfy { $0?.sign != .minus || $0 != 0 } == true)
    }

    @Test("rates and time differences are in seconds, whatever the period", arguments: [10, 60, 3600])
    func seconds(period: Int) throws {
        let seconds = Double(period)
        #expect(try Self.points("DIFF_TIME(m1)", ["1 2 - 3"], period: period) == [nil, seconds, nil, 2 * seconds])
        #expect(try Self.points("RATE(m1)", ["1 2 - 6"], period: period) == [nil, 1 / seconds, nil, 2 / seconds])
        #expect(try Self.points("m1*PERIOD(m1)", ["1 2"], period: period) == [seconds, 2 * seconds])
    }

    @Test(
        "FILL uses a number, the previous datapoint, a line between two datapoints, or, for an array, another series",
        arguments: [
            ("FILL(m1, 0)", "0 3 0 5 0"), ("FILL(m1, MIN(m1))", "3 3 3 5 3"), ("FILL(m1, -1)", "-1 3 -1 5 -1"),
            ("FILL(m1, REPEAT)", "- 3 3 5 5"), ("FILL(m1, LINEAR)", "- 3 4 5 -"),
            ("FIRST(FILL(METRICS(), m2))", "7 3 9 5 -"), ("FIRST(FILL(METRICS(), LINEAR))", "- 3 4 5 -"),
        ]
    )
    func fill(expression: String, expected: String) throws {
        let found = try Self.points(expression, ["- 3 - 5 -", "7 8 9 10 -"])
        #expect(found == MetricMathFixture.series(expected))
    }

    @Test("a long gap is filled along one straight line")
    func longGap() throws {
        #expect(try Self.points("FILL(m1, LINEAR)", ["0 - - - 8 - 4"]) == [0, 2, 4, 6, 8, 6, 4])
    }

    @Test(
        "a series is reduced to one number, and only AVG counts gaps as 0",
        arguments: [
            ("SUM", 9), ("AVG", 2.25), ("MIN", 2), ("MAX", 4), ("DATAPOINT_COUNT", 3), ("STDDEV", 0.816496580927726),
        ]
    )
    func reduction(name: String, expected: Double) throws {
        let value = try MetricMathFixture.value("\(name)(m1)", ["2 - 3 4"])
        guard case .scalar(let number?) = value else {
            Issue.record("\(value)")
            return
        }
        #expect(abs(number - expected) < 1e-12)
    }

    @Test("without datapoints there is no number, except a count of 0")
    func noDatapoint() throws {
        for name in ["SUM", "AVG", "MIN", "MAX", "STDDEV"] {
            #expect(try MetricMathFixture.value("\(name)(m1)", ["- -"]) == .scalar(nil))
        }
        #expect(try MetricMathFixture.value("DATAPOINT_COUNT(m1)", ["- -"]) == .scalar(0))
    }

    @Test(
        "an array is reduced to one series, period by period",
        arguments: [
            ("SUM", "3 2 -"), ("AVG", "1.5 1 -"), ("MIN", "1 2 -"), ("MAX", "2 2 -"), ("DATAPOINT_COUNT", "2 1 -"),
            ("STDDEV", "0.5 0 -"),
        ]
    )
    func arrayReduction(name: String, expected: String) throws {
        let found = try Self.points("\(name)([m1, m2])", ["1 - -", "2 2 -"])
        #expect(found == MetricMathFixture.series(expected))
        #expect(try Self.points("\(name)(METRICS())", ["1 - -", "2 2 -"]) == found)
    }

    @Test(
        "functions within larger expressions follow the guide's examples",
        arguments: [
            ("m1-AVG(m1)", "-2 0 2"), ("m1-MIN(m1)", "0 2 4"), ("MAX(m1)/m1", "5 1.6666666666666667 1"),
            ("SUM([m1,m2])/AVG(m2)", "1.5 2.5 3.5"), ("m1/METRIC_COUNT(METRICS())", "0.5 1.5 2.5"),
            ("SUM(100/[m1, m2])", "150 83.33333333333334 70"), ("AVG([m1,m2]/m2)", "0.75 1.25 1.75"),
            ("SUM(-[m1, m2])", "-3 -5 -7"),
            ("SUM(METRICS())/SUM(m1)", "0.3333333333333333 0.5555555555555556 0.7777777777777778"),
            ("SUM(m1) / DATAPOINT_COUNT(m1)*m2", "6 6 6"), ("MIN(ABS([m1-m2, m2]))", "1 1 2"),
            ("SUM(METRICS(\"m1\"))/SUM(METRICS(\"2\"))*100", "50 150 250"),
            ("SUM([METRICS(\"1\"), METRICS('2')])", "3 5 7"),
            ("IF(FIRST(SORT(METRICS(), AVG, DESC))>2, 1, 0)", "0 1 1"), ("SUM(METRICS()/100)", "0.03 0.05 0.07"),
            ("TIME_SERIES(MAX(m1))", "5 5 5"), ("TIME_SERIES(5*AVG(m1))", "15 15 15"), ("TIME_SERIES(10)", "10 10 10"),
            ("IF(m1<4, m1)", "1 3 -"), ("IF(m1<4, 10, 2)", "10 10 2"), ("IF(m1>m2, 1, 0)", "0 1 1"),
        ]
    )
    func guide(expression: String, expected: String) throws {
        let found = try Self.points(expression, ["1 3 5", "2 2 2"])
        let expected = MetricMathFixture.series(expected)
        #expect(found?.count == expected.count)
        for (a, b) in zip(found ?? [], expected) {
            #expect(abs((a ?? .infinity) - (b ?? .infinity)) < 1e-12 || a == b)
        }
    }

    @Test("IF with a number as its condition returns one of the two series unchanged")
    func ifNumber() throws {
        let series = ["1 - 3", "4 5 -"]
        #expect(try Self.points("IF(1>0, m1, m2)", series) == [1, nil, 3])
        #expect(try Self.points("IF(1<0, m1, m2)", series) == [4, 5, nil])
        #expect(try Self.points("IF(1<0, m1)", series) == [nil, nil, nil])
        #expect(try Self.points("IF(-1, m1)", series) == [1, nil, 3])
    }

    @Test(
        "SORT orders an array by a statistic, and SLICE returns a part of it",
        arguments: [
            ("SORT(METRICS(), AVG, DESC)", ["m2", "m3", "m1", "m4"]),
            ("SORT(METRICS(), MAX, ASC)", ["m1", "m2", "m3", "m4"]),
            ("SORT(METRICS(), SUM, DESC, 2)", ["m2", "m3"]), ("SORT(METRICS(), MIN, ASC)", ["m3", "m1", "m2", "m4"]),
            ("SORT(METRICS(), AVG, DESC, 99)", ["m2", "m3", "m1", "m4"]),
            ("SLICE(SORT(METRICS(), SUM, DESC), 0, 2)", ["m2", "m3"]), ("SLICE(METRICS(), 2)", ["m3", "m4"]),
            ("SLICE(METRICS(), 1, 3)", ["m2", "m3"]), ("SLICE(METRICS(), 3, 9)", ["m4"]), ("SLICE(METRICS(), 4)", []),
            ("SLICE(METRICS(), METRIC_COUNT(METRICS())-1.5)", ["m3", "m4"]),
            ("REMOVE_EMPTY(METRICS())", ["m1", "m2", "m3"]),
            ("[m3, METRICS(\"1\"), [m2]]*2", ["m3", "m1", "m2"]), ("[m1+m2, m3]", ["?", "m3"]),
        ] as [(String, [String])]
    )
    func arrays(expression: String, expected: [String]) throws {
        #expect(try Self.origins(expression, ["1 2", "4 4", "0 7", "- -"]) == expected)
    }

    @Test("series of the same rank keep their order")
    func stable() throws {
        for order in ["ASC", "DESC"] {
            let sorted = try Self.origins("SORT(METRICS(), SUM, \(order))", ["1", "1", "1", "-", "1"])
            #expect(sorted == ["m1", "m2", "m3", "m5", "m4"])
        }
    }

    @Test("a slice of one element, FIRST and LAST return one series; past the end it has no datapoints")
    func oneOfArray() throws {
        let series = ["1 2", "3 4"]
        #expect(try Self.points("SLICE(METRICS(), 1, 2)", series) == [3, 4])
        #expect(try Self.points("SLICE(METRICS(), 5, 6)", series) == [nil, nil])
        #expect(try Self.points("FIRST(METRICS())", series) == [1, 2])
        #expect(try Self.points("LAST(METRICS())", series) == [3, 4])
        #expect(try Self.points("FIRST(REMOVE_EMPTY(METRICS()))", ["- -"]) == [nil, nil])
    }

    @Test(
        "calendar functions have a value at every timestamp, in UTC, with Monday as the first day",
        arguments: [
            ("MINUTE(m1)", 45), ("HOUR(m1)", 22), ("DAY(m1)", 7), ("DATE(m1)", 29), ("MONTH(m1)", 11),
            ("YEAR(m1)", 2026),
            ("EPOCH(m1)", 1_795_992_300),
        ] as [(String, Double)]
    )
    func calendar(expression: String, expected: Double) throws {
        // A Sunday, and the Monday that follows it.
        let start = Timestamp(year: 2026, month: 11, day: 29) + (22 * 3600 + 45 * 60)
        let frame = MetricMathFrame(start: start, period: 7200, count: 2)
        let value = try MetricMathExpression.parse(expression).evaluate(
            ["m1": .series([nil, 1])],
            in: MetricMathContext(frame: frame)
        )
        guard case .series(let points) = value else {
            Issue.record("\(value)")
            return
        }
        #expect(points.count == 2 && points[0] == expected)
        if expression.hasPrefix("DAY") { #expect(points[1] == 1) }
    }

    @Test(
        "a band has its upper edge first, is two deviations wide by default, and is missing where no value is expected"
    )
    func band() throws {
        let bands = ["m1": AnomalyBandPoints([.init(expected: 10, deviation: 2), nil])]
        let context = MetricMathContext(
            frame: MetricMathFrame(start: MetricMathFixture.start, period: 60, count: 3),
            bands: bands
        )
        let values = ["m1": MetricMathValue.series([15, 15, 15])]
        func value(_ text: String) throws -> MetricMathValue {
            try MetricMathExpression.parse(text).evaluate(values, in: context)
        }
        #expect(
            try value("ANOMALY_DETECTION_BAND(m1)")
                == .array([
                    .init(origin: .upperBand("m1"), points: [14, nil, nil]),
                    .init(origin: .lowerBand("m1"), points: [6, nil, nil]),
                ])
        )
        #expect(try value("LAST(ANOMALY_DETECTION_BAND(m1, 4))") == .series([2, nil, nil]))
        #expect(try value("IF(m1 > FIRST(ANOMALY_DETECTION_BAND(m1)), m1)") == .series([15, 15, 15]))
        #expect(try value("FIRST(ANOMALY_DETECTION_BAND(m2))") == .series([nil, nil, nil]))
    }
}
