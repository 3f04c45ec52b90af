import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct MetricPutTests {
    static let now = PurserFixture.start + 7

    static func put(_ store: Store, _ lines: String..., writer: String = "test") throws -> MetricPut.Result {
        let text = lines.joined(separator: "\n")
        return try MetricPut.store(text, from: "in.jsonl", now: now, writer: writer, in: store)
    }

    /// Returns a line with one datum of the metric M and the given other members.
    static func line(_ members: String, name: String = "M") -> String {
        #"{"Namespace":"App","MetricData":[{"MetricName":"\#(name)",\#(members)}]}"#
    }

    static func total(
        _ store: Store,
        _ name: String = "M",
        _ dimensions: [PurserCore.Dimension] = [],
        unit: MetricUnit? = nil
    ) throws -> Distribution {
        let reference = MetricReference(Metric(namespace: "App", name: name, dimensions: dimensions), unit: unit)
        let (from, to) = (now - 30 * 86_400, now + 86_400)
        return try store.slots(of: [reference], from: from, to: to)[reference]?.total(from: from, to: to) ?? .empty
    }

    static func fault(_ line: String) throws -> [String] {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let result = try put(store, line)
        #expect(result.stored == 0)
        #expect(try store.series() == [] && store.writerNames() == [])
        return result.faults.map(\.description)
    }

    @Test("a value, values with their counts, and a summary are each stored in their own form")
    func forms() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let result = try Self.put(
            store,
            Self.line(#""Value":2.5"#, name: "Value"),
            Self.line(#""Values":[1,2,3.5],"Counts":[1,2.0,3]"#, name: "Counts"),
            Self.line(#""Values":[1,1,4]"#, name: "Values"),
            Self.line(#""StatisticValues":{"SampleCount":4,"Sum":10,"Minimum":1,"Maximum":5}"#, name: "Summary")
        )
        #expect(result == MetricPut.Result(stored: 4, faults: []))
        #expect(try Self.total(store, "Value") == Distribution(value: 2.5))
        let counts = try Self.total(store, "Counts")
        #expect(counts.count == 6 && counts.sum == 15.5 && counts.minimum == 1 && counts.maximum == 3.5)
        #expect(counts.percentiles([100]) != nil)
        let values = try Self.total(store, "Values")
        #expect(values.count == 3 && values.sum == 6)
        let summary = try Self.total(store, "Summary")
        #expect(summary.count == 4 && summary.average == 2.5 && summary.maximum == 5 && summary.buckets.isEmpty)
    }

    @Test("a timestamp is ISO 8601 or seconds since 1970, and defaults to now")
    func timestamps() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let seconds = Self.now.seconds
        let result = try Self.put(
            store,
            Self.line(#""Value":1"#),
            Self.line(#""Value":10,"Timestamp":\#(seconds - 60).75"#),
            Self.line(#""Value":100,"Timestamp":"2026-11-16T19:59:59+02:00""#)
        )
        #expect(result.faults == [] && result.stored == 3)
        let reference = MetricReference(Metric(namespace: "App", name: "M"))
        let slots = try store.slots(of: [reference], from: Self.now - 1000, to: Self.now + 1000)[reference]?.slots
        let found = slots?.map { "\($0.start.timeOfDay) \($0.distribution.sum)" }
        #expect(found == ["17:59:00 10.0", "17:59:50 100.0", "18:00:00 1.0"])
    }

    @Test("points may be from two weeks ago to two hours ahead, to the second")
    func timeLimits() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let (oldest, newest) = (Self.now - 14 * 86_400, Self.now + 7200)
        let lines = [oldest, newest, oldest - 1, newest + 1].map { Self.line(#""Value":1,"Timestamp":"\#($0)""#) }
        let result = try Self.put(store, lines.joined(separator: "\n"))
        #expect(result.stored == 2)
        #expect(
            result.faults.map(\.description)
                == [(3, "2026-11-02T18:00:06Z"), (4, "2026-11-16T20:00:08Z")].map { line, time in
                    "in.jsonl:\(line): MetricData[0].Timestamp: \(time) is not between two weeks ago and two hours"
                        + " ahead (it is 2026-11-16T18:00:07Z)"
                }
        )
    }

    @Test("dimensions in any order identify the same series, and each unit is a separate series")
    func dimensionsAndUnits() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let (a, b) = (#"{"Name":"A","Value":"1"}"#, #"{"Name":"B","Value":"2"}"#)
        let result = try Self.put(
            store,
            Self.line(#""Value":1,"Dimensions":[\#(a),\#(b)]"#),
            Self.line(#""Value":2,"Dimensions":[\#(b),\#(a)],"Unit":"Seconds","StorageResolution":1"#),
            Self.line(#""Value":4,"Unit":"None""#),
            Self.line(#""Value":8,"Dimensions":[]"#)
        )
        #expect(result.faults == [] && result.stored == 4)
        let dimensions = [PurserCore.Dimension("A", "1"), PurserCore.Dimension("B", "2")]
        #expect(try Self.total(store, "M", dimensions).sum == 3)
        #expect(try Self.total(store, "M", dimensions, unit: .seconds).sum == 2)
        #expect(try Self.total(store, unit: MetricUnit.none).sum == 12)
        #expect(try store.series().count == 3)
    }

    @Test("a line with a fault is left out entirely, and the others are stored", arguments: ["\n", "\r\n"])
    func faultyLine(lineEnd: String) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let lines = [
            Self.line(#""Value":1"#), "", "  ",
            #"{"Namespace":"App","MetricData":[{"MetricName":"M","Value":2},{"MetricName":"M","Value":"x"}]}"#,
            #"{"Namespace":"App","#, "[1]", Self.line(#""Value":4"#),
        ]
        let result = try MetricPut.store(
            lines.joined(separator: lineEnd),
            from: "in.jsonl",
            now: Self.now,
            writer: "test",
            in: store
        )
        #expect(result.stored == 2)
        #expect(try Self.total(store).sum == 5)
        #expect(
            result.faults.map(\.description)
                == [
                    "in.jsonl:4: MetricData[1].Value: must be a number of a magnitude up to 2^63",
                    "in.jsonl:5: line 1, column 20: a key in quotes is expected, but the text ends",
                    "in.jsonl:6: an object with Namespace and MetricData is expected",
                ]
        )
    }

    @Test("all lines are stored in one transaction, and the samples of several writers add up")
    func writers() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let two = #"{"Namespace":"App","MetricData":[{"MetricName":"M","Value":1},{"MetricName":"M","Value":2}]}"#
        #expect(try Self.put(store, two, two, writer: "a").stored == 4)
        #expect(try Self.put(store, two, writer: "b").stored == 2)
        let total = try Self.total(store)
        #expect(total.count == 6 && total.sum == 9)
        #expect(try store.progress(ofWriter: "a")?.sequence == 1)
        try store.breakForTest("DROP TABLE point")
        #expect(throws: StoreError.self) { try Self.put(store, two, writer: "c") }
        #expect(try store.writerNames() == ["a", "b"])
    }

    @Test(
        "a faulty datum is reported with its line, its key and what is allowed",
        arguments: [
            (#""Value":1,"Colour":"red""#, "Colour: unknown key; allowed: MetricName, Dimensions, Timestamp,"),
            (#""Unit":"Count""#, " exactly one of Value, Values (with Counts) and StatisticValues is expected"),
            (#""Value":1,"Values":[1]"#, " exactly one of Value, Values (with Counts) and StatisticValues is expected"),
            (#""Value":1,"Counts":[1]"#, "Counts: is allowed only with Values"),
            (#""Value":1e19"#, "Value: must be a number of a magnitude up to 2^63"),
            (#""Value":null"#, "Value: must be a number of a magnitude up to 2^63"),
            (#""Values":[]"#, "Values: must be an array of 1 to 150 numbers"),
            (#""Values":[1,2],"Counts":[1]"#, "Counts: must have as many numbers as Values, 2"),
            (#""Values":[1,2],"Counts":7"#, "Counts: must have as many numbers as Values, 2"),
            (
                #""Values":[1,2],"Counts":[1,0]"#,
                "Values[1]: must be a number of a magnitude up to 2^63, its count 1 to"
            ),
            (#""Values":[1,2],"Counts":[1,1.5]"#, "Values[1]: must be a number of a magnitude up to 2^63, its count"),
            (
                #""Values":[1],"Counts":[1000000001]"#,
                "Values[0]: must be a number of a magnitude up to 2^63, its count"
            ),
            (
                #""StatisticValues":{"SampleCount":2,"Sum":3,"Minimum":2,"Maximum":1}"#,
                "StatisticValues: needs SampleCount (1 to 10^9), Sum, Minimum and Maximum (not below Minimum)"
            ),
            (
                #""StatisticValues":{"SampleCount":0,"Sum":0,"Minimum":0,"Maximum":0}"#,
                "StatisticValues: needs SampleCount (1 to 10^9), Sum, Minimum and Maximum (not below Minimum)"
            ),
            (#""Value":1,"Unit":"Second""#, "Unit: must be one of Seconds, Microseconds, Milliseconds,"),
            (
                #""Value":1,"Timestamp":"noon""#,
                "Timestamp: must be ISO 8601 like 2026-11-23T14:06:10Z, or seconds since"
            ),
            (
                #""Value":1,"Timestamp":1e300"#,
                "Timestamp: must be ISO 8601 like 2026-11-23T14:06:10Z, or seconds since"
            ),
            (#""Value":1,"Dimensions":{}"#, "Dimensions: must be an array of at most 30 objects with Name and Value"),
            (
                #""Value":1,"Dimensions":[{"Name":"A"}]"#,
                "Dimensions[0].Value: must be a string of 1 to 1024 characters without control characters"
            ),
            (
                #""Value":1,"Dimensions":[{"Name":"A","Value":"1"},{"Name":"A","Value":"2"}]"#,
                "Dimensions: a dimension is given twice"
            ),
        ]
    )
    func datumFaults(members: String, expected: String) throws {
        let faults = try Self.fault(Self.line(members))
        #expect(faults.count == 1)
        let separator = expected.hasPrefix(" ") ? ":" : "."
        #expect(faults.first?.hasPrefix("in.jsonl:1: MetricData[0]" + separator + expected) == true, "\(faults)")
    }

    @Test("all faults of a line are reported together")
    func allFaults() throws {
        let faults = try Self.fault(
            #"{"Namespace":"","Region":"x","MetricData":[{"Value":1},{"MetricName":"M","Unit":"x","Value":true},7]}"#
        )
        #expect(
            faults.map { $0.split(separator: ": ", maxSplits: 2)[1] }
                == [
                    "Region", "Namespace", "MetricData[0].MetricName", "MetricData[1].Unit", "MetricData[1].Value",
                    "MetricData[2].MetricName", "MetricData[2]",
                ]
        )
    }

    @Test("CloudWatch's limits on values, dimensions, datums and names are exact")
    func limits() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let list = { (count: Int, item: (Int) -> String) in (0..<count).map(item).joined(separator: ",") }
        let values = { Self.line(#""Values":[\#(list($0) { String($0) })]"#, name: "Values") }
        let dimensions = { (count: Int) in
            Self.line(#""Value":1,"Dimensions":[\#(list(count) { #"{"Name":"\#($0)","Value":"x"}"# })]"#)
        }
        let datums = { (count: Int) in
            let list = list(count) { _ in #"{"MetricName":"Datums","Value":1}"# }
            return #"{"Namespace":"App","MetricData":[\#(list)]}"#
        }
        let name = { Self.line(#""Value":1"#, name: String(repeating: "n", count: $0)) }
        let fits = try Self.put(store, values(150), dimensions(30), datums(1000), name(255))
        #expect(fits == MetricPut.Result(stored: 1003, faults: []))
        #expect(try Self.total(store, "Values").count == 150 && Self.total(store, "Datums").sum == 1000)
        let over = try Self.put(store, values(151), dimensions(31), datums(1001), datums(0), name(256), writer: "b")
        #expect(over.stored == 0)
        #expect(
            over.faults.map(\.description)
                == [
                    "in.jsonl:1: MetricData[0].Values: must be an array of 1 to 150 numbers",
                    "in.jsonl:2: MetricData[0].Dimensions: must be an array of at most 30 objects with Name and Value",
                    "in.jsonl:3: MetricData: must be an array of 1 to 1000 datums",
                    "in.jsonl:4: MetricData: must be an array of 1 to 1000 datums",
                    "in.jsonl:5: MetricData[0].MetricName: must be a string of 1 to 255 characters without control characters",
                ]
        )
    }
}
