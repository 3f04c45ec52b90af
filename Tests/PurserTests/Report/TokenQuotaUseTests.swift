import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// The metric TPMQuotaUsed.
@Suite struct TokenQuotaUseTests {
    private static let start = PurserFixture.start
    private static let quotas = [
        TokenQuotaList.Quota(tokensPerMinute: 1000, outputBurndowns: ["a": 5, "a-profile": 5]),
        TokenQuotaList.Quota(tokensPerMinute: 500, outputBurndowns: ["b": 1]),
        TokenQuotaList.Quota(tokensPerMinute: 7, outputBurndowns: ["never called": 1]),
    ]

    /// Records samples of a model: seconds since the start, and their values.
    private static func record(_ metric: ChatMetric, of model: String, _ samples: [(Int, Double)], in store: Store)
        throws
    {
        let points = try [[], [Dimension("ModelId", model)]].flatMap { dimensions in
            try samples.map { second, value in
                let named = Metric(namespace: "ChatService", name: metric.rawValue, dimensions: dimensions)
                let slot = Slot(start: start + second, distribution: try #require(Distribution(value: value)))
                return Flush.Point(series: Series(named, unit: metric.unit), slot: slot)
            }
        }
        #expect(try store.record(Flush(writer: "\(metric) \(model)", sequence: 1, points: points)))
    }

    private static func store(_ folder: TemporaryFolder) throws -> Store {
        let store = try folder.store()
        try record(.inputTokens, of: "a", [(0, 100), (50, 50), (60, 10)], in: store)
        try record(.outputTokens, of: "a", [(0, 20), (50, 10), (60, 2)], in: store)
        try record(.cacheWriteInputTokens, of: "a", [(0, 50)], in: store)
        // What is read from a cache does not count.
        try record(.cacheReadInputTokens, of: "a", [(0, 100_000)], in: store)
        try record(.outputTokens, of: "a-profile", [(50, 10)], in: store)
        try record(.inputTokens, of: "b", [(0, 100), (130, 500)], in: store)
        try record(.outputTokens, of: "b", [(0, 100), (130, 25)], in: store)
        try record(.outputTokens, of: "without a quota", [(0, 9_999_999)], in: store)
        return store
    }

    private static func metric(_ model: String?) -> MetricReference {
        let dimensions = model.map { [Dimension("ModelId", $0)] } ?? []
        return MetricReference(Metric(namespace: "ChatService", name: "TPMQuotaUsed", dimensions: dimensions))
    }

    /// Returns sum, count and maximum of each slot that has a use.
    private static func values(
        _ reader: MetricReader,
        _ model: String?,
        period: Int? = nil,
        from: Int = 0,
        to: Int = 600
    ) throws -> [[Double]] {
        let slots = try reader.slots(
            of: [metric(model)],
            from: start + from,
            to: start + to,
            period: period
        )
        return try #require(slots[metric(model)]).slots.filter { $0.distribution.maximum > 0 }.map {
            [$0.distribution.sum, Double($0.distribution.count), $0.distribution.maximum]
        }
    }

    @Test("a minute's share of each quota is input, cache writes and output times the burndown rate")
    func minutes() throws {
        let folder = try TemporaryFolder()
        let reader = MetricReader(store: try Self.store(folder), quota: nil, tokenQuotas: Self.quotas)
        // 150 + 50 + 5 x 30 of `a`, 5 x 10 of the profile that shares its quota: 40 %. 200 of 500 of `b`: 40 %.
        #expect(try Self.values(reader, "a") == [[40, 1, 40], [2, 1, 2]])
        #expect(try Self.values(reader, "a-profile") == [[40, 1, 40], [2, 1, 2]])
        #expect(try Self.values(reader, "b") == [[40, 1, 40], [105, 1, 105]])
        #expect(try Self.values(reader, nil) == [[80, 2, 40], [2, 2, 2], [105, 2, 105]])
        #expect(try Self.values(reader, "without a quota") == [] && Self.values(reader, "never called") == [])
        // A minute without tokens uses nothing of either quota.
        let all = try reader.slots(of: [Self.metric(nil)], from: Self.start, to: Self.start + 600)
        #expect(all[Self.metric(nil)]?.slots.map(\.distribution.count) == Array(repeating: 2, count: 10))
        // A longer period has a sample for each minute, as its Maximum needs.
        #expect(try Self.values(reader, nil, period: 300) == [[187, 10, 105]])
        // A range that begins within a minute begins with the next one.
        #expect(try Self.values(reader, "a", from: 10) == [[2, 1, 2]])
        #expect(try Self.values(reader, "a", from: 0, to: 60) == [[40, 1, 40]])
    }

    @Test("only models with a quota and calls are listed, in a store without a ledger too")
    func listed() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let reader = MetricReader(store: store, quota: nil, tokenQuotas: Self.quotas)
        #expect(
            try reader.series(name: "TPMQuotaUsed").map { $0.metric.dimensions.map(\.value) } == [
                [], ["a"], ["a-profile"], ["b"],
            ]
        )
        #expect(try MetricReader(store: store, quota: nil).series(name: "TPMQuotaUsed").isEmpty)
        #expect(try reader.series(name: "MonthToDateCost").isEmpty)
    }

    @Test("the shipped alarm goes off at 80 % of one model's quota")
    func alarm() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.record(.outputTokens, of: "b", (0..<5).map { ($0 * 60, $0 == 1 ? 390 : 400) }, in: store)
        try Self.record(.outputTokens, of: "a", (0..<5).map { ($0 * 60, 1) }, in: store)
        let text = try Repository.text("alarms/tpm-quota-80-percent.json")
        let alarm = try #require(AlarmDefinition.read(json: text, file: "a").definition)
        let reader = MetricReader(store: store, quota: nil, tokenQuotas: Self.quotas)
        let states = try [180, 310].map { second in
            let time = Self.start + second
            let data = try AlarmDataReader(reader).data(for: [alarm]) { _ in [time] }
            return alarm.evaluate(data: try #require(data[alarm.name]), previous: .ok, at: time).state
        }
        #expect(states == [.ok, .alarm])
    }

    @Test("data that is coarser than a minute has no use of a quota")
    func coarse() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        try Self.record(.outputTokens, of: "later", [(120 * 86_400, 1)], in: store)
        let reader = MetricReader(store: store, quota: nil, tokenQuotas: Self.quotas)
        #expect(try !Self.values(reader, "b").isEmpty)
        // Each run ages data by at most a day.
        for day in 0...160 { try store.rollUp(now: Self.start + day * 86_400) }
        #expect(try Self.values(reader, "b").isEmpty)
    }
}
