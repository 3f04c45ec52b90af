package import PurserCore

/// The bill of a plan for programs: schema `purser.cost-estimate/1`.
package enum CostEstimateJSON {
    package static func value(_ estimate: CostEstimate) -> JSONValue {
        let plan = estimate.plan
        return JSONValue(
            schema: "purser.cost-estimate/1",
            [
                "asOf": .string(estimate.asOf.iso8601()), "currency": "USD",
                "model": .string(estimate.price.modelId), "region": JSONValue(estimate.price.region),
                "tier": .string(plan.tier.rawValue), "days": .integer(plan.days),
                "requestsPerDay": .integer(plan.requestsPerDay), "requests": .integer(plan.requests),
                "inputTokens": .integer(plan.inputTokens), "cacheReadTokens": .integer(plan.cacheReadTokens),
                "outputTokens": .integer(plan.outputTokens), "users": .integer(plan.users),
                "quota": plan.quota.map { .integer($0) } ?? .null, "freeTier": .bool(plan.countsFreeTier),
                "lines": .array(estimate.lines.map(line)), "total": .string(estimate.total.description),
                "capped": [
                    "requests": .integer(plan.admittedRequests), "total": .string(estimate.cappedTotal.description),
                ],
                "excluded": .array(estimate.excluded.map(line)),
            ]
        )
    }

    private static func line(_ line: CostEstimate.Line) -> JSONValue {
        let isWhole = line.quantity % 1_000_000 == 0
        let whole = Int(clamping: line.quantity / 1_000_000)
        return [
            "name": .string(line.name),
            "quantity": isWhole ? .integer(whole) : .number(Double(line.quantity) / 1_000_000),
            "unit": .string(line.unit), "unitPrice": .string(line.unitPrice.description),
            "amount": .string(line.amount.description), "source": .string(line.source),
            "retrieved": .string(line.retrieved.date), "status": .string(line.status.rawValue),
            "option": JSONValue(line.option),
        ]
    }
}
