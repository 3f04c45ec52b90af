import PurserCore
import PurserImport
import Testing

@Suite("the price file and AWS's price list") struct PriceDiffTests {
    private static let header =
        "model_id,effective_from,input,output,cache_read,flex_input,flex_output,status,source,retrieved,note"

    private static func catalog(_ rows: String...) throws -> PriceCatalog {
        try PriceCatalog(csv: ([header] + rows).joined(separator: "\n"), file: "p.csv")
    }

    private static func map(_ rows: String...) throws -> OfferMap {
        let lines = ["offer,name,region,scope,model_id"] + rows
        return try OfferMap(csv: lines.joined(separator: "\n"), file: "offers.csv")
    }

    private static let nova = "AmazonBedrock,Nova,us-east-1,regional,us.nova"

    private static func offer(_ input: String, _ output: String, date: String = "2026-11-20T10:19:12Z") throws
        -> PriceOffer
    {
        try OfferText.offer(
            [.init("Nova", "USE1-Nova-input-tokens", input), .init("Nova", "USE1-Nova-output-tokens", output)],
            date: date
        )
    }

    @Test("a row whose prices are all in the file becomes verified, with the day of the file")
    func agrees() throws {
        let catalog = try Self.catalog(
            "us.nova,,0.06,0.24,,,,listed,test,2026-11-15,",
            "x,,1,2,,,,listed,t,2026-11-15,"
        )
        let diff = PriceDiff(catalog, with: [try Self.offer("0.00006", "0.00024")], try Self.map(Self.nova))
        #expect(diff.rows.map(\.outcome) == [.agrees] && diff.uncompared == 1 && diff.unknownNames.isEmpty)
        let updated = try PriceCatalog(csv: try catalog.updated(by: diff), file: "p.csv")
        #expect(updated.prices.map(\.status) == [.verified, .listed])
        #expect(updated.prices[0].source == "AmazonBedrock price list")
        #expect(updated.prices[0].retrieved.date == "2026-11-20" && updated.prices[1] == catalog.prices[1])
    }

    @Test("a note that warns of something stays, and with it the status")
    func notes() throws {
        let catalog = try Self.catalog("us.nova,,0.06,0.24,,,,unverified,test,2026-11-15,\"long prompts, too\"")
        for output in ["0.00024", "0.0003"] {
            let diff = PriceDiff(catalog, with: [try Self.offer("0.00006", output)], try Self.map(Self.nova))
            let updated = try PriceCatalog(csv: try catalog.updated(by: diff), file: "p.csv")
            #expect(updated.prices.allSatisfy { $0.note == "long prompts, too" && $0.status == .unverified })
        }
    }

    @Test("a file that is older than the row, has one price of two, or one that cannot be used changes nothing")
    func unusable() throws {
        let catalog = try Self.catalog("us.nova,,0.06,0.24,0.015,,,listed,test,2026-11-15,")
        let input = OfferText.Product("Nova", "USE1-Nova-input-tokens", "0.00005")
        let output = OfferText.Product("Nova", "USE1-Nova-output-tokens", "0.0002")
        let reads = ["0.00001", "0.000012"].map {
            OfferText.Product("Nova", "USE1-Nova-\($0 == "0.00001" ? "" : "mantle-")cache-read-input-token-count", $0)
        }
        for offer in [
            try Self.offer("0.00005", "0.0002", date: "2026-11-14T00:00:00Z"), try OfferText.offer([input]),
            try OfferText.offer([input, output] + reads),
        ] {
            let diff = PriceDiff(catalog, with: [offer], try Self.map(Self.nova))
            #expect(diff.rows.map(\.outcome) == [.unconfirmed], "\(diff.rows)")
            #expect(try PriceCatalog(csv: try catalog.updated(by: diff), file: "p.csv").prices == catalog.prices)
        }
        // Of a tier, the file says both prices or neither.
        let flex = OfferText.Product("Nova", "USE1-Nova-input-tokens-flex", "0.00003")
        let plain = try Self.catalog("us.nova,,0.06,0.24,,,,listed,test,2026-11-15,")
        let diff = PriceDiff(plain, with: [try OfferText.offer([input, output, flex])], try Self.map(Self.nova))
        let updated = try PriceCatalog(csv: try plain.updated(by: diff), file: "p.csv")
        let again = PriceDiff(updated, with: [try OfferText.offer([input, output, flex])], try Self.map(Self.nova))
        #expect(diff.rows[0].outcome == .differs && again.rows[0].outcome == .agrees)
    }

