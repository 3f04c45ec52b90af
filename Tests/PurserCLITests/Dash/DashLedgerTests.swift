import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

/// What `purser dash` shows, computed again from the ledger with SQL.
@Suite(.blocking, .startsPrograms) struct DashLedgerTests {
    private struct Ledger {
        let store: Store

        /// Returns what SQL computes over the calls that were settled in a time, as numbers in the first row.
        func numbers(_ columns: String, _ from: Int64, _ to: Int64, column: String = "settled_time") throws -> [Double]
        {
            let sql = "SELECT \(columns) FROM ledger WHERE \(column) >= \(from) AND \(column) < \(to)"
            return try store.rowsForTest(sql).first ?? []
        }

        func latencies(_ from: Int64, _ to: Int64) throws -> [Double] {
            let condition = "settled_time >= \(from) AND settled_time < \(to)"
            return try store.rowsForTest("SELECT latency / 1000.0 FROM ledger WHERE \(condition) ORDER BY 1")
                .compactMap(\.first)
        }
    }

    private static func milliseconds(_ value: JSONValue?) throws -> Int64 {
        try #require(value?.string.flatMap { Timestamp(iso8601: $0) }).milliseconds
    }

    @Test(
        "cost, signals, percentiles and the worst requests are those of the ledger",
        arguments: ["2026-11-24T10:50:00Z", "2026-11-24T11:58:30Z"]
    )
    func everyFigure(at: String) throws {
        let folder = try Demonstrations.json.copy()
        let ledger = Ledger(store: try Store(path: folder.path("purser.db"), .existing))
        let result = try PurserProgram(store: folder.path("purser.db")).run("dash", "--at", at, "--format", "json")
        let frame = try JSONValue(parsing: result.output)
        let (from, end) = (try Self.milliseconds(frame["from"]), try Self.milliseconds(frame["at"]))
        let minute: Int64 = 60_000
        let dataEnd = end / minute * minute
        let period = Int64(try #require(frame["periodSeconds"]?.integer)) * 1000

        let spent = try ledger.numbers("sum(cost)", 0, end)
        #expect(Picodollars(Int128(spent[0])).description == frame["cost"]?["spent"]?.string)
        let calls = try ledger.numbers("count(*), sum(iif(settled_time < \(end), 0, hold))", 0, end, column: "time")
        #expect(Int(calls[0]) == frame["cost"]?["requests"]?.integer)
        #expect(Picodollars(Int128(calls[1])).description == frame["cost"]?["held"]?.string)

        let columns = "count(*), sum(outcome <> 'success'), sum(retries > 0), sum(input_tokens), sum(output_tokens)"
        func expected(_ start: Int64, _ end: Int64) throws -> [String: Double?] {
            let row = try ledger.numbers(columns, start, end)
            let minutes = Double(end - start) / Double(minute)
            return [
                "invocations": row[0] / minutes, "errors": row[0] > 0 ? 100 * row[1] / row[0] : nil,
                "throttled": row[2] / minutes, "tokens in": row[3] / minutes, "tokens out": row[4] / minutes,
                "refused": 0,
            ]
        }
        func expectEqual(_ shown: JSONValue?, _ right: Double?, _ place: String) {
            guard let right else { return #expect(shown == .null, "\(place)") }
            #expect(abs((shown?.double ?? .nan) - right) <= 1e-9 * max(1, abs(right)), "\(place): \(right)")
        }
        let signals = try #require(frame["signals"]?.array)
        #expect(signals.count >= 6)
        for signal in signals {
            let name = try #require(signal["name"]?.string)
            let (first, last) = (try Self.milliseconds(signal["nowFrom"]), try Self.milliseconds(signal["nowTo"]))
            expectEqual(signal["now"], try #require(try expected(first, last)[name]), "\(name) now")
            for (step, value) in try #require(signal["values"]?.array).enumerated() {
                let start = from + Int64(step) * period
                let right = try #require(try expected(start, min(start + period, dataEnd))[name])
                expectEqual(value, right, "\(name) \(step)")
            }
        }
        try checkPercentiles(frame, ledger, from: from, period: period, dataEnd: dataEnd)
        let worst = try ledger.store.rowsForTest(
            """
            SELECT id FROM ledger WHERE time >= \(from) AND time < \(end)
            ORDER BY outcome NOT IN ('success', 'reserved') DESC, latency DESC, id DESC LIMIT 5
            """
        )
        let shown = try #require(frame["worstRequests"]?.array).compactMap { $0["requestId"]?.string }
        let ids = try shown.map { id in
            try ledger.store.rowsForTest("SELECT id FROM ledger WHERE request_id = '\(id)'").first ?? []
        }
        #expect(ids == worst && worst.count == 5)
    }

    private func checkPercentiles(_ frame: JSONValue, _ ledger: Ledger, from: Int64, period: Int64, dataEnd: Int64)
        throws
    {
        for (percent, key) in [(50, "p50"), (90, "p90"), (99, "p99")] {
            for (step, value) in try #require(frame["latency"]?[key]?.array).enumerated() {
                let start = from + Int64(step) * period
                let all = try ledger.latencies(start, min(start + period, dataEnd))
                guard !all.isEmpty else {
                    #expect(value == .null, "\(key) \(step)")
                    continue
                }
                let right = all[(percent * all.count + 99) / 100 - 1]
                // A histogram's percentiles are at most 0.542 % off, and the ledger has whole milliseconds.
                #expect(abs((value.double ?? .nan) - right) <= 0.00542 * right + 0.001, "\(key) \(step): \(right)")
            }
        }
    }
}
