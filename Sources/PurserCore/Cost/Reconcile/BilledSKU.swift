/// What a line of a bill says of what it bills, in the bill's own words.
package struct BilledSKU: Sendable, Hashable {
    package var usageType: String
    /// What the quantity counts: `1K tokens`.
    package var unit: String
    /// The names that the service or the product of the line has.
    package var names: [String]
    package var description: String
    /// Empty if the line does not say it.
    package var region: String
    /// The SKU and the SKU of the price of a dataset that Purser wrote; empty in a bill.
    package var skuId: String
    package var skuPriceId: String

    package init(
        usageType: String,
        unit: String,
        names: [String],
        description: String,
        region: String,
        skuId: String = "",
        skuPriceId: String = ""
    ) {
        (self.usageType, self.unit, self.names) = (usageType, unit, names)
        (self.description, self.region) = (description, region)
        (self.skuId, self.skuPriceId) = (skuId, skuPriceId)
    }

    /// Returns whether a line with this product code is of Bedrock.
    package func isOfBedrock(productCode: String) -> Bool {
        if productCode.hasPrefix("AmazonBedrock") || !skuId.isEmpty { return true }
        if names.contains(where: { $0.contains("Bedrock") }) || description.contains("(Amazon Bedrock Edition)") {
            return true
        }
        // The Marketplace's product codes say nothing. What it counts in tokens may be of Bedrock, also in a form that is not
        // known.
        guard TokenUsageType.isOfMarketplace(usageType) else { return false }
        return [usageType, description].contains { $0.lowercased().contains("token") }
    }

    /// The texts of the line.
    package var texts: [String] { [usageType, unit, description, region, skuId, skuPriceId] + names }

    /// The line's name where it is not understood.
    var name: String {
        [usageType, skuId, description].first { !$0.isEmpty } ?? names.first ?? ""
    }

    /// Whether it may count tokens.
    var mayCountTokens: Bool {
        [name, unit, description].contains { $0.lowercased().contains("token") }
    }

    /// What a line bills, and how many tokens a unit of it is; the name of the model as the bill has it.
    struct Meaning {
        var sku: ReconciledSKU
        var model: String
        /// Nil if the line does not count tokens.
        var tokensPerUnit: Int?
    }

    /// Returns what the line bills; throws why it is not known.
    func meaning(_ models: BilledModels) throws(BillFault) -> Meaning {
        guard skuId.isEmpty else { return try ownMeaning(models) }
        guard let type = TokenUsageType(usageType) else {
            let reason = mayCountTokens ? "the usage type is not known" : "does not count tokens of a model"
            throw BillFault(reason)
        }
        let (key, model): (BilledModels.Key, String)
        if let name = type.model {
            (key, model) = (models.key(name: name), name)
        } else if let named = models.named(by: names + [description]) {
            (key, model) = named
        } else {
            throw BillFault("neither the service nor the description names a model")
        }
        guard let tokens = TokenUnit.tokens(unit: unit, description: description) else {
            throw BillFault("the unit `\(unit.prefix(40))` does not say how many tokens it is")
        }
        let sku = ReconciledSKU(
            model: key,
            meter: .init(type.kind),
            tier: type.tier,
            isGlobal: type.scope == .global,
            isLong: type.isLong,
            region: region.isEmpty ? type.regionCode.map(BillingRegion.name) : region
        )
        return Meaning(sku: sku, model: model, tokensPerUnit: tokens)
    }

    /// Reads an SKU as ``FocusCharge/skuId`` writes it.
    private func ownMeaning(_ models: BilledModels) throws(BillFault) -> Meaning {
        let parts = skuId.split(separator: "/").map(String.init)
        guard parts.count >= 3, let tier = ServiceTier(rawValue: parts[parts.count - 2]),
            let meter = FocusCharge.Meter.allCases.first(where: { $0.skuName == parts.last })
        else { throw BillFault("the SKU is not MODEL/TIER/KIND") }
        let name = parts.dropLast(2).joined(separator: "/")
        let tokens = TokenUnit.tokens(unit: unit, description: "")
        if tokens == nil, meter != .beyondTokens {
            throw BillFault("the unit `\(unit.prefix(40))` does not say how many tokens it is")
        }
        let sku = ReconciledSKU(
            model: BilledModels.key(id: name),
            meter: meter,
            tier: tier,
            isGlobal: ReconciledSKU.isGlobal(name),
            isLong: skuPriceId.hasSuffix("/" + FocusCharge.longContext),
            region: region.isEmpty ? nil : region
        )
        return Meaning(sku: sku, model: name, tokensPerUnit: meter == .beyondTokens ? nil : tokens)
    }
}

/// What a bill and the ledger are compared by: one kind of token of a model, at one price.
package struct ReconciledSKU: Sendable, Hashable {
    package var model: BilledModels.Key
    package var meter: FocusCharge.Meter
    package var tier: ServiceTier
    /// Whether the calls were of a `global.` profile.
    package var isGlobal: Bool
    package var isLong: Bool
    /// Nil if it is not known, or not compared.
    package var region: String?

    static func isGlobal(_ modelId: String) -> Bool {
        (CalledModel(modelId).modelId ?? modelId).hasPrefix("global.")
    }
}

extension FocusCharge.Meter {
    init(_ kind: TokenKind) {
        switch kind {
        case .input: self = .input
        case .output: self = .output
        case .cacheRead: self = .cacheRead
        case .cacheWrite5m: self = .cacheWrite5m
        case .cacheWrite1h: self = .cacheWrite1h
        }
    }

    /// As JSON names it: `cacheWrite5m`.
    package var key: String { "\(self)" }
}
