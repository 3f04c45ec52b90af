/// The rules of FOCUS 1.2 that can be checked on a dataset alone.
///
/// Rules about what the dataset's text cannot show, for example about invoices, and groups of other rules are left out.
///
/// Source: the requirements model of the FinOps Open Cost and Usage Specification, version 1.2.
enum FocusRules {
    static let all = presence + values + nulls + allowed + amounts + relations

    private static let billed: FocusRule.Condition = .isOne("ChargeCategory", of: ["Usage", "Purchase"])
    private static let usage: FocusRule.Condition = .isOne("ChargeCategory", of: ["Usage"])
    private static let tax: FocusRule.Condition = .isOne("ChargeCategory", of: ["Tax"])
    private static let regular: FocusRule.Condition = .isNone("ChargeClass", of: ["Correction"])

    private static let presence: [FocusRule] = [
        ("003-C", "AvailabilityZone"), ("004-C", "ListUnitPrice"), ("005-M", "BillingAccountName"),
        ("006-M", "BilledCost"), ("008-M", "ChargeCategory"), ("009-M", "BillingPeriodStart"),
        ("010-M", "BillingPeriodEnd"), ("011-C", "ConsumedQuantity"), ("012-C", "CommitmentDiscountName"),
        ("013-C", "CommitmentDiscountId"), ("014-C", "CommitmentDiscountType"), ("015-C", "CommitmentDiscountUnit"),
        ("016-C", "CommitmentDiscountCategory"), ("017-C", "CommitmentDiscountStatus"),
        ("018-C", "CommitmentDiscountQuantity"), ("019-C", "SubAccountId"), ("020-C", "CapacityReservationStatus"),
        ("021-M", "PublisherName"), ("022-C", "PricingCategory"), ("023-M", "InvoiceIssuerName"),
        ("024-M", "BillingAccountId"), ("025-M", "ChargeDescription"), ("026-M", "ChargeClass"),
        ("027-O", "ChargeFrequency"), ("028-M", "ChargePeriodEnd"), ("029-C", "SubAccountName"),
        ("030-M", "ContractedCost"), ("031-M", "EffectiveCost"), ("032-M", "ListCost"), ("033-O", "InvoiceId"),
        ("034-C", "ContractedUnitPrice"), ("035-M", "BillingCurrency"), ("036-M", "PricingQuantity"),
        ("037-M", "ChargePeriodStart"), ("038-M", "ProviderName"), ("039-C", "ResourceType"),
        ("040-M", "ServiceCategory"), ("041-M", "ServiceName"), ("042-O", "ServiceSubcategory"),
        ("043-C", "ResourceId"), ("044-C", "ResourceName"), ("045-C", "PricingCurrency"),
        ("058-C", "SkuPriceId"), ("059-C", "SkuMeter"),
        ("060-C", "SkuId"), ("061-C", "SkuPriceDetails"), ("062-C", "RegionName"), ("063-C", "RegionId"),
        ("064-C", "Tags"), ("065-C", "CapacityReservationId"), ("066-C", "ConsumedUnit"), ("068-M", "PricingUnit"),
    ].map { FocusRule("CostAndUsage-D-\($0)", .present, of: $1) }

    private static let values: [FocusRule] =
        [
            "AvailabilityZone-C-002-M", "BillingAccountId-C-003-M", "BillingAccountName-C-002-M",
            "BillingCurrency-C-002-M", "CapacityReservationId-C-002-M", "ChargeDescription-C-002-M",
            "CommitmentDiscountId-C-002-M", "CommitmentDiscountName-C-002-M", "CommitmentDiscountType-C-002-M",
            "CommitmentDiscountUnit-C-002-M", "ConsumedUnit-C-002-M", "InvoiceId-C-002-M",
            "InvoiceIssuerName-C-002-M", "PricingUnit-C-002-M", "ProviderName-C-002-M", "PublisherName-C-002-M",
            "RegionId-C-002-M", "RegionName-C-002-M", "ResourceId-C-002-M", "ResourceName-C-002-M",
            "ResourceType-C-002-M", "ServiceName-C-002-M", "SkuId-C-002-M", "SkuMeter-C-002-M",
            "SkuPriceId-C-002-M", "SubAccountId-C-002-M", "SubAccountName-C-002-M",
        ].map { FocusRule($0, .text) }
        + [
            "BilledCost-C-002-M", "CommitmentDiscountQuantity-C-002-M", "ConsumedQuantity-C-002-M",
            "ContractedCost-C-002-M", "ContractedUnitPrice-C-003-M", "EffectiveCost-C-002-M", "ListCost-C-002-M",
            "ListUnitPrice-C-002-M", "PricingCurrencyContractedUnitPrice-C-002-M",
            "PricingCurrencyEffectiveCost-C-002-M", "PricingCurrencyListUnitPrice-C-002-M", "PricingQuantity-C-002-M",
        ].map { FocusRule($0, .number) }
        + [
            "BillingPeriodEnd-C-002-M", "BillingPeriodStart-C-002-M", "ChargePeriodEnd-C-002-M",
            "ChargePeriodStart-C-002-M",
        ].map { FocusRule($0, .time) }
        + [
            FocusRule("BillingCurrency-C-003-M", .currency),
            FocusRule("PricingCurrency-C-003-M", .currency),
            FocusRule("SkuPriceDetails-C-001-M", .keyValues),
            FocusRule("SkuPriceDetails-C-017-C", .priceKeys),
            FocusRule("Tags-C-001-M", .keyValues),
            FocusRule("CommitmentDiscountUnit-C-003-M", .unit),
            FocusRule("ConsumedUnit-C-003-O", .unit),
            FocusRule("PricingUnit-C-003-O", .unit),
        ]

