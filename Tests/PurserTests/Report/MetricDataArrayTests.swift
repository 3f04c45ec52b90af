import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct MetricDataArrayTests {
    private typealias Tests = MetricDataTests

    private static func array(_ expression: String, more: String = "") -> [String] {
        [
            #"{"Id":"r","Expression":"\#(expression)"\#(more)}"#,
            Tests.query("e", "Errors", more: #","ReturnData":false"#),
            Tests.query("i", "Invocations", more: #","ReturnData":false,"Label":"calls""#),
        ]
    }

    @Test("an array has a result for each of its series, all with the same id and with both labels")
    func results() throws {
        let folder = try TemporaryFolder()
        let reader = try Tests.reader(folder)
        let request = try Tests.request(from: 0, to: 180, Self.array("METRICS()*2", more: #","Label":"Twice:""#))
        let results = try reader.answer(request).results
        #expect(results.map(\.id) == ["r", "r"])
        #expect(results.map(\.label) == ["Twice: Errors", "Twice: calls"])
        #expect(results[0].datapoints.map(\.value) == [4])
        #expect(results[1].datapoints.map(\.value) == [6, 8, 10])
    }

    @Test(
        "without a label the id is used, an empty label leaves the series' own, and a field has the value of its own series",
        arguments: [
            ("METRICS()", "", ["r Errors", "r calls"]), ("METRICS()", #","Label":"""#, ["Errors", "calls"]),
            ("SORT(METRICS(), SUM, DESC)", #","Label":"sum ${SUM}""#, ["sum 12 calls", "sum 2 Errors"]),
            ("SLICE(METRICS(), 1, 2)", "", ["r"]), ("FIRST(METRICS())", #","Label":"one""#, ["one"]),
        ]
    )
    func labels(expression: String, more: String, expected: [String]) throws {
        let folder = try TemporaryFolder()
        let request = try Tests.request(from: 0, to: 180, Self.array(expression, more: more))
        #expect(try Tests.reader(folder).answer(request).results.map(\.label) == expected)
    }

    @Test("pages of an array continue within the right series")
    func pages() throws {
        let folder = try TemporaryFolder()
        let reader = try Tests.reader(folder)
        var request = try Tests.request(from: 0, to: 180, Self.array("METRICS()"))
        let whole = try reader.answer(request).results
        request.mostDatapoints = 1
        var found: [String: [Double]] = [:]
        for page in 0..<4 {
            let answer = try reader.answer(request)
            for result in answer.results { found[result.label, default: []] += result.datapoints.map(\.value) }
            #expect((answer.nextToken == nil) == (page == 3))
            request.nextToken = answer.nextToken
        }
        #expect(found == Dictionary(uniqueKeysWithValues: whole.map { ($0.label, $0.datapoints.map(\.value)) }))
    }

    @Test("type faults are reported with the query's location, and a single number is not a valid result")
    func types() throws {
        let error = #expect(throws: Diagnostics.self) {
            try Tests.request(
                from: 0,
                to: 60,
                [
                    Tests.query("m", "Invocations"), #"{"Id":"n","Expression":"AVG(m)"}"#,
                    #"{"Id":"f","Expression":"FIRST(m)"}"#, #"{"Id":"k","Expression":"SUM(m)","ReturnData":false}"#,
                    #"{"Id":"t","Expression":"m-k"}"#,
                ]
            )
        }
        #expect(
            error?.all.map(\.description) == [
                "request.json: MetricDataQueries[1].Expression: gives one number; a result must be a time series, "
                    + "such as the result of TIME_SERIES(…)",
                "request.json: MetricDataQueries[2].Expression: column 7: argument 1 of FIRST must be an array of "
                    + "time series, not a time series",
            ]
        )
    }

    @Test("a band is computed from the two weeks before the request, upper edge first")
    func band() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let hour = 3600
        // Eight days at 100 an hour, then a spike.
        let values = [Double](repeating: 100, count: 192) + [500]
        try PurserFixture.record(values, of: "Invocations", from: Tests.start - 192 * hour, every: hour, in: store)
        let queries = [
            Tests.query("m", "Invocations", period: hour), #"{"Id":"b","Expression":"ANOMALY_DETECTION_BAND(m, 3)"}"#,
            #"{"Id":"over","Expression":"IF(m>FIRST(ANOMALY_DETECTION_BAND(m)), 1, 0)"}"#,
            #"{"Id":"e","Expression":"m*2"}"#, #"{"Id":"c","Expression":"ANOMALY_DETECTION_BAND(e, 3)"}"#,
        ]
        let reader = MetricReader(store: store, quota: nil)
        let results = try reader.answer(try Tests.request(from: 0, to: hour, queries)).results
        let labels = ["Invocations", "b Invocations (upper)", "b Invocations (lower)", "over", "e", "c e (upper)"]
        #expect(results.map(\.label) == labels + ["c e (lower)"])
        #expect(results.map { $0.datapoints.map(\.value) } == [[500], [107.5], [92.5], [1], [1000], [215], [185]])
        // Without any history before the request, there is no band.
        let early = try Tests.request(from: -192 * hour, to: -191 * hour, queries)
        #expect(try reader.answer(early).results.map(\.datapoints.count) == [1, 0, 0, 1, 1, 0, 0])
    }
}
