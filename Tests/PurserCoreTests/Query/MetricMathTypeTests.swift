import Testing

@testable import PurserCore

@Suite struct MetricMathTypeTests {
    private static let scope = MetricMathScope(
        metrics: ["m1", "m2"],
        expressions: ["n": .number, "e": .series, "a": .array]
    )

    private static func type(_ text: String) throws -> MetricMathType {
        try MetricMathExpression.parse(text).type(in: scope)
    }

    @Test(
        "the result's type follows the guide's tables",
        arguments: [
            ("1", .number), ("m1", .series), ("e", .series), ("n", .number), ("a", .array), ("-a", .array),
            ("-n", .number),
            ("n+1", .number), ("m1+1", .series), ("1<m1", .series), ("m1 AND e", .series), ("a/2", .array),
            ("m1*a", .array),
            ("[m1, e]", .array), ("[a, m1]", .array), ("ABS(m1)", .series), ("ABS(a)", .array), ("CEIL(a)", .array),
            ("FLOOR(m1)", .series), ("LOG(m1)", .series), ("LOG10(a)", .array), ("DIFF(a)", .array),
            ("RATE(m1)", .series),
            ("DIFF_TIME(m1)", .series), ("RUNNING_SUM(a)", .array), ("AVG(m1)", .number), ("AVG(a)", .series),
            ("DATAPOINT_COUNT(m1)", .number), ("DATAPOINT_COUNT(a)", .series), ("MAX(m1)", .number),
            ("MIN(a)", .series),
            ("STDDEV(m1)", .number), ("SUM(METRICS())", .series), ("METRICS(\"1\")", .array),
            ("METRIC_COUNT(a)", .number),
            ("FIRST(a)", .series), ("LAST(a)", .series), ("REMOVE_EMPTY(a)", .array), ("FILL(m1, 0)", .series),
            ("FILL(a, m1)", .array), ("FILL(a, REPEAT)", .array), ("FILL(m1, AVG(m1))", .series),
            ("PERIOD(m1)", .number),
            ("TIME_SERIES(n)", .series), ("HOUR(m1)", .series), ("EPOCH(e)", .series), ("SLICE(a, 1)", .array),
            ("SLICE(a, 0, 2)", .array), ("SLICE(a, 0, 1)", .series), ("SLICE(a, n, n)", .array),
            ("SORT(a, SUM, ASC)", .array), ("SORT(a, MAX, DESC, 3)", .array), ("IF(m1, 1, 2)", .series),
            ("IF(n, m1)", .series), ("IF(m1>1, e, 2)", .series), ("ANOMALY_DETECTION_BAND(m1)", .array),
            ("ANOMALY_DETECTION_BAND(m1, n)", .array),
        ] as [(String, MetricMathType)]
    )
    func types(text: String, expected: MetricMathType) throws {
        #expect(try Self.type(text) == expected)
    }

