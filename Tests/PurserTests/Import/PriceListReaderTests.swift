import PurserCore
import PurserImport
import Testing

/// Files of AWS's price list with the members that AWS's have.
enum OfferText {
    struct Product {
        var name: String
        var usage: String
        var dollars: String
        var unit = "1K tokens"
        var description = ""
        var region = "us-east-1"

        init(
            _ name: String,
            _ usage: String,
            _ dollars: String,
            unit: String = "1K tokens",
            description: String = "",
            region: String = "us-east-1"
        ) {
            (self.name, self.usage, self.dollars, self.unit) = (name, usage, dollars, unit)
            (self.description, self.region) = (description, region)
        }
    }

    static func json(
        _ products: [Product],
        code: String = "AmazonBedrock",
        date: String = "2026-11-20T10:19:12Z"
    ) -> JSONValue {
        let isMarketplace = code == "AmazonBedrockFoundationModels"
        let entries = products.enumerated().map { index, product -> JSONValue.Member in
            let sku = "SKU\(index)"
            return .init(
                sku,
                [
                    "sku": .string(sku), "productFamily": "Amazon Bedrock",
                    "attributes": .object([
                        .init(isMarketplace ? "servicename" : "model", .string(product.name)),
                        .init("usagetype", .string(product.usage)), .init("regionCode", .string(product.region)),
                    ]),
                ]
            )
        }
        let terms = products.enumerated().map { index, product -> JSONValue.Member in
            let dimension: JSONValue = [
                "unit": .string(product.unit), "beginRange": "0", "endRange": "Inf",
                "description": .string(product.description), "pricePerUnit": ["USD": .string(product.dollars)],
            ]
            let code = "SKU\(index).JRTCKXETXF"
            let term: JSONValue = [
                "offerTermCode": "JRTCKXETXF", "effectiveDate": "2026-11-01T00:00:00Z",
                "priceDimensions": .object([.init(code + ".6YS6EN2CT7", dimension)]),
            ]
            return .init("SKU\(index)", .object([.init(code, term)]))
        }
        return [
            "formatVersion": "v1.0", "offerCode": .string(code), "version": "20261120101912",
            "publicationDate": .string(date), "products": .object(entries),
            "terms": ["OnDemand": .object(terms)],
        ]
    }

    static func offer(_ products: [Product], code: String = "AmazonBedrock", date: String = "2026-11-20T10:19:12Z")
        throws
        -> PriceOffer
    {
        try PriceListReader.read(json(products, code: code, date: date).text(), file: "offer.json")
    }
}

@Suite("files of AWS's price list") struct PriceListReaderTests {
    private static func read(_ usage: String, code: String) throws -> String {
        let product = OfferText.Product("M", usage, "0.06", unit: "1M tokens")
        let rate = try OfferText.offer([product], code: code).rates.first
        return rate.map { "\($0.kind.rawValue) \($0.tier.rawValue)\($0.isGlobal ? " global" : "")" } ?? ""
    }

    @Test(
        "a usage type says the kind of token, the tier and whether it is of a global profile",
        arguments: [
            ("USE1-NovaLite-input-tokens", "input standard"), ("USE1-NovaLite-output-tokens-batch", "output batch"),
            ("USE1-Nova2.0Lite-input-tokens-flex", "input flex"),
            ("USE1-Nova2.0Lite-output-tokens-cross-region-global", "output standard global"),
            ("USE1-Nova2.0Lite-output-tokens-priority-cross-region-global", "output priority global"),
            ("USE1-NovaPro-input-tokens-latency-optimized", "input optimized"),
            ("USE1-NovaPro-cache-read-input-token-count", "cacheRead standard"),
            ("USE1-NovaPro-cache-write-input-token-count", "cacheWrite5m standard"),
            ("USE1-qwen.qwen3-coder-mantle-input-tokens-standard", "input standard"),
            ("USE1-NovaLite-input-tokens-custom-model", ""), ("USE1-NovaPro-Customization-Training", ""),
            ("USE1-NovaSonic-speech-input-tokens", ""), ("USE1-NovaCanvas-T2I-1024-Standard", ""),
        ]
    )
    func ownUsageTypes(usage: String, meaning: String) throws {
        #expect(try Self.read(usage, code: "AmazonBedrock") == meaning)
    }

