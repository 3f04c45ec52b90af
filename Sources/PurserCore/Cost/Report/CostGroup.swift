/// The settled calls that a cost report is made of.
package struct CostQuery: Sendable, Equatable {
    /// When the calls began.
    package var period: Range<Timestamp>
    /// Only calls that were settled before this time.
    package var asOf: Timestamp
    package var keys: [CostKey]
    package var filters: [CostFilter]
    package var zone: ClockZone
    /// Whether what was learned of a closed month's calls counts in the month in which it was learned, and not in the calls'
    /// own month.
    package var hasCorrections = true

    package init(
        _ period: Range<Timestamp>,
        asOf: Timestamp,
        by keys: [CostKey] = [],
        where filters: [CostFilter] = [],
        in zone: ClockZone = .utc
    ) {
        self.period = period
        self.asOf = asOf
        self.keys = keys
        self.filters = filters
        self.zone = zone
    }
}

/// The calls of a report that are alike in everything that their cost depends on.
package struct CostGroup: Sendable, Equatable {
    /// How a call ended, as far as it matters for its cost.
    package enum Ending: String, Sendable {
        case success
        case failed
        /// The caller did not wait for the end.
        case cancelled
        /// Its process ended before it was settled, and its hold was charged.
        case abandoned
        /// No call, but what `purser restore --spent` entered.
        case entered
    }

    /// The values of the query's keys; nil is a call without one.
    package var keys: [String?]
    /// Exactly as called.
    package var modelId: String
    package var tier: ServiceTier
    /// The prices that the calls were charged at; nil if the store's copy cannot be read.
    package let price: Price?
    /// Nil for calls whose price cannot be read, or whose tier has no price: those were charged their holds.
    package let rates: Price.CallRates?
    /// Whether each call was above ``Price/longContextThreshold``.
    package var isLong: Bool
    package var ending: Ending
    /// Whether the cost includes a hold, because the usage of an attempt is not known.
    package var isEstimated: Bool
    package var source: CallSource
    /// The closed month whose calls are corrected; nil for calls of the period itself. Corrections take back what the month
    /// said, as negative numbers, and say what is true instead.
    package var correctionOf: CalendarMonth?
    package var requests: Int
    package var usage: TokenUsage
    package var cost: Picodollars

    package init(
        keys: [String?],
        modelId: String,
        tier: ServiceTier,
        price: Price?,
        isLong: Bool,
        ending: Ending,
        isEstimated: Bool,
        source: CallSource,
        correctionOf: CalendarMonth? = nil,
        requests: Int,
        usage: TokenUsage,
        cost: Picodollars
    ) {
        self.keys = keys
        self.modelId = modelId
        self.tier = tier
        self.price = price
        self.isLong = isLong
        self.ending = ending
        self.isEstimated = isEstimated
        self.source = source
        self.correctionOf = correctionOf
        self.requests = requests
        self.usage = usage
        self.cost = cost
        rates = try? price?.rates(isLong: isLong, tier)
    }

    /// What the tokens cost by kind; zeros without ``rates``.
    package var amounts: TokenAmounts {
        rates.map { TokenAmounts(usage, at: $0) } ?? TokenAmounts()
    }

    /// What was charged beyond the known tokens: the holds of attempts whose usage is not known.
    package var beyondTokens: Picodollars {
        cost - amounts.total
    }
}

extension CostGroup {
    /// What groups that are alike have in common.
    fileprivate struct Likeness: Hashable {
        var keys: [String?]
        var modelId: String
        var tier: ServiceTier
        var price: String?
        var isLong: Bool
        var ending: Ending
        var isEstimated: Bool
        var source: CallSource
        var correctionOf: CalendarMonth?
    }

    fileprivate var likeness: Likeness {
        Likeness(
            keys: keys,
            modelId: modelId,
            tier: tier,
            price: price?.content,
            isLong: isLong,
            ending: ending,
            isEstimated: isEstimated,
            source: source,
            correctionOf: correctionOf
        )
    }
}

extension [CostGroup] {
    /// Adds up the groups that are alike, such as a closed month's calls and what was learned of them later, and leaves out
    /// those that come to nothing.
    package func merged() -> [CostGroup] {
        var places: [CostGroup.Likeness: Int] = [:]
        var merged: [CostGroup] = []
        for group in self {
            if let place = places[group.likeness] {
                merged[place].requests += group.requests
                merged[place].usage += group.usage
                merged[place].cost += group.cost
            } else {
                places[group.likeness] = merged.count
                merged.append(group)
            }
        }
        return merged.filter { $0.requests != 0 || $0.usage != TokenUsage() || $0.cost != .zero }
    }
}

/// An amount of money for each kind of token.
package struct TokenAmounts: Sendable, Equatable {
    package var input = Picodollars.zero
    package var output = Picodollars.zero
    package var cacheRead = Picodollars.zero
    package var cacheWrite5m = Picodollars.zero
    package var cacheWrite1h = Picodollars.zero

    package init() {}

    package init(_ usage: TokenUsage, at rates: Price.CallRates) {
        func amount(_ tokens: Int, _ rate: Int64) -> Picodollars { Picodollars(Int128(tokens) * Int128(rate)) }
        input = amount(usage.input, rates.input)
        output = amount(usage.output, rates.output)
        cacheRead = amount(usage.cacheRead, rates.cacheRead)
        cacheWrite5m = amount(usage.cacheWrite5m, rates.cacheWrite5m)
        cacheWrite1h = amount(usage.cacheWrite1h, rates.cacheWrite1h)
    }

    package var total: Picodollars {
        input + output + cacheRead + cacheWrite5m + cacheWrite1h
    }
}
