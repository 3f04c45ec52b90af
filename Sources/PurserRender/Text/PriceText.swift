package import PurserCore

/// Prices as text, in US dollars per million tokens.
package enum PriceText {
    /// Returns the rows; the column of Regions is left out if every row is for all Regions.
    package static func list(_ prices: [Price]) -> TextTable {
        let hasRegions = prices.contains { $0.region != nil }
        return TextTable(
            [.init("MODEL")] + (hasRegions ? [.init("REGION")] : []) + [
                .init("INPUT", .trailing), .init("OUTPUT", .trailing), .init("CACHE READ", .trailing),
                .init("WRITE 5M", .trailing), .init("WRITE 1H", .trailing), .init("STATUS"),
            ],
            rows: prices.map { price in
                let rates = [price.input, price.output, price.cacheRead, price.cacheWrite5m, price.cacheWrite1h]
                return [price.modelId] + (hasRegions ? [price.region ?? ""] : [])
                    + rates.map { $0.map(Price.dollarsPerMillion) ?? "" } + [price.status.rawValue]
            }
        )
    }
}
