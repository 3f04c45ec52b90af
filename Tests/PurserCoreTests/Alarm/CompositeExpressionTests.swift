import PurserCore
import TestSupport
import Testing

@Suite struct CompositeExpressionTests {
    private static let states: [String: AlarmState] = [
        "a": .alarm, "b": .ok, "c": .insufficientData, "d": .alarm, "with space, and (brackets)": .alarm,
        #"q"uote"#: .ok,
    ]

    @Test(
        "rules follow the guide: NOT binds before AND, AND before OR, and quorums are numbers or percentages",
        arguments: [
            ("TRUE", true), ("FALSE", false), ("ALARM(a)", true), ("OK(a)", false), ("INSUFFICIENT_DATA(c)", true),
            ("ALARM(a) AND ALARM(b)", false), ("ALARM(a) OR ALARM(b)", true), ("NOT ALARM(b) AND ALARM(a)", true),
            ("NOT (ALARM(b) OR ALARM(a))", false), ("NOT NOT ALARM(a)", true),
            ("ALARM(b) AND ALARM(b) OR ALARM(a)", true), ("ALARM(a) OR ALARM(b) AND ALARM(b)", true),
            ("(ALARM(a) OR ALARM(b)) AND ALARM(b)", false), ("ALARM (a)", true), ("ALARM( a )", true),
            (#"ALARM("with space, and (brackets)")"#, true), (#"OK("q\"uote")"#, true),
            ("ALARM(arn:aws:cloudwatch:us-east-1:111122223333:alarm:a)", true),
            ("AT_LEAST(2, ALARM, (a, b, d))", true), ("AT_LEAST(3, ALARM, (a, b, d))", false),
            ("AT_LEAST(50%, OK, (a, b))", true), ("AT_LEAST(51%, OK, (a, b))", false),
            ("AT_LEAST(\"67%\", ALARM, (a, b, d))", false), ("AT_LEAST(66%, ALARM, (a, b, d))", true),
            ("AT_LEAST(1, NOT ALARM, (a, b)) AND ALARM(a)", true), ("INSUFFICIENT_DATA(nobody)", true),
        ]
    )
    func values(text: String, isTrue: Bool) throws {
        #expect(try CompositeExpression.parse(text).isTrue { Self.states[$0] } == isTrue)
    }

    @Test(
        "a fault says where it is and what is allowed there",
        arguments: [
            ("", "column 1: ALARM(name)"), ("ALARM(a) ALARM(b)", "column 10: AND, OR or the end is expected"),
            ("ALARM(a) and ALARM(b)", "column 10: AND, OR or the end is expected, not `and`"),
            ("ALARM a", "column 7: `(`"), ("ALARM()", "column 7: an alarm's name is expected, not `)`"),
            ("ALARM(\"a", "column 7: the `\"` is never closed"),
            ("(ALARM(a)", "column 10: `)` is expected, not the end"),
            ("AT_LEAST(0, ALARM, (a))", "column 10: a number from 1"),
            ("AT_LEAST(101%, ALARM, (a))", "column 10: a number from 1"),
            ("AT_LEAST(3, ALARM, (a, b))", "column 10: AT_LEAST requires 3 of 2 alarms"),
            ("AT_LEAST(1, ALARM, (a, a))", "column 24: the alarm `a` is given twice"),
            ("AT_LEAST(1, RED, (a))", "column 13: ALARM, OK or INSUFFICIENT_DATA"), ("NOT", "column 4: ALARM(name)"),
        ]
    )
    func faults(text: String, message: String) {
        let error = #expect(throws: ExpressionError.self) { try CompositeExpression.parse(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error as Any)")
    }

    @Test("limits: 10,240 characters, 100 alarms, 64 levels, 500 elements")
    func limits() throws {
        let names = { (count: Int) in (0..<count).map { "a\($0)" }.joined(separator: ",") }
        #expect(try CompositeExpression.parse("AT_LEAST(1, OK, (\(names(100))))").names.count == 100)
        #expect(throws: ExpressionError.self) {
            try CompositeExpression.parse("AT_LEAST(1,OK,(\(names(101))))")
        }
        let deep = { (count: Int) in
            String(repeating: "(", count: count) + "TRUE" + String(repeating: ")", count: count)
        }
        #expect(try CompositeExpression.parse(deep(60)).isTrue { _ in nil })
        #expect(throws: ExpressionError.self) { try CompositeExpression.parse(deep(5000)) }
        let long = Array(repeating: "TRUE", count: 260).joined(separator: " OR ")
        #expect(throws: ExpressionError.self) { try CompositeExpression.parse(long) }
        #expect(throws: ExpressionError.self) {
            try CompositeExpression.parse(String(repeating: " ", count: 10_241))
        }
    }

    @Test("parsing any text ends with a tree or an error", arguments: UInt64(1)...10)
    func random(seed: UInt64) {
        var random = TestRandom(seed)
        let parts = [
            "ALARM", "OK", "(", ")", "\"", "\\", "AT_LEAST", ",", "2", "50%", "NOT", "AND", "OR", "a", " ", "é",
        ]
        for _ in 0..<2000 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).compactMap { _ in parts.randomElement(using: &random) }.joined()
            guard let expression = try? CompositeExpression.parse(text) else { continue }
            // Parentheses and spaces around the text do not change which alarms it refers to.
            #expect((try? CompositeExpression.parse("( \(text) )"))?.names == expression.names)
        }
    }
}
