import PurserCore
import TestSupport
import Testing

@Suite struct CostReportTests {
    private static let prices = [
        ["input": "1", "output": "5", "cache_read": "0.1", "cache_write_5m": "1.25"],
        ["input": "0.9", "output": "4", "cache_read": "0.09", "cache_write_5m": "1.125", "discount": "3.3"],
        ["input": "3", "output": "15", "input_over_200k": "6", "output_over_200k": "22.5"],
    ]

    private static func group(
        _ keys: [String?] = [],
        model: String = "m",
        price: Price,
        ending: CostGroup.Ending = .success,
        isEstimated: Bool = false,
        requests: Int = 1,
        usage: TokenUsage,
        more: Picodollars = .zero
    ) throws -> CostGroup {
        CostGroup(
            keys: keys,
            modelId: model,
            tier: .standard,
            price: price,
            isLong: false,
            ending: ending,
            isEstimated: isEstimated,
            source: .live,
            requests: requests,
            usage: usage,
            cost: try price.cost(of: usage) + more
        )
    }

    @Test("twice the tokens is volume, another price is price, and tokens of another model are mix")
    func parts() throws {
        let cheap = try PriceFixture.price(["input": "1", "output": "5"])
        let dear = try PriceFixture.price(["input": "2", "output": "10"])
        let thousand = TokenUsage(input: 1000)
        let before = [try Self.group(price: cheap, usage: thousand)]
        func change(_ after: CostGroup...) throws -> [Int128] {
            let change = try #require(CostChange(from: before, to: after))
            #expect(change.total == after.reduce(.zero) { $0 + $1.cost } - before[0].cost)
            return [change.volume, change.price, change.mix].map { $0.rawValue / 1_000_000 }
        }
        #expect(try change(Self.group(price: cheap, usage: TokenUsage(input: 2000))) == [1000, 0, 0])
        #expect(try change(Self.group(price: dear, usage: thousand)) == [0, 1000, 0])
        #expect(try change(Self.group(model: "n", price: dear, usage: thousand)) == [0, 0, 1000])
        // Half of the tokens are output now, which costs five times as much.
        #expect(try change(Self.group(price: cheap, usage: TokenUsage(input: 500, output: 500))) == [0, 0, 2000])
        // What is charged without known tokens is a matter of price.
        let lost = try Self.group(price: cheap, usage: thousand, more: Picodollars(7_000_000))
        #expect(try change(lost) == [0, 7, 0])
        #expect(CostChange(from: [], to: before) == nil)
    }

    @Test(
        "calls by an ARN that stands for another model than before are mix, and those by an ARN instead of an id are not"
    )
    func arns() throws {
        let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/crew1234abcd"
        let lite = try PriceFixture.price(["model_id": "amazon.nova-lite-v1:0", "input": "1"])
        let pro = try PriceFixture.price(["model_id": "amazon.nova-pro-v1:0", "input": "3", "output": "15"])
        func group(_ model: String, _ price: Price) throws -> CostGroup {
            try Self.group(model: model, price: price, usage: TokenUsage(input: 1000))
        }
        let before = [try group(arn, lite)]
        let other = try #require(CostChange(from: before, to: [try group(arn, pro)]))
        #expect(other.mix == other.total && other.total.rawValue == 2_000_000_000)
        #expect(other.price == .zero && other.volume == .zero)
        let same = try #require(CostChange(from: before, to: [try group(lite.modelId, lite)]))
        #expect(same.mix == .zero && same.price == .zero && same.total == .zero)
    }

    @Test("rounded to cents, the parts add up to the rounded change")
    func cents() {
        for (amounts, expected) in [
            ([-0.1125, -0.0125, 0], ["-0.11", "-0.02", "0.00"]), ([0.005, 0.005, -0.005], ["0.01", "0.01", "-0.01"]),
            ([0, -0.005, 0], ["0.00", "-0.01", "0.00"]),
        ] {
            let exact = amounts.map { Picodollars(Int128($0 * 1e12)) }
            let rounded = Picodollars.centsAddingUp(exact).rows.map(Picodollars.init(cents:))
            #expect(rounded.map(\.cents) == expected)
            let (sum, total) = (rounded.reduce(.zero, +), exact.reduce(.zero, +))
            #expect(sum.cents == total.cents, "\(amounts)")
        }
        #expect(Picodollars(4_000_000_000).signedCents == "<0.01" && Picodollars.cent.signedCents == "+0.01")
    }

    @Test("the three parts add up to the change, and volume is right", arguments: [UInt64(1), 2, 3, 4])
    func addsUp(seed: UInt64) throws {
        var random = TestRandom(seed)
        let prices = try Self.prices.map { try PriceFixture.price($0) }
        func groups() throws -> [CostGroup] {
            try (0..<Int.random(in: 1...9, using: &random)).map { _ in
                try Self.group(
                    model: ["a", "b", "c"].randomElement(using: &random) ?? "a",
                    price: prices.randomElement(using: &random) ?? prices[0],
                    usage: TokenUsage(
                        input: .random(in: 0...9_000_000_000, using: &random),
                        output: .random(in: 0...90_000_000, using: &random),
                        cacheRead: .random(in: 0...3, using: &random),
                        cacheWrite5m: .random(in: 0...1000, using: &random)
                    ),
                    more: Picodollars(.random(in: 0...1_000_000_000, using: &random))
                )
            }
        }
        for _ in 0..<200 {
            let (before, after) = (try groups(), try groups())
            guard let change = CostChange(from: before, to: after) else { continue }
            let cost = { (groups: [CostGroup]) in groups.reduce(Picodollars.zero) { $0 + $1.cost } }
            #expect(change.total == cost(after) - cost(before))
            #expect(change.volume + change.price + change.mix == change.total)
            // Computed in another way: by hand in doubles, which are exact to a part in 10^15.
            let (q0, q1) = (tokens(before), tokens(after))
            let p0 = before.reduce(0.0) { $0 + $1.amounts.total.dollars } / q0
            let scale = max(cost(before).dollars, cost(after).dollars)
            #expect(abs(change.volume.dollars - (q1 - q0) * p0) <= scale * 1e-11)
        }
    }