    @Test("a changed price ends its row on the day of the file and begins a new one")
    func differs() throws {
        let catalog = try Self.catalog("us.nova,2026-01-01,0.06,0.24,0.015,0.03,0.12,listed,test,2026-11-15,")
        let diff = PriceDiff(catalog, with: [try Self.offer("0.00005", "0.00024")], try Self.map(Self.nova))
        let row = try #require(diff.rows.first)
        #expect(row.outcome == .differs)
        #expect(row.cells.map(\.column) == ["input", "output", "cache_read", "flex_input", "flex_output"])
        #expect(row.cells.map(\.ours) == [60_000, 240_000, 15_000, 30_000, 120_000])
        #expect(row.cells.map(\.theirs) == [50_000, 240_000, nil, nil, nil])
        let text = try catalog.updated(by: diff)
        let updated = try PriceCatalog(csv: text, file: "p.csv")
        let day = Timestamp(year: 2026, month: 11, day: 20)
        #expect(updated.prices.map(\.effectiveTo) == [day, nil] && updated.prices[1].effectiveFrom == day)
        #expect(updated.price(for: "us.nova", at: day + -1)?.input == 60_000)
        let new = try #require(updated.price(for: "us.nova", at: day))
        // What the file does not say is not known of the new price.
        #expect(new.input == 50_000 && new.cacheRead == nil && new.tiers.isEmpty && new.status == .verified)
        #expect(updated.lint(asOf: day).allSatisfy { $0.severity == .warning })
        // A second file of the same day replaces the row that began on it.
        let again = PriceDiff(updated, with: [try Self.offer("0.00004", "0.00024")], try Self.map(Self.nova))
        #expect(try PriceCatalog(csv: try updated.updated(by: again), file: "p.csv").prices.count == 2)
    }

    @Test("a model without a row gets one from the day of the file on; a name that is not in the table is only named")
    func missing() throws {
        let catalog = try Self.catalog("x,,1,2,,,,listed,t,2026-11-15,")
        let other = OfferText.Product("Other", "USE1-Other-input-tokens", "1")
        let offers = [try Self.offer("0.00006", "0.00024"), try OfferText.offer([other], code: "AmazonBedrockService")]
        let diff = PriceDiff(catalog, with: offers, try Self.map(Self.nova))
        #expect(diff.rows.map(\.outcome) == [.missing] && diff.unknownNames == ["AmazonBedrockService: Other"])
        let updated = try PriceCatalog(csv: try catalog.updated(by: diff), file: "p.csv")
        #expect(updated.prices.count == 2 && updated.prices[1].effectiveFrom?.date == "2026-11-20")
    }

    @Test("a price that the file does not say leaves the row as it was")
    func unconfirmed() throws {
        let catalog = try Self.catalog("us.nova,,0.06,0.24,0.015,,,unverified,test,2026-11-15,why")
        let diff = PriceDiff(catalog, with: [try Self.offer("0.00006", "0.00024")], try Self.map(Self.nova))
        #expect(diff.rows.map(\.outcome) == [.unconfirmed])
        #expect(diff.rows[0].cells.last?.reason == "not in the file")
        #expect(try PriceCatalog(csv: try catalog.updated(by: diff), file: "p.csv").prices == catalog.prices)
    }

