import Foundation
import PurserCore
import TestSupport
import Testing

@Suite struct PriceTests {
    private func cost(_ price: Price, _ usage: TokenUsage) throws -> Int128 {
        try price.cost(of: usage).rawValue
    }

    /// An hour of recorded traffic has 22,361,870 input tokens and 4,088,665 output tokens. Worked by hand, in dollars:
    ///
    /// - Nova Micro: 22.361870 x 0.035 = 0.78266545 and 4.088665 x 0.14 = 0.5724131
    /// - Nova Lite: 22.361870 x 0.06 = 1.3417122 and 4.088665 x 0.24 = 0.9812796
    /// - Nova Pro: 22.361870 x 0.8 = 17.889496 and 4.088665 x 3.2 = 13.083728
    /// - Claude Haiku 4.5: 22.361870 x 1.1 = 24.598057 and 4.088665 x 5.5 = 22.4876575
    @Test(
        "an hour of recorded traffic costs what its tokens cost, call by call",
        arguments: [
            ("us.amazon.nova-micro-v1:0", "1.355078550000"), ("us.amazon.nova-lite-v1:0", "2.322991800000"),
            ("us.amazon.nova-pro-v1:0", "30.973224000000"),
            ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "47.085714500000"),
        ]
    )
    func recordedHour(modelId: String, dollars: String) throws {
        let price = try #require(try PriceFixture.shipped().price(for: modelId, at: PriceFixture.asOf))
        let cost = try price.cost(of: TokenUsage(input: 22_361_870, output: 4_088_665))
        #expect(cost.description == dollars)
        guard let path = Repository.recordedTraffic else {
            print("skipped: there is no recorded traffic; PURSER_TRACE names a file of it")
            return
        }
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
        var sum = Picodollars.zero
        for row in rows {
            let fields = row.split(separator: ",")
            let usage = TokenUsage(input: try #require(Int(fields[1])), output: try #require(Int(fields[2])))
            sum += try price.cost(of: usage)
        }
        #expect(rows.count == 19_366 && sum == cost)
    }

    @Test("every kind of token is charged at its own price")
    func kinds() throws {
        let price = try PriceFixture.price([
            "model_id": "us.anthropic.claude-sonnet-5", "input": "2.2", "output": "11", "cache_read": "0.22",
            "cache_write_5m": "2.75", "cache_write_1h": "4.4",
        ])
        #expect(try cost(price, TokenUsage(input: 1)) == 2_200_000)
        #expect(try cost(price, TokenUsage(output: 1)) == 11_000_000)
        #expect(try cost(price, TokenUsage(cacheRead: 1)) == 220_000)
        #expect(try cost(price, TokenUsage(cacheWrite5m: 1)) == 2_750_000)
        #expect(try cost(price, TokenUsage(cacheWrite1h: 1)) == 4_400_000)
        let usage = TokenUsage(input: 7, output: 11, cacheRead: 13, cacheWrite5m: 17, cacheWrite1h: 19)
        #expect(
            try cost(price, usage) == 7 * 2_200_000 + 11 * 11_000_000 + 13 * 220_000 + 17 * 2_750_000 + 19 * 4_400_000
        )
        #expect(try cost(price, TokenUsage()) == 0)
    }

    @Test("caching saves what reads cost less than plain input, less what writes cost more")
    func cacheSavings() throws {
        let price = try PriceFixture.price([
            "input": "2", "output": "10", "cache_read": "0.2", "cache_write_5m": "2.5", "cache_write_1h": "4",
            "priority_input": "3.5", "priority_output": "17.5", "input_over_200k": "4", "output_over_200k": "15",
        ])
        func savings(_ usage: TokenUsage, _ tier: ServiceTier = .standard) -> Picodollars? {
            price.cacheSavings(of: usage, tier: tier)
        }
        #expect(savings(TokenUsage(input: 100, output: 100)) == nil)
        #expect(savings(TokenUsage(cacheRead: 10)) == Picodollars(18_000_000))
        #expect(savings(TokenUsage(cacheWrite5m: 10)) == Picodollars(-5_000_000))
        #expect(savings(TokenUsage(cacheWrite1h: 10)) == Picodollars(-20_000_000))
        let mixed = TokenUsage(input: 5, output: 7, cacheRead: 11, cacheWrite5m: 13, cacheWrite1h: 17)
        for tier in [ServiceTier.standard, .priority] {
            // The same tokens without a cache.
            let plain = try price.cost(of: TokenUsage(input: 5 + 11 + 13 + 17, output: 7), tier: tier)
            #expect(savings(mixed, tier) == (try plain - price.cost(of: mixed, tier: tier)))
        }
        // Cache prices of long contexts and cheaper tiers are not listed, and nothing follows from an upper bound.
        #expect(savings(TokenUsage(cacheRead: 300_000)) == .zero)
        #expect(savings(TokenUsage(cacheWrite5m: 150_000, cacheWrite1h: 150_000)) == .zero)
        // Without a price of the tier, nothing is known.
        #expect(savings(mixed, .flex) == nil)
        let cheap = try PriceFixture.price([
            "input": "2", "output": "10", "cache_read": "0.2", "cache_write_5m": "2.5", "flex_input": "1",
            "flex_output": "5",
        ])
        #expect(cheap.cacheSavings(of: TokenUsage(cacheRead: 10), tier: .flex) == .zero)
        #expect(cheap.cacheSavings(of: TokenUsage(cacheWrite5m: 10), tier: .flex) == .zero)
        // Twice the input price is what an hour is known to cost where five minutes are charged.
        #expect(cheap.cacheSavings(of: TokenUsage(cacheWrite1h: 10)) == Picodollars(-20_000_000))
        // A kind without a price of its own is neither a saving nor a loss.
        let plain = try PriceFixture.price(["input": "2", "output": "10"])
        #expect(plain.cacheSavings(of: TokenUsage(cacheRead: 5, cacheWrite5m: 7, cacheWrite1h: 9)) == .zero)
        #expect(savings(TokenUsage(cacheRead: .max, cacheWrite5m: .max)) == nil)
    }

    @Test("a token kind without a price is charged at an upper bound, never at zero")
    func missingPrices() throws {
        let plain = try PriceFixture.price(["input": "1", "output": "5"])
        #expect(try cost(plain, TokenUsage(cacheRead: 1)) == 1_000_000)
        #expect(try cost(plain, TokenUsage(cacheWrite5m: 1)) == 1_000_000)
        #expect(try cost(plain, TokenUsage(cacheWrite1h: 1)) == 1_000_000)

        let only5m = try PriceFixture.price(["input": "1", "output": "5", "cache_write_5m": "1.25"])
        #expect(try cost(only5m, TokenUsage(cacheWrite1h: 1)) == 2_000_000)
        let dear5m = try PriceFixture.price(["input": "1", "output": "5", "cache_write_5m": "2.5"])
        #expect(try cost(dear5m, TokenUsage(cacheWrite1h: 1)) == 2_500_000)
        let only1h = try PriceFixture.price(["input": "1", "output": "5", "cache_write_1h": "2"])
        #expect(try cost(only1h, TokenUsage(cacheWrite5m: 1)) == 2_000_000)
    }

    @Test("a tier has its own rates for input and output; what its source does not list is at least as dear")
    func tiers() throws {
        let price = try PriceFixture.price([
            "input": "3", "output": "15", "cache_read": "0.3", "cache_write_5m": "3.75", "flex_input": "1.5",
            "flex_output": "7.5", "priority_input": "5.25", "priority_output": "26.25", "input_over_200k": "6",
            "output_over_200k": "22.5",
        ])
        func rates(_ tier: ServiceTier, isLong: Bool = false) throws -> [Int64] {
            let rates = try price.rates(isLong: isLong, tier)
            return [rates.input, rates.output, rates.cacheRead, rates.cacheWrite5m, rates.cacheWrite1h]
        }
        #expect(try rates(.standard) == [3_000_000, 15_000_000, 300_000, 3_750_000, 6_000_000])
        // In a cheaper tier, cache prices stay as listed.
        #expect(try rates(.flex) == [1_500_000, 7_500_000, 300_000, 3_750_000, 6_000_000])
        // In a dearer one, they are dearer by the factor of its input.
        #expect(try rates(.priority) == [5_250_000, 26_250_000, 525_000, 6_562_500, 10_500_000])
        #expect(try rates(.priority, isLong: true)[...1] == [10_500_000, 39_375_000])
        #expect(throws: PriceError.unknownTier(.optimized)) { try price.cost(of: TokenUsage(), tier: .optimized) }
    }

    @Test("a discount makes every rate smaller, rounded up to a whole picodollar a token")
    func discount() throws {
        let price = try PriceFixture.price([
            "input": "0.00875", "output": "15", "cache_read": "0.3", "discount": "6.25",
        ])
        #expect(try cost(price, TokenUsage(input: 1)) == 8204)  // 8,203.125
        #expect(try cost(price, TokenUsage(output: 1000)) == 14_062_500_000)
        #expect(try cost(price, TokenUsage(cacheRead: 1)) == 281_250)
        #expect(price.discount == 62_500 && price.content.hasSuffix(",2026-11-15,,,,6.25"))
        #expect(
            try PriceFixture.price(["discount": "06.2500"]).content == PriceFixture.price(["discount": "6.25"]).content
        )
        for bad in ["0", "100", "-5", "7.12345", "7 %", "x"] {
            #expect(throws: Diagnostics.self, "\(bad)") { try PriceFixture.price(["discount": bad]) }
        }
    }

    @Test("above 200,000 input tokens, cached ones included, input and output are charged at the long-context prices")
    func longContext() throws {
        let price = try PriceFixture.price([
            "input": "3", "output": "15", "cache_read": "0.3", "input_over_200k": "6", "output_over_200k": "22.5",
        ])
        #expect(try cost(price, TokenUsage(input: 200_000, output: 1)) == 200_000 * 3_000_000 + 15_000_000)
        #expect(try cost(price, TokenUsage(input: 200_001, output: 1)) == 200_001 * 6_000_000 + 22_500_000)
        let cached = TokenUsage(input: 1, output: 1, cacheRead: 100_000, cacheWrite5m: 50_000, cacheWrite1h: 50_000)
        #expect(try cost(price, cached) == 6_000_000 + 22_500_000 + 100_000 * 300_000 + 100_000 * 6_000_000)
        // A row without long-context prices uses its plain ones.
        #expect(try cost(try PriceFixture.price(), TokenUsage(input: 1_000_000)) == 60_000_000_000)
    }

    @Test("a cost that does not fit in 64 bits and a negative count are errors")
    func limits() throws {
        let price = try PriceFixture.price(["input": "1", "output": "1"])
        let most = Int(Int64.max / 1_000_000)
        #expect(try cost(price, TokenUsage(input: most)) == Int128(most) * 1_000_000)
        for usage in [
            TokenUsage(input: most + 1), TokenUsage(input: most, output: 1), TokenUsage(input: .max),
            TokenUsage(input: .max, cacheRead: .max), TokenUsage(output: .max),
        ] {
            #expect(throws: PriceError.tooLarge) { try price.cost(of: usage) }
        }
        for usage in [
            TokenUsage(input: -1), TokenUsage(output: -1), TokenUsage(cacheRead: -1), TokenUsage(cacheWrite5m: -1),
            TokenUsage(cacheWrite1h: -1), TokenUsage(input: 5, cacheRead: .min),
        ] {
            #expect(throws: PriceError.negativeTokens) { try price.cost(of: usage) }
        }
        #expect(throws: PriceError.tooLarge) { try price.worstCase(inputTokens: .max, maxOutputTokens: .max) }
        #expect(throws: PriceError.negativeTokens) { try price.worstCase(inputTokens: -1, maxOutputTokens: 1) }
        #expect(throws: PriceError.negativeTokens) { try price.worstCase(inputTokens: 1, maxOutputTokens: -1) }
    }

    @Test("the worst case of a plain request is its estimate at the plain prices")
    func worstCase() throws {
        let price = try PriceFixture.price([
            "input": "3", "output": "15", "cache_read": "0.3", "cache_write_5m": "3.75", "cache_write_1h": "6",
            "input_over_200k": "6.5", "output_over_200k": "22.5",
        ])
        func worst(_ input: Int, _ output: Int, mayWriteCache: Bool = false) throws -> Int128 {
            try price.worstCase(inputTokens: input, maxOutputTokens: output, mayWriteCache: mayWriteCache).total
                .rawValue
        }
        #expect(try worst(1000, 500) == 1000 * 3_000_000 + 500 * 15_000_000)
        #expect(try worst(1000, 500, mayWriteCache: true) == 1000 * 6_000_000 + 500 * 15_000_000)
        #expect(try worst(200_001, 500) == 200_001 * 6_500_000 + 500 * 22_500_000)
        #expect(try worst(0, 0) == 0)
    }

    @Test("a worst case has no more output tokens than the model can write, and says how many fit into an amount")
    func outputTokens() throws {
        let price = try PriceFixture.price(["input": "3", "output": "15", "max_output_tokens": "1000"])
        let worst = try price.worstCase(inputTokens: 10, maxOutputTokens: 5000)
        #expect(worst.outputTokens == 1000 && worst.input == Picodollars(30_000_000))
        #expect(worst.total == Picodollars(30_000_000 + 15_000_000_000))
        #expect(worst.mostOutputTokens(within: Picodollars(30_000_000 + 7_500_000_001)) == 500)
        #expect(worst.mostOutputTokens(within: worst.total + .dollar) == 1000)
        #expect(worst.mostOutputTokens(within: Picodollars(30_000_000)) == 0)
        #expect(worst.mostOutputTokens(within: .zero) == 0)
    }

    @Test("no call within the estimate costs more than its worst case", arguments: [UInt64(1), 2, 3])
    func worstCaseHolds(seed: UInt64) throws {
        var random = TestRandom(seed)
        let optional = [
            ["cache_read"], ["cache_write_5m"], ["cache_write_1h"], ["input_over_200k", "output_over_200k"],
            ["flex_input", "flex_output"], ["priority_input", "priority_output"],
            ["optimized_input", "optimized_output"], ["discount"],
        ]
        for _ in 0..<3000 {
            // Any prices, including ones that the lint rules would report.
            var fields = ["input": "", "output": ""]
            for columns in optional where Bool.random(using: &random) {
                for column in columns { fields[column] = "" }
            }
            for column in fields.keys.sorted() {
                fields[column] = "0." + String(Int.random(in: 1...99, using: &random))
            }
            let price = try PriceFixture.price(fields)
            let most = [10, 200_000, 200_001, 300_000][Int.random(in: 0...3, using: &random)]
            let mayWriteCache = Bool.random(using: &random)
            var rest = most
            func part() -> Int {
                let count = Int.random(in: 0...rest, using: &random)
                rest -= count
                return count
            }
            let usage = TokenUsage(
                input: part(),
                output: Int.random(in: 0...100, using: &random),
                cacheRead: part(),
                cacheWrite5m: mayWriteCache ? part() : 0,
                cacheWrite1h: mayWriteCache ? part() : 0
            )
            let tier =
                ([.standard] + price.tiers.keys.sorted { $0.rawValue < $1.rawValue })
                .randomElement(using: &random) ?? .standard
            let hold = try price.worstCase(
                inputTokens: most,
                maxOutputTokens: 100,
                mayWriteCache: mayWriteCache,
                tier: tier
            )
            for served in Set([.standard, tier]) {
                let cost = try price.cost(of: usage, tier: served)
                #expect(cost <= hold.total, "seed \(seed): \(price.content) \(usage) \(tier)")
            }
        }
    }

    @Test("reading a price's content returns the same price")
    func content() throws {
        for price in try PriceFixture.shipped().prices {
            #expect(try Price(content: price.content) == price)
        }
        let price = try PriceFixture.price(["note": "\"said \"\"so\"\", twice\""])
        #expect(price.note == "said \"so\", twice")
        #expect(try Price(content: price.content) == price)
    }

    @Test("equal figures have equal content, however they are written")
    func canonicalContent() throws {
        let price = try PriceFixture.price(["input": "0.060", "output": "00.240000", "max_input_tokens": "0300000"])
        #expect(price == (try PriceFixture.price(["max_input_tokens": "300000"])))
        #expect(price.content == "amazon.nova-lite-v1:0,,,,0.06,0.24,,,,,,,,,,,,300000,,,listed,test,2026-11-15,")
    }

    @Test("content that is not exactly one valid row is rejected, and the error names the fault")
    func unreadableContent() throws {
        let good = try PriceFixture.price().content
        for bad in ["", "x", good + ",", good + ",1,", good + ",,,,", good + "\n" + good, "\"" + good] {
            #expect(
                throws: PriceError.unreadable("a price is one CSV row of 24 to 27 fields, not `\(bad.prefix(120))`")
            ) {
                try Price(content: bad)
            }
        }
        #expect(
            throws: PriceError.unreadable(
                "input: `1e3` is not a plain decimal like 0.06, in US dollars per million tokens"
            )
        ) {
            try Price(content: good.replacing("0.06", with: "1e3"))
        }
    }

    @Test(
        "a price in picodollars is printed as dollars per million tokens",
        arguments: [
            (60_000, "0.06"), (8750, "0.00875"), (1, "0.000001"), (3_000_000, "3"), (27_500_000, "27.5"),
            (10_000_000, "10"),
        ] as [(Int64, String)]
    )
    func dollarsPerMillion(price: Int64, text: String) {
        #expect(Price.dollarsPerMillion(price) == text)
    }
}
