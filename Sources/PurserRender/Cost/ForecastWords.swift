import PurserCore

extension CeilingOutlook {
    /// Returns the outlook in words: `the budget runs out first, on 28 November`; nil without a ceiling.
    func words(_ month: CalendarMonth, at: Timestamp, ceilings: Int) -> String? {
        switch self {
        case .unlimited: return nil
        case .reached(let ceiling): return "the \(ceiling.rawValue) is used up"
        case .unknown: return "no traffic yet that could use them up"
        case .first(let ceiling, let time):
            let what = "the \(ceiling.rawValue) " + (ceilings > 1 ? "runs out first," : "runs out")
            let hour = "about \(time.hourAndMinute) UTC"
            if time.date == at.date { return "\(what) today, \(hour)" }
            let day = "\(what) on \(time.fields.day) \(month.name)"
            return time - at < 48 * 3_600_000 ? "\(day), \(hour)" : day
        case .lasts:
            if at >= month.end { return "the month is over" }
            return ceilings > 1 ? "neither runs out this month" : "it lasts the month"
        }
    }
}

extension PeriodForecast {
    /// How much of the past the forecast is based on, if that is little.
    var basis: String? {
        isSure ? nil : "from \(NumberText.age(milliseconds: Int64(historySeconds) * 1000)) of traffic"
    }

    /// Why there is no interval.
    var withoutInterval: String {
        if !isSure { return "too little traffic (\(NumberText.age(milliseconds: Int64(historySeconds) * 1000)))" }
        return isIrregular ? "too irregular for an interval" : "an interval needs three whole days of traffic"
    }
}
