package import PurserCore

/// Prices as text, in US dollars per million tokens.
package enum PriceText {
    package static func list(_ prices: [Price]) -> TextTable {
        TextTable(
            [
                .init("MODEL"), .init("INPUT", .trailing), .init("OUTPUT", .trailing), .init("CACHE READ", .trailing),
                .init("WRITE 5M", .trailing), .init("WRITE 1H", .trailing), .init("STATUS"),
            ],
            rows: prices.map { price in
                let rates = [price.input, price.output, price.cacheRead, price.cacheWrite5m, price.cacheWrite1h]
                return [price.modelId] + rates.map { $0.map(Price.dollarsPerMillion) ?? "" } + [price.status.rawValue]
            }
        )
    }
}
