/// The formats of AWS's bills.
///
/// Sources: AWS's data dictionaries of CUR 2.0 and of Cost and Usage Reports, and its column lists of FOCUS 1.0 and 1.2 with
/// AWS columns, in the user guide of AWS Data Exports.
enum BillFormat: CaseIterable {
    case cur2
    case cur
    case focus

    var name: String {
        switch self {
        case .cur2: "CUR 2.0"
        case .cur: "CUR"
        case .focus: "FOCUS"
        }
    }

    /// The types of lines that are not usage; the data dictionaries have them all.
    var otherTypes: Set<String> {
        switch self {
        case .cur2, .cur:
            [
                "BundledDiscount", "Credit", "Discount", "DiscountedUsage", "DistributorDiscount", "EdpDiscount", "Fee",
                "FlatRateSubscription",
                "PrivateRateDiscount", "RIFee", "Refund", "RiVolumeDiscount", "SavingsPlanCoveredUsage",
                "SavingsPlanNegation", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee", "SppDiscount", "Tax",
            ]
        case .focus: ["Adjustment", "Credit", "Purchase", "Tax"]
        }
    }

    /// Returns the format of a file with this header; nil if it is not a bill.
    init?(_ header: [String]) {
        let match = Self.allCases.first { format in header.contains(BillColumn.type.name(format)) }
        guard let match else { return nil }
        self = match
    }
}

/// A column of a bill that is read.
enum BillColumn: Int, CaseIterable {
    case period, type, chargeClass, usageType, otherUsageType, quantity, cost, currency, unit, productCode, serviceName,
        productName
    case product, description, region, otherRegion, principal, start, skuId, skuPriceId, calledModel, source

    /// The names in the three formats; empty where a format does not have the column.
    private var columns: (cur2: String, cur: String, focus: String) {
        switch self {
        case .period: ("bill_billing_period_start_date", "bill/BillingPeriodStartDate", "BillingPeriodStart")
        case .type: ("line_item_line_item_type", "lineItem/LineItemType", "ChargeCategory")
        case .chargeClass: ("", "", "ChargeClass")
        case .usageType: ("line_item_usage_type", "lineItem/UsageType", "SkuMeter")
        // FOCUS 1.0 has it in a column of AWS.
        case .otherUsageType: ("", "", "x_UsageType")
        case .quantity: ("line_item_usage_amount", "lineItem/UsageAmount", "PricingQuantity")
        case .cost: ("line_item_unblended_cost", "lineItem/UnblendedCost", "BilledCost")
        case .currency: ("line_item_currency_code", "lineItem/CurrencyCode", "BillingCurrency")
        case .unit: ("pricing_unit", "pricing/unit", "PricingUnit")
        case .productCode: ("line_item_product_code", "lineItem/ProductCode", "x_ServiceCode")
        case .serviceName: ("product_servicename", "product/servicename", "ServiceName")
        case .productName: ("product_product_name", "product/ProductName", "")
        case .product: ("product", "", "")
        case .description:
            ("line_item_line_item_description", "lineItem/LineItemDescription", "ChargeDescription")
        case .region: ("product_region_code", "product/regionCode", "RegionId")
        case .otherRegion: ("product_region", "product/region", "")
        case .principal: ("line_item_iam_principal", "", "")
        case .start: ("line_item_usage_start_date", "lineItem/UsageStartDate", "ChargePeriodStart")
        case .skuId: ("", "", "SkuId")
        case .skuPriceId: ("", "", "SkuPriceId")
        case .calledModel: ("", "", "x_CalledModelId")
        case .source: ("", "", "x_CallSource")
        }
    }

    func name(_ format: BillFormat) -> String {
        switch format {
        case .cur2: columns.cur2
        case .cur: columns.cur
        case .focus: columns.focus
        }
    }

    /// The columns without which nothing can be compared.
    static func required(_ format: BillFormat, has: (BillColumn) -> Bool) -> [BillColumn] {
        let all: [BillColumn] = [.period, .type, .quantity, .cost, .currency, .unit]
        guard format == .focus else { return all + [.usageType, .productCode] }
        if has(.calledModel) { return all + [.skuId, .skuPriceId] }
        return all + [has(.otherUsageType) ? .otherUsageType : .usageType, .serviceName]
    }
}
