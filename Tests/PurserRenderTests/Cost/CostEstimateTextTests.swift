import PurserCore
import PurserRender
import Testing

@Suite("the bill of a plan, as it is printed")
struct CostEstimateTextTests {
    private static func estimate(_ model: String, _ change: (inout CostPlan) -> Void = { _ in }) throws -> CostEstimate
    {
        var plan = CostPlan()
        change(&plan)
        let day = Timestamp(year: 2026, month: 11, day: 23)
        let price = try #require(try PriceCatalog.shipped().price(for: model, at: day))
        return try CostEstimate(plan, at: price, try ServicePriceList.shipped(), asOf: day)
    }

    @Test("lines add up to the total, to the cent", arguments: [80, 60])
    func text(width: Int) throws {
        let estimate = try Self.estimate("us.amazon.nova-lite-v1:0")
        try expectGolden(
            CostEstimateText.render(estimate, style: TerminalStyle(width: width)),
            "cost-estimate-\(width).txt"
        )
    }

    @Test("what a plan leaves out is not mentioned")
    func plain() throws {
        let estimate = try Self.estimate("us.anthropic.claude-haiku-4-5-20251001-v1:0") { plan in
            plan.quota = nil
            plan.countsFreeTier = false
            plan.cacheReadTokens = 3000
            plan.tier = .batch
            plan.options = ["gateway-cache"]
        }
        let text = CostEstimateText.render(estimate, style: TerminalStyle(width: 200))
        #expect(!text.contains("quota") && !text.contains("Free") && !text.contains("Not included"))
        #expect(text.contains("claude-haiku-4-5-20251001-v1:0 (batch)") && text.contains("3,000 cached"))
    }

    @Test("the bill as JSON")
    func json() throws {
        let estimate = try Self.estimate("us.amazon.nova-lite-v1:0")
        try expectGolden(CostEstimateJSON.value(estimate).text(indented: true) + "\n", "cost-estimate.json")
    }
}
