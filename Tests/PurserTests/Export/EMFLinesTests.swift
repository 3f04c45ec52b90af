import PurserCore
import PurserRender
import Testing

@Suite struct EMFLinesTests {
    @Test("a line has exactly the expected text")
    func letter() throws {
        let host = [PurserCore.Dimension("Host", "a\"b")]
        let slot = Slot(
            start: MetricExportFixture.start,
            distribution: try MetricExportFixture.distribution([1, 1, 1, 2])
        )
        let export = MetricExport(
            periodSeconds: 60,
            items: [.init(MetricExportFixture.series("Jobs", host, unit: .count), [slot])]
        )
        let milliseconds = MetricExportFixture.start.milliseconds
        #expect(
            EMFLines.lines(export).lines == [
                #"{"_aws":{"Timestamp":\#(milliseconds),"CloudWatchMetrics":[{"Namespace":"App","#
                    + #""Dimensions":[["Host"]],"Metrics":[{"Name":"Jobs","Unit":"Count","StorageResolution":60}]}]},"#
                    + #""Host":"a\"b","Jobs":{"Values":[1.0,1.0,2.0],"Counts":[1,2,1],"Max":2.0,"Min":1.0,"#
                    + #""Count":4,"Sum":5.0}}"#
            ]
        )
    }

    @Test("lines stay within the format's limits and lose no samples", arguments: 1...5)
    func limits(seed: UInt64) throws {
        let export = try MetricExportFixture.export(seed: seed, series: 400)
        let result = EMFLines.lines(export)
        #expect(result.leftOut == [])
        var (count, sum) = (0, 0.0)
        for line in result.lines {
            #expect(line.utf8.count < 256_000)
            let event = try JSONValue(parsing: line)
            let directive = try #require(event["_aws"]?["CloudWatchMetrics"]?.array?.first)
            let names = try #require(directive["Metrics"]?.array).compactMap { $0["Name"]?.string }
            #expect((1...100).contains(names.count) && Set(names).count == names.count)
            for dimension in directive["Dimensions"]?.array?.first?.array ?? [] {
                let name = try #require(dimension.string)
                #expect(event[name]?.string != nil)
            }
            for name in names {
                let value = try #require(event[name])
                let values = try #require(value["Values"]?.array).compactMap(\.double)
                let counts = try #require(value["Counts"]?.array).compactMap(\.integer)
                #expect(values.count == counts.count && (1...100).contains(values.count))
                #expect(values.min() == value["Min"]?.double && values.max() == value["Max"]?.double)
                #expect(counts.reduce(0, +) == value["Count"]?.integer)
                count += counts.reduce(0, +)
                sum += try #require(value["Sum"]?.double)
            }
        }
        let slots = export.items.flatMap(\.slots)
        #expect(count == slots.reduce(0) { $0 + $1.distribution.count })
        let expected = slots.reduce(0) { $0 + $1.distribution.sum }
        #expect((sum - expected).magnitude <= 1e-9 * expected.magnitude)
    }

    @Test("a metric named like its own dimension is left out and reported; a metric in two units takes two lines")
    func names() throws {
        let slot = Slot(start: MetricExportFixture.start, distribution: try MetricExportFixture.summary())
        let taken = MetricExportFixture.series("Host", [.init("Host", "a")])
        let export = MetricExport(
            periodSeconds: 60,
            items: [
                .init(taken, [slot]), .init(MetricExportFixture.series("M", unit: .seconds), [slot]),
                .init(MetricExportFixture.series("M", unit: .milliseconds), [slot]),
            ]
        )
        let result = EMFLines.lines(export)
        #expect(result.leftOut == [taken.metric] && result.lines.count == 2)
        #expect(result.lines.allSatisfy { $0.contains(#""M":{"Max":5.0,"Min":1.0,"Count":4,"Sum":10.0}"#) })
    }
}
