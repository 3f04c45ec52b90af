import PurserCore
import PurserRender
import Testing

@Suite("the calls of a month at another model's prices, as they are printed")
struct CostWhatIfTextTests {
    private static func price(_ rates: String) throws -> Price {
        let header = "model_id,input,output,flex_input,flex_output,status,source,retrieved\n"
        let csv = header + "us.amazon.nova-micro-v1:0,\(rates),listed,test,2026-11-15\n"
        return try #require(try PriceCatalog(csv: csv, file: "p.csv").prices.first)
    }

    private static func whatIf(_ models: [String]) throws -> CostWhatIf {
        let own = try price("0.06,0.24,0.03,0.12")
        let groups = models.enumerated().map { index, model in
            let usage = TokenUsage(input: 18_402_113, output: 2_310_877 * (index + 1), cacheRead: 1_140_000)
            return CostGroup(
                keys: [model.isEmpty ? nil : model],
                modelId: model,
                tier: index == 1 ? .flex : .standard,
                price: own,
                isLong: false,
                ending: .success,
                isEstimated: index == 0,
                source: .live,
                requests: 6204 - 5 * index,
                usage: usage,
                cost: ((try? own.cost(of: usage, tier: index == 1 ? .flex : .standard)) ?? .zero)
                    + (index == 0 ? Picodollars(cents: 7) : .zero)
            )
        }
        let start = Timestamp(year: 2026, month: 11, day: 1)
        let query = CostQuery(
            start..<Timestamp(year: 2026, month: 12, day: 1),
            asOf: Timestamp(year: 2026, month: 11, day: 23, hour: 14, minute: 30),
            by: [.model],
            where: [CostFilter(.team, ["support"])]
        )
        return try CostWhatIf(query, groups, at: try price("0.035,0.14,,"))
    }

    private static let models = ["us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0", ""]

    @Test("rows add up to the totals, to the cent", arguments: [80, 60])
    func text(width: Int) throws {
        let text = CostWhatIfText.render(try Self.whatIf(Self.models), style: TerminalStyle(width: width))
        try expectGolden(text, "cost-what-if-\(width).txt")
    }

    @Test("a month without calls says so")
    func empty() throws {
        let text = CostWhatIfText.render(try Self.whatIf([]), style: TerminalStyle(width: 80))
        #expect(text.hasSuffix("\n\nNo settled calls in this month.\n"))
    }

    @Test("the same as JSON")
    func json() throws {
        let json = CostWhatIfJSON.value(try Self.whatIf(Self.models))
        try expectGolden(json.text(indented: true) + "\n", "cost-what-if.json")
    }
}
