import PurserCore
import Testing

@Suite struct PriceLintTests {
    private let claude = [
        "model_id": "anthropic.claude-x-1", "input": "3", "output": "15", "cache_read": "0.3", "cache_write_5m": "3.75",
        "cache_write_1h": "6",
    ]

    private func findings(_ rows: [String: String]..., asOf: Timestamp = PriceFixture.asOf) throws -> [String] {
        var csv = PriceFixture.csv()
        for row in rows { csv += PriceFixture.csv(row).split(separator: "\n")[1] + "\n" }
        return try PriceFixture.catalog(csv).lint(asOf: asOf).map(\.description)
    }

    private func row(_ model: String, _ input: String, _ output: String, _ more: [String: String] = [:]) -> [String:
        String]
    {
        ["model_id": model, "input": input, "output": output].merging(more) { $1 }
    }

    @Test("good rows have no findings")
    func clean() throws {
        #expect(try findings([:], claude).isEmpty)
    }

    @Test("an output price below the input price is reported")
    func outputBelowInput() throws {
        #expect(
            try findings(row("m", "0.3", "0.29"))
                == ["error: p.csv:2: output: 0.29 is below the input price, 0.3 [output-below-input]"]
        )
        #expect(try findings(row("m", "0.3", "0.3")).isEmpty)
    }

    @Test("a cache-read price above the input price is reported")
    func cacheRead() throws {
        #expect(
            try findings(row("m", "0.3", "0.6", ["cache_read": "0.300001"])) == [
                "error: p.csv:2: cache_read: 0.300001 is above the input price, 0.3 [cache-read-above-input]"
            ]
        )
        #expect(try findings(row("m", "0.3", "0.6", ["cache_read": "0.3"])).isEmpty)
    }

    @Test("Claude's cache writes cost 1.25 and 2 times the input price under any prefix; others' may cost anything")
    func claudeCacheWrite() throws {
        let wrong = ["cache_write_5m": "3.76", "cache_write_1h": "3.75"]
        #expect(
            try findings(claude.merging(wrong) { $1 }) == [
                "error: p.csv:2: cache_write_5m: 3.76 is not 1.25 times the input price, 3 [claude-cache-write]",
                "error: p.csv:2: cache_write_1h: 3.75 is not twice the input price, 3 [claude-cache-write]",
            ]
        )
        #expect(
            try findings(claude.merging(["cache_write_1h": "5.9", "model_id": "us.anthropic.claude-x"]) { $1 }).count
                == 1
        )
        #expect(try findings(claude.merging(["cache_write_1h": ""]) { $1 }).isEmpty)
        #expect(try findings(claude.merging(["cache_write_5m": "9", "model_id": "zai.glm"]) { $1 }).isEmpty)
    }

    @Test("batch and flex cost half, priority 1.75 times; only a price in whole cents may be half a cent off")
    func tiers() throws {
        func tier(_ name: String, _ input: String, _ output: String) throws -> [String] {
            try findings(row("m", "0.15", "0.6", ["\(name)_input": input, "\(name)_output": output]))
        }
        #expect(try tier("batch", "0.075", "0.3").isEmpty)
        #expect(try tier("batch", "0.07", "0.3").isEmpty)
        #expect(try tier("batch", "0.08", "0.3").isEmpty)
        #expect(
            try tier("batch", "0.074", "0.31") == [
                "error: p.csv:2: batch_input: 0.074 is not half the plain price, 0.15 [tier-ratio]",
                "error: p.csv:2: batch_output: 0.31 is not half the plain price, 0.6 [tier-ratio]",
            ]
        )
        #expect(try tier("flex", "0.15", "0.6").count == 2)
        #expect(try tier("priority", "0.2625", "1.05").isEmpty)
        #expect(try tier("priority", "0.26", "1.05").isEmpty)
        #expect(
            try tier("priority", "0.25", "1.05")
                == ["error: p.csv:2: priority_input: 0.25 is not 1.75 times the plain price, 0.15 [tier-ratio]"]
        )
    }

    @Test("long-context prices below the plain ones are reported")
    func longContext() throws {
        let long = ["input_over_200k": "2.9", "output_over_200k": "14"]
        #expect(
            try findings(row("m", "3", "15", long)) == [
                "error: p.csv:2: input_over_200k: 2.9 is below the plain price, 3 [long-context]",
                "error: p.csv:2: output_over_200k: 14 is below the plain price, 15 [long-context]",
            ]
        )
        #expect(try findings(row("m", "3", "15", ["input_over_200k": "3", "output_over_200k": "15"])).isEmpty)
    }

    @Test("a geography costs 1.0 to 1.43 times the bare id, or the global profile if there is no bare id")
    func geography() throws {
        #expect(try findings(row("v.m", "1", "2"), row("eu.v.m", "1.43", "2.86"), row("us.v.m", "1", "2")).isEmpty)
        #expect(
            try findings(row("v.m", "1", "2"), row("eu.v.m", "1.44", "1.99")) == [
                "error: p.csv:3: input: 1.44 is more than 1.43 times the price, 1 of v.m [geography]",
                "error: p.csv:3: output: 1.99 is below the price, 2 of v.m [geography]",
            ]
        )
        #expect(
            try findings(row("us.v.m", "1.1", "3"), row("global.v.m", "1", "2"))
                == ["error: p.csv:2: output: 3 is more than 1.43 times the price, 2 of global.v.m [geography]"]
        )
        // If there is a bare row, the others are compared with it and not with the global one.
        #expect(try findings(row("v.m", "1.1", "2.2"), row("global.v.m", "1", "2"), row("eu.v.m", "1.5", "3")).isEmpty)
    }

    @Test("a price below that of the global profile is reported")
    func global() throws {
        #expect(
            try findings(row("global.v.m", "1", "2"), row("us-gov.v.m", "0.9", "2"), row("v.m", "0.9", "2")) == [
                "error: p.csv:3: input: 0.9 is below the global price, 1 of global.v.m [geography]",
                "error: p.csv:4: input: 0.9 is below the global price, 1 of global.v.m [geography]",
            ]
        )
    }

    @Test("rows of other Regions or other times are not compared")
    func incomparable() throws {
        #expect(try findings(row("v.m", "1", "2"), row("eu.v.m", "2", "4", ["region": "eu-central-1"])).isEmpty)
        #expect(
            try findings(
                row("v.m", "1", "2", ["effective_to": "2026-03-01"]),
                row("eu.v.m", "2", "4", ["effective_from": "2026-03-01"])
            ).isEmpty
        )
    }

    @Test("a bare id that is cheaper than its us. profile is reported")
    func inRegion() throws {
        #expect(
            try findings(row("v.m", "1", "2"), row("us.v.m", "1.1", "2.2")) == [
                "warning: p.csv:2: input: 1 is below the price of the us. profile, 1.1 of us.v.m [in-region]",
                "warning: p.csv:2: output: 2 is below the price of the us. profile, 2.2 of us.v.m [in-region]",
            ]
        )
    }

    @Test("overlaps and gaps in the periods of one id and Region are reported")
    func periods() throws {
        let first = ["effective_to": "2026-03-01"]
        #expect(try findings(first, ["effective_from": "2026-03-01"]).isEmpty)
        #expect(
            try findings(first, ["effective_from": "2026-02-28"]) == [
                "error: p.csv:3: effective_from: overlaps the period of amazon.nova-lite-v1:0 on line 2 [overlap]"
            ]
        )
        #expect(
            try findings(["effective_from": "2026-03-02"], first) == [
                "warning: p.csv:2: effective_from: amazon.nova-lite-v1:0 has no price from 2026-03-01 to 2026-03-02 [gap]"
            ]
        )
        #expect(try findings([:], [:]).count == 1)
        #expect(try findings([:], ["region": "eu-central-1"]).isEmpty)
        // The third row still overlaps the long first period.
        let inner = ["effective_from": "2026-01-01", "effective_to": "2026-02-01"]
        #expect(
            try findings(first, inner, ["effective_from": "2026-02-15"]).map { $0.hasSuffix("line 2 [overlap]") } == [
                true, true,
            ]
        )
    }

    @Test("an unmarked model that costs less than a fifth of each of two or more sibling models is reported")
    func outlier() throws {
        let siblings = (row("a.claude-tiny-4-5-20251001-v1:0", "1", "5"), row("a.claude-3-tiny", "0.8", "4"))
        #expect(
            try findings(siblings.0, siblings.1, row("a.claude-tiny-5-5", "0.1", "0.5")) == [
                "warning: p.csv:4: input: 0.1 is less than a fifth of every other a.claude-tiny; the next is 0.8 of a.claude-3-tiny [outlier]"
            ]
        )
        #expect(try findings(siblings.0, siblings.1, row("a.claude-tiny-5-5", "0.16", "0.5")).isEmpty)
        #expect(try findings(siblings.0, siblings.1, row("a.claude-flash-5-5", "0.1", "0.5")).isEmpty)
        #expect(try findings(siblings.0, siblings.1, row("b.claude-tiny-5-5", "0.1", "0.5")).isEmpty)
        #expect(try findings(siblings.0, row("a.claude-tiny-5-5", "0.1", "0.5")).isEmpty)
        let marked = try findings(
            siblings.0,
            siblings.1,
            row("a.claude-tiny-5-5", "0.1", "0.5", ["status": "unverified"])
        )
        #expect(
            marked == [
                "warning: p.csv:4: status: a.claude-tiny-5-5 is unverified: the note does not say why [unverified]"
            ]
        )
    }

    @Test("rows older than ninety days are reported, with one finding for each retrieval date")
    func stale() throws {
        let after90 = Timestamp(year: 2027, month: 2, day: 13)
        #expect(try findings([:], row("m", "1", "2"), asOf: after90).isEmpty)
        #expect(
            try findings(
                [:],
                row("m", "1", "2"),
                row("n", "1", "2", ["retrieved": "2026-11-14"]),
                asOf: after90 + 86_400
            ) == [
                "warning: p.csv:2: retrieved: 2 rows were read on 2026-11-15, 91 days ago; compare with AWS's page every 90 days [stale]",
                "warning: p.csv:4: retrieved: one row was read on 2026-11-14, 92 days ago; compare with AWS's page every 90 days [stale]",
            ]
        )
        #expect(try findings(["effective_to": "2026-12-01"], asOf: after90 + 86_400).isEmpty)
    }

    @Test("a model past its end of life is reported from that day on, unless its row has ended")
    func endOfLife() throws {
        let row = ["end_of_life": "2026-11-23"]
        #expect(
            try findings(row) == [
                "warning: p.csv:2: end_of_life: amazon.nova-lite-v1:0 reached its end of life on 2026-11-23 [end-of-life]"
            ]
        )
        #expect(try findings(row, asOf: PriceFixture.asOf - 1).isEmpty)
        #expect(try findings(row.merging(["effective_to": "2026-11-23"]) { $1 }).isEmpty)
    }

    @Test("a row marked as unverified has one warning, with its note")
    func unverified() throws {
        #expect(
            try findings(["status": "unverified", "note": "half of the source's page was cut"]) == [
                "warning: p.csv:2: status: amazon.nova-lite-v1:0 is unverified: half of the source's page was cut [unverified]"
            ]
        )
    }
}

