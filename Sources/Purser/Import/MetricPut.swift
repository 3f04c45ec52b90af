package import PurserCore
import PurserImport
package import PurserStore

/// Stores datapoints given as PutMetricData inputs, one JSON object per line.
package enum MetricPut {
    /// The result of storing lines.
    package struct Result: Sendable, Equatable {
        package var stored = 0
        package var faults: [Diagnostic] = []
    }

    /// Reads the lines of `text` and stores their datapoints in one transaction; a line with a fault is reported and
    /// skipped as a whole, and the others are stored.
    ///
    /// `writer` must not have been used before: otherwise the lines would be taken for a repeat.
    package static func store(_ text: String, from file: String, now: Timestamp, writer: String, in store: Store) throws
        -> Result
    {
        var result = Result()
        var merged: [Series: [Timestamp: Distribution]] = [:]
        for (index, line) in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let content = String(Substring(line)).trimmed
            if content.isEmpty { continue }
            do {
                for point in try PutMetricDataReader.points(content, file: file + ":\(index + 1)", now: now) {
                    merged[point.series, default: [:]][point.slot.start, default: .empty].merge(point.slot.distribution)
                    result.stored += 1
                }
            } catch let error as Diagnostics {
                result.faults += error.all
            } catch {
                result.faults.append(Diagnostic(file: file + ":\(index + 1)", "\(error)"))
            }
        }
        let points = merged.flatMap { series, slots in
            slots.map { Flush.Point(series: series, slot: Slot(start: $0.key, distribution: $0.value)) }
        }
        if !points.isEmpty {
            try store.record(
                Flush(writer: writer, sequence: 1, points: points.sorted { $0.slot.start < $1.slot.start })
            )
        }
        return result
    }
}

extension String {
    /// The text without leading and trailing white space.
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