    private func tokens(_ groups: [CostGroup]) -> Double {
        Double(groups.reduce(0) { $0 + $1.usage.all })
    }

    @Test("what was paid without an answer is split by its cause, and what caching saved by reads and writes")
    func causes() throws {
        let price = try PriceFixture.price(Self.prices[0])
        let usage = TokenUsage(input: 1000, cacheRead: 10_000, cacheWrite5m: 2000)
        var report = CostReport(
            month: CalendarMonth(year: 2026, month: 11),
            asOf: Timestamp(year: 2026, month: 11, day: 5),
            keys: [.team],
            rows: []
        )
        report.add([
            try Self.group(["a"], price: price, requests: 3, usage: usage),
            try Self.group(["a"], price: price, ending: .failed, usage: TokenUsage(input: 100)),
            try Self.group(["b"], price: price, ending: .cancelled, usage: TokenUsage(output: 10)),
            try Self.group(
                [nil],
                price: price,
                ending: .abandoned,
                isEstimated: true,
                usage: TokenUsage(),
                more: .cent
            ),
            try Self.group(["b"], price: price, isEstimated: true, usage: TokenUsage(input: 1), more: Picodollars(77)),
        ])
        #expect(report.rows.map(\.keys) == [[nil], ["a"], ["b"]] && report.rows.map(\.requests) == [1, 4, 2])
        #expect(report.waste.failed == Picodollars(100_000_000) && report.waste.cancelled == Picodollars(50_000_000))
        #expect(report.waste.abandoned == .cent && report.waste.retries == Picodollars(77))
        #expect(report.successfulRequests == 4 && report.estimatedRequests == 2)
        #expect(report.cache.saved == Picodollars(10_000 * 900_000))
        #expect(report.cache.writeCost == Picodollars(2000 * 250_000) && !report.cache.isTrap)
        #expect(report.cache.inputTokens == 13_101 && report.cache.readTokens == 10_000)
    }

    @Test("the prices that a report names are those of its calls, with the days on which they were read")
    func prices() throws {
        let month = CalendarMonth(year: 2026, month: 11)
        var report = CostReport(month: month, asOf: month.end, keys: [], rows: [])
        let rows = try [["retrieved": "2026-10-01", "discount": "5"], ["retrieved": "2026-11-02"], [:]].map {
            try PriceFixture.price($0)
        }
        report.add(try rows.map { try Self.group(price: $0, usage: TokenUsage(input: 1)) })
        let days = try #require(report.pricesRetrieved)
        #expect(days.lowerBound.date == "2026-10-01" && days.upperBound.date == "2026-11-15" && report.hasDiscount)
    }

    @Test("rows that have stopped are kept with what they cost before; rows of a time are not compared")
    func comparison() throws {
        let price = try PriceFixture.price()
        func groups(_ names: [String]) throws -> [CostGroup] {
            try names.map { try Self.group([$0], price: price, usage: TokenUsage(input: 10)) }
        }
        func report(_ key: CostKey) throws -> CostReport {
            let month = CalendarMonth(year: 2026, month: 11)
            var report = CostReport(month: month, asOf: month.end, keys: [key], rows: [])
            let now = try groups(["a", "b"])
            report.add(now)
            report.compare(now, with: try groups(["b", "c"]), of: report.period)
            return report
        }
        let rows = try report(.team).rows
        #expect(rows.map(\.keys) == [["a"], ["b"], ["c"]] && rows.map(\.requests) == [1, 1, 0])
        #expect(rows.map { $0.previousCost ?? .cent } == [.zero, rows[0].cost, rows[0].cost])
        #expect(try report(.day).rows.map(\.previousCost) == [nil, nil])
        #expect(try report(.day).previous?.total == (try report(.team)).total)
    }

    @Test(
        "filters are read by key and value, and a fault names the part",
        arguments: [
            (["team=a,team=b", "model="], "team=a,team=b and model="),
            (["tag:cost centre=é=1"], #"tag:cost centre=é\=1"#),
            (["key=PRSR1", "tier=flex,session=s"], "key=PRSR1 and tier=flex and session=s"),
            ([#"tag:a\=b=x\,y\\"#], #"tag:a\=b=x\,y\\"#), (["tag:e\u{301}=e\u{301}"], "tag:\u{e9}=\u{e9}"),
        ]
    )
    func filters(texts: [String], expected: String) throws {
        #expect(try CostFilter.read(texts).map(\.text).joined(separator: " and ") == expected)
    }

    @Test(arguments: ["team", "day=2026-11-01", "Team=a", "tag:=x", "a=b", "", "team=a,", "tier=default", "tier="])
    func badFilter(text: String) {
        let error = #expect(throws: CostFilterFault.self) { try CostFilter.read([text]) }
        #expect(error?.description.hasPrefix("`\(error?.part ?? "")`: ") == true)
    }

    @Test("keys are written as they are read")
    func keys() {
        for name in ["model", "team", "user", "application", "key", "session", "tier", "day", "hour", "tag:a b"] {
            #expect(CostKey(name)?.name == name)
        }
        #expect(CostKey("tag:") == nil && CostKey("month") == nil && CostKey("") == nil)
    }
}