    @Test(
        "the Marketplace has two ways to write a usage type",
        arguments: [
            ("USE1-MP:USE1_InputTokenCount-Units", "input standard"),
            ("USE1-MP:USE1_OutputTokenCount_Global-Units", "output standard global"),
            ("USE1-MP:USE1_InputTokenCount_Global_Batch-Units", "input batch global"),
            ("USE1-MP:USE1_InputTokenCount_LatencyOptimized-Units", "input optimized"),
            ("USE1-MP:USE1_CacheReadInputTokenCount-Units", "cacheRead standard"),
            ("USE1-MP:USE1_CacheWriteInputTokenCount_Global-Units", "cacheWrite5m standard global"),
            ("USE1-MP:USE1_CacheWrite1hInputTokenCount-Units", "cacheWrite1h standard"),
            ("USE1-MP:USE1_input_tokens_standard-Units", "input standard"),
            ("USE1-MP:USE1_output_tokens_global_standard-Units", "output standard global"),
            ("USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units", "cacheWrite1h standard global"),
            ("USE1-MP:USE1_input_tokens_batch-Units", "input batch"),
            ("USE1-MP:USE1_input_tokens_long_ctx_standard-Units", ""),
            ("USE1-MP:USE1_cache_write_tokens_30m_standard-Units", ""),
            ("USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", ""), ("USE1-MP:USE1_created_image-Units", ""),
        ]
    )
    func marketplaceUsageTypes(usage: String, meaning: String) throws {
        #expect(try Self.read(usage, code: "AmazonBedrockFoundationModels") == meaning)
    }

    @Test("how many tokens a price is for is read from its unit, and never assumed")
    func units() throws {
        let prices = [
            ("0.0000600000", "1K tokens", ""), ("0.06", "1M tokens", ""),
            ("5.5", "Units", "AWS Marketplace software usage|us-east-1|Million Input Tokens Standard"),
            ("5.0", "Units", "AWS Marketplace software usage|us-east-1|Input Tokens - Standard, Global"),
            ("0.06", "tokens", ""), ("0.0000000001", "1K tokens", ""), ("-1", "1K tokens", ""),
        ]
        let products = prices.map { OfferText.Product("M", "USE1-M-input-tokens", $0, unit: $1, description: $2) }
        let read = try OfferText.offer(products).rates.map { rate in
            switch rate.price {
            case .success(let price): "\(price)"
            case .failure(let fault): fault.description
            }
        }
        #expect(
            read == [
                "60000", "60000", "5500000", "the unit `Units` does not say how many tokens it is",
                "the unit `tokens` does not say how many tokens it is",
                "`0.0000000001` for 1K tokens is not a whole number of picodollars a token",
                "`-1` for 1K tokens is not a whole number of picodollars a token",
            ]
        )
    }

    @Test("the day of publication counts, and what is free or not of a model is skipped")
    func skipped() throws {
        let offer = try OfferText.offer([
            .init("M", "USE1-M-cache-write-input-token-count", "0.0000000000"), .init("", "USE1-M-input-tokens", "1"),
            .init("M", "USE1-M-input-tokens", "1", region: ""),
        ])
        #expect(offer.rates.isEmpty && offer.published.iso8601() == "2026-11-20T00:00:00Z")
    }

    @Test(
        "a file of another kind is rejected with the place of the fault",
        arguments: [
            ("{", "offer.json: line 1, column 2"), ("{}", "offer.json: offerCode: must be one of AmazonBedrock, "),
            (#"{"offerCode":"AmazonEC2"}"#, "offerCode: must be one of"),
            (#"{"offerCode":"AmazonBedrock","publicationDate":"x"}"#, "offer.json: publicationDate: must be a time"),
            (
                #"{"offerCode":"AmazonBedrock","publicationDate":"2026-11-20T10:19:12Z","products":[]}"#,
                "offer.json: products: must be an object"
            ),
            (
                #"{"offerCode":"AmazonBedrock","publicationDate":"2026-11-20T10:19:12Z","products":{}}"#,
                "offer.json: terms.OnDemand: must be an object"
            ),
            (
                #"{"offerCode":"AmazonBedrock","publicationDate":"2026-11-20T10:19:12Z","products":{"A":{}},"#
                    + #""terms":{"OnDemand":{}}}"#,
                "offer.json: products.A.attributes: must be an object"
            ),
        ]
    )
    func faults(text: String, fault: String) throws {
        let error = #expect(throws: Diagnostics.self) { try PriceListReader.read(text, file: "offer.json") }
        #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
    }

    @Test("a product without exactly one price in dollars has none that can be used")
    func terms() throws {
        let text = OfferText.json([.init("M", "USE1-M-input-tokens", "1")]).text()
        let broken = text.replacing("JRTCKXETXF.6YS6EN2CT7\":{", with: "JRTCKXETXF.1\":{},\"x\":{")
        for (text, fault) in [
            (broken, "it has 2 price dimensions, not 1"),
            (text.replacing("USD", with: "CNY"), "it has no price in USD"),
        ] {
            let rate = try #require(try PriceListReader.read(text, file: "offer.json").rates.first)
            #expect(rate.price == .failure(OfferFault(fault)))
        }
    }
}
