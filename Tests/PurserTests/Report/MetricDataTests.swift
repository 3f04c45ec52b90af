import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct MetricDataTests {
    static let start = PurserFixture.start

    /// Returns a reader of three minutes of invocations in slots of ten seconds, and two errors in the second minute.
    static func reader(_ folder: TemporaryFolder) throws -> MetricReader {
        let store = try folder.store()
        let invocations: [Double?] = [1, 2, nil, nil, nil, nil, 3, nil, nil, nil, nil, 1, 5]
        try PurserFixture.record(invocations, of: "Invocations", from: start, every: 10, in: store)
        try PurserFixture.record([2], of: "Errors", from: start + 60, in: store)
        return MetricReader(store: store, quota: nil)
    }

    static func query(_ id: String, _ name: String, stat: String = "Sum", period: Int = 60, more: String = "") -> String
    {
        """
        {"Id":"\(id)","MetricStat":{"Metric":{"Namespace":"ChatService","MetricName":"\(name)"},"Period":\(period),\
        "Stat":"\(stat)"}\(more)}
        """
    }

    static func request(from: Int, to: Int, _ queries: [String], scan: String = "TimestampAscending") throws
        -> MetricDataRequest
    {
        let json = """
            {"StartTime":"\(start + from)","EndTime":"\(start + to)","ScanBy":"\(scan)",
             "MetricDataQueries":[\(queries.joined(separator: ","))]}
            """
        return try MetricDataRequest(json: json, file: "request.json")
    }

    /// Returns each query's datapoints as seconds after the start and value.
    static func answer(_ reader: MetricReader, _ request: MetricDataRequest) throws -> [String: [String]] {
        let results = try reader.answer(request).results.map { result in
            (result.id, result.datapoints.map { "+\(($0.timestamp - start) / 1000) \($0.value)" })
        }
        return Dictionary(uniqueKeysWithValues: results)
    }

    @Test(
        "the start is rounded down to the period and included, the end is excluded",
        arguments: [
            (0, 120, ["+0 3.0", "+60 4.0"]), (59, 120, ["+0 3.0", "+60 4.0"]), (60, 120, ["+60 4.0"]),
            (0, 121, ["+0 3.0", "+60 4.0", "+120 5.0"]), (-90, 1, ["+0 3.0"]), (-90, 0, []), (180, 600, []),
        ] as [(Int, Int, [String])]
    )
    func alignment(from: Int, to: Int, expected: [String]) throws {
        let folder = try TemporaryFolder()
        let request = try Self.request(from: from, to: to, [Self.query("m", "Invocations")])
        #expect(try Self.answer(try Self.reader(folder), request) == ["m": expected])
    }

    @Test("the newest datapoint comes first unless the oldest is requested first")
    func order() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let queries = [Self.query("m", "Invocations"), #"{"Id":"d","Expression":"2*m"}"#]
        let descending = try Self.request(from: 0, to: 180, queries, scan: "TimestampDescending")
        #expect(
            try Self.answer(reader, descending)
                == ["m": ["+120 5.0", "+60 4.0", "+0 3.0"], "d": ["+120 10.0", "+60 8.0", "+0 6.0"]]
        )
        let json = #"{"StartTime":0,"EndTime":60.5,"MetricDataQueries":[\#(Self.query("m", "Invocations"))]}"#
        let plain = try MetricDataRequest(json: json, file: "request.json")
        #expect(plain.isDescending && plain.end == Timestamp(milliseconds: 60_500))
    }

    @Test("an error rate is computed from metrics that are not returned, and has no sample counts")
    func expression() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let request = try Self.request(
            from: -60,
            to: 180,
            [
                Self.query("e", "Errors", more: #","ReturnData":false"#),
                Self.query("i", "Invocations", more: #","Label":"calls""#),
                #"{"Id":"r","Expression":"100*e/i"}"#, #"{"Id":"double","Expression":"2*r","Label":"twice"}"#,
            ]
        )
        let results = try reader.answer(request).results
        #expect(results.map(\.id) == ["i", "r", "double"] && results.map(\.label) == ["calls", "r", "twice"])
        #expect(
            results[0].datapoints
                == [
                    .init(timestamp: Self.start, value: 3, sampleCount: 2),
                    .init(timestamp: Self.start + 60, value: 4, sampleCount: 2),
                    .init(timestamp: Self.start + 120, value: 5, sampleCount: 1),
                ]
        )
        // With invocations, missing errors count as 0; without invocations there is no rate.
        let rates = [0.0, 50, 0].enumerated().map { Datapoint(timestamp: Self.start + $0 * 60, value: $1) }
        #expect(results[1].datapoints == rates)
        #expect(results[2].datapoints.map(\.value) == [0, 100, 0])
    }

    @Test("each query has its own statistic and period, aligned to that period")
    func periods() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        // 18:00 is a whole multiple of both periods, 18:03 only of the longer one.
        try PurserFixture.record(Array(repeating: 1, count: 10), of: "Invocations", in: store)
        let queries = [
            Self.query("two", "Invocations", period: 120), Self.query("three", "Invocations", period: 180),
            Self.query("most", "Invocations", stat: "Maximum", period: 120),
        ]
        let request = try Self.request(from: 180, to: 360, queries)
        let answer = try Self.answer(MetricReader(store: store, quota: nil), request)
        #expect(answer["two"] == ["+120 2.0", "+240 2.0"])
        #expect(answer["three"] == ["+180 3.0"])
        #expect(answer["most"] == ["+120 1.0", "+240 1.0"])
    }

    @Test("a unit excludes other units, and without one all units are merged")
    func units() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], of: "Size", unit: .bytes, in: store)
        try PurserFixture.record([10], of: "Size", unit: .kilobytes, in: store)
        let stat = { (id: String, unit: String) in
            """
            {"Id":"\(id)","MetricStat":{"Metric":{"Namespace":"ChatService","MetricName":"Size","Dimensions":[]},
             "Period":60,"Stat":"Sum"\(unit)}}
            """
        }
        let request = try Self.request(
            from: 0,
            to: 60,
            [
                stat("all", ""), stat("bytes", #","Unit":"Bytes""#), stat("kilo", #","Unit":"Kilobytes""#),
                stat("count", #","Unit":"Count""#),
            ]
        )
        #expect(
            try Self.answer(MetricReader(store: store, quota: nil), request)
                == ["all": ["+0 11.0"], "bytes": ["+0 1.0"], "kilo": ["+0 10.0"], "count": []]
        )
    }

    @Test("metrics of different periods next to an expression, and too many datapoints, are refused")
    func refused() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let mixed = [
            Self.query("a", "Invocations"), Self.query("b", "Errors", period: 300), #"{"Id":"r","Expression":"a"}"#,
        ]
        let mixedFault = #expect(throws: Diagnostics.self) {
            try reader.answer(try Self.request(from: 0, to: 600, mixed))
        }
        #expect(mixedFault?.description == "request: Period: with an expression, all metrics must have the same period")
        let long = [Self.query("a", "Invocations", period: 10), Self.query("b", "Invocations", period: 10)]
        let day = 86_400
        #expect(try reader.answer(try Self.request(from: 0, to: 58 * day, long)).results.count == 2)
        let longFault = #expect(throws: Diagnostics.self) {
            try reader.answer(try Self.request(from: 0, to: 59 * day, long))
        }
        #expect(
            longFault?.description
                == "request: Period: 1019520 datapoints exceed the limit of 1008000; use a longer period"
        )
    }

    @Test("all faults of a request are reported together, each with its key")
    func faults() throws {
        let json = #"""
            {"StartTime":"yesterday","EndTime":"2026-11-16","ScanBy":"Newest","MaxPoints":5,"MetricDataQueries":[
             {"Id":"M","MetricStat":{"Metric":{"Namespace":"ChatService"},"Period":60,"Stat":"Sum"}},
             {"Id":"a","MetricStat":{"Metric":{"Namespace":"N","MetricName":"A","Dimensions":[{"Name":"x"}]},
              "Period":45,"Stat":"Median","Unit":"Second"}},
             {"Id":"a","Expression":"b+1"},
             {"Id":"c","Expression":"1+"},
             {"Id":"d"},
             {"Id":"s","Expression":"s+1","Colour":"red"}]}
            """#
        let error = #expect(throws: Diagnostics.self) { try MetricDataRequest(json: json, file: "r.json") }
        #expect(
            error?.all.map(\.key)
                == [
                    "MaxPoints", "StartTime", "ScanBy", "MetricDataQueries[0].Id",
                    "MetricDataQueries[0].MetricStat.Metric", "MetricDataQueries[1].MetricStat.Metric.Dimensions",
                    "MetricDataQueries[1].MetricStat.Period", "MetricDataQueries[1].MetricStat.Stat",
                    "MetricDataQueries[1].MetricStat.Unit", "MetricDataQueries[2].Id",
                    "MetricDataQueries[2].Expression", "MetricDataQueries[3].Expression", "MetricDataQueries[4]",
                    "MetricDataQueries[5].Colour", "MetricDataQueries[5].Expression",
                ]
        )
        let texts = error?.all.map(\.description) ?? []
        #expect(
            texts.contains(
                "r.json: MetricDataQueries[1].MetricStat.Period: must be 10, 20, 30 or a multiple of 60 seconds, at most 30 days"
            )
        )
        #expect(
            texts.contains("r.json: MetricDataQueries[2].Expression: column 1: there is no query `b` before this one")
        )
        #expect(
            texts.last == "r.json: MetricDataQueries[5].Expression: column 1: there is no query `s` before this one"
        )
    }

    @Test(
        "times must be in order and readable, and there must be queries",
        arguments: [
            (#"{"StartTime":60,"EndTime":60,"MetricDataQueries":[]}"#, ["EndTime", "MetricDataQueries"]),
            (#"{"StartTime":60,"EndTime":"soon"}"#, ["EndTime", "MetricDataQueries"]), ("{", [nil]),
            (#"{}"#, ["StartTime", "EndTime", "MetricDataQueries"]),
            ("[]", ["StartTime", "EndTime", "MetricDataQueries"]),
        ] as [(String, [String?])]
    )
    func times(json: String, keys: [String?]) {
        let error = #expect(throws: Diagnostics.self) { try MetricDataRequest(json: json, file: "r.json") }
        #expect(error?.all.map(\.key) == keys)
    }
}
