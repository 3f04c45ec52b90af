import TestSupport
import Testing

@testable import PurserCore

@Suite struct MetricMathPropertyTests {
    private static let scope = MetricMathScope(metrics: ["m1", "m2"], expressions: ["a": .array, "n": .number])
    private static let frame = MetricMathFrame(start: MetricMathFixture.start, period: 60, count: 6)

    private static func numbers(_ value: MetricMathValue) -> [Double?] {
        switch value {
        case .scalar(let number): [number]
        case .series(let points): points
        case .array(let elements): elements.flatMap(\.points)
        }
    }

    private static func series(_ random: inout TestRandom) -> [Double?] {
        let choices: [Double?] = [nil, 0, 1, -2.5, 1e300, -1e300, 1e-300, 7, .nan, .infinity]
        return (0..<frame.count).map { _ in choices[Int.random(in: 0..<choices.count, using: &random)] }
    }

    private static func values(_ random: inout TestRandom) -> [String: MetricMathValue] {
        [
            "m1": .series(series(&random)), "m2": .series(series(&random)), "n": .scalar(series(&random)[0]),
            "a": .array([
                .init(origin: .query("m1"), points: series(&random)), .init(origin: nil, points: series(&random)),
            ]),
        ]
    }

    private static func context(_ random: inout TestRandom) -> MetricMathContext {
        let points = series(&random).map { $0.map { AnomalyBandPoint(expected: $0, deviation: $0.magnitude) } }
        return MetricMathContext(frame: frame, metrics: ["m1", "m2"], bands: ["m1": AnomalyBandPoints(points)])
    }

