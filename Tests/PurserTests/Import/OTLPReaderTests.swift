import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser
@testable import PurserImport

@Suite struct OTLPReaderTests {
    static let start = ImportFixture.now.seconds - 600

    static func nanos(_ second: Int64) -> String { "\"\((start + second) * 1_000_000_000)\"" }

    /// Returns a request with one metric and the given data.
    static func request(_ data: String, name: String = "m", unit: String = "1", host: String = "a") -> String {
        #"{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"chat"}},"#
            + #"{"key":"host.name","value":{"stringValue":"\#(host)"}}]},"scopeMetrics":[{"scope":{"name":"s"},"#
            + #""metrics":[{"name":"\#(name)","unit":"\#(unit)",\#(data)}]}]}]}"#
    }

    /// Returns a datapoint at the given second, in a series that began at `begun`.
    static func point(_ members: String, at second: Int64 = 0, from begun: Int64? = -60) -> String {
        let begun = begun.map { #""startTimeUnixNano":\#(nanos($0)),"# } ?? ""
        return "{\(begun)\"timeUnixNano\":\(nanos(second)),\(members)}"
    }

    static func sum(_ points: [String], temporality: Int = 2, isMonotonic: Bool = true) -> String {
        #""sum":{"aggregationTemporality":\#(temporality),"isMonotonic":\#(isMonotonic),"#
            + #""dataPoints":[\#(points.joined(separator: ","))]}"#
    }

    static func total(_ fixture: ImportFixture, _ attributes: [String: String] = [:], unit: MetricUnit? = nil) throws
        -> Distribution
    {
        let dimensions = attributes.merging(["service.name": "chat"]) { own, _ in own }
        let list = dimensions.map { PurserCore.Dimension($0.key, $0.value) }
        return try fixture.total("App", "m", list, unit: unit)
    }

    static func imported(_ lines: String...) throws -> (ImportFixture, MetricImport.Result) {
        let fixture = try ImportFixture(.otlp, namespace: "App")
        let (result, faults) = try fixture.run(lines.map { $0 + "\n" }.joined())
        #expect(faults.isEmpty)
        return (fixture, result)
    }

    @Test("gauges and non-monotonic sums become samples in their unit, with attributes and service as dimensions")
    func gauges() throws {
        let attributes =
            #""attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"b","value":{"boolValue":true}}]"#
        let (fixture, result) = try Self.imported(
            Self.request(#""gauge":{"dataPoints":[\#(Self.point(#""asInt":"12",\#(attributes)"#))]}"#, unit: "By"),
            Self.request(Self.sum([Self.point(#""asDouble":2.5"#)], isMonotonic: false), unit: "{request}"),
            Self.request(#""gauge":{"dataPoints":[\#(Self.point(#""asDouble":"NaN""#)),{"flags":1}]}"#),
            #"{"resourceSpans":[]}"#
        )
        #expect(result.stored == 2 && result.skipped == 1 && result.notes.count == 1)
        #expect(try Self.total(fixture, ["n": "7", "b": "true"], unit: .bytes).sum == 12)
        #expect(try Self.total(fixture, unit: .count).sum == 2.5)
        let units = ["s", "ms", "1", "{token}", "{token}/s", "%", "furlong"].map(OTLPPoints.unit)
        #expect(units == [.seconds, .milliseconds, .none, .count, .countPerSecond, .percent, .none])
    }

    @Test("delta sums are stored as they are, and cumulative sums by their increase, even after a restart")
    func sums() throws {
        let delta = Self.sum([Self.point(#""asInt":"3""#), Self.point(#""asInt":4"#, at: 60)], temporality: 1)
        #expect(try Self.total(Self.imported(Self.request(delta)).0).sum == 7)
        let values: [(Int, Int64, Int64)] = [(10, 0, -60), (15, 60, -60), (4, 120, 90), (9, 180, 170), (2, 240, 170)]
        let points = values.map { Self.point(#""asInt":"\#($0.0)""#, at: $0.1, from: $0.2) }
        let (fixture, _) = try Self.imported(Self.request(Self.sum(points)))
        #expect(try Self.total(fixture).sum == 30 && Self.total(fixture).count == 5)
    }

    @Test("a series that began long before, or at an unknown time, counts from its first datapoint in the input")
    func beginnings() throws {
        for begun in [-86_400, nil] as [Int64?] {
            let points = [1000, 1007].enumerated().map {
                Self.point(#""asInt":"\#($0.element)""#, at: Int64($0.offset) * 60, from: begun)
            }
            let (fixture, result) = try Self.imported(Self.request(Self.sum(points)))
            #expect(try Self.total(fixture).sum == 7)
            #expect(result.notes.contains { $0.contains("long before") })
        }
    }

    @Test("two processes with the same dimensions are counted separately")
    func processes() throws {
        let lines = [(5, "a", 0), (100, "b", 1), (6, "a", 60), (103, "b", 61)].map { value, host, second in
            Self.request(Self.sum([Self.point(#""asInt":"\#(value)""#, at: Int64(second))]), host: host)
        }
        let (fixture, _) = try Self.imported(lines[0], lines[1], lines[2], lines[3])
        #expect(try Self.total(fixture).sum == 109)
    }

    @Test("explicit histograms put samples at their bounds, within the extremes; cumulative ones store the increase")
    func histograms() throws {
        let histogram = { (counts: [Int], sum: Double, more: String, second: Int64) in
            let list = counts.map { "\"\($0)\"" }.joined(separator: ",")
            return Self.point(
                #""count":"\#(counts.reduce(0, +))","sum":\#(sum),"bucketCounts":[\#(list)],"explicitBounds":[1,5]\#(more)"#,
                at: second
            )
        }
        let wrap = { (temporality: Int, points: [String]) in
            Self.request(
                #""histogram":{"aggregationTemporality":\#(temporality),"dataPoints":[\#(points.joined(separator: ","))]}"#,
                unit: "s"
            )
        }
        let (delta, _) = try Self.imported(wrap(1, [histogram([2, 1, 1], 12.5, #","min":0.25,"max":8"#, 0)]))
        let total = try Self.total(delta, unit: .seconds)
        #expect(total.count == 4 && total.sum == 12.5 && total.minimum == 0.25 && total.maximum == 8)
        #expect((total.percentile(99) ?? 0) == 8)
        let points = [
            histogram([1, 0, 0], 0.5, "", 0), histogram([1, 3, 0], 9.75, "", 60), histogram([0, 1, 0], 2, "", 120),
        ]
        let (cumulative, _) = try Self.imported(wrap(2, points))
        let grown = try Self.total(cumulative)
        #expect(grown.count == 5 && grown.sum == 11.75 && grown.minimum == 1 && grown.maximum == 5)
    }

    /// Returns the index of a value's bucket at a scale of 6 or more, from the definition.
    static func index(_ value: Double, scale: Int) -> Int {
        Int((log2(value) * Double(1 << scale)).rounded(.up)) - 1
    }

    static func exponential(_ values: [Double], scale: Int, temporality: Int, second: Int64 = 0) -> String {
        var buckets: [Int: Int] = [:]
        for value in values where value > 0 { buckets[index(value, scale: scale), default: 0] += 1 }
        let (low, high) = (buckets.keys.min() ?? 0, buckets.keys.max() ?? 0)
        let counts = (low...high).map { "\"\(buckets[$0] ?? 0)\"" }.joined(separator: ",")
        let zeros = values.filter { $0 == 0 }.count
        return point(
            #""count":"\#(values.count)","sum":\#(values.reduce(0, +)),"scale":\#(scale),"zeroCount":"\#(zeros)","#
                + #""positive":{"offset":\#(low),"bucketCounts":[\#(counts)]}"#,
            at: second
        )
    }

    static func wrapped(_ points: [String], temporality: Int) -> String {
        request(
            #""exponentialHistogram":{"aggregationTemporality":\#(temporality),"#
                + #""dataPoints":[\#(points.joined(separator: ","))]}"#
        )
    }

    @Test("exponential histograms of scale 6 or more merge exactly into the store's buckets", arguments: [6, 7, 9])
    func exponential(scale: Int) throws {
        var random = SeededRandom(seed: UInt64(scale))
        let values = (0..<200).map { _ in Double.random(in: 0.01...500, using: &random) } + [0, 0]
        let (fixture, _) = try Self.imported(
            Self.wrapped([Self.exponential(values, scale: scale, temporality: 1)], temporality: 1)
        )
        let expected = values.compactMap { Distribution(value: $0) }.reduce(into: Distribution.empty) { $0.merge($1) }
        let total = try Self.total(fixture)
        #expect(total.buckets == expected.buckets && total.count == 202)
        #expect((total.sum - expected.sum).magnitude < 1e-6)
    }

    @Test("a cumulative exponential histogram stores its increase, even if its scale falls")
    func exponentialGrowth() throws {
        var random = SeededRandom(seed: 3)
        let values = (0..<120).map { _ in Double.random(in: 0.5...50, using: &random) }
        let points = [(40, 9), (80, 8), (120, 7)].enumerated().map { index, step in
            Self.exponential(Array(values.prefix(step.0)), scale: step.1, temporality: 2, second: Int64(index) * 60)
        }
        let total = try Self.total(Self.imported(Self.wrapped(points, temporality: 2)).0)
        let expected = values.compactMap { Distribution(value: $0) }.reduce(into: Distribution.empty) { $0.merge($1) }
        #expect(total.buckets == expected.buckets && (total.sum - expected.sum).magnitude < 1e-6)
    }

    @Test("a coarser exponential histogram puts samples in the middle of its buckets, and a note says so")
    func coarse() throws {
        let (fixture, result) = try Self.imported(
            Self.wrapped(
                [Self.point(#""count":3,"sum":9,"scale":0,"positive":{"offset":1,"bucketCounts":[3]}"#)],
                temporality: 1
            )
        )
        let total = try Self.total(fixture)
        #expect(result.notes.count == 1 && total.count == 3 && total.sum == 9)
        #expect(((total.percentile(50) ?? 0) - 2 * 2.0.squareRoot()).magnitude < 0.04)
    }

    @Test("a request that spans several lines is read once it is complete in a growing file, and counts once")
    func document() throws {
        let fixture = try ImportFixture(.otlp, namespace: "App")
        let request = Self.request(Self.sum([Self.point(#""asInt":"3""#)], temporality: 1))
        let text = try JSONValue(parsing: request).text(indented: true) + "\n"
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let part = try fixture.run(lines.prefix(8).joined(separator: "\n") + "\n")
        #expect(part.result.stored == 0 && part.faults == ["in:1: the object that begins here does not end"])
        #expect(try fixture.run(text).result.stored == 1)
        #expect(try fixture.run(text).result == MetricImport.Result(knownLines: lines.count - 1))
        #expect(try Self.total(fixture).sum == 3)
    }

    @Test("importing cumulative requests line by line gives the same result as importing them in one go")
    func growth() throws {
        let fixture = try ImportFixture(.otlp, namespace: "App")
        let lines = [3, 8, 8, 1, 6].enumerated().map { index, value in
            Self.request(Self.sum([Self.point(#""asInt":"\#(value)""#, at: Int64(index) * 60)])) + "\n"
        }
        for count in 1...lines.count { #expect(try fixture.run(lines.prefix(count).joined()).result.lines == 1) }
        let total = try Self.total(fixture)
        #expect(total.count == 5 && total.sum == 14)
    }

    @Test(
        "a fault is reported with its location, and the other datapoints are stored",
        arguments: [
            ("x", "in:2: line 1"),
            ("[1]", "in:2: an object with resourceMetrics"),
            (#"{"resourceMetrics":[{"#, "in:2: the object that begins here does not end"),
            (#"{"resourceMetrics":"a"#, "in:2: line 1"),
            (request(#""other":{}"#), "in:2: m: one of gauge, sum"),
            (request(#""sum":{"dataPoints":[]}"#), "m: aggregationTemporality must be"),
            (request(#""gauge":{"dataPoints":[{"asInt":"1"}]}"#), "m: timeUnixNano must be"),
            (request(#""gauge":{"dataPoints":[\#(point(#""asInt":"x""#))]}"#), "m: asDouble or asInt"),
            (request(#""gauge":{"dataPoints":[\#(point(#""asDouble":1e300"#))]}"#), "m: must be of a magnitude"),
            (request(#""gauge":{"dataPoints":[{"timeUnixNano":"1","asInt":"1"}]}"#), "m: 1970-01-01"),
            (request(#""gauge":{"dataPoints":[\#(point(#""asInt":"1""#))]}"#, name: ""), "namespace and name"),
            (request(sum([point(#""asInt":"1""#), point(#""asInt":"2""#)])), "is not after the previous datapoint"),
            (
                request(
                    #""histogram":{"aggregationTemporality":1,"dataPoints":["#
                        + point(#""count":2,"bucketCounts":[1,0],"explicitBounds":[1]"#) + "]}"
                ), "m: bucketCounts must be one more"
            ),
            (wrapped([point(#""scale":99"#)], temporality: 1), "m: scale must be"),
            (wrapped([point(#""scale":3,"count":5"#)], temporality: 1), "m: count must be the sum"),
            (
                wrapped([point(#""count":1,"scale":6,"positive":{"offset":9000,"bucketCounts":[1]}"#)], temporality: 1),
                "2^63"
            ),
            (
                wrapped([point(#""scale":6,"positive":{"offset":1,"bucketCounts":["-1"]}"#)], temporality: 1),
                "m: bucketCounts must be whole numbers"
            ),
        ]
    )
    func malformed(line: String, fault: String) throws {
        let fixture = try ImportFixture(.otlp, namespace: "App")
        let good = { (value: Int) in
            Self.request(#""gauge":{"dataPoints":[\#(Self.point(#""asInt":"\#(value)""#))]}"#, unit: "{good}")
        }
        let (_, faults) = try fixture.run([good(1), line, good(2)].joined(separator: "\n") + "\n")
        #expect(try Self.total(fixture, unit: .count).sum == 3)
        #expect(faults.count == 1 && faults[0].contains(fault), "\(faults)")
    }
}
