/// What a calendar month is expected to cost.
package struct MonthForecast: Sendable, Equatable {
    /// Spent so far and expected.
    package var mean: Picodollars
    /// A range that holds the cost with a probability of 80 %; nil before there are three whole days of traffic.
    package var low: Picodollars?
    package var high: Picodollars?
    /// How likely the month costs more than its limit, from 0 to 1; nil without a limit or a range.
    package var probabilityOver: Double?
    /// How long before now the traffic began, in seconds: how much the forecast is based on.
    package var historySeconds: Int
    /// Whether there is enough history for an alert.
    package var isSure: Bool

    package init(
        mean: Picodollars,
        low: Picodollars? = nil,
        high: Picodollars? = nil,
        probabilityOver: Double? = nil,
        historySeconds: Int,
        isSure: Bool
    ) {
        self.mean = mean
        self.low = low
        self.high = high
        self.probabilityOver = probabilityOver
        self.historySeconds = historySeconds
        self.isSure = isSure
    }

    /// Creates the forecast of the month that `traffic` was made in.
    package init(_ month: CalendarMonth, spent: Picodollars, limit: Picodollars?, _ traffic: TrafficForecast) {
        let expected = traffic.expected(.dollars, until: month.end)
        let room = limit.map { $0.dollars - spent.dollars }
        let range = traffic.range(until: month.end, over: room ?? 0)
        self.init(
            mean: spent + Self.amount(expected),
            low: range.map { spent + Self.amount($0.low) },
            high: range.map { spent + Self.amount($0.high) },
            probabilityOver: room == nil ? nil : range?.probabilityOver,
            historySeconds: traffic.historySeconds,
            isSure: traffic.isSure
        )
    }

    /// Returns an estimate in whole millionths of a dollar.
    private static func amount(_ dollars: Double) -> Picodollars {
        let millionths = (dollars * 1e6).rounded()
        return Picodollars(Int128(millionths.isFinite ? min(max(millionths, 0), 1e18) : 0) * 1_000_000)
    }
}
