package import PurserCore

/// The calls behind a figure, for programs: schema `purser.cost-explain/1`.
package enum CostExplanationJSON {
    package static func value(_ explanation: CostExplanation) -> JSONValue {
        let (query, rest) = (explanation.query, explanation.rest)
        return JSONValue(
            schema: "purser.cost-explain/1",
            [
                "from": .string(query.period.lowerBound.iso8601()), "to": .string(query.period.upperBound.iso8601()),
                "asOf": .string(query.asOf.iso8601()), "timeZone": .string(query.zone.name), "currency": "USD",
                "where": .array(query.filters.map { .string($0.text) }),
                "requests": .integer(explanation.requests), "total": .string(explanation.total.description),
                "calls": .array(explanation.calls.map(call)),
                "rest": ["requests": .integer(rest.requests), "cost": .string(rest.cost.description)],
            ]
        )
    }

    private static func call(_ entry: LedgerEntry) -> JSONValue {
        [
            "requestId": .string(entry.requestId), "time": .string(entry.time.iso8601(milliseconds: true)),
            "model": .string(entry.modelId), "tier": .string(entry.tier.rawValue), "outcome": .string(entry.outcome),
            "inputTokens": .integer(entry.usage.input), "outputTokens": .integer(entry.usage.output),
            "cacheReadTokens": .integer(entry.usage.cacheRead), "cacheWriteTokens": .integer(entry.usage.cacheWrite),
            "estimated": .bool(entry.isEstimated), "cost": .string(entry.cost.description),
        ]
    }
}