    @Test("two products with different prices confirm neither, and of two files the later one counts")
    func conflicts() throws {
        let catalog = try Self.catalog("us.nova,,0.06,0.24,,,,listed,test,2026-11-15,")
        let twice = [
            OfferText.Product("Nova", "USE1-Nova-input-tokens", "0.00006"),
            .init("Nova", "USE1-Nova-mantle-input-tokens", "0.00007"),
            .init("Nova", "USE1-Nova-output-tokens", "0.00024"),
        ]
        let diff = PriceDiff(catalog, with: [try OfferText.offer(twice)], try Self.map(Self.nova))
        #expect(diff.rows[0].outcome == .unconfirmed)
        #expect(diff.rows[0].cells[0].reason == "the products SKU0 and SKU1 have different prices")
        let files = [
            try Self.offer("0.00006", "0.00024"), try Self.offer("0.00009", "0.0009", date: "2026-10-01T00:00:00Z"),
        ]
        #expect(PriceDiff(catalog, with: files, try Self.map(Self.nova)).rows[0].outcome == .agrees)
    }

    @Test("global and regional prices, and those of another Region, are not each other's")
    func scopes() throws {
        let catalog = try Self.catalog(
            "global.nova,,0.3,2.5,,,,listed,t,2026-11-15,",
            "us.nova,,0.33,2.75,,,,listed,t,2026-11-15,"
        )
        let offer = try OfferText.offer([
            .init("Nova", "USE1-Nova-input-tokens-cross-region-global", "0.0003"),
            .init("Nova", "USE1-Nova-output-tokens-cross-region-global", "0.0025"),
            .init("Nova", "USE1-Nova-input-tokens", "0.00033"), .init("Nova", "USE1-Nova-output-tokens", "0.00275"),
            .init("Nova", "EUC1-Nova-input-tokens", "0.0009", region: "eu-central-1"),
        ])
        let map = try Self.map(Self.nova, "AmazonBedrock,Nova,us-east-1,global,global.nova")
        #expect(PriceDiff(catalog, with: [offer], map).rows.map(\.outcome) == [.agrees, .agrees])
    }

    @Test("prices that break a rule of the lint are not written")
    func lint() throws {
        let catalog = try Self.catalog("us.nova,,0.06,0.24,,,,listed,test,2026-11-15,")
        let diff = PriceDiff(catalog, with: [try Self.offer("0.00025", "0.00024")], try Self.map(Self.nova))
        let error = #expect(throws: Diagnostics.self) { try catalog.updated(by: diff) }
        #expect(error?.description.contains("output: 0.24 is below the input price, 0.25") == true)
    }

    @Test("the shipped file is written as it is, and the shipped table names only its models")
    func shipped() throws {
        let catalog = try PriceCatalog.shipped()
        let map = try OfferMap.shipped()
        let diff = PriceDiff(catalog, with: [], map)
        let file = try #require(EmbeddedFile.all(in: "prices").first { $0.name == "bedrock.csv" })
        #expect(try catalog.updated(by: diff) == file.text)
        let ids = Set(catalog.prices.map(\.modelId))
        #expect(map.rows.count > 90 && map.rows.allSatisfy { ids.contains($0.modelId) })
    }

    @Test("a faulty row of the table is named with its line and column")
    func mapFaults() {
        let error = #expect(throws: Diagnostics.self) {
            try Self.map(Self.nova, "AmazonBedrock,,us-east-1,local,us.nova", "A,B,C,global,\"a b\"")
        }
        #expect(
            error?.description.split(separator: "\n").map(String.init) == [
                "offers.csv:3: name: is empty; every row needs it",
                "offers.csv:3: scope: `local` is not one of regional, global",
                "offers.csv:3: model_id: us.nova is on line 2 too",
                "offers.csv:4: model_id: `a b` is not a model id like us.amazon.nova-lite-v1:0: 1 to 256 characters without "
                    + "spaces, commas or quotes",
            ]
        )
    }
}
