import PurserCore
import PurserRender
import Testing

@Suite("the FOCUS dataset")
struct FocusCSVTests {
    private static let november = CalendarMonth(year: 2026, month: 11)

    private static func price(
        _ id: String = "us.amazon.nova-lite-v1:0",
        _ values: [String: String] = [:]
    ) throws -> Price {
        let usual = [
            "input": "0.06", "output": "0.24", "cache_read": "0.015", "cache_write_5m": "0.075",
            "cache_write_1h": "0.12",
            "input_over_200k": "0.12", "output_over_200k": "0.48", "flex_input": "0.03", "flex_output": "0.12",
            "status": "listed", "source": "a table", "retrieved": "2026-10-15",
        ].merging(values) { $1 }
        let columns = usual.sorted { $0.key < $1.key }
        let text =
            (["model_id"] + columns.map(\.key)).joined(separator: ",") + "\n"
            + ([id] + columns.map(\.value)).joined(separator: ",") + "\n"
        let catalog = try PriceCatalog(csv: text, file: "prices.csv")
        return try #require(catalog.prices.first)
    }

    private static func group(
        day: String = "2026-11-03",
        _ price: Price?,
        caller: [String?] = ["support", "ann", nil, nil, nil, nil],
        tier: ServiceTier = .standard,
        isLong: Bool = false,
        ending: CostGroup.Ending = .success,
        source: CallSource = .live,
        usage: TokenUsage = TokenUsage(input: 1000, output: 50),
        beyond: Picodollars = .zero
    ) -> CostGroup {
        var group = CostGroup(
            keys: [day] + caller,
            modelId: price?.modelId ?? "us.amazon.nova-lite-v1:0",
            tier: tier,
            price: price,
            isLong: isLong,
            ending: ending,
            isEstimated: beyond != .zero,
            source: source,
            requests: 2,
            usage: usage,
            cost: .zero
        )
        group.cost = group.amounts.total + beyond
        return group
    }

    private static func dataset(_ groups: [CostGroup], month: CalendarMonth = november) throws -> FocusDataset {
        let account = try #require(FocusDataset.BillingAccount("111122223333,Example, Inc."))
        return FocusDataset(groups, month: month, account: account)
    }

