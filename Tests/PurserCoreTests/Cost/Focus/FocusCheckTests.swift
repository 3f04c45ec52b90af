import Testing

@testable import PurserCore

/// The check of a dataset's text, with one fault at a time in text that has none.
@Suite struct FocusCheckTests {
    private typealias Row = [String: String]

    private static let columns = FocusColumn.allCases.map(\.name)
    private static let total = Picodollars(120_000_000)
    private static let row: Row = [
        "BilledCost": "0.00006", "BillingAccountId": "111122223333", "BillingAccountName": "Example, \"Inc.\"",
        "BillingCurrency": "USD", "BillingPeriodEnd": "2026-12-01T00:00:00Z",
        "BillingPeriodStart": "2026-11-01T00:00:00Z", "ChargeCategory": "Usage", "ChargeDescription": "Input",
        "ChargeFrequency": "Usage-Based", "ChargePeriodEnd": "2026-11-04T00:00:00Z",
        "ChargePeriodStart": "2026-11-03T00:00:00Z", "ConsumedQuantity": "1000", "ConsumedUnit": "Tokens",
        "ContractedCost": "0.00006", "ContractedUnitPrice": "0.06", "EffectiveCost": "0.00006",
        "InvoiceIssuerName": "AWS", "ListCost": "0.00008", "ListUnitPrice": "0.08", "PricingCategory": "Standard",
        "PricingCurrency": "USD", "PricingCurrencyContractedUnitPrice": "0.06",
        "PricingCurrencyEffectiveCost": "0.00006", "PricingCurrencyListUnitPrice": "0.08", "PricingQuantity": "0.001",
        "PricingUnit": "1000000 Tokens", "ProviderName": "AWS", "PublisherName": "Amazon", "RegionId": "us-east-1",
        "RegionName": "US East (N. Virginia)", "ResourceId": "m", "ResourceType": "Foundation Model",
        "ServiceCategory": "AI and Machine Learning", "ServiceName": "Amazon Bedrock",
        "ServiceSubcategory": "Generative AI", "SkuId": "m/input", "SkuMeter": "Input Tokens",
        "SkuPriceDetails": #"{"x_ModelId":"m"}"#, "SkuPriceId": "m/input", "Tags": #"{"a,\"b\"":"\n"}"#,
    ]

    private static func text(_ rows: [Row], _ columns: [String] = columns) -> String {
        let lines = rows.map { row in columns.map { CSVReader.quoted(row[$0] ?? "") }.joined(separator: ",") }
        return ([columns.joined(separator: ",")] + lines).map { $0 + "\r\n" }.joined()
    }

    private static func rules(_ text: String, total: Picodollars = total) -> Set<String> {
        Set(FocusCheck.verdict(of: text, total: total).violations.map(\.rule))
    }

    @Test("a dataset without faults breaks no rule, and neither does one without rows")
    func valid() {
        let verdict = FocusCheck.verdict(of: Self.text([Self.row, Self.row]), total: Self.total)
        #expect(verdict.violations == [] && verdict.isValid && verdict.rows == 2 && verdict.rules > 150)
        #expect(Self.rules(Self.text([]), total: .zero) == [])
    }

    @Test("a correction may be below zero, and needs no prices")
    func correction() {
        var row = Self.row
        row["ChargeClass"] = "Correction"
        for cost in ["BilledCost", "ContractedCost", "EffectiveCost"] { row[cost] = "-0.00006" }
        for column in ["ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingUnit"] { row[column] = nil }
        for column in ["PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice"] { row[column] = nil }
        #expect(Self.rules(Self.text([Self.row, row]), total: .zero) == [])
    }

