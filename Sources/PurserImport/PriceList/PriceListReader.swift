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
            guard let usage = attributes["usagetype"]?.string, let meaning = TokenUsageType(usage),
                let name = attributes["model"]?.string ?? attributes["servicename"]?.string, !name.isEmpty,
                let region = attributes["regionCode"]?.string, !region.isEmpty,
                // The price file has another threshold for long contexts, and no prices of geographies.
                !meaning.isLong, !meaning.isOfOtherDuration, meaning.scope != .geography
            else { continue }
            let price = Self.price(termsBySKU[product.key])
            // What is free needs no row.
            if case .success(0) = price { continue }
            rates.append(
                PriceOffer.Rate(
                    name: name,
                    region: region,
                    isGlobal: meaning.scope == .global,
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
        let description = dimension["description"]?.string ?? ""
        guard let tokens = TokenUnit.tokens(unit: unit, description: description).map({ Int128($0) }) else {
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
}
