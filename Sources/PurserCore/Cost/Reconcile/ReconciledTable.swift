/// The SKUs of a bill and of the ledger while they are brought together.
struct ReconciledTable {
    struct Entry {
        var sku: ReconciledSKU
        var name: String
        var model: String
        var regions: [String]
        var billed: Reconciliation.Side?
        var recorded: Reconciliation.Side?
    }

    private struct Billed {
        var tokens = FocusDecimal.zero
        var cost = FocusDecimal.zero
        var model: String
    }

    private var billed: [ReconciledSKU: Billed] = [:]
    private var recorded: [ReconciledSKU: Reconciliation.Side] = [:]
    /// The ids of the ledger without a geography.
    private var recordedNames: [BilledModels.Key: String] = [:]

    mutating func add(_ meaning: BilledSKU.Meaning, _ total: Bill.Total) throws(BillFault) {
        var sum = billed[meaning.sku] ?? Billed(model: meaning.model)
        if let unit = meaning.tokensPerUnit {
            guard let tokens = total.quantity.times(FocusDecimal(Int128(unit), decimals: 0)),
                let all = sum.tokens.plus(tokens)
            else { throw .tooLarge }
            sum.tokens = all
        }
        guard let cost = sum.cost.plus(total.cost) else { throw .tooLarge }
        sum.cost = cost
        billed[meaning.sku] = sum
    }

    mutating func add(_ group: CostGroup) {
        // Calls that used no tokens and cost nothing, as most that failed, are not billed.
        if group.usage == TokenUsage(), group.cost == .zero { return }
        let model = FocusModel(group.modelId, pricedId: group.price?.modelId)
        let key = BilledModels.key(id: model.name)
        let name = FocusModel.withoutGeography(model.name)
        recordedNames[key] = min(recordedNames[key] ?? name, name)
        func add(_ meter: FocusCharge.Meter, _ tokens: Int, _ amount: Picodollars) {
            guard tokens != 0 || amount != .zero else { return }
            let sku = ReconciledSKU(
                model: key,
                meter: meter,
                tier: group.tier,
                isGlobal: ReconciledSKU.isGlobal(model.name),
                isLong: group.isLong,
                region: model.region ?? group.price?.region
            )
            recorded[sku, default: .init()].tokens += Int128(tokens)
            recorded[sku, default: .init()].amount += amount
        }
        if group.rates != nil {
            let (usage, amounts) = (group.usage, group.amounts)
            add(.input, usage.input, amounts.input)
            add(.output, usage.output, amounts.output)
            add(.cacheRead, usage.cacheRead, amounts.cacheRead)
            add(.cacheWrite5m, usage.cacheWrite5m, amounts.cacheWrite5m)
            add(.cacheWrite1h, usage.cacheWrite1h, amounts.cacheWrite1h)
        }
        add(.beyondTokens, 0, group.beyondTokens)
    }

    /// Returns one entry for each SKU, by what both sides know of it.
    func rows(_ models: BilledModels) throws(BillFault) -> [Entry] {
        let all = Array(billed.keys) + recorded.keys
        let withoutRegion = Set(all.filter { $0.region == nil }.map(\.model))
        let withLong = Set(billed.keys.filter(\.isLong).map(\.model))
        func compared(_ sku: ReconciledSKU) -> ReconciledSKU {
            var sku = sku
            if withoutRegion.contains(sku.model) { sku.region = nil }
            if !withLong.contains(sku.model) { sku.isLong = false }
            return sku
        }
        var sums: [ReconciledSKU: Billed] = [:]
        var regions: [ReconciledSKU: Set<String>] = [:]
        for (sku, one) in billed {
            let key = compared(sku)
            let sum = sums[key] ?? Billed(model: one.model)
            guard let tokens = sum.tokens.plus(one.tokens), let cost = sum.cost.plus(one.cost) else {
                throw .tooLarge
            }
            sums[key] = Billed(tokens: tokens, cost: cost, model: min(sum.model, one.model))
            if let region = sku.region { regions[key, default: []].insert(region) }
        }
        var sides: [ReconciledSKU: Reconciliation.Side] = [:]
        for (sku, side) in recorded {
            sides[compared(sku), default: .init()].tokens += side.tokens
            sides[compared(sku), default: .init()].amount += side.amount
        }
        var entries: [Entry] = []
        for sku in Set(sums.keys).union(sides.keys) {
            let model = recordedNames[sku.model] ?? models.id(sku.model) ?? sums[sku]?.model ?? ""
            var side: Reconciliation.Side?
            if let sum = sums[sku] {
                side = .init(tokens: try sum.tokens.whole(0), amount: try sum.cost.amount)
            }
            entries.append(
                Entry(
                    sku: sku,
                    name: sku.name(model),
                    model: model,
                    regions: (regions[sku] ?? []).sorted(),
                    billed: side,
                    recorded: sides[sku]
                )
            )
        }
        return entries
    }
}

extension ReconciledSKU {
    /// `amazon.nova-lite-v1:0/standard/input-tokens`, and behind it what else the price depends on.
    fileprivate func name(_ model: String) -> String {
        var parts = [model, tier.rawValue, meter.skuName]
        if isGlobal { parts.append("global") }
        if let region { parts.append(region) }
        if isLong { parts.append(FocusCharge.longContext) }
        return parts.joined(separator: "/")
    }
}
