package import PurserCore

/// Forecasts for programs; amounts of money are exact decimal text.
package enum ForecastJSON {
    /// Returns the forecast of a month: schema `purser.cost-forecast/1`.
    ///
    /// - Parameter hasBacktest: Whether the comparison with the past is part of it, and not its coverage alone.
    package static func value(_ report: ForecastReport, hasBacktest: Bool) -> JSONValue {
        JSONValue(
            schema: "purser.cost-forecast/1",
            [
                "scope": .string(report.scope.kind.option), "name": JSONValue(report.scope.name),
                "timeZone": .string(report.zone.name), "from": .string(report.period.lowerBound.iso8601()),
                "to": .string(report.period.upperBound.iso8601()), "asOf": .string(report.asOf.iso8601()),
                "currency": "USD", "spent": .string(report.used.spent.description),
                "requests": .integer(report.used.requests),
                "limit": JSONValue(report.limit.dollars?.description),
                "requestLimit": report.limit.requests.map(JSONValue.integer) ?? .null,
                "runRate": JSONValue(report.runRate?.description),
                "forecast": forecast(report.forecast, report.outlook) {
                    [.init("coverage", number(report.backtest?.whole.coverage))]
                },
                "backtest": hasBacktest ? report.backtest.map(backtest) ?? .null : .null,
            ]
        )
    }

    /// Returns the forecast of a budget's period; null without traffic.
    static func forecast(
        _ forecast: PeriodForecast?,
        _ outlook: CeilingOutlook,
        and more: () -> [JSONValue.Member] = { [] }
    ) -> JSONValue {
        guard let forecast else { return .null }
        return .object(
            CostJSON.members(forecast, outlook)
                + [
                    .init("sure", .bool(forecast.isSure)),
                    .init("requests", forecast.requests.map(JSONValue.integer) ?? .null),
                ] + more()
        )
    }

    private static func backtest(_ backtest: ForecastBacktest) -> JSONValue {
        let share = 1 / Double(ForecastBacktest.partCount)
        return .object(
            [
                .init(
                    "periods",
                    .array(
                        backtest.periods.map {
                            ["from": .string($0.lowerBound.iso8601()), "to": .string($0.upperBound.iso8601())]
                        }
                    )
                )
            ] + members(backtest.whole) + [
                .init(
                    "parts",
                    .array(
                        backtest.parts.enumerated().map { position, part in
                            .object(
                                [
                                    .init("from", .number(Double(position) * share)),
                                    .init("to", .number(Double(position + 1) * share)),
                                ] + members(part)
                            )
                        }
                    )
                )
            ]
        )
    }

    private static func members(_ part: ForecastBacktest.Part) -> [JSONValue.Member] {
        [
            .init("cutPoints", .integer(part.cutPoints)), .init("coverage", number(part.coverage)),
            .init("meanAbsolutePercentageError", number(part.meanAbsolutePercentageError)),
        ]
    }

    private static func number(_ value: Double?) -> JSONValue {
        value.map(JSONValue.number) ?? .null
    }
}
