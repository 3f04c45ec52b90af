import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct OpenMetricsReaderTests {
    static let start = ImportFixture.now.seconds - 600

    static func total(
        _ fixture: ImportFixture,
        _ name: String,
        _ labels: [String: String] = [:],
        unit: MetricUnit? = nil
    ) throws -> Distribution {
        try fixture.total("OpenMetrics", name, labels.map { PurserCore.Dimension($0.key, $0.value) }, unit: unit)
    }

    @Test("gauges become samples in their unit, with their labels as dimensions")
    func gauges() throws {
        let fixture = try ImportFixture(.openmetrics)
        let text = """
            # HELP memory_bytes What is used.
            # TYPE memory_bytes gauge
            # UNIT memory_bytes bytes
            memory_bytes{host="a",empty=""} 12.5 \(Self.start)
            memory_bytes{host="a"} 2e3 \(Self.start + 30)
            memory_bytes{path="C:\\\\x \\"y\\"",} 7
            plain 1 \(Self.start * 1000)
            odd NaN
            # EOF

            """
        let (result, faults) = try fixture.run(text)
        #expect(result.stored == 4 && faults.isEmpty, "\(faults)")
        #expect(result.notes == ["values that are NaN or infinite are left out"])
        let host = try Self.total(fixture, "memory_bytes", ["host": "a"], unit: .bytes)
        #expect(host.count == 2 && host.sum == 2012.5)
        #expect(try Self.total(fixture, "memory_bytes", ["path": "C:\\x \"y\""]).sum == 7)
        #expect(try Self.total(fixture, "plain", unit: MetricUnit.none).count == 1)
    }

    /// Returns the samples of a counter in scrapes one minute apart; nil leaves it out of a scrape.
    static func scrapes(_ values: [Double?], created: Int64? = nil) -> String {
        values.enumerated().map { index, value in
            let time = start + Int64(index) * 60
            let sample = value.map { "jobs_total{q=\"a\"} \($0) \(time)\n" } ?? ""
            let begun = created.map { "jobs_created{q=\"a\"} \($0) \(time)\n" } ?? ""
            return "# TYPE jobs counter\n" + sample + (value == nil ? "" : begun)
                + "# TYPE up gauge\nup 1 \(time)\n# EOF\n"
        }.joined()
    }

    @Test("a counter's increase is stored from its second sample on, and its whole value after a reset")
    func counter() throws {
        let fixture = try ImportFixture(.openmetrics)
        let result = try fixture.run(Self.scrapes([1000, 1003.5, 1003.5, 2, 5])).result
        #expect(result.notes.contains { $0.contains("began before") })
        let total = try Self.total(fixture, "jobs_total", ["q": "a"])
        #expect(total.count == 4 && total.sum == 8.5 && total.minimum == 0)
    }

    @Test("a counter counts from zero if it began with the input or during it, but not if it is older")
    func beginnings() throws {
        let start = Self.start
        for (values, created, sum) in [
            ([nil, 4, 6], nil, 6.0), ([4, 6], start - 60, 6), ([4, 6], start - 86_400, 2),
            ([nil, 4], start - 86_400, 0),
        ] as [([Double?], Int64?, Double)] {
            let fixture = try ImportFixture(.openmetrics)
            #expect(try fixture.run(Self.scrapes(values, created: created)).faults.isEmpty)
            let total = try Self.total(fixture, "jobs_total", ["q": "a"])
            #expect((total.isEmpty ? 0 : total.sum) == sum, "\(values) \(String(describing: created))")
        }
    }

    @Test("importing a growing file step by step gives the same result as importing it in one go")
    func growth() throws {
        let fixture = try ImportFixture(.openmetrics)
        let text = Self.scrapes([10, 12, 20, 3, 4])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for count in stride(from: 1, through: lines.count, by: 3) {
            _ = try fixture.run(lines.prefix(count).joined(separator: "\n") + (count < lines.count ? "\n" : ""))
        }
        _ = try fixture.run(text)
        #expect(try fixture.run(text).result.lines == 0)
        let total = try Self.total(fixture, "jobs_total", ["q": "a"])
        #expect(total.count == 4 && total.sum == 14)
        #expect(try Self.total(fixture, "up").count == 5)
    }

    @Test("in Prometheus's text without times and # EOF, a repeated series begins another scrape")
    func withoutTimes() throws {
        let fixture = try ImportFixture(.openmetrics)
        let scrape = { (value: Int, other: String) in
            "# TYPE jobs_total counter\njobs_total \(value)\n\(other)# TYPE up gauge\nup 1\n"
        }
        let (result, faults) = try fixture.run(scrape(5, "") + scrape(9, "jobs_total{q=\"new\"} 2\n"))
        #expect(faults.isEmpty && result.stored == 4)
        #expect(try Self.total(fixture, "jobs_total").sum == 4)
        #expect(try Self.total(fixture, "jobs_total", ["q": "new"]).sum == 2)
    }

    static func histogram(_ counts: [Int], sum: Double, at time: Int64) -> String {
        let bounds = ["0.1", "0.5", "+Inf"]
        let buckets = zip(bounds, counts).map { "wait_seconds_bucket{le=\"\($0)\",q=\"a\"} \($1) \(time)\n" }
        return "# TYPE wait_seconds histogram\n# UNIT wait_seconds seconds\n" + buckets.joined()
            + "wait_seconds_sum{q=\"a\"} \(sum) \(time)\nwait_seconds_count{q=\"a\"} \(counts[2]) \(time)\n"
    }

    @Test("a histogram's increase is put at its bounds, with the exact sum; the last one in a file needs no # EOF")
    func histogram() throws {
        let fixture = try ImportFixture(.openmetrics)
        let text = [
            Self.histogram([1, 2, 2], sum: 0.3, at: Self.start),
            Self.histogram([3, 7, 8], sum: 3.05, at: Self.start + 60),
            Self.histogram([1, 1, 1], sum: 0.05, at: Self.start + 120),
        ]
        let (result, faults) = try fixture.run(text.joined())
        #expect(faults.isEmpty && result.stored == 2)
        let total = try Self.total(fixture, "wait_seconds", ["q": "a"], unit: .seconds)
        #expect(total.count == 7 && total.sum == 2.8 && total.minimum == 0.1 && total.maximum == 0.5)
        #expect((total.percentile(40) ?? 1) < 0.101)
        _ = try fixture.run(text.joined() + Self.histogram([1, 2, 2], sum: 0.35, at: Self.start + 180))
        let grown = try Self.total(fixture, "wait_seconds", ["q": "a"], unit: .seconds)
        #expect(grown.count == 8 && grown.sum == 3.1)
    }

    @Test("summaries are left out with a note")
    func summary() throws {
        let fixture = try ImportFixture(.openmetrics)
        let text = "# TYPE t summary\nt{quantile=\"0.5\"} 3\nt_sum 5\nt_count 2\n# EOF\n"
        let (result, faults) = try fixture.run(text)
        #expect(result.stored == 0 && result.skipped == 3 && faults.isEmpty && result.notes.count == 1)
    }

    @Test(
        "a fault is reported with its location, and the other lines are stored",
        arguments: [
            ("a", "in:2: column 2: a value is expected"),
            ("a x", "in:2: column 3: a value is expected"),
            ("{a=\"b\"} 1", "in:2: column 1: a metric's name"),
            ("a{b} 1", "column 4: `=` is expected"),
            ("a{b=c} 1", "column 5: `\"` is expected"),
            ("a{b=\"c} 1", "column 10: `\"` is expected"),
            ("a{b=\"c\" d=\"e\"} 1", "column 9: `,` or `}` is expected"),
            ("a{b=\"c\",b=\"d\"} 1", "a: the dimension `b` is given twice"),
            ("a 1 2 3", "column 7: the end of the line is expected"),
            ("a 1 1e300", "is not a valid timestamp"),
            ("a 1 10", "a: 1970-01-01"),
            ("a 1e300", "in:2: a: must be of a magnitude"),
            ("# TYPE a colour", "in:2: a: a TYPE must be one of"),
            ("# TYPE c counter\nc_total -1", "in:3: c_total: a counter's value"),
            ("# TYPE c counter\nc_total 1 \(start)\nc_total 2 \(start)", "is not after the previous sample"),
            ("# TYPE h histogram\nh_bucket 1", "needs its bound in the label le"),
            ("# TYPE h histogram\nh_bucket{le=\"1\"} 1", "in:3: h: a histogram's bucket counts"),
            (
                "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1",
                "in:3: h: a histogram's bucket counts"
            ),
            ("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 2", "in:3: h: a histogram's bucket counts"),
            ("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1.5", "in:3: h: a histogram's bucket counts"),
            ("# TYPE h histogram\nh 1", "a histogram's samples end in"),
        ]
    )
    func malformed(lines: String, fault: String) throws {
        let fixture = try ImportFixture(.openmetrics)
        let (result, faults) = try fixture.run("good 1\n" + lines + "\nlast 2\n# EOF\n")
        #expect(result.stored == 2, "\(faults)")
        #expect(faults.count == 1 && faults[0].contains(fault), "\(faults)")
    }
}
