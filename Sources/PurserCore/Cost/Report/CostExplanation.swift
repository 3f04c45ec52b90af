/// The calls behind a figure of a cost report: those that have one of the figure's keys each.
package struct CostExplanation: Sendable, Equatable {
    package var query: CostQuery
    /// Calls and corrections of calls, also those that are not listed.
    package var entries: Int
    /// Calls, less those that corrections take back.
    package var requests: Int
    package var total: Picodollars
    /// The dearest first.
    package var calls: [LedgerEntry]

    package init(_ query: CostQuery, entries: Int, requests: Int, total: Picodollars, calls: [LedgerEntry]) {
        self.query = query
        self.entries = entries
        self.requests = requests
        self.total = total
        self.calls = calls
    }

    /// The entries that are not listed, and what they cost.
    package var rest: (requests: Int, cost: Picodollars) {
        (entries - calls.count, total - calls.reduce(.zero) { $0 + $1.cost })
    }
}

extension CostQuery {
    /// Narrows the query to the figure of a report's row, which is written like `team=support,day=2026-11-24`; the names of
    /// days and hours are those of the report, in its time zone.
    ///
    /// Throws the part that names no row, and why.
    package mutating func narrow(toFigure texts: [String]) throws(CostFilterFault) {
        var rest: [String] = []
        for part in CostFilter.parts(texts) {
            guard let (key, name) = CostFilter.sides(part), let seconds = key.periodSeconds else {
                rest.append(part)
                continue
            }
            guard let found = Self.period(name, seconds, zone) else {
                let form = seconds == 3600 ? "an hour like 2026-11-24T10:00Z" : "a day like 2026-11-24"
                throw CostFilterFault(part: part, reason: "the value must be \(form), as the report names it")
            }
            period = period.clamped(to: found)
        }
        filters += try CostFilter.read(rest)
    }

    private static func period(_ name: String, _ seconds: Int, _ zone: ClockZone) -> Range<Timestamp>? {
        guard var time = Timestamp(iso8601: name) else { return nil }
        let window = seconds == 3600 ? BudgetWindow.hour : .day
        // Noon is in its day, whenever that begins.
        if window == .day { time = zone.moment(local: time + seconds / 2) }
        let period = window.period(containing: time, in: zone)
        return zone.name(ofPeriod: seconds, at: period.lowerBound) == name ? period : nil
    }
}
