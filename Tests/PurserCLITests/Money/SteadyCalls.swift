import PurserCore
import PurserStore
import Testing

/// The metrics of ten calls an hour, of a cent each, from 1 October 2026 on.
enum SteadyCalls {
    static func record(hours: Int, in store: Store) throws {
        let points = try [("Invocations", 1.0), ("EstimatedCost", 0.01)].flatMap { name, value in
            let series = Series(Metric(namespace: "ChatService", name: name), unit: .count)
            let calls = try #require(Distribution(value: value, count: 10))
            return (0..<hours).map { hour in
                let start = Timestamp(year: 2026, month: 10, day: 1) + hour * 3600
                return Flush.Point(series: series, slot: Slot(start: start, distribution: calls))
            }
        }
        _ = try store.record(Flush(writer: "test", sequence: 1, points: points))
    }
}
