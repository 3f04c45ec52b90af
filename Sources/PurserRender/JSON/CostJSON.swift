package import PurserCore

/// A cost report for programs: schema `purser.cost/1`.
package enum CostJSON {
    private static func status(_ report: CostReport) -> String {
        report.closed == nil ? (report.isReconciled ? Reconciliation.Status.reconciled : .estimated).rawValue : "closed"
    }

    /// Returns the report, with amounts of money as exact decimal text; a row's unallocated key is null.
    package static func value(_ report: CostReport) -> JSONValue {
        let reconciliation: JSONValue = report.reconciliation.map(ReconciliationJSON.verdict) ?? .null
        return JSONValue(
            schema: "purser.cost/1",
            [
                "month": .string(report.month.description),
                "timeZone": .string(report.zone.name),
                "from": .string(report.period.lowerBound.iso8601()),
                "to": .string(min(report.asOf, report.period.upperBound).iso8601()),
                "by": .array(report.keys.map { .string($0.name) }),
                "where": .array(report.filters.map { .string($0.text) }),
                "asOf": .string(report.asOf.iso8601()),
                "closedAt": JSONValue(report.closed?.iso8601()),
                "currency": "USD",
                "total": .string(report.total.description),
                "status": .string(status(report)), "reconciliation": reconciliation,
                "imported": .string(report.nonLive.imported.description),
                "simulated": .string(report.nonLive.simulated.description),
                "corrections": .array(
                    report.corrections.map { correction in
                        [
                            "month": .string(correction.month.description), "requests": .integer(correction.requests),
                            "cost": money(correction.cost),
                        ]
                    }
                ),
                "requests": .integer(report.requests),
                "unpriced": report.unpricedRequests.map { .integer($0) } ?? .null,
                "rows": .array(report.rows.map { row($0, keys: report.keys) }),
                "prices": report.pricesRetrieved.map { days in
                    [
                        "retrievedFrom": .string(days.lowerBound.date), "retrievedTo": .string(days.upperBound.date),
                        "contracted": .bool(report.hasDiscount),
                    ]
                } ?? .null,
                "previous": report.previous.map(previous) ?? .null,
                "unitCosts": unitCosts(report),
                "unanswered": [
                    "failed": money(report.waste.failed), "cancelled": money(report.waste.cancelled),
                    "abandoned": money(report.waste.abandoned), "retries": money(report.waste.retries),
                ],
                "cache": [
                    "inputTokens": .integer(report.cache.inputTokens), "readTokens": .integer(report.cache.readTokens),
                    "saved": money(report.cache.saved), "writeCost": money(report.cache.writeCost),
                ],
                "budget": JSONValue(report.budget?.description),
                "forecast": report.forecast.map { forecast($0, report.outlook) } ?? .null,
                "runRate": JSONValue(report.runRate?.description),
            ]
        )
    }

    /// A month that is closed: schema `purser.cost-close/1`.
    package static func closed(_ closed: ClosedMonth, openRequests: Int) -> JSONValue {
        JSONValue(
            schema: "purser.cost-close/1",
            [
                "month": .string(closed.month.description), "closedAt": .string(closed.closed.iso8601()),
                "currency": "USD", "total": money(closed.total), "requests": .integer(closed.requests),
                "openRequests": .integer(openRequests),
            ]
        )
    }

    static func forecast(_ forecast: PeriodForecast, _ outlook: CeilingOutlook) -> JSONValue {
        .object(members(forecast, outlook))
    }

    static func members(_ forecast: PeriodForecast, _ outlook: CeilingOutlook) -> [JSONValue.Member] {
        [
            .init("mean", .string(forecast.mean.description)),
            .init("low", JSONValue(forecast.low?.description)),
            .init("high", JSONValue(forecast.high?.description)),
            .init("probabilityOver", forecast.probabilityOver.map { .number($0) } ?? .null),
            .init("historySeconds", .integer(forecast.historySeconds)),
            .init("runsOut", self.outlook(outlook)),
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

    private static func money(_ amount: Picodollars) -> JSONValue {
        .string(amount.description)
    }

    private static func previous(_ previous: CostReport.Previous) -> JSONValue {
        [
            "from": .string(previous.period.lowerBound.iso8601()), "to": .string(previous.period.upperBound.iso8601()),
            "total": money(previous.total), "requests": .integer(previous.requests),
            "change": previous.change.map { change in
                [
                    "total": money(change.total), "volume": money(change.volume), "price": money(change.price),
                    "mix": money(change.mix),
                ]
            } ?? .null,
        ]
    }

    /// Amounts a unit, rounded to whole picodollars; null without such a unit.
    private static func unitCosts(_ report: CostReport) -> JSONValue {
        func each(_ count: Int, of size: Int128 = 1) -> JSONValue {
            guard count > 0 else { return .null }
            return money(Picodollars((report.total.rawValue * size + Int128(count) / 2) / Int128(count)))
        }
        return [
            "request": each(report.requests), "successfulRequest": each(report.successfulRequests),
            "thousandTokens": each(report.usage.all, of: 1000), "activeUser": each(report.activeUsers),
            "activeUsers": .integer(report.activeUsers),
        ]
    }

    /// Returns one member for each key of a row; those of tags are together in `tags`.
    static func names(_ values: [String?], of keys: [CostKey]) -> [JSONValue.Member] {
        var names: [JSONValue.Member] = []
        var tags: [JSONValue.Member] = []
        for (key, value) in zip(keys, values) {
            if case .tag(let name) = key {
                tags.append(.init(name, JSONValue(value)))
            } else {
                names.append(.init(key.name, JSONValue(value)))
            }
        }
        return tags.isEmpty ? names : names + [.init("tags", .object(tags))]
    }

    private static func row(_ row: CostReport.Row, keys: [CostKey]) -> JSONValue {
        .object(
            names(row.keys, of: keys) + [
                .init("requests", .integer(row.requests)),
                .init("inputTokens", .integer(row.usage.input)),
                .init("outputTokens", .integer(row.usage.output)),
                .init("cacheReadTokens", .integer(row.usage.cacheRead)),
                .init("cacheWriteTokens", .integer(row.usage.cacheWrite)),
                .init("cost", money(row.cost)),
                .init("previousCost", row.previousCost.map(money) ?? .null),
            ]
        )
    }
}
