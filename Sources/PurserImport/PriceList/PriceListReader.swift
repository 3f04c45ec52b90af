package import PurserCore

/// Reads the files of AWS's public price list that have token prices of Bedrock's models.
///
/// `AmazonBedrock` has Amazon's and open models, by the attribute `model`; `AmazonBedrockFoundationModels` those of the
/// Marketplace, by `servicename`. What a product counts is in its `usagetype`, and how many tokens its price is for in
/// the unit of the price dimension.
/// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-an-offer.html
package enum PriceListReader {
    package static let codes = ["AmazonBedrock", "AmazonBedrockService", "AmazonBedrockFoundationModels"]

    /// Returns the token prices of a file.
    ///
    /// Throws ``Diagnostics`` with the place of the first fault. Products of other things than tokens are skipped.
    package static func read(_ text: String, file: String) throws -> PriceOffer {
        func fault(_ key: String?, _ message: String) -> Diagnostics {
            Diagnostics([Diagnostic(file: file, key: key, message)])
        }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text)
        } catch {
            throw fault(nil, "\(error)")
        }
        guard let code = json["offerCode"]?.string, codes.contains(code) else {
            throw fault("offerCode", "must be one of \(codes.joined(separator: ", "))")
        }
        guard let date = json["publicationDate"]?.string, let time = Timestamp(iso8601: date) else {
            throw fault("publicationDate", "must be a time like 2026-11-30T00:19:12Z")
        }
        guard let products = json["products"]?.members else { throw fault("products", "must be an object") }
        guard let terms = json["terms"]?["OnDemand"]?.members else {
            throw fault("terms.OnDemand", "must be an object")
        }
        let termsBySKU = Dictionary(terms.map { ($0.key, $0.value) }) { first, _ in first }
        var rates: [PriceOffer.Rate] = []
        for product in products {
            guard let attributes = product.value["attributes"], attributes.members != nil else {
                throw fault("products.\(product.key).attributes", "must be an object")
            }
            guard let usage = attributes["usagetype"]?.string, let meaning = TokenUsageType(usage, offer: code),
                let name = attributes["model"]?.string ?? attributes["servicename"]?.string, !name.isEmpty,
                let region = attributes["regionCode"]?.string, !region.isEmpty
            else { continue }
            let price = Self.price(termsBySKU[product.key])
            // What is free needs no row.
            if case .success(0) = price { continue }
            rates.append(
                PriceOffer.Rate(
                    name: name,
                    region: region,
                    isGlobal: meaning.isGlobal,
                    kind: meaning.kind,
                    tier: meaning.tier,
                    price: price,
                    sku: product.key
                )
            )
        }
        let day = Timestamp(seconds: time.milliseconds / 86_400_000 * 86_400)
        return PriceOffer(file: file, code: code, published: day, rates: rates)
    }

    /// Returns the picodollars a token of a product's only price.
    private static func price(_ terms: JSONValue?) -> Result<Int64, OfferFault> {
        let dimensions = (terms?.members ?? []).flatMap { $0.value["priceDimensions"]?.members ?? [] }
        guard dimensions.count == 1, let dimension = dimensions.first?.value else {
            return .failure(OfferFault("it has \(dimensions.count.counted("price dimension")), not 1"))
        }
        guard let dollars = dimension["pricePerUnit"]?["USD"]?.string else {
            return .failure(OfferFault("it has no price in USD"))
        }
        let unit = dimension["unit"]?.string ?? ""
        guard let tokens = tokens(unit: unit, description: dimension["description"]?.string ?? "") else {
            return .failure(OfferFault("the unit `\(unit.prefix(40))` does not say how many tokens it is"))
        }
        guard let price = Picodollars(dollars: dollars), price.rawValue % tokens == 0,
            let rate = Int64(exactly: price.rawValue / tokens)
        else {
            return .failure(
                OfferFault("`\(dollars.prefix(40))` for \(unit) is not a whole number of picodollars a token")
            )
        }
        return .success(rate)
    }

    /// Returns how many tokens a price is for; nil if the file does not say it.
    ///
    /// The Marketplace's unit is `Units` for some models, whose description then says `Million Input Tokens`.
    private static func tokens(unit: String, description: String) -> Int128? {
        switch unit.lowercased() {
        case "1k tokens": 1000
        case "1m tokens": 1_000_000
        case "units":
            description.split(whereSeparator: { $0 == "|" || $0 == " " }).contains("Million") ? 1_000_000 : nil
        default: nil
        }
    }
}

