package import PurserCore

/// A FOCUS dataset of version 1.2 as CSV (RFC 4180): exact decimals, UTC times, nulls as empty fields.
///
/// Programs read it, so no name is changed for spreadsheets.
package struct FocusCSV {
    private let month: CalendarMonth
    private let account: FocusDataset.BillingAccount

    package init(_ dataset: FocusDataset) {
        (month, account) = (dataset.month, dataset.account)
    }

    /// Returns the header and all rows, with lines that end with CR LF.
    package static func text(_ dataset: FocusDataset) -> String {
        let csv = FocusCSV(dataset)
        return header + dataset.charges.map(csv.line).joined()
    }

    package static let header = FocusColumn.allCases.map(\.name).joined(separator: ",") + "\r\n"

    /// Returns a row with its line end.
    package func line(_ charge: FocusCharge) -> String {
        FocusColumn.allCases.map { CSVReader.quoted(value($0, charge) ?? "") }.joined(separator: ",") + "\r\n"
    }

    /// Returns what the column says; nil is null.
    private func value(_ column: FocusColumn, _ charge: FocusCharge) -> String? {
        switch column {
        case .billedCost, .effectiveCost, .contractedCost, .pricingCurrencyEffectiveCost:
            FocusDecimal(charge.cost).description
        case .listCost: FocusDecimal(charge.listCost).description
        case .listUnitPrice, .pricingCurrencyListUnitPrice: charge.listUnitPrice.description
        case .contractedUnitPrice, .pricingCurrencyContractedUnitPrice: charge.contractedUnitPrice.description
        case .pricingQuantity: charge.quantity.description
        case .pricingUnit: charge.pricingUnit
        case .consumedQuantity: String(charge.consumed)
        case .consumedUnit: charge.consumedUnit
        case .billingAccountId: account.id
        case .billingAccountName: account.name
        case .billingCurrency, .pricingCurrency: "USD"
        case .billingPeriodStart: month.start.iso8601()
        case .billingPeriodEnd: month.end.iso8601()
        case .chargePeriodStart: charge.day.iso8601()
        case .chargePeriodEnd: (charge.day + 86_400).iso8601()
        case .chargeCategory: "Usage"
        case .chargeClass: charge.correctionOf == nil ? nil : "Correction"
        case .chargeDescription: description(charge)
        case .chargeFrequency: "Usage-Based"
        case .pricingCategory: "Standard"
        case .providerName, .invoiceIssuerName: FocusModel.provider
        case .publisherName: charge.model.publisher
        case .regionId: charge.region
        case .regionName: charge.region.map(RegionName.current)
        case .resourceId: charge.model.resourceId(in: charge.region).map(Self.shown)
        case .resourceName: resourceName(charge)
        case .resourceType: charge.model.resourceId(in: charge.region).map { _ in charge.model.resourceType }
        case .serviceCategory: "AI and Machine Learning"
        case .serviceName: "Amazon Bedrock"
        case .serviceSubcategory: "Generative AI"
        case .skuId: Self.shown(charge.skuId)
        case .skuMeter: charge.meter.rawValue
        case .skuPriceDetails: Self.priceDetails(charge)
        case .skuPriceId: Self.shown(charge.skuPriceId)
        case .tags: Self.tags(charge.caller)
        case .callSource: charge.source.rawValue
        case .calledModelId: Self.shown(charge.model.calledId)
        case .costBasis: "Estimate"
        case .priceRetrieved: charge.price?.retrieved.date
        case .priceStatus: charge.price?.status.rawValue
        case .requests: String(charge.requests)
        case .availabilityZone, .capacityReservationId, .capacityReservationStatus, .commitmentDiscountCategory,
            .commitmentDiscountId, .commitmentDiscountName, .commitmentDiscountQuantity, .commitmentDiscountStatus,
            .commitmentDiscountType, .commitmentDiscountUnit, .invoiceId, .subAccountId, .subAccountName:
            nil
        }
    }

    /// Returns an id without control characters, which no id of AWS has.
    private static func shown(_ id: String) -> String {
        String(String.UnicodeScalarView(id.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    }

    private func description(_ charge: FocusCharge) -> String {
        let model = Self.shown(charge.model.name)
        let words =
            charge.meter == .beyondTokens
            ? "\(model), charged beyond the known tokens" : "\(model), \(charge.meter.rawValue.lowercased())"
        let correction = charge.correctionOf.map { "Correction of \($0): " } ?? ""
        return correction + words + ", \(charge.tier.rawValue) tier" + (charge.isLong ? ", long context" : "")
            + ". An estimate, not an invoice."
    }

    /// The model's id, unless the resource's id is the same text.
    private func resourceName(_ charge: FocusCharge) -> String? {
        guard let id = charge.model.resourceId(in: charge.region), id != charge.model.name else { return nil }
        return Self.shown(charge.model.name)
    }

    private static func priceDetails(_ charge: FocusCharge) -> String {
        var members = [
            JSONValue.Member("x_ModelDeveloper", .string(charge.model.publisher)),
            JSONValue.Member("x_ModelId", .string(charge.model.name)),
        ]
        func add(_ key: String, _ value: String?) {
            if let value { members.append(JSONValue.Member(key, .string(value))) }
        }
        add("x_ModelFamily", charge.model.family)
        add("x_ModelVersion", charge.model.version)
        add("x_ServiceTier", charge.tier.rawValue)
        add("x_ContextLength", charge.isLong ? "Long" : "Standard")
        switch charge.meter {
        case .input: add("x_TokenDirection", "Input")
        case .output: add("x_TokenDirection", "Output")
        case .cacheRead:
            add("x_TokenDirection", "Input")
            add("x_CacheAction", "Read")
        case .cacheWrite5m, .cacheWrite1h:
            add("x_TokenDirection", "Input")
            add("x_CacheAction", "Write")
            add("x_CacheTimeToLive", charge.meter == .cacheWrite5m ? "5 Minutes" : "1 Hour")
        case .beyondTokens: break
        }
        return JSONValue.object(members.sorted { $0.key < $1.key }).text()
    }

    /// The prefix of the tags that Purser sets, which tell who called.
    private static let tagPrefix = "purser/"
    /// The prefix of a caller's own tag that begins like one of Purser's, so that it cannot be taken for one.
    private static let foreignPrefix = tagPrefix + "tag/"

    private static func tags(_ caller: Caller) -> String? {
        let names = [
            ("application", caller.application), ("key", caller.accessKey), ("session", caller.session),
            ("team", caller.team), ("user", caller.user),
        ]
        var members = names.compactMap { name, value in
            value.map { JSONValue.Member(tagPrefix + name, .string($0)) }
        }
        members += caller.tags.sorted.map { tag in
            JSONValue.Member(
                tag.name.utf8.starts(with: tagPrefix.utf8) ? foreignPrefix + tag.name : tag.name,
                .string(tag.value)
            )
        }
        return members.isEmpty ? nil : JSONValue.object(members.sorted { $0.key < $1.key }).text()
    }
}
