/// What a period, such as a calendar month, is expected to cost.
package struct PeriodForecast: Sendable, Equatable {
    /// Spent so far and expected.
    package var mean: Picodollars
    /// A range that holds the cost with a probability of 80 %; nil before there are three whole days of traffic, and
    /// if too few days had any.
    package var low: Picodollars?
    package var high: Picodollars?
    /// How likely the period has more than its limit, in dollars or in requests, whichever is likelier, from 0 to 1;
    /// nil without a limit or a range.
    package var probabilityOver: Double?
    /// How long before now the traffic began, in seconds: how much the forecast is based on.
    package var historySeconds: Int
    /// Whether there is enough history for an alert.
    package var isSure: Bool
    /// Whether there are three whole days, but too few of them had traffic for a range.
    package var isIrregular: Bool
    /// The number of requests so far and expected.
    package var requests: Int?

    package init(
        mean: Picodollars,
        low: Picodollars? = nil,
        high: Picodollars? = nil,
        probabilityOver: Double? = nil,
        historySeconds: Int,
        isSure: Bool,
        isIrregular: Bool = false,
        requests: Int? = nil
    ) {
        self.mean = mean
        self.low = low
        self.high = high
        self.probabilityOver = probabilityOver
        self.historySeconds = historySeconds
        self.isSure = isSure
        self.isIrregular = isIrregular
        self.requests = requests
    }

    /// Creates the forecast of the period that `traffic` was made in.
    package init(_ period: Range<Timestamp>, _ used: MonthTotal, limit: PeriodLimit, _ traffic: TrafficForecast) {
        let end = period.upperBound
        let room = limit.dollars.map { $0.dollars - used.spent.dollars }
        let range = traffic.range(.dollars, until: end, over: room ?? 0)
        let left = limit.requests.map { Double($0 - used.requests) / max(limit.share, 1e-9) }
        let probabilities = [
            room.flatMap { _ in range?.probabilityOver },
            left.flatMap { traffic.range(.requests, until: end, over: $0)?.probabilityOver },
        ]
        let requests = Double(used.requests) + limit.share * traffic.expected(.requests, until: end)
        self.init(
            mean: Self.mean(period, used, traffic),
            low: range.map { used.spent + Self.amount($0.low) },
            high: range.map { used.spent + Self.amount($0.high) },
            probabilityOver: probabilities.compactMap(\.self).max(),
            historySeconds: traffic.historySeconds,
            isSure: traffic.isSure,
            isIrregular: traffic.isIrregular,
            requests: requests.isFinite && requests < 1e15 ? Int(requests.rounded()) : nil
        )
    }

    /// Returns the mean of the forecast alone, for which no range has to be drawn.
    package static func mean(_ period: Range<Timestamp>, _ used: MonthTotal, _ traffic: TrafficForecast) -> Picodollars
    {
        used.spent + amount(traffic.expected(.dollars, until: period.upperBound))
    }

    /// Returns an estimate in whole millionths of a dollar.
    private static func amount(_ dollars: Double) -> Picodollars {
        let millionths = (dollars * 1e6).rounded()
        return Picodollars(Int128(millionths.isFinite ? min(max(millionths, 0), 1e18) : 0) * 1_000_000)
    }
}

/// What a period may cost, and how many requests it may have; nil is any.
package struct PeriodLimit: Sendable, Equatable {
    package var dollars: Picodollars?
    package var requests: Int?
    /// The part of the expected requests that counts towards `requests`.
    package var share: Double

    package init(dollars: Picodollars? = nil, requests: Int? = nil, share: Double = 1) {
        self.dollars = dollars
        self.requests = requests
        self.share = share
    }
}
