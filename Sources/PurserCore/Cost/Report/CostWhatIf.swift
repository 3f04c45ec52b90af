/// The calls of a month at the prices of another model.
///
/// Exact for the tokens that the ledger has: each call keeps its number of tokens, its kind of context and, if the other
/// model has it, its tier.
package struct CostWhatIf: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        /// One value for each key; nil means "unallocated".
        package var keys: [String?]
        package var requests: Int
        package var usage: TokenUsage
        package var cost: Picodollars
        /// What the row would have cost.
        package var otherCost: Picodollars

        package var difference: Picodollars { otherCost - cost }
    }

    package let period: Range<Timestamp>
    package let zone: ClockZone
    package let asOf: Timestamp
    package let keys: [CostKey]
    package let filters: [CostFilter]
    /// The prices of the other model.
    package let price: Price
    /// By descending cost; in the order of time if they are split by it.
    package private(set) var rows: [Row] = []
    /// Calls of a tier that the other model has no price for, which are computed at its standard one.
    package private(set) var movedTiers: [ServiceTier: Int] = [:]
    /// Requests with an amount that is not of known tokens, which stays as it was charged, and that amount.
    package private(set) var unknownRequests = 0
    package private(set) var unknownCost = Picodollars.zero

    /// Computes the cost of the groups of a query at another price.
    ///
    /// Throws ``PriceError/tooLarge`` if a price does not fit in 64 bits.
    package init(_ query: CostQuery, _ groups: [CostGroup], at price: Price) throws(PriceError) {
        (period, zone, asOf) = (query.period, query.zone, query.asOf)
        (keys, filters) = (query.keys, query.filters)
        self.price = price
        var others: [[String?]: Picodollars] = [:]
        for group in groups { others[group.keys, default: .zero] += try cost(of: group) }
        rows = CostReport.rows(groups, keys).map { row in
            Row(
                keys: row.keys,
                requests: row.requests,
                usage: row.usage,
                cost: row.cost,
                otherCost: others[row.keys] ?? .zero
            )
        }
    }

    private mutating func cost(of group: CostGroup) throws(PriceError) -> Picodollars {
        if group.beyondTokens != .zero {
            unknownRequests += group.requests
            unknownCost += group.beyondTokens
        }
        // Nothing is known of what such calls were charged for.
        guard group.rates != nil else { return group.cost }
        var tier = group.tier
        if tier != .standard, price.tiers[tier] == nil {
            movedTiers[tier, default: 0] += group.requests
            tier = .standard
        }
        let rates = try price.rates(isLong: group.isLong, tier)
        return TokenAmounts(group.usage, at: rates).total + group.beyondTokens
    }

    package var total: Row {
        Row(
            keys: [],
            requests: rows.reduce(0) { $0 + $1.requests },
            usage: rows.reduce(into: TokenUsage()) { $0 += $1.usage },
            cost: rows.reduce(.zero) { $0 + $1.cost },
            otherCost: rows.reduce(.zero) { $0 + $1.otherCost }
        )
    }

    /// What input and output cost in a standard call, with the discount; picodollars a token.
    package var plainRates: (input: Int64, output: Int64) {
        let rates = try? price.rates(isLong: false, .standard)
        return (rates?.input ?? price.input, rates?.output ?? price.output)
    }

    /// The kinds of cached tokens that the calls have and the other model has no price for: reads and writes of five minutes
    /// are computed at the price of plain input, writes of an hour at twice the five-minute one.
    package var unpricedCacheKinds: [TokenKind] {
        let usage = total.usage
        let kinds: [(kind: TokenKind, tokens: Int, price: Int64?)] = [
            (.cacheRead, usage.cacheRead, price.cacheRead), (.cacheWrite5m, usage.cacheWrite5m, price.cacheWrite5m),
            (.cacheWrite1h, usage.cacheWrite1h, price.cacheWrite1h),
        ]
        return kinds.filter { $0.tokens > 0 && $0.price == nil }.map(\.kind)
    }
}