    /// Returns the rows by the names of their columns, from text that passes the check.
    private static func rows(_ dataset: FocusDataset, of groups: [CostGroup]) throws -> [[String: String]] {
        let text = FocusCSV.text(dataset)
        let total = groups.reduce(.zero) { $0 + $1.cost }
        #expect(FocusCheck.verdict(of: text, total: total).violations == [])
        let records = CSVReader.read(text).records.map(\.fields)
        let header = try #require(records.first)
        return records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    private static func rows(_ groups: [CostGroup], month: CalendarMonth = november) throws -> [[String: String]] {
        try rows(dataset(groups, month: month), of: groups)
    }

    @Test("every kind of token, tier, length, source and price has its row, in the same order whatever the groups' is")
    func golden() throws {
        let (usual, regional) = (try Self.price(), try Self.price("amazon.nova-pro-v1:0", ["region": "eu-central-1"]))
        let dearer = try Self.price("us.amazon.nova-lite-v1:0", ["input": "0.07"])
        let discount = try Self.price("us.amazon.nova-lite-v1:0", ["discount": "7.5"])
        let every = TokenUsage(input: 1000, output: 50, cacheRead: 7, cacheWrite5m: 11, cacheWrite1h: 13)
        let tagged = ["support", "ann", "web", "PRSR1", "s1", CallTags(["env": "prod"]).json]
        let groups = [
            Self.group(usual, usage: every), Self.group(usual, caller: tagged, source: .simulated),
            Self.group(usual, tier: .flex, source: .imported),
            Self.group(usual, isLong: true, usage: TokenUsage(input: 250_000, output: 1)),
            Self.group(day: "2026-11-15", dearer), Self.group(day: "2026-11-15", usual),
            Self.group(day: "2026-11-30", discount), Self.group(day: "2026-11-30", regional),
            Self.group(day: "2026-11-04", usual, ending: .abandoned, usage: TokenUsage(), beyond: .cent),
            Self.group(day: "2026-11-05", nil, beyond: Picodollars(1)),
        ]
        let text = FocusCSV.text(try Self.dataset(groups))
        #expect(FocusCSV.text(try Self.dataset(groups.reversed())) == text)
        _ = try Self.rows(groups)
        try expectGolden(text, "focus.csv")
    }

    @Test("calls that are alike but for how they ended share a row, and what cost nothing has none")
    func merged() throws {
        let price = try Self.price()
        let failed = Self.group(price, ending: .failed, usage: TokenUsage(input: 500))
        let nothing = Self.group(price, caller: ["idle", nil, nil, nil, nil, nil], usage: TokenUsage())
        let rows = try Self.rows([Self.group(price), failed, nothing])
        #expect(rows.map { $0["SkuMeter"] } == ["Input Tokens", "Output Tokens"])
        #expect(rows.map { $0["ConsumedQuantity"] } == ["1500", "50"] && rows.map { $0["x_Requests"] } == ["4", "4"])
    }

    @Test("list and contracted prices are exact: quantity times price is the cost")
    func discount() throws {
        let rows = try Self.rows([
            Self.group(try Self.price("us.amazon.nova-lite-v1:0", ["input": "0.000007", "discount": "33.3333"]))
        ])
        let input = try #require(rows.first)
        #expect(input["ListUnitPrice"] == "0.000007" && input["ContractedUnitPrice"] == "0.000005")
        #expect(input["ListCost"] == "0.000000007" && input["BilledCost"] == "0.000000005")
        #expect(input["PricingQuantity"] == "0.001" && input["PricingUnit"] == "1000000 Tokens")
    }

    @Test("what is charged beyond the known tokens is in dollars, also if the price cannot be read or it is below zero")
    func beyond() throws {
        let price = try Self.price()
        let groups = [
            Self.group(price, usage: TokenUsage(), beyond: Picodollars(123_000_000_000)),
            Self.group(day: "2026-11-04", nil, beyond: .dollar),
            Self.group(day: "2026-11-05", price, beyond: Picodollars(-5)),
        ]
        let rows = try Self.rows(groups).filter { $0["SkuMeter"] == "Charges Beyond Known Tokens" }
        #expect(rows.map { $0["BilledCost"] } == ["0.123", "1", "-0.000000000005"])
        #expect(rows.map { $0["PricingQuantity"] } == ["0.123", "1", "-0.000000000005"])
        #expect(rows.allSatisfy { $0["PricingUnit"] == "Dollars" && $0["ListUnitPrice"] == "1" })
        #expect(rows.allSatisfy { $0["ConsumedQuantity"] == "2" && $0["ConsumedUnit"] == "Requests" })
        #expect(rows[1]["x_PriceStatus"] == "" && rows[0]["x_PriceStatus"] == "listed")
        #expect(try Self.dataset(groups).unreadablePrices == 2)
    }

    @Test(
        "days and months end where the next ones begin",
        arguments: [
            ("2026-11-30", 11, 2026, "2026-12-01", "2026-12-01"), ("2028-02-29", 2, 2028, "2028-03-01", "2028-03-01"),
            ("2028-02-28", 2, 2028, "2028-02-29", "2028-03-01"), ("2026-12-31", 12, 2026, "2027-01-01", "2027-01-01"),
        ]
    )
    func periods(day: String, month: Int, year: Int, nextDay: String, nextMonth: String) throws {
        let rows = try Self.rows(
            [Self.group(day: day, try Self.price())],
            month: CalendarMonth(year: year, month: month)
        )
        let midnight = "T00:00:00Z"
        #expect(rows.allSatisfy { $0["ChargePeriodStart"] == day + midnight })
        #expect(rows.allSatisfy { $0["ChargePeriodEnd"] == nextDay + midnight })
        #expect(rows.allSatisfy { $0["BillingPeriodEnd"] == nextMonth + midnight })
    }

    @Test("names of callers come back unchanged, and no tag of a caller can be taken for one of Purser's")
    func hostile() throws {
        let names = ["a\"b", "a\r\nb", "a,b", "=cmd|' /C calc'!A0", "a\u{0}b", "\\", "\u{202e}x", "é"]
        let groups = try names.map { name in
            let tags = CallTags(["=1+1": "a,\"b\"", "purser/team": "forged", "purser/tag/purser/team": "forged again"])
            return Self.group(try Self.price(), caller: [name, name, nil, nil, name, tags.json])
        }
        let rows = try Self.rows(groups)
        #expect(rows.count == 2 * names.count)
        let tags = try rows.map { try JSONValue(parsing: try #require($0["Tags"])) }
        #expect(Set(tags.compactMap { $0["purser/team"]?.string }) == Set(names))
        #expect(tags.allSatisfy { $0["purser/tag/purser/team"] == "forged" && $0["=1+1"] == "a,\"b\"" })
        #expect(tags.allSatisfy { $0["purser/tag/purser/tag/purser/team"] == "forged again" })
        #expect(tags.allSatisfy { $0["purser/session"] == $0["purser/user"] && $0["purser/key"] == nil })
        #expect(try Self.rows([Self.group(try Self.price(), caller: Array(repeating: nil, count: 6))])[0]["Tags"] == "")
    }

    @Test("a correction of a closed month may be below zero")
    func correction() throws {
        let dataset = try Self.dataset([Self.group(try Self.price())])
        var charge = try #require(dataset.charges.first)
        charge.correctionOf = CalendarMonth(year: 2026, month: 10)
        charge.cost = Picodollars(-60_000_000)
        let text = FocusCSV.header + FocusCSV(dataset).line(charge)
        #expect(FocusCheck.verdict(of: text, total: charge.cost).violations == [])
        #expect(text.contains(",-0.00006,") && text.contains(",Correction,"))
    }

    @Test("a model that was called by an ARN has its Region, and one from anywhere has none")
    func regions() throws {
        let arn = "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0"
        let rows = try Self.rows([Self.group(try Self.price(arn)), Self.group(try Self.price())])
        #expect(rows.map { $0["RegionName"] } == ["US West (Oregon)", "US West (Oregon)", "", ""])
        #expect(rows[0]["ResourceId"] == arn && rows[0]["ResourceName"] == "amazon.nova-lite-v1:0")
        #expect(rows[2]["ResourceId"] == "us.amazon.nova-lite-v1:0" && rows[2]["ResourceName"] == "")
        #expect(rows[0]["x_CalledModelId"] == arn && rows[0]["SkuId"]?.hasPrefix("amazon.nova-lite-v1:0/") == true)
    }

    @Test("100,000 rows take time in proportion to their number")
    func many() throws {
        let price = try Self.price()
        let groups = (0..<50_000).map { Self.group(price, caller: ["t", "u\($0)", nil, nil, nil, nil]) }
        let dataset = try Self.dataset(groups)
        #expect(dataset.charges.count == 100_000)
        let part = try Self.dataset(Array(groups.prefix(10_000)))
        let total = groups.prefix(10_000).reduce(.zero) { $0 + $1.cost }
        let verdict = FocusCheck.verdict(of: FocusCSV.text(part), total: total)
        #expect(verdict.rows == 20_000 && verdict.violations == [])
    }
}