    @Test(
        "an argument of the wrong type is rejected at its column, and the error says what is allowed",
        arguments: [
            ("ABS(5)", 5, "argument 1 of ABS must be a time series or an array of time series, not a number"),
            ("m1+ABS( n )", 9, "argument 1 of ABS must be a time series or an array of time series, not a number"),
            ("SUM(\"x\")", 5, "argument 1 of SUM must be a time series or an array of time series, not a string"),
            ("SUM(ASC)", 5, "argument 1 of SUM must be a time series or an array of time series, not `ASC`"),
            ("FIRST(m1)", 7, "argument 1 of FIRST must be an array of time series, not a time series"),
            ("METRIC_COUNT(e)", 14, "argument 1 of METRIC_COUNT must be an array of time series, not a time series"),
            ("TIME_SERIES(m1)", 13, "argument 1 of TIME_SERIES must be a number, not a time series"),
            ("HOUR(a)", 6, "argument 1 of HOUR must be a time series, not an array of time series"),
            ("FILL(m1, SUM)", 10, "argument 2 of FILL must be a number, REPEAT or LINEAR"),
            ("FILL(m1, \"0\")", 10, "argument 2 of FILL must be a number, REPEAT or LINEAR"),
            ("FILL(a, a)", 9, "argument 2 of FILL must be a number, REPEAT or LINEAR, not an array"),
            (
                "FILL(m1, m2)", 10,
                "argument 2 of FILL must be a number, REPEAT or LINEAR; a time series fills only an array"
            ),
            ("FILL(1, 0)", 6, "argument 1 of FILL must be a time series or an array of time series, not a number"),
            ("SLICE(a, -1)", 10, "argument 2 of SLICE must be a whole number, at least 0"),
            ("SLICE(a, 0, 1.5)", 13, "argument 3 of SLICE must be a whole number, at least 0"),
            ("SLICE(a, 2, 2)", 13, "argument 3 of SLICE must be greater than argument 2"),
            ("SLICE(a, m1)", 10, "argument 2 of SLICE must be a number, not a time series"),
            ("SORT(a, STDDEV(a), ASC)", 9, "argument 2 of SORT must be AVG, MIN, MAX or SUM"),
            ("SORT(a, AVG, AVG)", 14, "argument 3 of SORT must be ASC or DESC"),
            ("SORT(a, AVG, ASC, 0)", 19, "argument 4 of SORT must be a whole number, at least 1"),
            ("IF(a, 1)", 4, "argument 1 of IF must be a number or a time series, not an array of time series"),
            ("IF(m1, a)", 8, "argument 2 of IF must be a number or a time series, not an array of time series"),
            ("IF(1, 2, m1)", 7, "argument 2 of IF must be a time series if its condition is a number"),
            ("IF(n, m1, 3)", 11, "argument 3 of IF must be a time series if its condition is a number"),
            ("METRICS(m1)", 9, "argument 1 of METRICS must be a string in quotes, such as METRICS(\"errors\")"),
            ("METRICS(\"9\")", 1, "no metric has `9` in its Id"),
            ("PERIOD(e)", 8, "argument 1 of PERIOD must be a metric's id, not an expression"),
            ("PERIOD(m1+1)", 8, "argument 1 of PERIOD must be a metric's id, not an expression"),
            (
                "ANOMALY_DETECTION_BAND(m1/m2)", 24,
                "argument 1 of ANOMALY_DETECTION_BAND must be the id of a metric or an expression"
            ),
            (
                "ANOMALY_DETECTION_BAND(a)", 24,
                "argument 1 of ANOMALY_DETECTION_BAND must be a time series, not an array of time series"
            ),
            ("ANOMALY_DETECTION_BAND(m1, 0)", 28, "argument 2 of ANOMALY_DETECTION_BAND must be above 0"),
            (
                "ANOMALY_DETECTION_BAND(m1, m2)", 28,
                "argument 2 of ANOMALY_DETECTION_BAND must be a number, not a time series"
            ),
            ("[m1, 2]", 6, "element 2 of an array must be a time series, not a number"),
            ("[n]", 2, "element 1 of an array must be a time series, not a number"),
            ("1+[]", 3, "an array must hold at least one time series"),
            ("m1+a*[m1]", 5, "`*` takes one array of time series; the other side must be a number or a time series"),
            ("m1+\"x\"", 4, "a string is allowed only in METRICS(\"part of the ids\")"),
            ("m1+REPEAT", 4, "`REPEAT` is allowed only as argument 2 of FILL"),
            ("DESC", 1, "`DESC` is allowed only as argument 3 of SORT"),
            ("AVG", 1, "`AVG` without brackets is allowed only as argument 2 of SORT; otherwise write AVG(series)"),
        ]
    )
    func faults(text: String, column: Int, message: String) {
        #expect(throws: ExpressionError(column: column, message)) { try Self.type(text) }
    }

