import Purser
import PurserCore
import PurserRender
import TestSupport
import Testing

private struct Parsed: Decodable {
    struct Family: Decodable {
        let name: String
        let type: String
        let help: String
        let samples: [Sample]
    }

    struct Sample: Decodable {
        let name: String
        let labels: [String: String]
        let value: Double
        let timestamp: Double?
    }

    let families: [Family]
    let error: String?
}

@Suite(.blocking) struct PrometheusTextTests {
    private static func text(_ export: MetricExport, _ dialect: PrometheusText.Dialect) -> String {
        let start = MetricExportFixture.start
        return PrometheusText.text(export, from: start, to: start + 180, dialect: dialect)
    }

    private static func one(_ series: Series, _ values: [Double]) throws -> MetricExport {
        let slot = Slot(start: MetricExportFixture.start, distribution: try MetricExportFixture.distribution(values))
        return MetricExport(periodSeconds: 60, items: [.init(series, [slot])])
    }

    private static func parsed(_ peer: PeerProcess, _ text: String, _ format: String) throws -> [Parsed.Family] {
        let answer = try peer.ask(["format": .string(format), "text": .string(text)], for: Parsed.self)
        #expect(answer.error == nil, "\(text)")
        return answer.families
    }

    @Test("a counter adds up its samples: a successful call adds 0, one with retries may add several")
    func counterOfZeros() throws {
        for (values, total) in [([0, 0, 1, 0, 3], "4"), ([0, 0], "0"), ([0.5, 0.25], "0.75")] as [([Double], String)] {
            let export = try Self.one(MetricExportFixture.series("Errors", unit: .count), values)
            let start = MetricExportFixture.start
            let text = PrometheusText.text(export, from: start, to: start + 60, dialect: .prometheus) { _ in true }
            #expect(text.hasSuffix("\napp_errors_total \(total)\n"))
        }
    }

