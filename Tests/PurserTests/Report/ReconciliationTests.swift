import Foundation
import PurserCore
import PurserImport
import PurserRender
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// Bills that are made of the forms that AWS's have, compared with ledgers that differ from them in known ways.
@Suite(.blocking) struct ReconciliationTests {
    typealias Line = TestBill.Line
    static let october = CalendarMonth(year: 2026, month: 10)
    static let haiku = "Claude Haiku 4.5 (Amazon Bedrock Edition)"

    private static func catalog() throws -> PriceCatalog {
        let rows = [
            ("us.amazon.nova-lite-v1:0", "0.06,0.24,0.015,,"), ("global.amazon.nova-2-lite-v1:0", "0.3,2.5,0.075,,"),
            ("us.amazon.nova-2-lite-v1:0", "0.33,2.75,0.0825,,"),
            ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1,5.5,0.11,1.375,2.2"),
            ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "1,5,0.1,1.25,2"), ("xai.grok-4.3", "1.25,2.5,0.2,,"),
            ("us.anthropic.claude-sonnet-4-6", "3.3,16.5,0.33,4.125,6.6"),
        ]
        return try PriceCatalog(
            csv: "model_id,input,output,cache_read,cache_write_5m,cache_write_1h,status,source,retrieved\n"
                + rows.map { "\($0),\($1),listed,t,2026-09-15\n" }.joined(),
            file: "p.csv"
        )
    }

    static func group(
        _ model: String,
        _ usage: TokenUsage,
        user: String? = nil,
        source: CallSource = .live
    ) throws -> CostGroup {
        let time = october.start
        let price = try #require(try catalog().price(for: model, at: time), "\(model)")
        return CostGroup(
            keys: [user],
            modelId: model,
            tier: .standard,
            price: price,
            isLong: false,
            ending: .success,
            isEstimated: false,
            source: source,
            requests: 1,
            usage: usage,
            cost: TokenAmounts(usage, at: try price.rates(isLong: false, .standard)).total
        )
    }

    static func compare(
        _ bill: String,
        _ groups: [CostGroup],
        asOf: Timestamp = october.end + 3600,
        tolerance: Reconciliation.Tolerance = .standard
    ) throws -> Reconciliation {
        var reader = BillReader(file: "bill.csv")
        try reader.read(Array(bill.utf8))
        try reader.finish()
        return try Reconciliation(
            reader.bill,
            groups,
            month: october,
            asOf: asOf,
            offers: try OfferMap.shipped(),
            ids: try catalog().prices.map(\.modelId),
            tolerance: tolerance
        )
    }

    /// The SKU, the drift and the cause of each row.
    private static func text(_ rows: [Reconciliation.Row]) -> [String] {
        rows.map { "\($0.sku) \($0.drift.exactDollars) \($0.cause?.rawValue ?? "-")" }
    }

    private static let cur2Lines = [
        // 1,100M tokens where the ledger has 1,000M; in two lines, one of them of another Region.
        Line("USE1-NovaLite-input-tokens", "1000000.0", "60.0000000000"),
        Line("USW2-NovaLite-input-tokens", "100000", "6.00").with { $0.region = "us-west-2" },
        Line("USE1-NovaLite-output-tokens", "100000.000000", "24.0000000000"),
        Line("USE1-NovaLite-cache-read-input-token-count", "40000", "0.6"),
        // 20 % dearer than recorded.
        Line(marketplace: "USE1-MP:USE1_OutputTokenCount-Units", haiku, "10", "66"),
        Line(marketplace: "USE1-MP:USE1_InputTokenCount-Units", haiku, "50", "55"),
        // Half the tokens, at a higher price.
        Line(marketplace: "USE1-MP:USE1_CacheReadInputTokenCount-Units", haiku, "50", "11"),
        Line(marketplace: "USE1-MP:USE1_CacheWrite1hInputTokenCount-Units", haiku, "1.5", "3.3"),
        Line(marketplace: "USE1-MP:USE1_InputTokenCount_Global-Units", haiku, "7", "7"),
        Line(marketplace: "USE1-MP:USE1_InputTokenCount_Batch-Units", haiku, "0.01", "0.0055"),
        // The unit is not said, or no model is.
        Line(marketplace: "USE1-MP:USE1_OutputTokenCount_Global-Units", haiku, "2", "10").with {
            $0.description = "Output Tokens - Global"
        },
        Line(marketplace: "USE1-MP:USE1_InputTokenCount-Units", "", "3", "3"),
        Line("USE1-NovaLite-input-tokens-custom-model", "1", "0.00006"),
        Line("USE1-Guardrail-ContentPolicyUnitsConsumed", "10", "0.0015").with { $0.unit = "TextUnits" },
        Line("USE1-BoxUsage:m5.large", "5", "0.48").with { ($0.code, $0.unit) = ("AmazonEC2", "Hrs") },
        Line("", "", "9.87").with { ($0.type, $0.unit) = ("Tax", "") },
        Line("USE1-NovaLite-input-tokens", "1", "-5").with { $0.type = "Credit" },
        Line("USE1-NovaLite-input-tokens", "1", "0.00006").with { $0.day = "2026-09-30" },
    ]

    private static func cur2Calls() throws -> [CostGroup] {
        [
            try group(
                "us.amazon.nova-lite-v1:0",
                TokenUsage(input: 1_000_000_000, output: 100_000_000, cacheRead: 40_000_000)
            ),
            try group(
                "us.anthropic.claude-haiku-4-5-20251001-v1:0",
                TokenUsage(
                    input: 50_000_000,
                    output: 10_000_000,
                    cacheRead: 100_000_000,
                    cacheWrite5m: 4_000_000,
                    cacheWrite1h: 1_500_000
                )
            ),
            try group("us.amazon.nova-2-lite-v1:0", TokenUsage(input: 1000)),
            try group("us.amazon.nova-lite-v1:0", TokenUsage(output: 1_000_000), source: .simulated),
        ]
    }

    @Test("CUR 2.0 with Nova and Claude of the Marketplace: each drift is found at its SKU, with its cause")
    func cur2() throws {
        let result = try Self.compare(TestBill.csv(Self.cur2Lines), Self.cur2Calls())
        let claude = "anthropic.claude-haiku-4-5-20251001-v1:0/standard"
        #expect(
            Self.text(result.rows) == [
                "\(claude)/output-tokens 11.00 price", "amazon.nova-lite-v1:0/standard/input-tokens 6.00 quantity",
                "amazon.nova-lite-v1:0/standard/cache-read-input-tokens 0.00 -",
                "amazon.nova-lite-v1:0/standard/output-tokens 0.00 -", "\(claude)/cache-read-input-tokens 0.00 both",
                "\(claude)/cache-write-input-tokens-1-hour 0.00 -", "\(claude)/input-tokens 0.00 -",
            ]
        )
        #expect(
            result.rows.first { $0.sku.hasPrefix("amazon") && $0.cause != nil }?.regions == ["us-east-1", "us-west-2"]
        )
        #expect(
            Self.text(result.unmatchedBilled) == [
                "\(claude)/input-tokens/global 7.00 quantity",
                "anthropic.claude-haiku-4-5-20251001-v1:0/batch/input-tokens 0.0055 -",
            ]
        )
        #expect(
            Self.text(result.unmatchedRecorded) == [
                "\(claude)/cache-write-input-tokens-5-minutes -5.50 quantity",
                "amazon.nova-2-lite-v1:0/standard/input-tokens -0.00033 -",
            ]
        )
        #expect(
            result.unknown.map { "\($0.name) \($0.cost.exactDollars) \($0.mayCountTokens): \($0.reason)" } == [
                "USE1-MP:USE1_OutputTokenCount_Global-Units 10.00 true: the unit `Units` does not say how many tokens it is",
                "USE1-MP:USE1_InputTokenCount-Units 3.00 true: neither the service nor the description names a model",
                "USE1-Guardrail-ContentPolicyUnitsConsumed 0.0015 false: does not count tokens of a model",
                "USE1-NovaLite-input-tokens-custom-model 0.00006 true: the usage type is not known",
            ]
        )
        #expect(
            result.otherCharges.map { "\($0.kind) \($0.cost.exactDollars)" } == [
                "Credit -5.00", "Tax 9.87", "Usage outside of the billing period 0.00006",
            ]
        )
        #expect(result.otherServices == 1 && result.simulated.exactDollars == "0.24")
        #expect(result.status == .estimated && result.hasFindings)
    }

    @Test("FOCUS with AWS's columns: the scope is a part of the SKU, and a bill that agrees is reconciled")
    func focus() throws {
        let lines = [
            Line("USE1-Nova2.0Lite-input-tokens", "2000", "0.66"),
            Line("USE1-Nova2.0Lite-input-tokens-cross-region-global", "5000", "1.5"),
            Line("USE1-Nova2.0Lite-output-tokens-cross-region-global", "400", "1.0"),
            Line(marketplace: "USE1-MP:USE1_cache_read_tokens_global_standard-Units", Self.haiku, "3", "0.3"),
        ]
        let groups = [
            try Self.group("us.amazon.nova-2-lite-v1:0", TokenUsage(input: 2_000_000)),
            try Self.group("global.amazon.nova-2-lite-v1:0", TokenUsage(input: 5_000_000, output: 400_000)),
            try Self.group("global.anthropic.claude-haiku-4-5-20251001-v1:0", TokenUsage(cacheRead: 3_000_000)),
        ]
        let same = try Self.compare(TestBill.csv(lines, .focus), groups)
        #expect(same.rows.count == 4 && same.drift == .zero && same.status == .reconciled)
        let early = try Self.compare(TestBill.csv(lines, .focus), groups, asOf: Self.october.end - 1)
        #expect(early.status == .estimated && !early.hasFindings)
        // Global tokens that are billed as those of a geography.
        var moved = lines
        (moved[0].quantity, moved[0].cost) = ("3000", "0.99")
        (moved[1].quantity, moved[1].cost) = ("4000", "1.2")
        let drift = try Self.compare(TestBill.csv(moved, .focus), groups)
        #expect(
            Self.text(drift.drifting) == [
                "amazon.nova-2-lite-v1:0/standard/input-tokens 0.33 quantity",
                "amazon.nova-2-lite-v1:0/standard/input-tokens/global -0.30 quantity",
            ]
        )
        #expect(drift.status == .estimated && drift.unmatched.isEmpty)
        let correction = moved[0].with { $0.principal = "Correction" }
        let corrected = try Self.compare(TestBill.csv(lines + [correction], .focus), groups)
        #expect(corrected.otherCharges.map(\.kind) == ["Correction"] && corrected.status == .reconciled)
    }

    @Test("a legacy report with forms of bedrock-mantle: tiers and long contexts are apart")
    func legacy() throws {
        let lines = [
            Line("USE1-xai.grok-4.3-mantle-input-tokens-standard", "1000", "1.25"),
            Line("USE1-xai.grok-4.3-mantle-output-tokens-standard", "100", "0.25"),
            Line("USE1-xai.grok-4.3-mantle-input-tokens-priority", "1000", "2.1875"),
            Line("USE1-Claude4.6Sonnet-input-tokens", "10", "33").with { $0.unit = "1M tokens" },
            Line("USE1-Claude4.6Sonnet-input-tokens-long-context", "1", "6.6").with { $0.unit = "1M tokens" },
        ]
        var long = try Self.group("us.anthropic.claude-sonnet-4-6", TokenUsage(input: 1_000_000))
        long.isLong = true
        let groups = [
            try Self.group("xai.grok-4.3", TokenUsage(input: 1_000_000, output: 110_000)),
            try Self.group("us.anthropic.claude-sonnet-4-6", TokenUsage(input: 10_000_000)), long,
        ]
        let result = try Self.compare(TestBill.csv(lines, .cur), groups)
        #expect(
            Self.text(result.rows) == [
                "anthropic.claude-sonnet-4-6/standard/input-tokens/long-context 3.30 price",
                "xai.grok-4.3/standard/output-tokens -0.025 quantity",
                "anthropic.claude-sonnet-4-6/standard/input-tokens 0.00 -", "xai.grok-4.3/standard/input-tokens 0.00 -",
            ]
        )
        #expect(Self.text(result.unmatchedBilled) == ["xai.grok-4.3/priority/input-tokens 2.1875 quantity"])
        // A bill without lines of long contexts is compared with all calls.
        let plain = [lines[0], lines[1], lines[3].with { ($0.quantity, $0.cost) = ("11", "36.3") }]
        let merged = try Self.compare(TestBill.csv(plain, .cur), groups, tolerance: .init(millionths: 100_000))
        #expect(merged.drifting.isEmpty && merged.rows.count == 3 && merged.status == .reconciled)
    }

    @Test(
        "a drift within the tolerance is no finding, and above it is",
        arguments: [0, 5000, 10_000, 20_000] as [Int64]
    )
    func tolerance(millionths: Int64) throws {
        let groups = [try Self.group("us.amazon.nova-lite-v1:0", TokenUsage(input: 1_000_000_000))]
        for (cost, drift) in [("60.01", 0.01), ("60.3", 0.3), ("60.6", 0.6), ("61", 1.0), ("62", 2.0)] {
            let bill = TestBill.csv([Line("USE1-NovaLite-input-tokens", "1000000", cost)])
            let result = try Self.compare(bill, groups, tolerance: .init(millionths: millionths))
            let allowed = max(0.01, (60 + drift) * Double(millionths) / 1e6)
            #expect(result.drifting.isEmpty == (drift <= allowed), "\(cost)")
            #expect(result.rows.first?.cause == (drift <= allowed ? nil : .price))
        }
    }

    @Test("principals have their lines, and the calls of the user with their name")
    func principals() throws {
        let arn = "arn:aws:sts::111122223333:assumed-role/App/ada"
        let bill = TestBill.csv([
            Line("USE1-NovaLite-input-tokens", "1000", "0.06").with { $0.principal = arn },
            Line("USE1-NovaLite-output-tokens", "1000", "0.24").with { $0.principal = arn },
            Line("USE1-NovaLite-input-tokens", "1000", "0.06").with { $0.principal = "arn:aws:iam::1:user/bob" },
        ])
        let groups = [
            try Self.group("us.amazon.nova-lite-v1:0", TokenUsage(input: 2_000_000, output: 1_000_000), user: "ada")
        ]
        let result = try Self.compare(bill, groups)
        #expect(result.principals.map { "\($0.name) \($0.lines)" } == ["\(arn) 2", "arn:aws:iam::1:user/bob 1"])
        #expect(result.principals.map { $0.recorded?.exactDollars } == ["0.36", nil] && result.drift == .zero)
    }

    @Test("a Region is a part of the SKU if every line and every call of the model names it")
    func regions() throws {
        let bill = TestBill.csv([
            Line("USE1-NovaLite-input-tokens", "1000", "0.06"),
            Line("EUC1-NovaLite-input-tokens", "2000", "0.12").with { $0.region = "" },
        ])
        func calls(_ arns: [(String, Int)]) throws -> [CostGroup] {
            try arns.map { region, tokens in
                var group = try Self.group("us.amazon.nova-lite-v1:0", TokenUsage(input: tokens))
                if !region.isEmpty {
                    group.modelId = "arn:aws:bedrock:\(region)::foundation-model/amazon.nova-lite-v1:0"
                }
                return group
            }
        }
        let named = try Self.compare(
            bill,
            calls([("us-east-1", 2_000_000), ("eu-central-1", 1_000_000)]),
            tolerance: .init(millionths: 0)
        )
        #expect(
            Self.text(named.rows) == [
                "amazon.nova-lite-v1:0/standard/input-tokens/eu-central-1 0.06 quantity",
                "amazon.nova-lite-v1:0/standard/input-tokens/us-east-1 -0.06 quantity",
            ]
        )
        let unnamed = try Self.compare(bill, calls([("us-east-1", 2_000_000), ("", 1_000_000)]))
        #expect(Self.text(unnamed.rows) == ["amazon.nova-lite-v1:0/standard/input-tokens 0.00 -"])
        #expect(unnamed.rows[0].regions == ["eu-central-1", "us-east-1"] && unnamed.status == .reconciled)
    }

    @Test(
        "the tool's own FOCUS dataset agrees with its ledger in every SKU",
        arguments: [1, 2, 3, 4, 5, 6] as [UInt64]
    )
    func ownDataset(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try FocusDatasetTests.store(folder, seed: seed, calls: 120)
        if seed == 6 { try store.breakForTest("UPDATE price SET content = 'broken' || id") }
        let account = try #require(FocusDataset.BillingAccount("111122223333,Example"))
        let month = CalendarMonth(year: 2026, month: 11)
        let (dataset, _) = try FocusDataset.read(
            month,
            asOf: month.end + 3600,
            where: [],
            account: account,
            from: store
        )
        let path = folder.path("focus.csv")
        try FocusCSV.text(dataset).write(toFile: path, atomically: true, encoding: .utf8)
        let result = try Reconciliation.read(
            try BillFiles([path]),
            month: nil,
            asOf: month.end + 3600,
            offers: try OfferMap.shipped(),
            prices: try PriceCatalog.shipped(),
            tolerance: .init(millionths: 0, amount: .zero),
            from: store
        )
        #expect(result.rows.count >= (seed == 6 ? 2 : 10) && result.status == .reconciled, "seed \(seed)")
        #expect(result.rows.allSatisfy { $0.billed == $0.recorded }, "seed \(seed)")
        #expect(result.unmatchedBilled.isEmpty && result.unmatchedRecorded.isEmpty && result.unknown.isEmpty)
        let charged = dataset.charges.filter { $0.source != .simulated }.reduce(.zero) { $0 + $1.cost }
        #expect(result.total.billed == charged)
    }

    @Test("bills of several months need the month to be named")
    func months() throws {
        let folder = try TemporaryFolder()
        let line = Line("USE1-NovaLite-input-tokens", "1000", "0.06")
        let september = line.with { ($0.period, $0.day) = ("2026-09-01T00:00:00Z", "2026-09-03") }
        try TestBill.csv([line, september, september]).write(
            toFile: folder.path("b"),
            atomically: true,
            encoding: .utf8
        )
        let bills = try BillFiles([folder.path("b")])
        let store = try folder.store()
        func read(_ month: String?) throws -> Reconciliation {
            try Reconciliation.read(
                bills,
                month: month.flatMap { CalendarMonth($0) },
                asOf: Self.october.end,
                offers: try OfferMap.shipped(),
                prices: try Self.catalog(),
                tolerance: .standard,
                from: store
            )
        }
        #expect(throws: Reconciliation.MonthChoice.self) { try read(nil) }
        #expect(throws: Reconciliation.MonthChoice.self) { try read("2026-08") }
        let result = try read("2026-10")
        #expect(result.otherMonths == [CalendarMonth(year: 2026, month: 9): 2] && result.unmatchedBilled.count == 1)
    }

    @Test("the store keeps a verdict once, and what came before it as history")
    func verdicts() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let bill = TestBill.csv([Line("USE1-NovaLite-input-tokens", "1000", "0.06")])
        let groups = [try Self.group("us.amazon.nova-lite-v1:0", TokenUsage(input: 1_000_000))]
        let first = try Self.compare(bill, []).verdict(bill: "a")
        #expect(try store.keep(first) && !store.keep(first))
        var later = first
        later.time = first.time + 60
        #expect(try !store.keep(later))
        let second = try Self.compare(bill, groups).verdict(bill: "b")
        #expect(second.status == .reconciled && second.pricesRetrieved?.date == "2026-09-15")
        #expect(try store.keep(second) && store.reconciliations(Self.october) == [second, first])
        #expect(try store.reconciliations(Self.october.next).isEmpty)
        // As a later version may write it.
        try store.breakForTest("UPDATE reconciliation SET status = 'closed' WHERE id = 2")
        #expect(try store.reconciliations(Self.october) == [first])
    }
}
