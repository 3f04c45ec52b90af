/// A kind of token that has a price of its own.
package enum TokenKind: String, Sendable, CaseIterable {
    case input
    case output
    case cacheRead
    case cacheWrite5m
    case cacheWrite1h
}

/// The token prices of one file of AWS's public price list.
package struct PriceOffer: Sendable, Equatable {
    /// The price of one kind of token of one model.
    package struct Rate: Sendable, Equatable {
        /// As the file names the model: `Nova Lite`, or `Claude Haiku 4.5 (Amazon Bedrock Edition)`.
        package var name: String
        /// The AWS Region that is called.
        package var region: String
        /// Whether it is the price of a `global.` profile.
        package var isGlobal: Bool
        package var kind: TokenKind
        package var tier: ServiceTier
        /// Picodollars a token, or why the file does not say them.
        package var price: Result<Int64, OfferFault>
        package var sku: String

        package init(
            name: String,
            region: String,
            isGlobal: Bool,
            kind: TokenKind,
            tier: ServiceTier,
            price: Result<Int64, OfferFault>,
            sku: String
        ) {
            (self.name, self.region, self.isGlobal) = (name, region, isGlobal)
            (self.kind, self.tier, self.price, self.sku) = (kind, tier, price, sku)
        }
    }

    package var file: String
    /// `AmazonBedrock`, for example.
    package var code: String
    /// The day on which AWS published the file.
    package var published: Timestamp
    package var rates: [Rate]

    package init(file: String, code: String, published: Timestamp, rates: [Rate]) {
        (self.file, self.code, self.published, self.rates) = (file, code, published, rates)
    }
}

/// Why a price of a file cannot be used.
package struct OfferFault: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
