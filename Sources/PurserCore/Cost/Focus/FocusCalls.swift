/// Calls of a day that are alike in everything that a FOCUS row says, and what they used.
struct FocusCalls {
    struct Key: Hashable {
        var day: Timestamp
        var modelId: String
        var tier: ServiceTier
        var isLong: Bool
        var source: CallSource
        var correctionOf: CalendarMonth?
        /// The values of ``FocusDataset/keys`` after the day.
        var caller: [String?]
        /// Nil if it cannot be read.
        var price: FocusCharge.PriceNote?
    }

    let key: Key
    let model: FocusModel
    let caller: Caller
    private let listRates: Price.CallRates?
    private let rates: Price.CallRates?
    private(set) var requests = 0
    private(set) var requestsBeyondTokens = 0
    private var usage = TokenUsage()
    private var beyondTokens = Picodollars.zero

    init(_ key: Key, like group: CostGroup) {
        self.key = key
        model = FocusModel(key.modelId, pricedId: key.price?.modelId)
        caller = Caller(
            user: key.caller[1],
            team: key.caller[0],
            application: key.caller[2],
            accessKey: key.caller[3],
            session: key.caller[4],
            tags: CallTags(json: key.caller[5])
        )
        rates = group.rates
        listRates = try? group.price?.listRates(isLong: key.isLong, key.tier)
    }

    mutating func add(_ group: CostGroup) {
        // Calls that used no tokens and cost nothing are in no row.
        if group.usage == TokenUsage(), group.cost == .zero { return }
        requests += group.requests
        usage += group.usage
        beyondTokens += group.beyondTokens
        if group.beyondTokens != .zero { requestsBeyondTokens += group.requests }
    }

    /// The rows: one for each kind of token that was used, and one for what was charged beyond them.
    var charges: [FocusCharge] {
        var charges: [FocusCharge] = []
        if let rates, let listRates {
            let kinds: [(meter: FocusCharge.Meter, tokens: Int, list: Int64, contracted: Int64)] = [
                (.input, usage.input, listRates.input, rates.input),
                (.output, usage.output, listRates.output, rates.output),
                (.cacheRead, usage.cacheRead, listRates.cacheRead, rates.cacheRead),
                (.cacheWrite5m, usage.cacheWrite5m, listRates.cacheWrite5m, rates.cacheWrite5m),
                (.cacheWrite1h, usage.cacheWrite1h, listRates.cacheWrite1h, rates.cacheWrite1h),
            ]
            charges = kinds.filter { $0.tokens != 0 }.map { kind in
                FocusCharge(
                    self,
                    kind.meter,
                    tokens: kind.tokens,
                    listRate: kind.list,
                    contractedRate: kind.contracted
                )
            }
        }
        if beyondTokens != .zero { charges.append(FocusCharge(self, beyondTokens: beyondTokens)) }
        return charges
    }
}

extension FocusCalls.Key: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        if a.day != b.day { return a.day < b.day }
        if a.modelId != b.modelId { return a.modelId < b.modelId }
        if a.tier != b.tier { return a.tier.rawValue < b.tier.rawValue }
        if a.isLong != b.isLong { return b.isLong }
        // A name that is not there comes before all that are.
        for (first, second) in zip(a.caller, b.caller) where first != second {
            return first.map { one in second.map { one < $0 } ?? false } ?? true
        }
        if a.correctionOf != b.correctionOf {
            return a.correctionOf.map { one in b.correctionOf.map { one < $0 } ?? false } ?? true
        }
        if a.source != b.source { return a.source.rawValue < b.source.rawValue }
        return (a.price?.content ?? "") < (b.price?.content ?? "")
    }
}
