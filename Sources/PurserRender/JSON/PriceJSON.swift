package import PurserCore

/// Prices for programs.
package enum PriceJSON {
    /// Schema `purser.prices-list/1`.
    package static func list(_ prices: [Price]) -> JSONValue {
        let rows = prices.map { price -> JSONValue in
            [
                "model": .string(price.modelId), "region": JSONValue(price.region),
                "input": JSONValue(Price.dollarsPerMillion(price.input)),
                "output": JSONValue(Price.dollarsPerMillion(price.output)),
                "cacheRead": JSONValue(price.cacheRead.map(Price.dollarsPerMillion)),
                "cacheWrite5m": JSONValue(price.cacheWrite5m.map(Price.dollarsPerMillion)),
                "cacheWrite1h": JSONValue(price.cacheWrite1h.map(Price.dollarsPerMillion)),
                "status": .string(price.status.rawValue), "retrieved": .string(price.retrieved.date),
            ]
        }
        return JSONValue(
            schema: "purser.prices-list/1",
            ["unit": "USD per million tokens", "prices": .array(rows)]
        )
    }

    /// Schema `purser.prices-lint/1`.
    package static func lint(_ findings: [PriceLintFinding]) -> JSONValue {
        let errors = findings.count { $0.severity == .error }
        return JSONValue(
            schema: "purser.prices-lint/1",
            [
                "errors": .integer(errors), "warnings": .integer(findings.count - errors),
                "findings": .array(findings.map(\.json)),
            ]
        )
    }
}
