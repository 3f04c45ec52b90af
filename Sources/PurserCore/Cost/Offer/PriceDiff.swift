/// How the rows of the price file compare with files of AWS's price list.
package struct PriceDiff: Sendable, Equatable {
    package enum Outcome: String, Sendable, CaseIterable {
        /// The files have every price of the row, and no other.
        case agrees
        /// A price differs, or the row does not have it.
        case differs
        /// The files do not say all of the row's prices, have one that cannot be used, or are older than the row.
        case unconfirmed
        /// The price file has no row of the model.
        case missing
    }

    /// One price of a row; both are picodollars a token.
    package struct Cell: Sendable, Equatable {
        /// The name of the column.
        package let column: String
        package let ours: Int64?
        package let theirs: Int64?
        /// Why the file does not say it; nil if it does.
        package let reason: String?
        /// Whether the file has a price that cannot be used, or two that differ.
        package let isFaulty: Bool

        package var isConfirmed: Bool { reason == nil && ours == theirs }
    }

    package struct Row: Sendable, Equatable {
        package let modelId: String
        package let offer: String
        package let name: String
        package let region: String
        package let published: Timestamp
        /// Nil if the price file has no row of the model.
        package let price: Price?
        package let cells: [Cell]

        package var outcome: Outcome {
            if price == nil { return .missing }
            if isOlder || !isComplete || cells.contains(where: \.isFaulty) { return .unconfirmed }
            if cells.contains(where: { $0.theirs != nil && !$0.isConfirmed }) { return .differs }
            return cells.allSatisfy(\.isConfirmed) ? .agrees : .unconfirmed
        }

        /// Whether the row is from a later day than the file, which says nothing about it then.
        package var isOlder: Bool {
            price.map { published < $0.retrieved } ?? false
        }

        /// Whether the file says an input and an output price, without which there is no row.
        package var isComplete: Bool {
            ["input", "output"].allSatisfy { name in cells.contains { $0.column == name && $0.theirs != nil } }
        }
    }

    /// In the order of the map.
    package let rows: [Row]
    /// Names in the files that the map does not have, each with its offer.
    package let unknownNames: [String]
    /// How many rows of the price file are not compared with anything.
    package let uncompared: Int
    /// The latest day on which a file was published.
    package let published: Timestamp

    /// Compares the rows that apply on the day on which a file was published.
    package init(_ catalog: PriceCatalog, with offers: [PriceOffer], _ map: OfferMap) {
        let rates = OfferRates(offers)
        rows = map.rows.compactMap { entry in
            guard let (published, cells) = rates.cells(of: entry) else { return nil }
            let price = catalog.listedRow(of: entry.modelId, region: entry.region, at: published)
            return Row(
                modelId: entry.modelId,
                offer: entry.offer,
                name: entry.name,
                region: entry.region,
                published: published,
                price: price,
                cells: Self.cells(price, cells)
            )
        }
        let mapped = Set(map.rows.map { "\($0.offer): \($0.name)" })
        unknownNames = Set(offers.flatMap { offer in offer.rates.map { "\(offer.code): \($0.name)" } })
            .subtracting(mapped).sorted()
        let compared = Set(rows.compactMap(\.price?.content))
        uncompared = catalog.prices.count { !compared.contains($0.content) }
        published = offers.map(\.published).max() ?? Timestamp(seconds: 0)
    }

    private static func cells(_ price: Price?, _ theirs: [PriceColumn: Result<Int64, OfferFault>]) -> [Cell] {
        let theirs = halvesLeftOut(theirs)
        return PriceColumn.prices.compactMap { column in
            let ours = price?.price(in: column)
            guard ours != nil || theirs[column] != nil else { return nil }
            let reason: String? =
                switch theirs[column] {
                case .success: nil
                case .failure(let fault): fault.description
                case nil: "not in the file"
                }
            return Cell(
                column: column.name,
                ours: ours,
                theirs: try? theirs[column]?.get(),
                reason: reason,
                isFaulty: theirs[column] != nil && reason != nil
            )
        }
    }

    /// Returns the prices without those of a tier of which the file has only one.
    private static func halvesLeftOut(
        _ prices: [PriceColumn: Result<Int64, OfferFault>]
    ) -> [PriceColumn: Result<Int64, OfferFault>] {
        var prices = prices
        for (_, input, output) in PriceColumn.tiers where (prices[input] == nil) != (prices[output] == nil) {
            (prices[input], prices[output]) = (nil, nil)
        }
        return prices
    }

    package func count(_ outcome: Outcome) -> Int {
        rows.count { $0.outcome == outcome }
    }
}