    @Test(
        "each wrong value breaks its rule",
        arguments: [
            ("BilledCost", "0.00007", ["Purser-Total", "Purser-EffectiveCost", "Purser-ContractedCost"]),
            ("BilledCost", "$0.00006", ["BilledCost-C-002-M", "Purser-Total"]),
            ("BilledCost", "", ["BilledCost-C-003-M", "Purser-Total"]),
            ("BillingAccountId", "", ["BillingAccountId-C-001-M"]),
            ("BillingAccountName", " ", ["BillingAccountName-C-002-M"]),
            ("BillingAccountName", "a\u{0}b", ["BillingAccountName-C-002-M"]),
            ("BillingCurrency", "usd", ["BillingCurrency-C-003-M"]),
            ("BillingPeriodEnd", "2026-12-01", ["BillingPeriodEnd-C-002-M"]),
            ("BillingPeriodEnd", "2026-10-01T00:00:00Z", ["BillingPeriodEnd-C-004-M", "Purser-BillingPeriod"]),
            ("BillingPeriodStart", "2026-11-01T01:00:00+01:00", ["BillingPeriodStart-C-002-M"]),
            ("ChargePeriodStart", "2026-11-03T00:00:00.000Z", ["ChargePeriodStart-C-002-M"]),
            ("ChargePeriodStart", "2026-10-31T00:00:00Z", ["Purser-BillingPeriod"]),
            ("ChargePeriodStart", "2026-11-03T24:00:00Z", ["ChargePeriodStart-C-002-M"]),
            ("ChargePeriodStart", "2026-02-30T00:00:00Z", ["ChargePeriodStart-C-002-M", "Purser-BillingPeriod"]),
            ("ChargePeriodEnd", "2026-11-03T00:00:00Z", ["ChargePeriodEnd-C-004-M"]),
            (
                "ChargeCategory", "Usages",
                [
                    "ChargeCategory-C-003-M", "ConsumedQuantity-C-004-C",
                ]
            ),
            ("ChargeClass", "Wrong", ["ChargeClass-C-005-C"]),
            ("ChargeFrequency", "Often", ["ChargeFrequency-C-003-M"]),
            ("CapacityReservationStatus", "Used", ["CapacityReservationStatus-C-003-C"]),
            (
                "CommitmentDiscountStatus", "Often",
                ["CommitmentDiscountStatus-C-003-C", "CommitmentDiscountStatus-C-005-M"]
            ),
            (
                "CommitmentDiscountId", "d",
                [
                    "CommitmentDiscountCategory-C-004-C", "CommitmentDiscountStatus-C-004-C",
                    "CommitmentDiscountType-C-005-C",
                ]
            ),
            ("ConsumedQuantity", "", ["ConsumedQuantity-C-006-C", "ConsumedUnit-C-005-C"]),
            ("ConsumedUnit", "", ["ConsumedUnit-C-006-C"]),
            ("ConsumedUnit", "tokens", ["ConsumedUnit-C-003-O"]),
            ("ContractedCost", "0.000059", ["ContractedCost-C-009-C", "Purser-ContractedCost"]),
            ("ContractedUnitPrice", "-0.06", ["ContractedUnitPrice-C-009-C", "ContractedCost-C-009-C"]),
            ("ContractedUnitPrice", "", ["ContractedUnitPrice-C-006-C"]),
            ("EffectiveCost", "1,5", ["EffectiveCost-C-002-M"]),
            ("InvoiceIssuerName", "Reseller", ["BilledCost-C-005-C"]),
            ("ListCost", "0.000080000001", ["ListCost-C-009-C"]),
            ("ListUnitPrice", "", ["ListUnitPrice-C-005-C", "ListCost-C-008-C"]),
            ("PricingCategory", "On-Demand", ["PricingCategory-C-007-M"]),
            ("PricingCurrency", "", ["PricingCurrency-C-004-M"]),
            ("PricingQuantity", "+0.001", ["PricingQuantity-C-002-M"]),
            ("PricingUnit", "1M Tokens", ["PricingUnit-C-003-O"]),
            ("ProviderName", "", ["ProviderName-C-003-M", "BilledCost-C-005-C"]),
            ("PublisherName", "N/A", ["PublisherName-C-002-M"]),
            ("RegionName", "", ["RegionName-C-005-C"]),
            ("RegionId", "", ["RegionName-C-004-C"]),
            ("ResourceId", "", ["ResourceType-C-004-C"]),
            ("ResourceName", "m", ["ResourceName-C-006-C"]),
            (
                "ServiceCategory", "AI",
                ["ServiceCategory-C-003-M", "ServiceSubcategory-C-004-M", "ServiceName-C-005-C"]
            ),
            ("ServiceSubcategory", "Containers", ["ServiceSubcategory-C-004-M", "ServiceName-C-008-C"]),
            ("SkuId", "other", ["SkuPriceId-C-008-M"]),
            ("SkuMeter", "Other", ["SkuMeter-C-006-O"]),
            ("SkuPriceDetails", #"{"ModelId":"m"}"#, ["SkuPriceDetails-C-017-C", "SkuPriceDetails-C-007-M"]),
            ("SkuPriceId", "", ["SkuPriceId-C-005-C", "SkuPriceDetails-C-004-C"]),
            ("SubAccountName", "x", ["SubAccountName-C-004-C"]),
            ("Tags", "a=b", ["Tags-C-001-M"]), ("Tags", "[]", ["Tags-C-001-M"]),
            ("Tags", #"{"a":{}}"#, ["Tags-C-001-M"]), ("Tags", #"{"a":1,"a":2}"#, ["Tags-C-001-M"]),
        ]
    )
    func faults(column: String, value: String, rules: [String]) {
        var row = Self.row
        row[column] = value
        #expect(Self.rules(Self.text([Self.row, row])) == Set(rules))
    }

    @Test("a column that is missing, unknown, misplaced or there twice breaks a rule")
    func columns() {
        for column in Self.columns where !column.hasPrefix("x_") {
            let rules = Self.rules(Self.text([Self.row, Self.row], Self.columns.filter { $0 != column }))
            let isOptional = column.hasPrefix("PricingCurrency") && column != "PricingCurrency"
            #expect(isOptional || rules.contains { $0.hasPrefix("CostAndUsage-D-") }, "\(column) \(rules)")
        }
        let rows = [Self.row, Self.row]
        #expect(
            Self.rules(Self.text(rows, Self.columns + ["Model"])) == [
                "ColumnHandling-A-010-M", "ColumnHandling-A-013-O",
            ]
        )
        #expect(Self.rules(Self.text(rows, Self.columns + ["x_my_column"])) == ["ColumnHandling-A-001-M"])
        #expect(Self.rules(Self.text(rows, ["x_First"] + Self.columns)) == ["ColumnHandling-A-013-O"])
        #expect(Self.rules(Self.text(rows, Self.columns + ["x_Requests"])) == ["Purser-Columns"])
    }

    @Test("text that is not well-formed CSV breaks a rule, and its rows are missing in the sum")
    func malformed() {
        let text = Self.text([Self.row, Self.row])
        for broken in [
            "", text.replacing("1000000 Tokens", with: "1000000 \"Tokens\""), text + "a,b\r\n", text + "\"a\r\n",
        ] { #expect(Self.rules(broken).contains("Purser-CSV"), "\(broken.suffix(40))") }
        let faults = FocusCheck.verdict(of: text + "a,b\r\n", total: Self.total).violations
        #expect(faults.map(\.line) == [4] && faults.first?.reason.contains("2 fields") == true)
    }

    @Test("a fault in every row is shown for the first ones, and counted for all")
    func many() {
        var row = Self.row
        row["ChargeFrequency"] = "Often"
        let text = Self.text(Array(repeating: row, count: 25))
        let verdict = FocusCheck.verdict(of: text, total: Picodollars(60_000_000 * 25))
        #expect(verdict.violations.count == 10 && verdict.more == 15)
        #expect(
            verdict.violations.first?.description
                == "ChargeFrequency-C-003-M  line 2  ChargeFrequency  `Often`: is not one of the allowed values"
        )
    }

    @Test("a rule's id is there once, and names its column")
    func ids() {
        let ids = FocusRules.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        for rule in FocusRules.all where !rule.id.hasPrefix("Purser-") {
            #expect(FocusColumn.specified.contains(rule.column), "\(rule.id)")
        }
    }
}
