/// A column of a FOCUS dataset of version 1.2 that Purser writes, in the order in which it stands there: the columns of the
/// specification, which lists them by name, and then our own.
///
/// All of the specification's columns but those of the types of accounts, which are not known.
///
/// Source: FinOps Open Cost and Usage Specification, version 1.2.
package enum FocusColumn: String, Sendable, CaseIterable {
    case availabilityZone, billedCost, billingAccountId, billingAccountName, billingCurrency, billingPeriodEnd
    case billingPeriodStart, capacityReservationId, capacityReservationStatus, chargeCategory, chargeClass
    case chargeDescription, chargeFrequency, chargePeriodEnd, chargePeriodStart, commitmentDiscountCategory
    case commitmentDiscountId, commitmentDiscountName, commitmentDiscountQuantity, commitmentDiscountStatus
    case commitmentDiscountType, commitmentDiscountUnit, consumedQuantity, consumedUnit, contractedCost
    case contractedUnitPrice, effectiveCost, invoiceId, invoiceIssuerName, listCost, listUnitPrice, pricingCategory
    case pricingCurrency, pricingCurrencyContractedUnitPrice, pricingCurrencyEffectiveCost, pricingCurrencyListUnitPrice
    case pricingQuantity, pricingUnit, providerName, publisherName, regionId, regionName, resourceId, resourceName
    case resourceType, serviceCategory, serviceName, serviceSubcategory, skuId, skuMeter, skuPriceDetails, skuPriceId
    case subAccountId, subAccountName, tags
    /// Where the calls come from: `live`, `imported` or `simulated`.
    case callSource = "x_CallSource"
    /// The id or ARN exactly as called.
    case calledModelId = "x_CalledModelId"
    /// Always `Estimate`: no row is of an invoice.
    case costBasis = "x_CostBasis"
    /// The day on which the price row was read from its source.
    case priceRetrieved = "x_PriceRetrieved"
    /// How far the price row can be trusted.
    case priceStatus = "x_PriceStatus"
    /// The calls that have these tokens; the rows of one call's kinds of tokens all count it.
    case requests = "x_Requests"

    static let customPrefix = "x_"

    /// The column as its header names it: `BilledCost`.
    package var name: String {
        isCustom ? rawValue : rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }

    private var isCustom: Bool { rawValue.hasPrefix(Self.customPrefix) }

    /// The names of the specification's columns of version 1.2, also of those that Purser does not write.
    static let specified = Set(allCases.filter { !$0.isCustom }.map(\.name)).union([
        "BillingAccountType", "SubAccountType",
    ])
}