/// The rates of files by product.
private struct OfferRates {
    private struct Product: Hashable {
        var offer: String
        var name: String
        var region: String
        var isGlobal: Bool
    }

    private var cells: [Product: [PriceColumn: Result<Int64, OfferFault>]] = [:]
    private var published: [Product: Timestamp] = [:]

    init(_ offers: [PriceOffer]) {
        // Of two files with a product, the later one counts.
        for offer in offers.sorted(by: { $0.published < $1.published }) {
            for (product, rates) in Dictionary(
                grouping: offer.rates,
                by: { Product(offer: offer.code, name: $0.name, region: $0.region, isGlobal: $0.isGlobal) }
            ) {
                published[product] = offer.published
                cells[product] = Self.merged(rates)
            }
        }
    }

    func cells(of entry: OfferMap.Row) -> (Timestamp, [PriceColumn: Result<Int64, OfferFault>])? {
        let product = Product(offer: entry.offer, name: entry.name, region: entry.region, isGlobal: entry.isGlobal)
        guard let day = published[product], let found = cells[product] else { return nil }
        return (day, found)
    }

    /// One price for each column; two that differ are a fault.
    private static func merged(_ rates: [PriceOffer.Rate]) -> [PriceColumn: Result<Int64, OfferFault>] {
        var merged: [PriceColumn: Result<Int64, OfferFault>] = [:]
        var skus: [PriceColumn: String] = [:]
        for rate in rates.sorted(by: { $0.sku < $1.sku }) {
            guard let column = PriceColumn(rate.kind, rate.tier) else { continue }
            if let other = merged[column], other != rate.price {
                let pair = [skus[column] ?? "", rate.sku].joined(separator: " and ")
                merged[column] = .failure(OfferFault("the products \(pair) have different prices"))
            } else {
                merged[column] = rate.price
                skus[column] = rate.sku
            }
        }
        return merged
    }
}

extension PriceColumn {
    /// The columns that a price list can have, in the order of the file.
    static let prices: [PriceColumn] = [
        .input, .output, .cacheRead, .cacheWrite5m, .cacheWrite1h, .inputOver200k, .outputOver200k, .batchInput,
        .batchOutput, .flexInput, .flexOutput,
        .priorityInput, .priorityOutput, .optimizedInput, .optimizedOutput,
    ]

    /// The columns of long contexts, which the price list does not have at the same threshold.
    static let longContexts: [PriceColumn] = [.inputOver200k, .outputOver200k]

    /// Creates the column of a kind of token in a tier; nil for cached tokens of a tier, which have no column.
    init?(_ kind: TokenKind, _ tier: ServiceTier) {
        if tier == .standard {
            self =
                switch kind {
                case .input: .input
                case .output: .output
                case .cacheRead: .cacheRead
                case .cacheWrite5m: .cacheWrite5m
                case .cacheWrite1h: .cacheWrite1h
                }
            return
        }
        guard let columns = Self.tiers.first(where: { $0.tier == tier }) else { return nil }
        switch kind {
        case .input: self = columns.input
        case .output: self = columns.output
        default: return nil
        }
    }
}

extension Price {
    /// Returns the listed price in a column, before any discount; nil if the row does not have it.
    func price(in column: PriceColumn) -> Int64? {
        switch column {
        case .input: onDemand.input
        case .output: onDemand.output
        case .cacheRead: cacheRead
        case .cacheWrite5m: cacheWrite5m
        case .cacheWrite1h: cacheWrite1h
        case .inputOver200k: longContext?.input
        case .outputOver200k: longContext?.output
        default:
            PriceColumn.tiers.lazy.compactMap { [tiers] entry in
                column == entry.input
                    ? tiers[entry.tier]?.input : column == entry.output ? tiers[entry.tier]?.output : nil
            }.first
        }
    }
}

extension PriceCatalog {
    /// Returns the row of exactly this id that applies to calls in a Region at a moment.
    func listedRow(of modelId: String, region: String, at time: Timestamp) -> Price? {
        let rows = rows(of: modelId).filter { $0.isEffective(at: time) }
        return rows.first { $0.region == region } ?? rows.first { $0.region == nil }
    }
}
