package import PurserCore

/// A cost report for programs: schema `purser.cost/1`.
package enum CostJSON {
    /// Returns the report, with amounts of money as exact decimal text; a row's unallocated key is null.
    package static func value(_ report: CostReport) -> JSONValue {
        JSONValue(
            schema: "purser.cost/1",
            [
                "month": .string(report.month.description),
                "asOf": .string(report.asOf.iso8601()),
                "currency": "USD",
                "total": .string(report.total.description),
                "imported": .string(report.nonLive.imported.description),
                "simulated": .string(report.nonLive.simulated.description),
                "requests": .integer(report.requests),
                "unpriced": .integer(report.unpricedRequests),
                "rows": .array(report.rows.map { row($0, keys: report.keys) }),
                "budget": JSONValue(report.budget?.description),
                "forecast": nil,
                "runRate": JSONValue(report.runRate?.description),
            ]
        )
    }

    private static func row(_ row: CostReport.Row, keys: [CostReport.Key]) -> JSONValue {
        let names = zip(keys, row.keys).map { JSONValue.Member($0.rawValue, JSONValue($1)) }
        return .object(
            names + [
                .init("requests", .integer(row.requests)),
                .init("inputTokens", .integer(row.usage.input)),
                .init("outputTokens", .integer(row.usage.output)),
                .init("cacheReadTokens", .integer(row.usage.cacheRead)),
                .init("cacheWriteTokens", .integer(row.usage.cacheWrite)),
                .init("cost", .string(row.cost.description)),
            ]
        )
    }
}
