import PurserCore
import PurserImport

extension FuzzedReader {
    static func emf(_ text: String) {
        var reader = EMFReader()
        importLines(of: text, with: &reader)
    }

    static func otlp(_ text: String) {
        var reader = OTLPReader(namespace: "OpenTelemetry")
        importLines(of: text, with: &reader)
    }

    static func openmetrics(_ text: String) {
        var reader = OpenMetricsReader(namespace: "OpenMetrics", now: { now })
        importLines(of: text, with: &reader)
    }

    static func bedrockLog(_ text: String) {
        var reader = BedrockLogReader(prices: prices)
        importLines(of: text, with: &reader)
    }

    static func putMetricData(_ text: String) {
        var slots = MergedSlots()
        for line in lines(of: text) {
            for point in (try? PutMetricDataReader.points(line, file: "in.jsonl", now: now)) ?? [] { slots.add(point) }
        }
        slots.check()
    }

    /// Does what an import does with the lines of a file.
    private static func importLines(of text: String, with reader: inout some MetricFormatReader) {
        var slots = MergedSlots()
        func take(_ reading: LineReading) {
            for point in reading.points { slots.add(point) }
            for call in reading.calls {
                for point in call.points { slots.add(point) }
            }
        }
        for line in lines(of: text) {
            take(reader.read(line, at: "file:1"))
            _ = reader.isPending
        }
        take(reader.finish())
        slots.check()
    }

    private static func lines(of text: String) -> [String] {
        text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}

/// The datapoints of an import, one distribution per series and slot.
private struct MergedSlots {
    private var merged: [Series: [Timestamp: Distribution]] = [:]

    mutating func add(_ point: Flush.Point) {
        merged[point.series, default: [:]][point.slot.start, default: .empty].merge(point.slot.distribution)
    }

    /// Checks that what the store would write can be read back, and used.
    func check() {
        for distribution in merged.values.flatMap(\.values) {
            let bytes = distribution.encoded()
            let again = bytes.withUnsafeBytes { try? Distribution(encoded: $0) }
            precondition(again == distribution, "the stored distribution cannot be read back")
            _ = (distribution.sum, distribution.percentile(99))
        }
    }
}
