import PurserCore
import PurserRender
import PurserStore
import TestSupport
import Testing

@testable import Purser

private struct PeerReport: Decodable {
    let report: String
    let datums: Int
    let largest: Int
    let bytes: Int
    let count: Int
    let sum: Double
}

@Suite(.blocking) struct PutMetricDataLinesTests {
    private static func stored(_ lines: [String], in store: Store) throws -> MetricPut.Result {
        try MetricPut.store(
            lines.joined(separator: "\n"),
            from: "export",
            now: MetricExportFixture.start + 10_000,
            writer: "test",
            in: store
        )
    }

    @Test(
        "exported metrics put into another store keep their count, extremes, buckets and sum",
        arguments: 1...8
    )
    func roundTrip(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var export = try MetricExportFixture.export(seed: seed, series: 20)
        // Metrics must not contain control characters, and escaping names is not what this test is about.
        for index in export.items.indices {
            let metric = export.items[index].series.metric
            let dimensions = metric.dimensions.map {
                PurserCore.Dimension($0.name, $0.value.replacing("\n", with: " "))
            }
            let clean = Metric(namespace: metric.namespace, name: metric.name, dimensions: dimensions)
            export.items[index].series = Series(clean, unit: export.items[index].series.unit)
        }
        let result = try Self.stored(PutMetricDataLines.lines(export), in: store)
        #expect(result.faults == [])
        for item in export.items {
            let reference = MetricReference(item.series.metric, unit: item.series.unit)
            let (from, to) = (MetricExportFixture.start, MetricExportFixture.start + 600)
            let found = try #require(try store.slots(of: [reference], from: from, to: to)[reference])
            let minutes = found.merged(from: from, to: from + 180, period: 60)
            for (slot, copy) in zip(item.slots, minutes) {
                let original = slot.distribution
                #expect(copy.count == original.count && copy.buckets == original.buckets, "seed \(seed)")
                #expect(copy.minimum == original.minimum && copy.maximum == original.maximum, "seed \(seed)")
                #expect(copy.percentiles([1, 50, 99]) == original.percentiles([1, 50, 99]), "seed \(seed)")
                let size = max(original.minimum.magnitude, original.maximum.magnitude) * Double(original.count)
                let tolerance = 1e-9 * Double(original.count) + 1e-12 * size
                #expect((copy.sum - original.sum).magnitude <= tolerance, "seed \(seed): \(original.sum), \(copy.sum)")
            }
        }
    }

    @Test("more than 150 values become several datums, and more than 1000 datums become several lines")
    func limits() throws {
        let wide = try MetricExportFixture.distribution((0..<500).map { 1.05 * Double($0 + 1) * Double($0 + 1) })
        let one = try #require(Distribution(value: 1))
        let slots = (0..<1200).map { Slot(start: MetricExportFixture.start + 10 * $0, distribution: one) }
        let export = MetricExport(
            periodSeconds: 10,
            items: [
                .init(MetricExportFixture.series("Wide"), [Slot(start: MetricExportFixture.start, distribution: wide)]),
                .init(MetricExportFixture.series("Many"), slots),
            ]
        )
        let inputs = try PutMetricDataLines.lines(export).map { try JSONValue(parsing: $0) }
        let counts = inputs.map { $0["MetricData"]?.array?.count ?? 0 }
        #expect(counts.first == 1000 && counts.reduce(0, +) > 1200)
        let datums = inputs.flatMap { $0["MetricData"]?.array ?? [] }
        #expect(datums.allSatisfy { ($0["Values"]?.array?.count ?? 0) <= 150 })
        #expect(datums.allSatisfy { $0["StorageResolution"]?.integer == 1 })
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(try Self.stored(PutMetricDataLines.lines(export), in: store).faults == [])
        let reference = MetricReference(MetricExportFixture.series("Wide").metric)
        // Only a day, because the store looks at each hour of a range.
        let (from, to) = (MetricExportFixture.start, MetricExportFixture.start + 86_400)
        let found = try store.slots(of: [reference], from: from, to: to)
        #expect(found[reference]?.slots.first?.distribution.buckets == wide.buckets)
    }

    @Test("samples without a histogram are exported as their summary")
    func summaries() throws {
        let slot = Slot(start: MetricExportFixture.start, distribution: try MetricExportFixture.summary())
        let export = MetricExport(periodSeconds: 60, items: [.init(MetricExportFixture.series("S"), [slot])])
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(try Self.stored(PutMetricDataLines.lines(export), in: store).faults == [])
        let reference = MetricReference(MetricExportFixture.series("S").metric)
        let found = try store.slots(of: [reference], from: slot.start, to: slot.start + 60)
        #expect(found[reference]?.slots == [slot])
    }

    @Test(
        "botocore accepts every line, within CloudWatch's limits",
        .needsPeers
    )
    func botocore() throws {
        let peer = try PeerProcess.shared("put_metric_data.py")
        for seed: UInt64 in 1...5 {
            let export = try MetricExportFixture.export(seed: seed, series: 300)
            let slots = export.items.flatMap(\.slots)
            var (count, sum) = (0, 0.0)
            for line in PutMetricDataLines.lines(export) {
                let report = try peer.ask(.string(line), for: PeerReport.self)
                #expect(report.report == "" && report.datums <= 1000 && report.largest <= 150)
                #expect(report.bytes < 1_000_000)
                count += report.count
                sum += report.sum
            }
            #expect(count == slots.reduce(0) { $0 + $1.distribution.count }, "seed \(seed)")
            let expected = slots.reduce(0) { $0 + $1.distribution.sum }
            #expect((sum - expected).magnitude <= 1e-9 * expected.magnitude, "seed \(seed)")
        }
    }
}
