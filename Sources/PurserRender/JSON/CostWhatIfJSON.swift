package import PurserCore

/// The calls of a month at the prices of another model, for programs: schema `purser.cost-what-if/1`.
package enum CostWhatIfJSON {
    package static func value(_ whatIf: CostWhatIf) -> JSONValue {
        let (price, total, used) = (whatIf.price, whatIf.total, whatIf.plainRates)
        return JSONValue(
            schema: "purser.cost-what-if/1",
            [
                "from": .string(whatIf.period.lowerBound.iso8601()),
                "to": .string(min(whatIf.asOf, whatIf.period.upperBound).iso8601()),
                "timeZone": .string(whatIf.zone.name), "asOf": .string(whatIf.asOf.iso8601()), "currency": "USD",
                "by": .array(whatIf.keys.map { .string($0.name) }),
                "where": .array(whatIf.filters.map { .string($0.text) }),
                "model": .string(price.modelId),
                "price": [
                    "region": JSONValue(price.region), "input": .string(Price.dollarsPerMillion(used.input)),
                    "output": .string(Price.dollarsPerMillion(used.output)), "status": .string(price.status.rawValue),
                    "retrieved": .string(price.retrieved.date),
                ],
                "rows": .array(
                    whatIf.rows.map { .object(CostJSON.names($0.keys, of: whatIf.keys) + members($0)) }
                ),
                "total": .object(members(total)),
                "cacheAsInput": [
                    "reads": .bool(whatIf.unpricedCacheKinds.contains(.cacheRead)),
                    "writes": .bool(
                        whatIf.unpricedCacheKinds.contains(.cacheWrite5m)
                            || whatIf.unpricedCacheKinds.contains(.cacheWrite1h)
                    ),
                ],
                "movedTiers": .object(
                    whatIf.movedTiers.sorted { $0.key.rawValue < $1.key.rawValue }
                        .map { .init($0.key.rawValue, .integer($0.value)) }
                ),
                "unknown": [
                    "requests": .integer(whatIf.unknownRequests), "cost": .string(whatIf.unknownCost.description),
                ],
            ]
        )
    }

    private static func members(_ row: CostWhatIf.Row) -> [JSONValue.Member] {
        [
            .init("requests", .integer(row.requests)), .init("inputTokens", .integer(row.usage.input)),
            .init("outputTokens", .integer(row.usage.output)), .init("cacheReadTokens", .integer(row.usage.cacheRead)),
            .init("cacheWriteTokens", .integer(row.usage.cacheWrite)), .init("cost", .string(row.cost.description)),
            .init("otherCost", .string(row.otherCost.description)),
            .init("difference", .string(row.difference.description)),
        ]
    }
}