    private static let nulls: [FocusRule] =
        [
            "BilledCost-C-003-M", "BillingAccountId-C-001-M", "BillingAccountName-C-003-C", "BillingCurrency-C-004-M",
            "BillingPeriodEnd-C-003-M", "BillingPeriodStart-C-003-M", "ChargeCategory-C-002-M",
            "ChargeDescription-C-003-O", "ChargeFrequency-C-002-M", "ChargePeriodEnd-C-003-M",
            "ChargePeriodStart-C-003-M", "ContractedCost-C-003-M", "EffectiveCost-C-003-M",
            "InvoiceIssuerName-C-003-M", "ListCost-C-003-M", "PricingCurrency-C-004-M",
            "PricingCurrencyEffectiveCost-C-003-M", "ProviderName-C-003-M", "PublisherName-C-003-M",
            "ServiceCategory-C-002-M", "ServiceName-C-003-M", "ServiceSubcategory-C-002-M",
        ].map { FocusRule($0, .notNull) }
        + [
            "ContractedUnitPrice-C-006-C", "ListUnitPrice-C-005-C", "PricingCategory-C-004-C",
            "PricingCurrencyContractedUnitPrice-C-005-C", "PricingCurrencyListUnitPrice-C-005-C",
            "PricingQuantity-C-005-C", "SkuId-C-005-C", "SkuPriceId-C-005-C",
        ].map { FocusRule($0, .notNull, when: billed, regular) }
        + [
            "ContractedUnitPrice-C-005-C", "ListUnitPrice-C-004-C", "PricingCategory-C-003-C",
            "PricingCurrencyContractedUnitPrice-C-004-C", "PricingCurrencyListUnitPrice-C-004-C",
            "PricingQuantity-C-004-C", "SkuId-C-004-C", "SkuPriceId-C-004-C",
        ].map { FocusRule($0, .null, when: tax) }
        + [
            FocusRule("ConsumedQuantity-C-006-C", .notNull, when: usage, regular),
            FocusRule("ConsumedQuantity-C-004-C", .null, when: .isNone("ChargeCategory", of: ["Usage"])),
            FocusRule("CommitmentDiscountQuantity-C-007-C", .null, when: .null("CommitmentDiscountId")),
            FocusRule("ResourceName-C-004-C", .null, when: .null("ResourceId")),
            FocusRule("SkuPriceDetails-C-004-C", .null, when: .null("SkuPriceId")),
            FocusRule("CommitmentDiscountName-C-004-C", .null, when: .null("CommitmentDiscountId")),
        ]
        + [
            ("CapacityReservationStatus", "003-C", "004-C", "CapacityReservationId"),
            ("CommitmentDiscountCategory", "003-C", "004-C", "CommitmentDiscountId"),
            ("CommitmentDiscountStatus", "003-C", "004-C", "CommitmentDiscountId"),
            ("CommitmentDiscountType", "004-C", "005-C", "CommitmentDiscountId"),
            ("CommitmentDiscountUnit", "005-C", "006-C", "CommitmentDiscountQuantity"),
            ("ConsumedUnit", "005-C", "006-C", "ConsumedQuantity"),
            ("PricingUnit", "005-C", "006-C", "PricingQuantity"),
            ("RegionName", "004-C", "005-C", "RegionId"), ("ResourceType", "004-C", "005-C", "ResourceId"),
            ("SkuMeter", "004-C", "005-C", "SkuId"), ("SubAccountName", "004-C", "005-C", "SubAccountId"),
        ].flatMap { pair in together(pair.0, null: pair.1, notNull: pair.2, with: pair.3) }