@Suite struct ShippedPricesTests {
    @Test("the shipped prices have no errors and a known number of warnings")
    func counts() throws {
        let findings = try PriceFixture.shipped().lint(asOf: PriceFixture.asOf)
        #expect(findings.filter { $0.severity == .error }.map(\.description) == [])
        let counts = Dictionary(grouping: findings, by: \.rule.rawValue).mapValues(\.count)
        #expect(counts == ["end-of-life": 19, "unverified": 28])
    }

    @Test("a quarter later the rows are stale, which produces a single warning")
    func later() throws {
        let findings = try PriceFixture.shipped().lint(asOf: Timestamp(year: 2027, month: 2, day: 21))
        #expect(
            findings.filter { $0.rule == .stale }.map(\.diagnostic.message)
                == ["284 rows were read on 2026-11-15, 98 days ago; compare with AWS's page every 90 days"]
        )
        #expect(findings.allSatisfy { $0.severity == .warning })
    }

    @Test("every unverified row says why in its note")
    func notes() throws {
        for price in try PriceFixture.shipped().prices where price.status == .unverified {
            #expect(price.note != nil, "\(price.modelId)")
        }
    }

    @Test("the bare id of Nova 2 Lite is priced in-Region, and its global profile globally")
    func nova2Lite() throws {
        let catalog = try PriceFixture.shipped()
        let bare = try #require(catalog.price(for: "amazon.nova-2-lite-v1:0", at: PriceFixture.asOf))
        let global = try #require(catalog.price(for: "global.amazon.nova-2-lite-v1:0", at: PriceFixture.asOf))
        #expect((bare.input, bare.output) == (330_000, 2_750_000))
        #expect(
            bare.cacheRead == 82_500 && bare.tiers[.flex]?.output == 1_375_000
                && bare.tiers[.priority]?.input == 577_500
        )
        #expect((global.input, global.output) == (300_000, 2_500_000))
    }

    @Test("ids that Bedrock does not accept, and models that cannot chat, have no row")
    func left() throws {
        let ids = try PriceFixture.shipped().prices.map(\.modelId)
        #expect(ids.count == Set(ids).count)
        for part in ["@", "embed", "marengo", "pegasus"] {
            #expect(ids.filter { $0.contains(part) } == [])
        }
        #expect(ids.filter { !$0.contains(".") || $0.hasPrefix("claude") } == [])
    }
}
