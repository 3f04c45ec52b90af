import PurserCore
import Testing

@Suite("the calls of a month at another model's prices") struct CostWhatIfTests {
    private static let query = CostQuery(
        Timestamp(year: 2026, month: 11, day: 1)..<Timestamp(year: 2026, month: 12, day: 1),
        asOf: PriceFixture.asOf,
        by: [.model]
    )

    private static func group(
        _ model: String,
        _ price: [String: String]?,
        _ usage: TokenUsage,
        tier: ServiceTier = .standard,
        isLong: Bool = false,
        requests: Int = 1,
        held: Picodollars = .zero
    ) throws -> CostGroup {
        let price = try price.map { try PriceFixture.price($0) }
        let cost = try price.map { TokenAmounts(usage, at: try $0.rates(isLong: isLong, tier)).total } ?? .zero
        return CostGroup(
            keys: [model],
            modelId: model,
            tier: tier,
            price: price,
            isLong: isLong,
            ending: .success,
            isEstimated: held > .zero,
            source: .live,
            requests: requests,
            usage: usage,
            cost: cost + held
        )
    }

    private static func whatIf(_ groups: [CostGroup], _ price: [String: String]) throws -> CostWhatIf {
        try CostWhatIf(query, groups, at: try PriceFixture.price(price))
    }

    private let lite = ["input": "0.06", "output": "0.24", "cache_read": "0.015"]
    private let micro = ["input": "0.035", "output": "0.14", "cache_read": "0.00875"]
    private let claude = [
        "input": "1.1", "output": "5.5", "cache_read": "0.11", "cache_write_5m": "1.375", "cache_write_1h": "2.2",
    ]

    @Test("each kind of token has the other model's price, and the rows add up to the total")
    func kinds() throws {
        let usage = TokenUsage(input: 1_000_000, output: 100_000, cacheRead: 2_000_000)
        let groups = [
            try Self.group("lite", lite, usage, requests: 10),
            try Self.group("claude", claude, TokenUsage(output: 1000)),
        ]
        let whatIf = try Self.whatIf(groups, micro)
        // 0.06 + 0.024 + 0.03, then 0.035 + 0.014 + 0.0175; and 0.0055, then 0.00014.
        #expect(whatIf.rows.map(\.keys) == [["lite"], ["claude"]])
        #expect(whatIf.rows.map(\.cost.exactDollars) == ["0.114", "0.0055"])
        #expect(whatIf.rows.map(\.otherCost.exactDollars) == ["0.0665", "0.00014"])
        #expect(whatIf.rows.map(\.difference.description) == ["-0.047500000000", "-0.005360000000"])
        let total = whatIf.total
        #expect(total.requests == 11 && total.usage.output == 101_000 && whatIf.unpricedCacheKinds.isEmpty)
        #expect(total.cost.exactDollars == "0.1195" && total.otherCost.exactDollars == "0.06664")
    }

    @Test("the model itself costs what it did")
    func same() throws {
        let usage = TokenUsage(input: 7, output: 5, cacheRead: 3, cacheWrite5m: 2, cacheWrite1h: 1)
        let whatIf = try Self.whatIf([try Self.group("claude", claude, usage, isLong: true)], claude)
        #expect(whatIf.total.difference == .zero)
    }

    @Test("cached tokens are plain input if the other model has no cache prices, and that is said")
    func cache() throws {
        let usage = TokenUsage(cacheRead: 2_000_000, cacheWrite5m: 1_000_000)
        let groups = [try Self.group("claude", claude, usage)]
        let none = try Self.whatIf(groups, ["input": "0.06", "output": "0.24"])
        #expect(none.total.otherCost.exactDollars == "0.18" && none.unpricedCacheKinds == [.cacheRead, .cacheWrite5m])
        // A model that only lists reads writes at the price of input.
        let reads = try Self.whatIf(groups, lite)
        #expect(reads.total.otherCost.exactDollars == "0.09" && reads.unpricedCacheKinds == [.cacheWrite5m])
        let plain = try Self.whatIf([try Self.group("m", lite, TokenUsage(input: 1))], ["input": "1"])
        #expect(plain.unpricedCacheKinds.isEmpty)
    }

    @Test("a tier is kept if the other model has it, and is the standard one otherwise")
    func tiers() throws {
        let pro = ["input": "0.8", "output": "3.2", "flex_input": "0.4", "flex_output": "1.6"]
        let groups = [try Self.group("pro", pro, TokenUsage(input: 1_000_000), tier: .flex, requests: 4)]
        let kept = try Self.whatIf(groups, ["input": "2", "output": "4", "flex_input": "1", "flex_output": "2"])
        #expect(kept.total.otherCost.exactDollars == "1.00" && kept.movedTiers.isEmpty)
        let moved = try Self.whatIf(groups, ["input": "2", "output": "4"])
        #expect(moved.total.otherCost.exactDollars == "2.00" && moved.movedTiers == [.flex: 4])
    }

    @Test("calls above 200,000 input tokens have the other model's long prices, the others do not")
    func longContexts() throws {
        let usage = TokenUsage(input: 1_000_000)
        let groups = [
            try Self.group("a", lite, usage), try Self.group("b", lite, usage, isLong: true),
        ]
        let whatIf = try Self.whatIf(groups, ["input_over_200k": "0.12", "output_over_200k": "0.36"])
        #expect(whatIf.rows.map(\.otherCost.exactDollars) == ["0.06", "0.12"])
    }

    @Test("what was charged for an unknown usage stays, and so does a call whose price cannot be read")
    func unknown() throws {
        let hold = Picodollars(cents: 50)
        let groups = [
            // One attempt of a call is known, the other is not.
            try Self.group("lite", lite, TokenUsage(input: 1_000_000), requests: 2, held: hold),
            try Self.group("lost", nil, TokenUsage(input: 5), requests: 3, held: hold),
        ]
        let whatIf = try Self.whatIf(groups, micro)
        #expect(whatIf.rows.map(\.otherCost.exactDollars) == ["0.535", "0.50"])
        #expect(whatIf.unknownRequests == 5 && whatIf.unknownCost.exactDollars == "1.00")
    }
}
