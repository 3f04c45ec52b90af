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
                "forecast": report.forecast.map { forecast($0, report.outlook) } ?? .null,
                "runRate": JSONValue(report.runRate?.description),
            ]
        )
    }

    static func forecast(_ forecast: MonthForecast, _ outlook: CeilingOutlook) -> JSONValue {
        [
            "mean": .string(forecast.mean.description),
            "low": JSONValue(forecast.low?.description),
            "high": JSONValue(forecast.high?.description),
            "probabilityOver": forecast.probabilityOver.map { .number($0) } ?? .null,
            "historySeconds": .integer(forecast.historySeconds),
            "runsOut": self.outlook(outlook),
        ]
    }

    /// Returns which of the two ceilings is reached first in this month and when; null if neither is.
    static func outlook(_ outlook: CeilingOutlook) -> JSONValue {
        switch outlook {
        case .reached(let ceiling): ["ceiling": .string(ceiling.rawValue), "at": nil]
        case .first(let ceiling, let time): ["ceiling": .string(ceiling.rawValue), "at": .string(time.iso8601())]
        case .unlimited, .unknown, .lasts: .null
        }
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
