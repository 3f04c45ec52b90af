import PurserCore
import PurserRender
import Testing

@Suite("a month compared with its bill, as it is printed")
struct ReconciliationTextTests {
    private static let month = CalendarMonth(year: 2026, month: 10)

    private static func catalog() throws -> PriceCatalog {
        try PriceCatalog(
            csv: """
                model_id,input,output,status,source,retrieved
                us.amazon.nova-lite-v1:0,0.06,0.24,listed,t,2026-09-15
                us.anthropic.claude-haiku-4-5-20251001-v1:0,1.1,5.5,listed,t,2026-09-15

                """,
            file: "p.csv"
        )
    }

    private static func group(_ model: String, _ usage: TokenUsage, _ source: CallSource = .live) throws -> CostGroup {
        let price = try #require(catalog().price(for: model, at: month.start))
        return CostGroup(
            keys: ["ada"],
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

    private static func result(isOver: Bool = true, name: String = "App") throws -> Reconciliation {
        var bill = Bill()
        func add(
            _ usage: String,
            _ quantity: String,
            _ cost: String,
            _ kind: BilledLine.Kind = .usage,
            service: String = "",
            principal: String? = nil
        ) throws {
            let isMarketplace = !service.isEmpty
            try bill.add(
                BilledLine(
                    month: month,
                    kind: kind,
                    sku: BilledSKU(
                        usageType: usage,
                        unit: isMarketplace ? "1M tokens" : "1K tokens",
                        names: [service],
                        description: "",
                        region: "us-east-1"
                    ),
                    quantity: try #require(FocusDecimal(quantity)),
                    cost: try #require(FocusDecimal(cost)),
                    principal: principal
                )
            )
        }
        let claude = "Claude Haiku 4.5 (Amazon Bedrock Edition)"
        try add("USE1-NovaLite-input-tokens", "1100000", "66.00", principal: "arn:aws:sts::1:assumed-role/\(name)/ada")
        try add("USE1-NovaLite-output-tokens", "100000", "24.000000000012")
        try add("USE1-MP:USE1_OutputTokenCount-Units", "10", "66", service: claude)
        try add("USE1-\(name)-image-tokens", "1", "0.5")
        try add("", "0", "9.87", .other("Tax"))
        try add("", "0", "-5", .other("Credit \(name)"))
        try bill.addOtherService(month)
        let catalog = try catalog()
        return try Reconciliation(
            bill,
            [
                try group("us.amazon.nova-lite-v1:0", TokenUsage(input: 1_000_000_000, output: 100_000_000)),
                try group(
                    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
                    TokenUsage(input: 500_000, output: 10_000_000)
                ),
                try group("us.amazon.nova-lite-v1:0", TokenUsage(output: 1_000_000), .simulated),
            ],
            month: month,
            asOf: isOver ? month.end + 86_400 : month.end - 86_400,
            offers: try OfferMap.shipped(),
            ids: catalog.prices.map(\.modelId),
            files: [.init(path: "cur.csv.gz", sha256: String(repeating: "0a", count: 32), lines: 7)]
        )
    }

    @Test("the totals, the SKUs by drift, and what is not compared", arguments: [60, 100])
    func text(width: Int) throws {
        let text = ReconciliationText.render(try Self.result(), style: TerminalStyle(width: width))
        try expectGolden(text, "reconcile-\(width).txt")
    }

    @Test("a single line is not in the plural")
    func single() throws {
        var result = try Self.result()
        result.files[0].lines = 1
        let text = ReconciliationText.render(result, style: TerminalStyle(width: 100))
        #expect(text.contains("1 file, 1 line\n"))
    }

    @Test("the same as JSON and as CSV")
    func programs() throws {
        let result = try Self.result()
        let verdict = result.verdict(bill: String(repeating: "1b", count: 32))
        let json = ReconciliationJSON.value(result, isStored: true, previous: verdict)
        try expectGolden(json.text(indented: true) + "\n", "reconcile.json")
        try expectGolden(ReconciliationCSV.text(result), "reconcile.csv")
    }

    @Test("names from the bill lose control characters, and no line is wider than asked for")
    func names() throws {
        let name = "\u{1b}[2J\u{202e}\r\n" + String(repeating: "w", count: 300)
        for isOver in [true, false] {
            let text = ReconciliationText.render(
                try Self.result(isOver: isOver, name: name),
                style: TerminalStyle(width: 72)
            )
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e })
            #expect(text.split(separator: "\n").allSatisfy { TerminalText.width(of: String($0)) <= 72 })
            #expect(text.contains("The month is not over") == !isOver)
        }
        let whole = ReconciliationText.render(
            try Self.result(name: name),
            style: TerminalStyle(width: 72),
            isTableCut: false
        )
        #expect(whole.contains(String(repeating: "w", count: 300)))
    }

    @Test("the report of a month says what its comparison found")
    func report() throws {
        var report = CostReport(month: Self.month, asOf: Self.month.end, keys: [], rows: [])
        let style = TerminalStyle(width: 100)
        #expect(CostText.render(report, style: style).contains("An estimate, not an invoice."))
        var verdict = try Self.result().verdict(bill: "b")
        report.reconciliation = verdict
        let words = { CostText.render(report, style: style).split { $0 == "\n" || $0 == " " }.joined(separator: " ") }
        #expect(
            words().contains(
                "An estimate, not reconciled with the bill of 156.000000000012, compared on 2026-11-02: drift +16.450000000012, tolerance 1 % of an SKU. The ledger has changed since."
            )
        )
        report.rows = [.init(keys: [], requests: 1, usage: TokenUsage(), cost: verdict.recorded + .dollar)]
        report.nonLive.simulated = .dollar
        #expect(words().contains("tolerance 1 % of an SKU.") && !words().contains("has changed since"))
        verdict.status = .reconciled
        report.reconciliation = verdict
        #expect(words().contains("Reconciled with the bill of 156.000000000012, compared on 2026-11-02"))
        #expect(CostJSON.value(report)["status"] == "reconciled")
        #expect(CostJSON.value(report)["reconciliation"]?["tolerance"] == "1")
        // A call that was settled after the comparison.
        var changed = report
        changed.rows[0].cost += Picodollars(1)
        #expect(CostText.render(changed, style: style).contains("An estimate, not reconciled"))
        #expect(CostText.render(changed, style: style).contains("has changed since"))
        #expect(CostJSON.value(changed)["status"] == "estimated")
        // A correction of another month, which no bill of this one has.
        changed.billableTotal = verdict.recorded
        #expect(CostJSON.value(changed)["status"] == "reconciled")
        #expect(CostJSON.value(report)["reconciliation"]?["skus"] == 3)
    }
}