    /// A column that is null exactly where another is.
    private static func together(_ column: String, null: String, notNull: String, with other: String) -> [FocusRule] {
        // The status of a reservation or a discount is said of what is used.
        let needs: FocusRule.Condition = .notNull(other)
        let needed =
            column.hasSuffix("Status")
            ? FocusRule("\(column)-C-\(notNull)", .notNull, when: needs, usage)
            : FocusRule("\(column)-C-\(notNull)", .notNull, when: needs)
        return [FocusRule("\(column)-C-\(null)", .null, when: .null(other)), needed]
    }

    private static let allowed: [FocusRule] = [
        FocusRule("ChargeCategory-C-003-M", .oneOf(["Usage", "Purchase", "Tax", "Credit", "Adjustment"])),
        FocusRule("ChargeClass-C-005-C", .oneOf(["Correction"])),
        FocusRule("ChargeFrequency-C-003-M", .oneOf(["One-Time", "Recurring", "Usage-Based"])),
        FocusRule(
            "ChargeFrequency-C-004-C",
            .not("Usage-Based"),
            when: .isOne("ChargeCategory", of: ["Purchase"])
        ),
        FocusRule("CapacityReservationStatus-C-006-M", .oneOf(["Used", "Unused"])),
        FocusRule("CommitmentDiscountCategory-C-005-M", .oneOf(["Spend", "Usage"])),
        FocusRule("CommitmentDiscountStatus-C-005-M", .oneOf(["Used", "Unused"])),
        FocusRule("PricingCategory-C-007-M", .oneOf(["Standard", "Dynamic", "Committed", "Other"])),
        FocusRule("ServiceCategory-C-003-M", .oneOf(Set(FocusServices.subcategories.keys))),
        FocusRule(
            "ServiceSubcategory-C-003-M",
            .oneOf(FocusServices.allSubcategories)
        ),
        FocusRule("ServiceSubcategory-C-004-M", .subcategory(of: "ServiceCategory")),
    ]

    private static let amounts: [FocusRule] = [
        FocusRule("ListUnitPrice-C-008-M", .notNegative),
        FocusRule("ContractedUnitPrice-C-009-C", .notNegative),
        FocusRule("PricingCurrencyContractedUnitPrice-C-008-C", .notNegative),
        FocusRule("PricingCurrencyListUnitPrice-C-008-M", .notNegative),
        FocusRule("BilledCost-C-005-C", .zero, when: .differ("ProviderName", "InvoiceIssuerName")),
        FocusRule("ListCost-C-009-C", .product("ListUnitPrice", "PricingQuantity"), when: regular),
        FocusRule("ContractedCost-C-009-C", .product("ContractedUnitPrice", "PricingQuantity"), when: regular),
        FocusRule("ListCost-C-008-C", .same(as: "BilledCost"), when: .null("ListUnitPrice"), regular),
        FocusRule("ContractedCost-C-008-C", .same(as: "BilledCost"), when: .null("ContractedUnitPrice"), regular),
        FocusRule(
            "EffectiveCost-C-010-C",
            .same(as: "BilledCost"),
            when: .isNone("ChargeCategory", of: ["Usage", "Purchase"])
        ),
    ]

    private static let relations: [FocusRule] = [
        FocusRule("BillingPeriodEnd-C-004-M", .after("BillingPeriodStart")),
        FocusRule("ChargePeriodEnd-C-004-M", .after("ChargePeriodStart")),
        FocusRule("Purser-BillingPeriod", .within("BillingPeriodStart", "BillingPeriodEnd"), of: "ChargePeriodStart"),
        FocusRule("Purser-EffectiveCost", .same(as: "BilledCost"), of: "EffectiveCost", when: usage),
        FocusRule("Purser-ContractedCost", .same(as: "BilledCost"), of: "ContractedCost", when: usage),
        FocusRule("ResourceName-C-006-C", .differs(from: "ResourceId")),
        FocusRule("SkuPriceId-C-008-M", .one(per: "SkuPriceId"), of: "SkuId"),
        FocusRule("SkuPriceDetails-C-007-M", .one(per: "SkuPriceId")),
        FocusRule("SkuMeter-C-006-O", .one(per: "SkuId")),
        FocusRule("ServiceName-C-005-C", .one(per: "ServiceName"), of: "ServiceCategory"),
        FocusRule("ServiceName-C-008-C", .one(per: "ServiceName"), of: "ServiceSubcategory"),
    ]
}
