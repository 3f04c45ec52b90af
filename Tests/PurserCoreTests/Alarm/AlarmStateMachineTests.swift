import PurserCore
import TestSupport
import Testing

/// One row of the missing-data tables in the user guide.
struct MissingDataRow: CustomTestStringConvertible {
    var pattern: String
    var periods: Int
    var datapoints: Int
    var treatment: MissingDataTreatment
    var expected: String

    var testDescription: String {
        "\(pattern), \(datapoints) of \(periods), \(treatment): \(expected)"
    }

    /// The values of the pattern: 0 if not breaching, 100 if breaching, nil if missing.
    var values: [Double?] {
        pattern.split(separator: " ").map { $0 == "-" ? nil : $0 == "X" ? 100 : 0 }
    }

    static func all() throws -> [MissingDataRow] {
        let json = try JSONValue(parsing: try AlarmFixture.goldenText("missing-data-tables.json"))
        return try #require(json["tables"]?.array).flatMap { table in
            try MissingDataTreatment.allCases.map { treatment in
                MissingDataRow(
                    pattern: try #require(table["pattern"]?.string),
                    periods: try #require(table["N"]?.integer),
                    datapoints: try #require(table["M"]?.integer),
                    treatment: treatment,
                    expected: try #require(table[treatment.rawValue]?.string)
                )
            }
        }
    }
}

@Suite struct AlarmStateMachineTests {
    @Test("the documented tables hold for every treatment and every prior state", arguments: AlarmState.allCases)
    func documentedTables(previous: AlarmState) throws {
        let rows = try MissingDataRow.all()
        #expect(rows.count == 40)
        for row in rows {
            let alarm = AlarmFixture.alarm(AlarmFixture.condition(row.datapoints, of: row.periods, row.treatment))
            let evaluation = try AlarmFixture.evaluate(row.values, alarm, previous: previous)
            let expected = row.expected == "RETAIN" ? previous : AlarmState(rawValue: row.expected)
            #expect(evaluation.state == expected, "\(row.testDescription), was \(previous)")
            #expect((evaluation.reason == nil) == (row.expected == "RETAIN"), "\(row.testDescription)")
        }
    }

    @Test("the number of datapoints that the tables say to fill in equals the number that are missing")
    func datapointsToFill() throws {
        let json = try JSONValue(parsing: try AlarmFixture.goldenText("missing-data-tables.json"))
        for table in try #require(json["tables"]?.array) {
            let row = MissingDataRow(
                pattern: try #require(table["pattern"]?.string),
                periods: try #require(table["N"]?.integer),
                datapoints: try #require(table["M"]?.integer),
                treatment: .missing,
                expected: ""
            )
            let alarm = AlarmFixture.alarm(AlarmFixture.condition(row.datapoints, of: row.periods))
            #expect(try AlarmFixture.evaluate(row.values, alarm).missingCount == table["toFill"]?.integer)
        }
    }

    @Test("an alarm without TreatMissingData treats missing data as missing", arguments: AlarmState.allCases)
    func defaultTreatment(previous: AlarmState) throws {
        for values: [Double?] in [[nil, nil, nil, nil, nil], [0, nil, nil, nil, nil], [nil, nil, 100, nil, nil]] {
            let absent = AlarmFixture.alarm(AlarmFixture.condition(3, of: 3))
            let missing = AlarmFixture.alarm(AlarmFixture.condition(3, of: 3, .missing))
            let states = try [absent, missing].map { try AlarmFixture.evaluate(values, $0, previous: previous).state }
            #expect(states[0] == states[1])
        }
    }

    @Test("a single recent breaching datapoint keeps the state", arguments: AlarmState.allCases)
    func youngBreachingDatapoint(previous: AlarmState) throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(3, of: 3, .missing))
        #expect(try AlarmFixture.evaluate([nil, nil, nil, 100, nil], alarm, previous: previous).state == previous)
        #expect(try AlarmFixture.evaluate([nil, nil, nil, nil, 100], alarm, previous: previous).state == previous)
    }

    @Test("without gaps, only the newest N datapoints count, whether or not older ones breach")
    func newestOnly() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(2, of: 3))
        #expect(try AlarmFixture.evaluate([100, 100, 0, 0, 0], alarm, previous: .alarm).state == .ok)
        #expect(try AlarmFixture.evaluate([0, 0, 100, 0, 100], alarm).state == .alarm)
    }

    @Test(
        "each comparison includes or excludes the threshold itself",
        arguments: [
            (.greater, 50, false), (.greater, 50.1, true), (.greaterOrEqual, 50, true), (.greaterOrEqual, 49.9, false),
            (.less, 50, false), (.less, 49.9, true), (.lessOrEqual, 50, true), (.lessOrEqual, 50.1, false),
        ] as [(AlarmComparison, Double, Bool)]
    )
    func comparisons(comparison: AlarmComparison, value: Double, isBreaching: Bool) throws {
        var condition = AlarmFixture.condition(1, of: 1)
        condition.comparison = comparison
        let evaluation = try AlarmFixture.evaluate([value], AlarmFixture.alarm(condition))
        #expect(evaluation.state == (isBreaching ? .alarm : .ok))
    }

    @Test("data that does not breach never turns OK into ALARM", arguments: UInt64(1)...20)
    func goodDataNeverAlarms(seed: UInt64) throws {
        var random = TestRandom(seed)
        for _ in 0..<300 {
            let periods = Int.random(in: 1...6, using: &random)
            let datapoints = Int.random(in: 1...periods, using: &random)
            let treatment = MissingDataTreatment.allCases.randomElement(using: &random)
            let alarm = AlarmFixture.alarm(AlarmFixture.condition(datapoints, of: periods, treatment))
            let values: [Double?] = (0..<periods + 2).map { _ in [nil, 0, 100].randomElement(using: &random) ?? nil }
            guard try AlarmFixture.evaluate(values, alarm).state == .ok else { continue }
            // A datapoint arrives late, or a further period passes.
            let good = Double.random(in: -50...50, using: &random)
            var late = values
            if let gap = values.indices.filter({ values[$0] == nil }).randomElement(using: &random) { late[gap] = good }
            for added in [late, values.dropFirst() + [good]] {
                let state = try AlarmFixture.evaluate(added, alarm).state
                #expect(state != .alarm, "\(values) then \(added), \(datapoints) of \(periods), \(treatment as Any)")
            }
        }
    }

    @Test("if no used datapoint breaches, the state is OK, whatever it was before", arguments: UInt64(1)...5)
    func goodDataIsOK(seed: UInt64) throws {
        var random = TestRandom(seed)
        for _ in 0..<200 {
            let periods = Int.random(in: 1...6, using: &random)
            let datapoints = Int.random(in: 1...periods, using: &random)
            let alarm = AlarmFixture.alarm(
                AlarmFixture.condition(
                    datapoints,
                    of: periods,
                    MissingDataTreatment.allCases.randomElement(using: &random)
                )
            )
            let values = (0..<periods + 2).map { _ in Double.random(in: -50...50, using: &random) }
            for previous in AlarmState.allCases {
                #expect(try AlarmFixture.evaluate(values, alarm, previous: previous).state == .ok)
            }
        }
    }
}
