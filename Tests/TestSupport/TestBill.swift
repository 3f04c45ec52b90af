/// Bills in the formats of AWS, with made-up lines.
package struct TestBill {
    package struct Line {
        package var type = "Usage"
        package var usageType: String
        /// In units of the price.
        package var quantity: String
        package var cost: String
        package var unit = "1K tokens"
        package var code = "AmazonBedrock"
        package var service = ""
        package var description = ""
        package var region = "us-east-1"
        package var principal = ""
        package var currency = "USD"
        package var day = "2026-10-05"
        package var period = "2026-10-01T00:00:00.000Z"

        package init(_ usageType: String, _ quantity: String, _ cost: String) {
            (self.usageType, self.quantity, self.cost) = (usageType, quantity, cost)
        }

        /// A line of the Marketplace, whose product code says nothing.
        package init(marketplace usageType: String, _ service: String, _ quantity: String, _ cost: String) {
            self.init(usageType, quantity, cost)
            (unit, code, self.service) = ("Units", "a1b2c3d4e5f6", service)
            description = "AWS Marketplace software usage|us-east-1|Million Tokens"
        }

        package func with(_ change: (inout Line) -> Void) -> Line {
            var line = self
            change(&line)
            return line
        }
    }

    package enum Format: CaseIterable {
        case cur2
        case cur
        case focus
    }

    /// Returns the bill as CSV with columns in an order of its own, and some that are not needed.
    package static func csv(_ lines: [Line], _ format: Format = .cur2) -> String {
        let names: [String] =
            switch format {
            case .cur2:
                [
                    "identity_line_item_id", "line_item_usage_type", "line_item_usage_amount",
                    "line_item_unblended_cost",
                    "pricing_unit", "line_item_product_code", "product_servicename", "line_item_line_item_description",
                    "product_region_code", "line_item_iam_principal", "line_item_currency_code",
                    "line_item_usage_start_date", "bill_billing_period_start_date", "line_item_line_item_type",
                    "resource_tags",
                ]
            case .cur:
                [
                    "identity/LineItemId", "lineItem/UsageType", "lineItem/UsageAmount", "lineItem/UnblendedCost",
                    "pricing/unit", "lineItem/ProductCode", "product/ProductName", "lineItem/LineItemDescription",
                    "product/region", "x", "lineItem/CurrencyCode", "lineItem/UsageStartDate",
                    "bill/BillingPeriodStartDate", "lineItem/LineItemType", "y",
                ]
            case .focus:
                [
                    "ResourceId", "SkuMeter", "PricingQuantity", "BilledCost", "PricingUnit", "x_ServiceCode",
                    "ServiceName", "ChargeDescription", "RegionId", "ChargeClass", "BillingCurrency",
                    "ChargePeriodStart", "BillingPeriodStart", "ChargeCategory", "Tags",
                ]
            }
        let rows = lines.enumerated().map { index, line in
            [
                "id\(index)", line.usageType, line.quantity, line.cost, line.unit, line.code, line.service,
                line.description, line.region, line.principal, line.currency, line.day + "T01:00:00Z", line.period,
                line.type, "a \"note\",\nof two lines",
            ]
        }
        return ([names] + rows).map { fields in
            fields.map { $0.contains { ",\"\n".contains($0) } ? "\"\($0.replacing("\"", with: "\"\""))\"" : $0 }
                .joined(separator: ",") + "\n"
        }.joined()
    }
}

/// Data as gzip (RFC 1952), not compressed.
package enum TestGzip {
    package static func member(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let (length, isLast) = (UInt16(block.count), rest.isEmpty)
            let inverse: UInt16 = ~length
            out.append(isLast ? 1 : 0)
            for half in [length, inverse] { out += [UInt8(half & 255), UInt8(half >> 8)] }
            out += block
        } while !rest.isEmpty
        return out + little(checksum(bytes)) + little(UInt32(truncatingIfNeeded: bytes.count))
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { index in
            let shifted: UInt32 = value >> UInt32(8 * index)
            return UInt8(shifted & 255)
        }
    }

    /// CRC-32 as gzip has it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = sum & 1 == 1
                sum >>= 1
                if isOdd { sum ^= 0xedb8_8320 }
            }
        }
        return ~sum
    }
}
