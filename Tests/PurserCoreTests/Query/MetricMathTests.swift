import PurserCore
import Testing

@Suite struct MetricMathTests {
    private static func series(_ text: String) -> [Double?] {
        MetricMathFixture.series(text)
    }

    /// Evaluates an expression over m1, m2, m3 …, each written like `1 0 -`.
    private static func value(_ expression: String, _ series: String...) throws -> MetricMathValue {
        try MetricMathFixture.value(expression, series)
    }

    @Test(
        "IF follows CloudWatch's examples",
        arguments: [("IF(m1,m2,m3)", "30 0 20 - -"), ("IF(m1,5,m3)", "5 5 20 - -"), ("IF(m1,m2,5)", "30 0 5 5 -")]
    )
    func documentedIf(expression: String, expected: String) throws {
        let value = try Self.value(expression, "1 1 0 0 -", "30 - 0 0 30", "0 0 20 - 20")
        #expect(value == .series(Self.series(expected)))
    }

    @Test(
        "comparisons follow CloudWatch's examples",
        arguments: [("m1<m2", "0 0 1 0"), ("m1>=30", "1 0 0 0"), ("m1>15 AND m2>15", "1 0 0 0")]
    )
    func documentedComparisons(expression: String, expected: String) throws {
        let value = try Self.value(expression, "30 20 0 0", "20 - 20 -")
        #expect(value == .series(Self.series(expected)))
    }

    @Test("IF without a false value has no point where the condition is false")
    func ifWithoutFalseValue() throws {
        #expect(try Self.value("IF(m1>15,m1)", "30 20 0 -") == .series([30, 20, nil, nil]))
    }

    @Test(
        "a point that one series lacks counts as 0, and one that both lack is missing",
        arguments: [
            ("m1+m2", "11 1 20 -"), ("m1-m2", "-9 1 -20 -"), ("m1*m2", "10 0 0 -"), ("m1/m2", "0.1 - 0 -"),
            ("m2/m1", "10 0 - -"), ("m1==m2", "0 0 0 -"), ("m1!=m2", "1 1 1 -"), ("m1 OR m2", "1 1 1 -"),
        ]
    )
    func missingSides(expression: String, expected: String) throws {
        #expect(try Self.value(expression, "1 1 - -", "10 - 20 -") == .series(Self.series(expected)))
    }

    @Test(
        "a number combined with a series does not add points",
        arguments: [("m1+1", "2 -"), ("1-m1", "0 -"), ("-m1", "-1 -"), ("m1>0", "1 -")]
    )
    func numbersBesideSeries(expression: String, expected: String) throws {
        #expect(try Self.value(expression, "1 -") == .series(Self.series(expected)))
    }

    @Test(
        "results that are not finite are missing",
        arguments: ["m1/0", "m1/(m1-m1)", "(0-m1)^0.5", "m1*1e308*1e308", "0/0*m1"]
    )
    func notFinite(expression: String) throws {
        #expect(try Self.value(expression, "4 9") == .series([nil, nil]))
    }

    @Test(
        "operators follow the usual arithmetic precedence",
        arguments: [
            ("1+2*3", 7), ("(1+2)*3", 9), ("8-4-2", 2), ("16/4/2", 2), ("-2^2", -4), ("2^-1", 0.5), ("2*-3", -6),
            ("--2", 2),
            ("2^3^2", 512), ("1+1>1", 1), ("1 < 2 AND 2 < 1", 0), ("1 || 0 && 0", 1), ("1>2 == 0", 1),
            ("1.5e2+.5", 150.5),
            ("2 >= 2", 1), ("2 <= 1", 0), ("4^0.5", 2),
        ] as [(String, Double)]
    )
    func precedence(expression: String, expected: Double) throws {
        #expect(try Self.value(expression) == .scalar(expected))
    }

    @Test(
        "the Wilson lower bound for one error in fourteen is 1.6 %, and for three it is 8.9 %",
        arguments: [(1.0, 1.6), (2, 4.8), (3, 8.9)]
    )
    func wilson(errors: Double, expected: Double) throws {
        let p = "(m1/m2)"
        let text =
            "100*(\(p) + 1.3528/m2 - 1.6449*((\(p)*(1-\(p))/m2 + 0.67642/(m2*m2))^0.5))/(1 + 2.7055/m2)"
        let value = try Self.value(text, "\(errors)", "14")
        guard case .series(let points) = value, let point = points.first ?? nil else {
            Issue.record("no value")
            return
        }
        #expect(abs(point - expected) < 0.05)
    }

    @Test(
        "a fault says where it is and what was expected",
        arguments: [
            ("", 1, "a number, a metric's id, a function, `(` or `[` is expected, not the end"),
            ("100*", 5, "a number, a metric's id, a function, `(` or `[` is expected, not the end"),
            ("100*e/", 7, "a number, a metric's id, a function, `(` or `[` is expected, not the end"),
            ("(a+b", 5, "`)` for the `(` in column 1 is expected, not the end"),
            ("a b", 3, "an operator or the end is expected, not `b`"),
            ("a+)", 3, "a number, a metric's id, a function, `(` or `[` is expected, not `)`"),
            ("IF(a)", 1, "`IF` is written IF(condition, trueValue) or IF(condition, trueValue, falseValue)"),
            ("IF(a,b,c", 9, "`,` or `)` for the `(` in column 3 is expected, not the end"),
            ("a # b", 3, "`#` is not part of an expression"),
            ("1.2.3", 4, "an operator or the end is expected, not `0.3`"), ("1e", 1, "`1e` is not a number"),
            (".", 1, "`.` is not a number"), ("1e999", 1, "`1e999` is not a number"),
        ]
    )
    func faults(text: String, column: Int, message: String) {
        #expect(throws: ExpressionError(column: column, message)) { try MetricMathExpression.parse(text) }
    }

    @Test("very long or deeply nested expressions are rejected instead of exhausting the stack")
    func limits() {
        for text in [
            String(repeating: "(", count: 1000) + "1" + String(repeating: ")", count: 1000),
            String(repeating: "-", count: 2000) + "1", String(repeating: "1+", count: 1000) + "1",
            String(repeating: "1^", count: 1000) + "1", String(repeating: "1", count: 3000),
        ] {
            #expect(throws: ExpressionError.self) { try MetricMathExpression.parse(text) }
        }
    }

    @Test("references list each id once, with its first column")
    func references() throws {
        let references = try MetricMathExpression.parse("IF(b > 1, a+b, c)").references
        #expect(references.map(\.id) == ["b", "a", "c"])
        #expect(references.map(\.column) == [4, 11, 16])
    }
}