    @Test(
        "faults that do not depend on types are found when the text is read",
        arguments: [
            ("SUM(1)", 5, "argument 1 of SUM must be a time series or an array of time series, not a number"),
            ("FILL(x, MAX)", 9, "argument 2 of FILL must be a number, REPEAT or LINEAR"),
            ("ABS()", 1, "`ABS` is written ABS(series)"), ("ABS(a, b)", 1, "`ABS` is written ABS(series)"),
            ("METRICS(\"a\", \"b\")", 1, "`METRICS` is written METRICS() or METRICS(\"part of the ids\")"),
            ("ABS", 1, "`ABS` is written ABS(series)"),
            ("a+Sum(b)", 3, "`Sum` is not a function: functions are written in upper case, `SUM`"),
            ("search(b)", 1, "`search` is not a function: functions are written in upper case, `SEARCH`"),
            ("M1+1", 1, "`M1` is not an id: an id begins with a lower-case letter"),
            (
                "a+SEARCH(\"x\", \"Sum\")", 3,
                "`SEARCH` is not supported by this version: it looks metrics up while it runs; "
                    + "name them and use METRICS(\"part of the ids\")"
            ),
            (
                "SUM(SEARCH('{AWS/EC2,InstanceId} MetricName=\"CPU\"', 'Average', 300))", 5,
                "`SEARCH` is not supported by this version: it looks metrics up while it runs; "
                    + "name them and use METRICS(\"part of the ids\")"
            ),
            (
                "SELECT AVG(x)", 1,
                "`SELECT` is not supported by this version: Metrics Insights queries need CloudWatch's own index; "
                    + "name the metrics"
            ),
            ("[a, b", 6, "`,` or `]` for the `[` in column 1 is expected, not the end"),
            ("SUM([a, b)", 10, "`,` or `]` for the `[` in column 5 is expected, not `)`"),
            ("METRICS(\"a)", 9, "the string has no closing `\"`"),
            ("METRICS('a)", 9, "the string has no closing `'`"), ("METRICS('a\")", 9, "the string has no closing `'`"),
            ("METRICS(‘a’)", 9, "`‘` is not part of an expression; a string must be in straight quotes (\" or ')"),
        ]
    )
    func unread(text: String, column: Int, message: String) {
        #expect(throws: ExpressionError(column: column, message)) { try MetricMathExpression.parse(text) }
    }

    @Test("the error for an unknown function lists the known ones")
    func unknown() throws {
        let error = #expect(throws: ExpressionError.self) { try MetricMathExpression.parse("MEDIAN(a)") }
        let message = error?.message ?? ""
        #expect(
            message.hasPrefix("`MEDIAN` is not a function of metric math; allowed: ABS, ANOMALY_DETECTION_BAND, AVG")
        )
        for name in ["FILL", "DIFF_TIME", "TIME_SERIES", "REMOVE_EMPTY", "YEAR"] { #expect(message.contains(name)) }
        for name in ["SEARCH", "INSIGHT_RULE_METRIC", "DB_PERF_INSIGHTS", "SERVICE_QUOTA", "LAMBDA"] {
            #expect(!message.contains(name))
            let refused = #expect(throws: ExpressionError.self) { try MetricMathExpression.parse("\(name)(a)") }
            #expect(refused?.message.hasPrefix("`\(name)` is not supported by this version: ") == true)
        }
    }

    @Test("METRICS without metrics is rejected once the request is known")
    func noMetrics() throws {
        let expression = try MetricMathExpression.parse("SUM(METRICS())")
        #expect(throws: ExpressionError(column: 5, "there is no metric, only expressions")) {
            try expression.type(in: MetricMathScope(metrics: []))
        }
    }

    @Test("deep nesting is checked quickly, although every level checks its argument's type")
    func deep() throws {
        let text = String(repeating: "ABS(", count: 60) + "m1" + String(repeating: ")", count: 60)
        #expect(try Self.type(text) == .series)
    }

    @Test("an expression lists its functions and band metrics, and whether it can be computed period by period")
    func questions() throws {
        let band = try MetricMathExpression.parse("IF(m1>FIRST(ANOMALY_DETECTION_BAND(m1, 3)), ABS(m1)+ABS(m2))")
        #expect(band.functions == ["IF", "FIRST", "ANOMALY_DETECTION_BAND", "ABS"])
        #expect(band.bandedIds == ["m1"] && band.program == nil)
        for text in ["100*e/i", "IF(a>1 AND b, -a, 2^a)", "ABS(CEIL(FLOOR(LOG(LOG10(a)))))", "FILL(a, -1)/b", "5"] {
            #expect(try MetricMathExpression.parse(text).program != nil, "\(text)")
        }
        for text in [
            "FILL(a, REPEAT)", "FILL(a, MIN(a))", "[a]", "METRICS()", "a-AVG(a)", "DIFF(a)", "HOUR(a)", "a/PERIOD(a)",
        ] {
            #expect(try MetricMathExpression.parse(text).program == nil, "\(text)")
        }
    }
}