/// What a `usagetype` counts.
struct TokenUsageType: Equatable {
    var kind: TokenKind
    var tier: ServiceTier
    var isGlobal: Bool

    /// Reads a usage type; nil for one that counts something else, such as images, reserved capacity, tokens of custom
    /// models or of long contexts.
    init?(_ text: String, offer: String) {
        guard let type = offer == "AmazonBedrockFoundationModels" ? Self.marketplace(text) : Self.own(text) else {
            return nil
        }
        self = type
    }

    private init(_ kind: TokenKind, _ tier: ServiceTier, isGlobal: Bool) {
        (self.kind, self.tier, self.isGlobal) = (kind, tier, isGlobal)
    }

    /// `USE1-NovaLite-input-tokens-flex`, `USE1-Nova2.0Lite-output-tokens-cross-region-global`.
    private static func own(_ text: String) -> TokenUsageType? {
        let kinds: [(name: String, kind: TokenKind)] = [
            ("-cache-read-input-token-count", .cacheRead), ("-cache-write-input-token-count", .cacheWrite5m),
            ("-input-tokens", .input), ("-output-tokens", .output),
        ]
        for (name, kind) in kinds {
            guard let range = text.firstRange(of: name) else { continue }
            // What precedes the kind is the Region and the model; text, image and speech have words of their own there.
            let model = text[..<range.lowerBound]
            guard !["-text", "-image", "-speech", "-audio", "-video"].contains(where: model.hasSuffix) else {
                return nil
            }
            var rest = String(text[range.upperBound...])
            let global = "-cross-region-global"
            let isGlobal = rest.contains(global)
            rest = rest.replacing(global, with: "", maxReplacements: 1)
            guard let tier = tiers[rest.isEmpty ? "standard" : String(rest.dropFirst())] else { return nil }
            return TokenUsageType(kind, tier, isGlobal: isGlobal)
        }
        return nil
    }

    private static let tiers: [String: ServiceTier] = [
        "standard": .standard, "batch": .batch, "flex": .flex, "priority": .priority, "latency-optimized": .optimized,
    ]

    /// `USE1-MP:USE1_InputTokenCount_Global-Units`, `USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units`.
    private static func marketplace(_ text: String) -> TokenUsageType? {
        guard let start = text.lastIndex(of: ":"), let underscore = text[start...].firstIndex(of: "_"),
            text.hasSuffix("-Units")
        else { return nil }
        let name = String(text[text.index(after: underscore)...].dropLast("-Units".count))
        return name.hasPrefix("InputTokenCount") || name.hasPrefix("OutputTokenCount") || name.hasPrefix("Cache")
            ? older(name) : newer(name)
    }

    private static func older(_ name: String) -> TokenUsageType? {
        let kinds: [String: TokenKind] = [
            "InputTokenCount": .input, "OutputTokenCount": .output, "CacheReadInputTokenCount": .cacheRead,
            "CacheWriteInputTokenCount": .cacheWrite5m, "CacheWrite1hInputTokenCount": .cacheWrite1h,
        ]
        var parts = name.split(separator: "_").map(String.init)
        guard let kind = kinds[parts.removeFirst()] else { return nil }
        let isGlobal = parts.first == "Global"
        if isGlobal { parts.removeFirst() }
        switch parts {
        case []: return TokenUsageType(kind, .standard, isGlobal: isGlobal)
        case ["Batch"]: return TokenUsageType(kind, .batch, isGlobal: isGlobal)
        case ["LatencyOptimized"]: return TokenUsageType(kind, .optimized, isGlobal: isGlobal)
        default: return nil
        }
    }

    private static func newer(_ name: String) -> TokenUsageType? {
        let kinds: [(name: String, kind: TokenKind)] = [
            ("cache_write_tokens_1h", .cacheWrite1h), ("cache_write_tokens", .cacheWrite5m),
            ("cache_read_tokens", .cacheRead), ("input_tokens", .input), ("output_tokens", .output),
        ]
        guard let (start, kind) = kinds.first(where: { name.hasPrefix($0.name) }) else { return nil }
        var parts = name.dropFirst(start.count).split(separator: "_").map(String.init)
        let isGlobal = parts.first == "global"
        if isGlobal { parts.removeFirst() }
        guard parts.count == 1, let tier = tiers[parts[0]] else { return nil }
        return TokenUsageType(kind, tier, isGlobal: isGlobal)
    }
}
