import PurserCore
import PurserRender
import Testing

@Suite("the comparison with AWS's price list, as it is printed")
struct PriceDiffTextTests {
    private static func diff() throws -> PriceDiff {
        let rows = ["same,0.06,0.24,,", "other,0.06,0.24,0.015,", "part,0.8,3.2,,0.4"].map { row in
            row + (row.hasSuffix(",") ? "," : ",1.6") + ",listed,test,2026-11-15"
        }
        let header = "model_id,input,output,cache_read,flex_input,flex_output,status,source,retrieved"
        let catalog = try PriceCatalog(
            csv: ([header] + rows + ["alone,1,2,,,,listed,t,2026-11-15"]).joined(separator: "\n"),
            file: "p.csv"
        )
        let names = ["same", "other", "part", "new"]
        let map = try OfferMap(
            csv: "offer,name,region,scope,model_id\n"
                + names.map { "AmazonBedrock,Model \($0),us-east-1,regional,\($0)\n" }.joined(),
            file: "offers.csv"
        )
        func rate(_ name: String, _ kind: TokenKind, _ price: Int64?) -> PriceOffer.Rate {
            PriceOffer.Rate(
                name: "Model " + name,
                region: "us-east-1",
                isGlobal: false,
                kind: kind,
                tier: .standard,
                price: price.map { .success($0) }
                    ?? .failure(OfferFault("the unit `Units` does not say how many tokens it is")),
                sku: name + kind.rawValue
            )
        }
        let rates = [
            rate("same", .input, 60_000), rate("same", .output, 240_000), rate("other", .input, 50_000),
            rate("other", .output, 240_000), rate("part", .input, 800_000),
            rate("part", .output, nil), rate("new", .input, 1_000_000), rate("new", .output, 2_000_000),
            rate("unknown", .input, 1),
        ]
        let day = Timestamp(year: 2026, month: 11, day: 20)
        let offer = PriceOffer(file: "offer.json", code: "AmazonBedrock", published: day, rates: rates)
        return PriceDiff(catalog, with: [offer], map)
    }

    @Test("each outcome has its rows, with what is known of their prices", arguments: [80])
    func text(width: Int) throws {
        let text = PriceDiffText.render(try Self.diff(), style: TerminalStyle(width: width))
        try expectGolden(text, "prices-diff-\(width).txt")
    }

    @Test("the same as JSON")
    func json() throws {
        try expectGolden(PriceDiffJSON.value(try Self.diff()).text(indented: true) + "\n", "prices-diff.json")
    }
}
