package import PurserCore

/// The forecast of a month as text.
package enum ForecastText {
    /// Returns what is expected, when a ceiling is reached, and how much is known.
    package static func facts(_ report: ForecastReport) -> FactList {
        let zone = report.zone
        let (start, end) = (zone.local(report.period.lowerBound).date, zone.local(report.period.upperBound).date)
        let now = zone.local(report.asOf)
        var facts: [FactList.Fact] = [
            .init("calls", ([report.scope.word] + [report.scope.name].compactMap(\.self)).joined(separator: " ")),
            .init("period", "\(start) to \(end), as of \(now.date) \(now.hourAndMinute) \(zone.name)"),
            .init("spent", report.used.spent.cents + (report.limit.dollars.map { " of " + $0.cents } ?? "")),
            .init(
                "requests",
                NumberText.grouped(report.used.requests)
                    + (report.limit.requests.map { " of " + NumberText.grouped($0) } ?? "")
            ),
            .init("forecast", forecast(report)),
        ]
        if let forecast = report.forecast {
            facts.append(
                .init("based on", NumberText.age(milliseconds: Int64(forecast.historySeconds) * 1000) + " of traffic")
            )
            if forecast.isSure, let requests = forecast.requests {
                facts.append(.init("requests expected", NumberText.grouped(requests)))
            }
            if let probability = forecast.probabilityOver {
                facts.append(.init("over the limit", "with a probability of " + NumberText.percent(probability * 100)))
            }
        }
        facts.append(.init("run rate", report.runRate?.cents ?? "not in the first two days"))
        facts.append(.init("runs out", report.outlook.words(report)))
        if let backtest = report.backtest { facts.append(.init("held before", held(backtest))) }
        return FactList(facts)
    }

    private static func forecast(_ report: ForecastReport) -> String {
        guard let forecast = report.forecast else { return "no traffic to forecast from" }
        guard forecast.isSure else { return forecast.withoutInterval }
        guard let low = forecast.low, let high = forecast.high else {
            return "\(forecast.mean.cents); \(forecast.withoutInterval)"
        }
        return "\(forecast.mean.cents), 80 % interval \(low.cents) to \(high.cents)"
    }

    /// How often the intervals of the past held.
    private static func held(_ backtest: ForecastBacktest) -> String {
        guard let coverage = backtest.whole.coverage else { return "no past month to compare with" }
        let months = backtest.periods.count.counted("month")
        return
            "\(NumberText.percent(coverage * 100)) of \(backtest.whole.cutPoints) intervals in \(months); it should be 80 %"
    }

    /// Returns how good the forecasts of past months would have been, by how far into the month they were made.
    package static func backtest(_ backtest: ForecastBacktest) -> TextTable {
        let parts = zip(["first", "second", "third", "last"], backtest.parts).map { ("\($0) quarter", $1) }
        return TextTable(
            [
                .init("MADE IN"), .init("FORECASTS", .trailing), .init("HELD", .trailing),
                .init("COVERAGE", .trailing), .init("MEAN ERROR", .trailing),
            ],
            rows: (parts + [("whole month", backtest.whole)]).map { name, part in
                [
                    name, NumberText.grouped(part.cutPoints), NumberText.grouped(part.held),
                    part.coverage.map { NumberText.percent($0 * 100) } ?? "",
                    part.meanAbsolutePercentageError.map(NumberText.percent) ?? "",
                ]
            }
        )
    }
}

extension CeilingOutlook {
    /// Returns the outlook of a report in words, with the hour on the clock of its zone.
    fileprivate func words(_ report: ForecastReport) -> String {
        let both = report.limit.dollars != nil && report.limit.requests != nil
        switch self {
        case .unlimited: return "no limit is set"
        case .reached(let ceiling): return "\(ceiling.unit) are used up"
        case .unknown:
            return report.forecast == nil ? "no traffic yet that could use them up" : "too little traffic to say"
        case .lasts: return both ? "neither in this period" : "not in this period"
        case .first(let ceiling, let time):
            let local = report.zone.local(time)
            let hour = "\(local.date) \(local.hourAndMinute) \(report.zone.name)"
            return "\(ceiling.unit)\(both ? " first," : "") about \(hour)"
        }
    }
}

extension CeilingOutlook.Ceiling {
    /// What runs out.
    var unit: String { self == .budget ? "dollars" : "requests" }
}
