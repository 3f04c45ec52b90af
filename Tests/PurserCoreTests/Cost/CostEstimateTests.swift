import Foundation
import PurserCore
import Testing

@Suite("the bill of a plan") struct CostEstimateTests {
    private static let day = PriceFixture.asOf

    private static func estimate(
        _ model: String = "us.amazon.nova-lite-v1:0",
        _ change: (inout CostPlan) -> Void = { _ in }
    ) throws -> CostEstimate {
        var plan = CostPlan()
        change(&plan)
        let price = try #require(try PriceFixture.shipped().price(for: model, at: day))
        return try CostEstimate(plan, at: price, try ServicePriceList.shipped(), asOf: day)
    }

    private static func amounts(_ estimate: CostEstimate) -> [String: String] {
        Dictionary(uniqueKeysWithValues: estimate.lines.map { ($0.name, $0.amount.exactDollars) })
    }

    @Test("the reference design costs $12.12 a month, of which the quota lets $11.08 through")
    func reference() throws {
        let estimate = try Self.estimate()
        #expect(
            Self.amounts(estimate) == [
                // 15,000 requests, 1,000 and 600 tokens each, at $0.06 and $0.24 a million.
                "Model input tokens": "0.90", "Model output tokens": "2.16",
                // One web ACL, three rules, and 15,000 requests at $0.60 a million.
                "AWS WAF web ACL": "5.00", "AWS WAF rules": "3.00", "AWS WAF requests": "0.009",
                "CloudFront requests": "0.015", "Free: CloudFront requests": "-0.015",
                "CloudFront data out": "0.006375", "Free: CloudFront data out": "-0.006375",
                "API Gateway REST requests": "0.0525",
                "Lambda requests": "0.003", "Free: Lambda requests": "-0.003",
                // 37,500 GB-seconds at $0.0000166667.
                "Lambda compute": "0.62500125", "Free: Lambda compute": "-0.62500125",
                "Cognito users": "1.50", "Free: Cognito users": "-1.50",
                "CloudWatch Logs": "0.015", "Free: CloudWatch Logs": "-0.015", "KMS key": "1.00",
            ]
        )
        #expect(estimate.total.exactDollars == "12.1215")
        // 5,000 requests fewer reach the gateway: their tokens, $1.02, and $0.0175 of the gateway.
        #expect(estimate.plan.admittedRequests == 10_000 && estimate.cappedTotal.exactDollars == "11.084")
    }

    @Test("without what is free in every account, the bill is still within the design's $8 to $15")
    func withoutFreeTier() throws {
        let estimate = try Self.estimate { $0.countsFreeTier = false }
        #expect(estimate.total.exactDollars == "14.28587625")
        #expect(!estimate.lines.contains { $0.amount < .zero })
    }

    @Test("the gateway's cache is a line of its own, off by default")
    func cache() throws {
        let without = try Self.estimate()
        #expect(without.excluded.map(\.name) == ["API Gateway cache 0.5 GB"])
        let with = try Self.estimate { $0.options = ["gateway-cache"] }
        // 720 hours at $0.02.
        #expect(with.excluded.isEmpty && (with.total - without.total).exactDollars == "14.40")
    }

    @Test("a quota above the plan changes nothing, and only what the gateway lets through depends on it")
    func quota() throws {
        let estimate = try Self.estimate { $0.quota = 15_000 }
        #expect(estimate.cappedTotal == estimate.total)
        let none = try Self.estimate { $0.quota = 1 }
        // One request: $0.000204 of tokens and $0.0000035 of the gateway.
        #expect(none.cappedTotal.exactDollars == "9.0092075")
    }

    @Test("what is above a free amount is charged")
    func aboveFree() throws {
        let estimate = try Self.estimate { $0.users = 10_002 }
        #expect(Self.amounts(estimate)["Cognito users"] == "150.03")
        #expect(Self.amounts(estimate)["Free: Cognito users"] == "-150.00")
    }

    @Test("cached tokens have their own price, and a request above 200,000 input tokens the long one")
    func tokens() throws {
        let cached = try Self.estimate { $0.cacheReadTokens = 2000 }
        // 15,000 x 2,000 at $0.015 a million.
        #expect(Self.amounts(cached)["Model cached tokens"] == "0.45")
        let long = try PriceFixture.price(["input_over_200k": "0.12", "output_over_200k": "0.36"])
        var plan = CostPlan()
        (plan.requestsPerDay, plan.days, plan.inputTokens, plan.cacheReadTokens) = (1, 1, 200_000, 0)
        let services = try ServicePriceList.shipped()
        #expect(
            try Self.amounts(CostEstimate(plan, at: long, services, asOf: Self.day))["Model input tokens"] == "0.012"
        )
        plan.cacheReadTokens = 1
        #expect(
            try Self.amounts(CostEstimate(plan, at: long, services, asOf: Self.day))["Model input tokens"] == "0.024"
        )
    }

    @Test("a tier has its own price, and one without a price is an error")
    func tiers() throws {
        let pro = try Self.estimate("us.amazon.nova-pro-v1:0") { $0.tier = .flex }
        #expect(Self.amounts(pro)["Model input tokens"] == "6.00")
        #expect(throws: PriceError.unknownTier(.priority)) { try Self.estimate { $0.tier = .priority } }
    }

    @Test("docs/cost.md has the shares of four models as they are computed")
    func documentation() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/cost.md"), encoding: .utf8)
        for model in [
            "us.amazon.nova-micro-v1:0", "us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0",
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        ] {
            let estimate = try Self.estimate(model)
            let share = estimate.lines.filter { $0.name.hasPrefix("Model") }.reduce(Picodollars.zero) { $0 + $1.amount }
            let price = [estimate.price.input, estimate.price.output].map(Price.dollarsPerMillion)
            let cells = [
                "`\(model)`", price[0], price[1], share.cents, estimate.total.cents, estimate.cappedTotal.cents,
            ]
            #expect(text.contains("| \(cells.joined(separator: " | ")) |"), "\(cells)")
        }
    }
}