    @Test("a histogram and a counter have exactly the expected text")
    func letter() throws {
        let model = [PurserCore.Dimension("ModelId", "a\"\\b\n")]
        let latency = try Self.one(MetricExportFixture.series("Latency", model, unit: .seconds), [0.9, 1, 1.6, 4])
        let jobs = try Self.one(MetricExportFixture.series("CPUJobs", unit: .count), [1, 1, 1])
        let export = MetricExport(periodSeconds: 60, items: latency.items + jobs.items)
        let labels = #"model_id="a\"\\b\n""#
        let end = "1794852180"
        let edges: [(String, Int)] = [
            ("0.8408964152537145", 0), ("0.9170040432046712", 1), ("1.0", 2), ("1.0905077326652577", 2),
            ("1.189207115002721", 2), ("1.2968395546510096", 2), ("1.4142135623730951", 2),
            ("1.5422108254079407", 2), ("1.681792830507429", 3), ("1.8340080864093424", 3), ("2.0", 3),
            ("2.1810154653305154", 3), ("2.378414230005442", 3), ("2.5936791093020193", 3),
            ("2.8284271247461903", 3), ("3.0844216508158815", 3), ("3.363585661014858", 3),
            ("3.668016172818685", 3), ("4.0", 4), ("+Inf", 4),
        ]
        let buckets = edges.map { "app_latency_seconds_bucket{\(labels),le=\"\($0.0)\"} \($0.1) \(end)" }
        let head = [
            "# HELP app_cpu_jobs CPUJobs (Count), 2026-11-16T18:00:00Z to 2026-11-16T18:03:00Z.",
            "# TYPE app_cpu_jobs counter", "app_cpu_jobs_total 3 \(end)", "app_cpu_jobs_created 1794852000 \(end)",
            "# HELP app_latency_seconds Latency (Seconds), 2026-11-16T18:00:00Z to 2026-11-16T18:03:00Z."
                + " Bucket edges: native histogram schema 3.",
            "# TYPE app_latency_seconds histogram", "# UNIT app_latency_seconds seconds",
        ]
        let tail = [
            "app_latency_seconds_count{\(labels)} 4 \(end)", "app_latency_seconds_sum{\(labels)} 7.5 \(end)",
            "app_latency_seconds_created{\(labels)} 1794852000 \(end)", "# EOF", "",
        ]
        #expect(
            Self.text(export, .openMetrics).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                == head + buckets + tail
        )
        let plain = Self.text(export, .prometheus)
        #expect(plain.contains("# TYPE app_cpu_jobs_total counter\napp_cpu_jobs_total 3\n"))
        #expect(!plain.contains("_created") && !plain.contains("EOF") && !plain.contains("UNIT"))
    }

    @Test("every edge belongs to its schema, there are at most 40 per sign, and counts at the edges are exact")
    func edges() throws {
        var random = SeededRandom(seed: 7)
        for number in 0..<200 {
            let values = (0..<Int.random(in: 2...300, using: &random)).map { _ in
                Double(Int.random(in: 1...1_000_000, using: &random)) * (number % 2 == 0 ? 1e-3 : 1e-9)
            }
            let text = Self.text(try Self.one(MetricExportFixture.series("V"), values), .prometheus)
            let lines = text.split(separator: "\n")
            let schema = try #require(lines.first?.firstMatch(of: /schema (-?\d)/).flatMap { Int($0.1) })
            var seen = 0
            for match in text.matches(of: /le="([^"+]+)"\} (\d+)/) {
                let edge = try #require(Double(match.1))
                let key = try #require(BucketScale.key(of: edge))
                // The key of an upper edge is the key of the bucket that ends there.
                let index = Int(key) + 1 - Int(BucketScale.offset)
                #expect(BucketScale.edge(index) == edge && index % (1 << (6 - schema)) == 0)
                #expect(Int(match.2) == values.filter { $0 <= edge }.count)
                seen += 1
            }
            #expect((2...40).contains(seen))
        }
    }

    @Test("names that would become equal stay distinct, and a name reserved by Prometheus is not a label")
    func names() throws {
        let dimensions = [PurserCore.Dimension("a.b", "1"), .init("a_b", "2"), .init("le", "3"), .init("1st", "4")]
        var items: [MetricExport.Item] = []
        for series in [
            MetricExportFixture.series("Job.Time", dimensions), MetricExportFixture.series("Job_Time"),
            MetricExportFixture.series("Job.Time.Count"), MetricExportFixture.series("時間", unit: .bytesPerSecond),
        ] {
            items += try Self.one(series, [1, 2]).items
        }
        let text = Self.text(MetricExport(periodSeconds: 60, items: items), .openMetrics)
        let names = text.matches(of: /# TYPE (\S+)/).map { String($0.1) }
        #expect(names == ["app_bytes_per_second", "app_job_time", "app_job_time_2", "app_job_time_count_2"])
        #expect(text.contains(#"app_job_time_count{_1st="4",a_b="1",a_b_2="2",le_2="3"} 2"#))
    }

    @Test(
        "prometheus_client reads both formats, with the exported counts and sums",
        .needsPeers,
        arguments: 1...6
    )
    func peer(seed: UInt64) throws {
        // Every other export has negative values.
        var export = try MetricExportFixture.export(seed: seed, series: 40, isSigned: seed % 2 == 0)
        let summary = Slot(start: MetricExportFixture.start, distribution: try MetricExportFixture.summary())
        export.items.append(.init(MetricExportFixture.series("Summary"), [summary]))
        let totals = export.items.map { MetricExportFixture.total($0.slots) }
        let peer = try PeerProcess.shared("prometheus_text.py")
        for (format, dialect) in [("prometheus", PrometheusText.Dialect.prometheus), ("openmetrics", .openMetrics)] {
            let families = try Self.parsed(peer, Self.text(export, dialect), format)
            let samples = families.flatMap(\.samples)
            let infinite = samples.filter { $0.labels["le"] == "+Inf" }
            #expect(infinite.map(\.value).sorted() == totals.map { Double($0.count) }.sorted())
            let sums = samples.filter { $0.name.hasSuffix("_sum") }.map(\.value).sorted()
            if format == "prometheus" || seed % 2 == 1 {
                #expect(sums == totals.map(\.sum).sorted())
            } else {
                #expect(sums.count < totals.count && sums.allSatisfy { $0 >= 0 })
            }
            let values = Set(samples.compactMap { $0.labels["model_id"] })
            let sent = Set(export.items.flatMap { $0.series.metric.dimensions.map(\.value) })
            #expect(values == sent)
            #expect(samples.allSatisfy { ($0.timestamp != nil) == (format == "openmetrics") })
        }
    }
}
