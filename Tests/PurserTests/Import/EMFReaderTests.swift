import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite(.blocking) struct EMFReaderTests {
    static let time = (ImportFixture.now - 60).milliseconds

    /// Returns a line with the given directive and other members.
    static func line(_ directive: String, _ members: String) -> String {
        #"{"_aws":{"Timestamp":\#(time),"CloudWatchMetrics":[{\#(directive)}]},\#(members)}"#
    }

    static func metric(_ members: String) -> String {
        line(#""Namespace":"A","Dimensions":[[]],"Metrics":[{"Name":"M","Unit":"Count"}]"#, members)
    }

    static func faults(_ line: String) throws -> [String] {
        let fixture = try ImportFixture(.emf)
        let (result, faults) = try fixture.run(line + "\n")
        #expect(result.stored == 0 && result.faults == faults.count)
        #expect(try fixture.store.series() == [])
        return faults
    }

    @Test("every number that Powertools writes is stored", .needsPeers)
    func powertools() throws {
        let fixture = try ImportFixture(.emf)
        var random = SeededRandom(seed: 11)
        var expected: [Series: [Double]] = [:]
        var lines: [String] = []
        let units: [MetricUnit] = [.milliseconds, .count, .bytes, .seconds, .percent]
        let peer = try PeerProcess.shared("emf_powertools.py")
        for round in 0..<40 {
            let dimensions = [
                PurserCore.Dimension("service", "pay"), PurserCore.Dimension("round", "\(round % 3)"),
            ]
            let metrics = (0..<Int.random(in: 1...8, using: &random)).map { index -> JSONValue in
                let values = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                    (Double.random(in: -10...1e4, using: &random) * 1000).rounded() / 1000
                }
                let (name, unit) = ("Metric\(index)", units[index % units.count])
                let series = Series(Metric(namespace: "Shop", name: name, dimensions: dimensions), unit: unit)
                expected[series, default: []] += values
                return [
                    .string(name), .string(unit.rawValue), index % 2 == 0 ? 1 : 60,
                    .array(values.map(JSONValue.number)),
                ]
            }
            let members = dimensions.map { JSONValue.Member($0.name, .string($0.value)) }
            let request: JSONValue = [
                "namespace": "Shop", "dimensions": .object(members), "metrics": .array(metrics),
                "timestamp": .integer(Int(Self.time)),
            ]
            let line = try #require(try peer.ask(request).string?.split(separator: "\n").first)
            lines.append((round % 2 == 0 ? "2026-11-16T18:00:00Z\tINFO " : "") + line)
        }
        let result = try fixture.run(lines.joined(separator: "\n") + "\n").result
        #expect(result.lines == 40 && result.faults == 0 && result.skipped == 0)
        #expect(try Set(fixture.store.series()) == Set(expected.keys))
        for (series, values) in expected {
            let metric = series.metric
            let total = try fixture.total(metric.namespace, metric.name, metric.dimensions, unit: series.unit)
            let samples = values.compactMap { Distribution(value: $0) }
            #expect(total == samples.reduce(into: Distribution.empty) { $0.merge($1) }, "\(series)")
        }
    }

    @Test("several dimension sets are several series, and a repeated set counts once")
    func dimensionSets() throws {
        let fixture = try ImportFixture(.emf)
        let directive = #""Namespace":"A","Dimensions":[["a"],["a","b"],["b","a"],[]],"Metrics":[{"Name":"M"}]"#
        let result = try fixture.run(Self.line(directive, #""a":"1","b":"2","M":[1,2.5]"#) + "\n").result
        #expect(result.stored == 3)
        let (a, b) = (PurserCore.Dimension("a", "1"), PurserCore.Dimension("b", "2"))
        for dimensions in [[a], [a, b], []] {
            #expect(try fixture.total("A", "M", dimensions, unit: MetricUnit.none).sum == 3.5)
        }
    }

    @Test("aggregates that libraries write are stored: a summary, and values with their counts")
    func aggregates() throws {
        let fixture = try ImportFixture(.emf)
        let text = [
            Self.metric(#""M":{"Count":4,"Sum":10,"Min":1,"Max":5}"#),
            Self.metric(#""M":{"Values":[1.5,4],"Counts":[2,1.0],"Count":3,"Sum":7.5,"Min":1,"Max":4.5}"#),
            Self.metric(#""M":{"Count":0,"Sum":0,"Min":0,"Max":0}"#),
        ]
        let result = try fixture.run(text.joined(separator: "\n") + "\n").result
        #expect(result.stored == 2 && result.faults == 0)
        let total = try fixture.total("A", "M", unit: .count)
        #expect(total.count == 7 && total.sum == 17.5 && total.minimum == 1 && total.maximum == 5)
    }

    @Test("other lines of the log are skipped")
    func otherLines() throws {
        let fixture = try ImportFixture(.emf)
        let text = "START RequestId: 1\n\n{\"level\":\"INFO\"}\nplain {brace\n[1]\n" + Self.metric("\"M\":1") + "\n"
        #expect(try fixture.run(text).result == MetricImport.Result(lines: 6, skipped: 5, stored: 1))
    }

    @Test(
        "a fault is reported with its location",
        arguments: [
            (metric(#""N":1"#), "in:1: M: is a metric, but"),
            (metric(#""M":"1""#), "in:1: M: must be a number"),
            (metric(#""M":1e300"#), "in:1: M: must be a number"),
            (metric(#""M":[1,null]"#), "in:1: M: must be a number"),
            (metric(#""M":["# + String(repeating: "1,", count: 100) + "1]"), "in:1: M: has 101 values"),
            (metric(#""M":{"Values":[1],"Counts":[0]}"#), "in:1: M: Counts"),
            (metric(#""M":{"Count":1,"Sum":1,"Min":2,"Max":1}"#), "in:1: M: Count"),
            (metric(#""M":{"x":1}"#), "in:1: M: must be a number, an array, or"),
            (line(#""Namespace":"A","Dimensions":[["d"]],"Metrics":[]"#, #""M":1"#), "names `d`"),
            (line(#""Namespace":"A","Dimensions":[["d"]],"Metrics":[]"#, #""d":5"#), "in:1: d: is a dimension"),
            (line(#""Namespace":"A","Dimensions":"d","Metrics":[]"#, #""M":1"#), "Dimensions: must be an array"),
            (line(#""Namespace":"","Metrics":[]"#, #""M":1"#), "Namespace: must be a string"),
            (line(#""Namespace":"A","Metrics":[{"Name":"M","Unit":"s"}]"#, #""M":1"#), "Unit: must be one of"),
            (
                line(#""Namespace":"A","Metrics":[{"Name":"M","StorageResolution":5}]"#, #""M":1"#),
                "Metrics[0].StorageResolution: must be 1 or 60"
            ),
            (#"{"_aws":{"CloudWatchMetrics":[]}}"#, "_aws.Timestamp: must be"),
            (#"{"_aws":{"Timestamp":1e300,"CloudWatchMetrics":[]}}"#, "_aws.Timestamp: must be"),
            (#"{"_aws":{"Timestamp":1}}"#, "_aws.CloudWatchMetrics: must be"),
            (#"{"_aws":5}"#, "_aws.Timestamp"),
            (#"{"_aws":{"Timestamp":1"#, "in:1: line 1"),
        ]
    )
    func malformed(line: String, fault: String) throws {
        let faults = try Self.faults(line)
        #expect(faults.contains { $0.contains(fault) }, "\(faults)")
    }

    @Test("more than 100 metrics or 30 dimensions are refused")
    func limits() throws {
        let names = (0..<101).map { "m\($0)" }
        let metrics = names.map { #"{"Name":"\#($0)"}"# }.joined(separator: ",")
        let members = names.map { #""\#($0)":1"# }.joined(separator: ",")
        let many = Self.line(#""Namespace":"A","Dimensions":[],"Metrics":[\#(metrics)]"#, members)
        #expect(try Self.faults(many).contains { $0.contains("at most 100") })
        let dimensions = names.prefix(31).map { "\"\($0)\"" }.joined(separator: ",")
        let wide = Self.line(#""Namespace":"A","Dimensions":[[\#(dimensions)]],"Metrics":[]"#, members)
        #expect(try Self.faults(wide).contains { $0.contains("at most 30") })
    }
}