@Suite("services.csv") struct ServicePriceListTests {
    private static let header =
        "name,unit,per,quantity,price,units,free,option,effective_from,effective_to,status,source,retrieved"

    private static func faults(_ rows: String...) -> [String] {
        do {
            _ = try ServicePriceList(csv: ([header] + rows).joined(separator: "\n") + "\n", file: "s.csv")
            return []
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }

    @Test("a wrong field is named with its line, its column and what is allowed")
    func faults() {
        #expect(Self.faults("A,unit,month,1,5.00,1,,,,,listed,page,2026-11-30").isEmpty)
        #expect(
            Self.faults(
                "A,unit,week,0,1,3,x,,2026-13-01,,sure,,",
                "B,,month,1.0000001,0,1,0,,2026-02-01,2026-01-01,listed,page,2026-11-30"
            ) == [
                "s.csv:2: per: `week` is not one of month, hour, user, arrival, request",
                "s.csv:2: quantity: `0` is not a number above 0 and up to 1000000, with at most six decimals",
                "s.csv:2: price: 1 for 3 units is not a whole number of picodollars a unit",
                "s.csv:2: free: `x` is not a whole number from 1 to 1000000000000",
                "s.csv:2: effective_from: `2026-13-01` is not a day like 2026-11-15",
                "s.csv:2: status: `sure` is not one of verified, listed, unverified",
                "s.csv:2: source: is empty; every row needs it",
                "s.csv:2: retrieved: is empty; every row needs it",
                "s.csv:3: unit: is empty; every row needs it",
                "s.csv:3: quantity: `1.0000001` is not a number above 0 and up to 1000000, with at most six decimals",
                "s.csv:3: price: `0` is not an amount in dollars above zero like 3.50, and up to 10000",
                "s.csv:3: free: `0` is not a whole number from 1 to 1000000000000",
                "s.csv:3: effective_to: 2026-01-01 is not after effective_from, 2026-02-01",
            ]
        )
    }

    @Test("rows of one name follow each other, and only the one of the day counts")
    func periods() throws {
        let old = "A,unit,month,1,5.00,1,,,,2026-11-01,listed,page,2026-11-30"
        let new = "A,unit,month,1,6.00,1,,,2026-11-01,,listed,page,2026-11-30"
        #expect(Self.faults(old, new).isEmpty)
        #expect(
            Self.faults(old, "A,unit,month,1,6.00,1,,,2026-10-31,,listed,page,2026-11-30")
                == ["s.csv:3: name: two rows of `A` apply at the same time"]
        )
        let services = try ServicePriceList(csv: [Self.header, old, new].joined(separator: "\n"), file: "s.csv")
        let price = try PriceFixture.price()
        for (day, amount) in [(31, "5.00"), (32, "6.00")] {
            let time = Timestamp(year: 2026, month: 10, day: 1) + (day - 1) * 86_400
            let estimate = try CostEstimate(CostPlan(), at: price, services, asOf: time)
            #expect(estimate.lines.last?.amount.exactDollars == amount)
        }
    }
}
