import ChatService
import Purser
import PurserCore
import PurserRender
import Testing

@Suite struct OTLPLinesTests {
    private static func points(_ line: String, _ kind: String = "exponentialHistogram") throws -> [JSONValue] {
        let scopes = try JSONValue(parsing: line)["resourceMetrics"]?.array?.flatMap { $0["scopeMetrics"]?.array ?? [] }
        let metrics = scopes?.flatMap { $0["metrics"]?.array ?? [] }
        return metrics?.flatMap { $0[kind]?["dataPoints"]?.array ?? [] } ?? []
    }

    private static func whole(_ value: JSONValue?) throws -> Int {
        try #require(value?.string.flatMap { Int($0) })
    }

    /// Returns the buckets of a data point, read as the protocol specifies.
    private static func buckets(_ point: JSONValue) throws -> [Distribution.Bucket] {
        var buckets: [Distribution.Bucket] = []
        let zeros = try whole(point["zeroCount"])
        if zeros > 0 { buckets.append(.init(key: 0, count: zeros)) }
        for (name, sign) in [("positive", 1), ("negative", -1)] {
            let offset = try #require(point[name]?["offset"]?.integer)
            for (index, count) in (point[name]?["bucketCounts"]?.array ?? []).enumerated() where count.string != "0" {
                let key = sign * (offset + index + Int(BucketScale.offset))
                buckets.append(.init(key: Int32(key), count: try whole(count)))
            }
        }
        return buckets.sorted { $0.key < $1.key }
    }

    @Test("every distribution is exported with its buckets, count, sum and extremes", arguments: 1...5)
    func exact(seed: UInt64) throws {
        let export = try MetricExportFixture.export(seed: seed, series: 30)
        let lines = OTLPLines.lines(export)
        #expect(lines.count == 3)
        var sent: [[Distribution.Bucket]] = []
        for line in lines {
            for point in try Self.points(line) {
                let buckets = try Self.buckets(point)
                sent.append(buckets)
                let count = try Self.whole(point["count"])
                #expect(count == buckets.reduce(0) { $0 + $1.count } && point["scale"]?.integer == 6)
                let (minimum, maximum) = (try #require(point["min"]?.double), try #require(point["max"]?.double))
                let original = export.items.flatMap(\.slots).map(\.distribution).first { $0.buckets == buckets }
                #expect(original?.minimum == minimum && original?.maximum == maximum && original?.count == count)
                #expect(point["sum"]?.double == (minimum < 0 ? nil : original?.sum))
                #expect(
                    try Self.whole(point["timeUnixNano"]) - Self.whole(point["startTimeUnixNano"]) == 60_000_000_000
                )
            }
        }
        #expect(sent.count == export.items.flatMap(\.slots).count)
    }

    @Test("a distribution has exactly the expected text")
    func letter() throws {
        let values = try MetricExportFixture.distribution([-1, 0, 0, 1, 1.02])
        let series = MetricExportFixture.series("Drift", [.init("Host", "a")], unit: .milliseconds)
        let slot = Slot(start: MetricExportFixture.start, distribution: values)
        let lines = OTLPLines.lines(MetricExport(periodSeconds: 60, items: [.init(series, [slot])]))
        let nanos = "\(MetricExportFixture.start.seconds)000000000"
        let end = "\(MetricExportFixture.start.seconds + 60)000000000"
        #expect(
            lines == [
                #"{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"App"}}]},"#
                    + #""scopeMetrics":[{"scope":{"name":"purser"},"metrics":[{"name":"Drift","unit":"ms","#
                    + #""exponentialHistogram":{"dataPoints":[{"attributes":[{"key":"Host","value":{"stringValue":"a"}}],"#
                    + #""startTimeUnixNano":"\#(nanos)","timeUnixNano":"\#(end)","count":"5","scale":6,"#
                    + #""zeroCount":"2","positive":{"offset":-1,"bucketCounts":["1","0","1"]},"#
                    + #""negative":{"offset":-1,"bucketCounts":["1"]},"min":-1.0,"max":1.02}],"#
                    + #""aggregationTemporality":1}}]}]}]}"#
            ]
        )
    }

    @Test("samples without a histogram become a histogram with one bucket")
    func summaries() throws {
        let slot = Slot(start: MetricExportFixture.start, distribution: try MetricExportFixture.summary())
        let lines = OTLPLines.lines(
            MetricExport(periodSeconds: 60, items: [.init(MetricExportFixture.series("S"), [slot])])
        )
        let point = try #require(Self.points(lines.joined(), "histogram").first)
        #expect(point["bucketCounts"] == ["4"] && point["explicitBounds"] == [] && point["sum"]?.double == 10)
    }

    @Test("a model's latency and tokens have OpenTelemetry's names, and the service's own totals keep theirs")
    func names() throws {
        func series(_ metric: ChatMetric, _ dimensions: [PurserCore.Dimension]) -> Series {
            Series(Metric(namespace: "ChatService", name: metric.rawValue, dimensions: dimensions), unit: metric.unit)
        }
        let model = [PurserCore.Dimension("ModelId", "m1")]
        let latency = try #require(ChatMetric.genAIInstrument(for: series(.latency, model)))
        #expect(latency.name == "gen_ai.client.operation.duration" && latency.unit == "s")
        #expect(
            latency.attributes.map { "\($0.name)=\($0.value)" } == [
                "gen_ai.operation.name=chat", "gen_ai.provider.name=aws.bedrock", "gen_ai.request.model=m1",
            ]
        )
        for (metric, type) in [(ChatMetric.inputTokens, "input"), (.outputTokens, "output")] {
            let tokens = try #require(ChatMetric.genAIInstrument(for: series(metric, model)))
            #expect(tokens.name == "gen_ai.client.token.usage" && tokens.unit == "{token}")
            #expect(tokens.attributes.last == PurserCore.Dimension("gen_ai.token.type", type))
        }
        #expect(ChatMetric.genAIInstrument(for: series(.latency, [])) == nil)
        #expect(ChatMetric.genAIInstrument(for: series(.retries, model)) == nil)
    }

    @Test("whether a metric of the service is a counter depends on its definition, never on its samples")
    func counters() {
        func countsEvents(_ name: String, _ unit: MetricUnit, namespace: String = "ChatService") -> Bool? {
            ChatMetric.countsEvents(Series(Metric(namespace: namespace, name: name), unit: unit))
        }
        for metric in ChatMetric.allCases {
            let isCount = ["1 for ", "How many "].contains { metric.explanation.hasPrefix($0) }
            #expect(countsEvents(metric.rawValue, metric.unit) == isCount, "\(metric)")
        }
        for derived in MetricReader.Derived.allCases { #expect(countsEvents(derived.rawValue, derived.unit) == false) }
        #expect(countsEvents("Invocations", .count, namespace: "Elsewhere") == nil)
    }
}