    @Test("no text crashes the parser, and no accepted expression returns infinity or NaN", arguments: UInt64(1)...5)
    func anyText(seed: UInt64) {
        var random = TestRandom(seed)
        let names = MetricMathFunction.allCases.map { $0.rawValue + "(" }
        let pieces =
            names + MetricMathWord.allCases.map(\.rawValue) + [
                "m1", "m2", "a", "n", "1", ".5", "1e308", "(", ")", "[", "]", "+", "-", "*", "/", "^", ",", " AND ",
                "<", ">=",
                "=", "é", "&", "\"m\"", "\"", ")", ")", "m1", "0",
            ]
        for _ in 0..<3000 {
            let count = Int.random(in: 1...12, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard let expression = try? MetricMathExpression.parse(text) else { continue }
            _ = try? expression.type(in: Self.scope)
            let value = expression.evaluate(Self.values(&random), in: Self.context(&random))
            #expect(Self.numbers(value).allSatisfy { $0?.isFinite ?? true }, "\(text), seed \(seed)")
        }
    }

    /// Returns the template after replacing each placeholder with the text that `value` returns for it, if any.
    private static func fill(_ template: String, _ value: (Character) -> String?) -> String {
        template.map { value($0) ?? String($0) }.joined()
    }

    /// Returns a random expression of a type; the templates use most of the language.
    private static func text(_ type: MetricMathType, _ depth: Int, _ random: inout TestRandom) -> String {
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
        let templates: [String]
        switch (type, depth > 0) {
        case (.number, false): return pick(["0", "2", "0.5", "n", "PERIOD(m1)"])
        case (.series, false): return pick(["m1", "m2"])
        case (.array, false):
            return pick(["a", "METRICS()", "METRICS(\"2\")", "[m1, m2]", "ANOMALY_DETECTION_BAND(m1)"])
        case (.number, true):
            let name = pick(["SUM", "AVG", "MIN", "MAX", "STDDEV", "DATAPOINT_COUNT"])
            templates = ["\(name)(σ)", "(ν∘ν)", "METRIC_COUNT(a)"]
        case (.series, true):
            let name = pick([
                "ABS", "CEIL", "FLOOR", "LOG", "LOG10", "DIFF", "RATE", "DIFF_TIME", "RUNNING_SUM", "HOUR",
            ])
            templates = [
                "(σ∘σ)", "(ν∘σ)", "\(name)(σ)", "IF(σ,σ,ν)", "FILL(σ,\(pick(["0", "REPEAT", "LINEAR", "MAX(m2)"])))",
                "-σ",
                "\(pick(["FIRST", "LAST", "SUM", "AVG", "STDDEV", "MIN"]))(α)", "TIME_SERIES(ν)", "IF(ν,σ)",
                "SLICE(α,0,1)",
            ]
        case (.array, true):
            templates = [
                "[σ,α]", "(α∘σ)", "SORT(α,\(pick(["SUM", "AVG"])),\(pick(["ASC", "DESC"])),2)", "RATE(α)",
                "REMOVE_EMPTY(α)",
                "SLICE(α,1)", "FILL(α,σ)",
            ]
        }
        let operation = pick(["+", "-", "*", "/", "^", "<", ">=", "==", "!=", " AND ", " OR "])
        // Only one template is filled: filling all of them would take time exponential in the depth.
        return fill(pick(templates)) { placeholder in
            switch placeholder {
            case "ν": text(.number, depth - 1, &random)
            case "σ": text(.series, depth - 1, &random)
            case "α": text(.array, depth - 1, &random)
            case "∘": operation
            default: nil
            }
        }
    }

    @Test("an expression returns a finite value of its type, with a point for each period", arguments: UInt64(1)...5)
    func typesHold(seed: UInt64) throws {
        var random = TestRandom(seed)
        for _ in 0..<1500 {
            let wanted: MetricMathType = [.number, .series, .array].randomElement(using: &random) ?? .series
            let text = Self.text(wanted, 3, &random)
            let expression = try MetricMathExpression.parse(text)
            #expect(try expression.type(in: Self.scope) == wanted, "\(text)")
            let value = expression.evaluate(Self.values(&random), in: Self.context(&random))
            #expect(Self.numbers(value).allSatisfy { $0?.isFinite ?? true }, "\(text), seed \(seed)")
            switch (value, wanted) {
            case (.scalar, .number): break
            case (.series(let points), .series): #expect(points.count == Self.frame.count, "\(text)")
            case (.array(let elements), .array):
                #expect(elements.allSatisfy { $0.points.count == Self.frame.count }, "\(text)")
            default: Issue.record("\(text) gives \(value), not \(wanted); seed \(seed)")
            }
        }
    }

    /// Returns a random expression that is computed period by period.
    private static func pointwise(_ depth: Int, _ random: inout TestRandom) -> String {
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
        guard depth > 0 else { return pick(["m1", "m2", "m1", "m2", "n", "0", "3", "missing"]) }
        let operation = pick(["+", "-", "*", "/", "^", "<", ">", "<=", ">=", "==", "!=", " AND ", " OR "])
        let templates = [
            "(σ∘σ)", "-σ", "\(pick(["ABS", "CEIL", "LOG", "LOG10", "FLOOR"]))(m1-σ)", "IF(m1+σ,σ,σ)", "IF(σ,m2)",
            "FILL(m2*σ,\(pick(["0", "-1.5"])))",
        ]
        return fill(pick(templates)) { $0 == "σ" ? pointwise(depth - 1, &random) : $0 == "∘" ? operation : nil }
    }

    @Test("computing period by period gives the same result as computing whole series", arguments: UInt64(1)...5)
    func paths(seed: UInt64) throws {
        var random = TestRandom(seed)
        var used = 0
        for _ in 0..<3000 {
            let text = Self.pointwise(3, &random)
            guard let expression = try? MetricMathExpression.parse(text) else { continue }
            #expect(expression.program != nil, "\(text)")
            let values = Self.values(&random)
            let context = Self.context(&random)
            let fast = expression.evaluate(values, in: context)
            #expect(fast == expression.evaluateTree(values, in: context), "\(text), seed \(seed)")
            used += 1
            // A period computed alone has the same value as among the others.
            guard case .series(let points) = fast else { continue }
            let index = Int.random(in: points.indices, using: &random)
            let alone = values.mapValues { value in
                if case .series(let points) = value { MetricMathValue.series([points[index]]) } else { value }
            }
            #expect(expression.evaluate(alone, in: context) == .series([points[index]]), "\(text), seed \(seed)")
        }
        #expect(used > 1500)
    }

    @Test("an id that is an array is computed over whole series even if its text could be computed period by period")
    func arrayId() throws {
        let expression = try MetricMathExpression.parse("2*a")
        let array = MetricMathValue.array([.init(origin: .query("m1"), points: [1, nil])])
        let frame = MetricMathFrame(start: MetricMathFixture.start, period: 60, count: 2)
        let value = expression.evaluate(["a": array], in: MetricMathContext(frame: frame))
        #expect(value == .array([.init(origin: .query("m1"), points: [2, nil])]))
    }
}
