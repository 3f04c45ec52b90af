import PurserCore
import Testing

@Suite struct PriceCatalogTests {
    private func day(_ month: Int, _ day: Int) -> Timestamp {
        Timestamp(year: 2026, month: month, day: day)
    }

    @Test("an id must match exactly, and a prefix is never stripped")
    func exactIds() throws {
        let catalog = try PriceFixture.shipped()
        #expect(catalog.price(for: "eu.amazon.nova-lite-v1:0", at: PriceFixture.asOf)?.input == 78_000)
        #expect(catalog.price(for: "amazon.nova-lite-v1:0", at: PriceFixture.asOf)?.input == 60_000)
        for unknown in ["nova-lite", "jp.amazon.nova-lite-v1:0", "amazon.nova-lite-v1", "AMAZON.nova-lite-v1:0", ""] {
            #expect(catalog.price(for: unknown, at: PriceFixture.asOf) == nil)
        }
    }

    @Test("a price applies from the start of its period up to, but not including, its end")
    func periods() throws {
        let catalog = try PriceFixture.catalog(
            PriceFixture.csv(
                ["input": "0.08", "effective_to": "2026-03-01"],
                ["input": "0.07", "effective_from": "2026-03-01", "effective_to": "2026-06-01"],
                ["input": "0.06", "effective_from": "2026-07-01"]
            )
        )
        func input(_ time: Timestamp) -> Int64? { catalog.price(for: "amazon.nova-lite-v1:0", at: time)?.input }
        #expect(input(Timestamp(milliseconds: 0)) == 80_000)
        #expect(input(Timestamp(milliseconds: day(3, 1).milliseconds - 1)) == 80_000)
        #expect(input(day(3, 1)) == 70_000)
        #expect(input(Timestamp(milliseconds: day(6, 1).milliseconds - 1)) == 70_000)
        #expect(input(day(6, 1)) == nil)
        #expect(input(day(7, 1)) == 60_000)
        #expect(input(Timestamp(year: 2099, month: 1, day: 1)) == 60_000)
    }

    @Test("a row for the Region takes precedence over the row for all Regions, which is the fallback")
    func regions() throws {
        let catalog = try PriceFixture.catalog(
            PriceFixture.csv(
                [:],
                ["input": "0.09", "region": "eu-central-1", "effective_from": "2026-05-01"],
                ["model_id": "x.only", "region": "eu-central-1"]
            )
        )
        func input(_ time: Timestamp, _ region: String?) -> Int64? {
            catalog.price(for: "amazon.nova-lite-v1:0", at: time, region: region)?.input
        }
        #expect(input(day(5, 1), "eu-central-1") == 90_000)
        #expect(input(day(4, 30), "eu-central-1") == 60_000)
        #expect(input(day(5, 1), "eu-west-1") == 60_000)
        #expect(input(day(5, 1), nil) == 60_000)
        #expect(catalog.price(for: "x.only", at: day(5, 1)) == nil)
        #expect(catalog.price(for: "x.only", at: day(5, 1), region: "eu-central-1") != nil)
    }

    @Test(
        "an unknown id returns suggestions that resemble it",
        arguments: [
            ("nova-lite", "amazon.nova-lite-v1:0"),
            ("Premier", "amazon.nova-premier-v1:0"),
            ("amazon.nova-lite-v1", "amazon.nova-lite-v1:0"),
            ("us.amazon.nova-light-v1:0", "us.amazon.nova-lite-v1:0"),
            ("anthropic.claude-haiku-4-5@20251001", "anthropic.claude-haiku-4-5-20251001-v1:0"),
            ("claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
                "us.amazon.nova-lite-v1:0"
            ),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
        ]
    )
    func suggestions(unknown: String, closest: String) throws {
        let found = try PriceFixture.shipped().closestModelIds(to: unknown)
        #expect(found.first == closest)
        #expect(found.count <= 3)
    }

    @Test("an id that resembles no other returns no suggestions", arguments: ["", "/", "q", "us", "日本語のモデル"])
    func noSuggestions(unknown: String) throws {
        #expect(try PriceFixture.shipped().closestModelIds(to: unknown).isEmpty)
        #expect(try PriceFixture.shipped().closestModelIds(to: String(repeating: "amazon.", count: 1000)).isEmpty)
    }
}

@Suite struct PriceFileTests {
    private let required = "required: model_id, input, output, status, source, retrieved"

    private func faults(_ fields: [String: String]) -> [String] {
        PriceFixture.faults(PriceFixture.csv(fields))
    }

    @Test("columns may be in any order, optional ones may be left out, and CR LF and a BOM are accepted")
    func header() throws {
        let text = "\u{feff}output,input,model_id,status,source,retrieved\r\n0.24,0.06,\"m\",listed,x,2026-11-15\r\n"
        let price = try #require(try PriceFixture.catalog(text).price(for: "m", at: PriceFixture.asOf))
        #expect(price.input == 60_000 && price.output == 240_000 && price.cacheRead == nil)
    }

    @Test("a header with a missing, duplicate or unknown column is rejected, and the error names each of them")
    func wrongHeader() {
        let rest = "0.06,0.24,listed,x,2026-11-15\n"
        #expect(
            PriceFixture.faults("input,output,status,source\n" + rest) == [
                "p.csv:1: model_id: the column is missing; \(required)",
                "p.csv:1: retrieved: the column is missing; \(required)",
            ]
        )
        #expect(
            PriceFixture.faults("model_id,input,output,status,source,retrieved,input\nm," + rest)
                == ["p.csv:1: input: the column appears twice"]
        )
        #expect(
            PriceFixture.faults("model_id,input,output,status,source,retrieved,inputs\nm," + rest)
                == ["p.csv:1: `inputs` is not a column; allowed: \(Price.columns.joined(separator: ", "))"]
        )
        // A trailing comma makes a column without a name.
        #expect(
            PriceFixture.faults("model_id,input,output,status,source,retrieved,\nm," + rest)
                == ["p.csv:1: `` is not a column; allowed: \(Price.columns.joined(separator: ", "))"]
        )
    }

    @Test("a file without prices is rejected")
    func empty() {
        let message = "p.csv: the file has no prices; its first line must name the columns"
        #expect(PriceFixture.faults("") == [message])
        #expect(PriceFixture.faults("model_id,input,output,status,source,retrieved\n") == [message])
    }

    @Test("a row with too many or too few fields is rejected")
    func fieldCount() {
        let header = "model_id,input,output,status,source,retrieved\n"
        #expect(
            PriceFixture.faults(header + "m,0.06,0.24,listed,x,2026-11-15,\nm,0.06\n") == [
                "p.csv:2: 7 fields, but the header has 6", "p.csv:3: 2 fields, but the header has 6",
            ]
        )
    }

    @Test("a stray quote is rejected with its line number, and one in the header is the only fault reported")
    func strayQuote() {
        let stray = "a stray quote; a field with a quote must be in quotes, with the inner quote doubled"
        #expect(faults(["note": "5\" screen"]) == ["p.csv:2: \(stray)"])
        #expect(PriceFixture.faults("model\"_id,input\nm,1\n") == ["p.csv:1: \(stray)"])
    }

    @Test(
        "a price is rejected unless it is a plain decimal and a whole number of picodollars per token",
        arguments: [
            ("1e-3", "`1e-3` is not a plain decimal like 0.06, in US dollars per million tokens"),
            ("0,06", "`0,06` is not a plain decimal like 0.06, in US dollars per million tokens"),
            ("$1", "`$1` is not a plain decimal like 0.06, in US dollars per million tokens"),
            ("+1", "`+1` is not a plain decimal like 0.06, in US dollars per million tokens"),
            (".5", "`.5` is not a plain decimal like 0.06, in US dollars per million tokens"),
            ("5.", "`5.` is not a plain decimal like 0.06, in US dollars per million tokens"),
            ("1.2.3", "`1.2.3` is not a plain decimal like 0.06, in US dollars per million tokens"),
            (" 1", "` 1` is not a plain decimal like 0.06, in US dollars per million tokens"),
            ("n/a", "`n/a` is not a plain decimal like 0.06, in US dollars per million tokens"),
            ("-0.06", "`-0.06` is negative; a price must be above zero"),
            (
                "0.0000001",
                "`0.0000001` has more than six decimals, so a token's price is not a whole number of picodollars"
            ),
            ("1000000.1", "`1000000` is above the limit of 1000000 dollars per million tokens"),
            ("99999999999999999999", "`99999999999999999999` is above the limit of 1000000 dollars per million tokens"),
            ("0", "is zero; leave the price empty if it is not offered, and leave out a model without a price"),
            ("0.000", "is zero; leave the price empty if it is not offered, and leave out a model without a price"),
        ]
    )
    func wrongPrice(text: String, message: String) {
        #expect(faults(["cache_read": "\"\(text)\""]) == ["p.csv:2: cache_read: \(message)"])
    }

    @Test(
        "a missing or invalid field is rejected, and the message says what is allowed",
        arguments: [
            ("input", "", "is empty; every row needs it"),
            ("output", "", "is empty; every row needs it"),
            ("source", "", "is empty; every row needs it"),
            ("retrieved", "", "is empty; every row needs it"),
            ("status", "", "`` is not one of verified, listed, unverified"),
            ("status", "Listed", "`Listed` is not one of verified, listed, unverified"),
            ("retrieved", "15.11.2026", "`15.11.2026` is not a day like 2026-11-15"),
            ("retrieved", "2026-11-31", "`2026-11-31` is not a day like 2026-11-15"),
            ("end_of_life", "2026-11-15T00:00Z", "`2026-11-15T00:00Z` is not a day like 2026-11-15"),
            ("batch_input", "0.03", ""),
            ("max_input_tokens", "0", "`0` is not a whole number of tokens from 1 to 1000000000"),
            ("max_output_tokens", "4k", "`4k` is not a whole number of tokens from 1 to 1000000000"),
            ("region", "Frankfurt", "`Frankfurt` is not an AWS Region like eu-central-1; empty means all Regions"),
            ("note", "a\u{1b}[2J", "a line break or another control character, which no field may have"),
        ]
    )
    func wrongField(column: String, text: String, message: String) {
        let expected =
            message.isEmpty
            ? "p.csv:2: batch_output: is empty although batch_input is not; the two are given together"
            : "p.csv:2: \(column): \(message)"
        #expect(faults([column: text]) == [expected])
    }

    @Test("an empty id, or an id with a space or a quote, is rejected", arguments: ["", "a b", "\"a,b\"", "é"])
    func wrongModelId(text: String) {
        let shown = text.filter { $0 != "\"" }
        let allowed = "a model id like us.amazon.nova-lite-v1:0: 1 to 256 characters without spaces, commas or quotes"
        #expect(faults(["model_id": text]) == ["p.csv:2: model_id: `\(shown)` is not \(allowed)"])
    }

    @Test("a period that ends before it starts is rejected")
    func wrongPeriod() {
        for from in ["2026-05-01", "2026-06-01"] {
            #expect(
                faults(["effective_from": from, "effective_to": "2026-05-01"])
                    == ["p.csv:2: effective_to: 2026-05-01 is not after effective_from, \(from)"]
            )
        }
    }

    @Test("all faults in a file are reported together, with their lines and columns")
    func allAtOnce() {
        let csv = PriceFixture.csv(
            ["status": "", "output": "", "input": "x"],
            [:],
            ["input": "-1", "note": "q\"", "model_id": ""],
            ["cache_read": "1e1"]
        )
        #expect(
            PriceFixture.faults(csv) == [
                "p.csv:2: input: `x` is not a plain decimal like 0.06, in US dollars per million tokens",
                "p.csv:2: output: is empty; every row needs it",
                "p.csv:2: status: `` is not one of verified, listed, unverified",
                "p.csv:4: a stray quote; a field with a quote must be in quotes, with the inner quote doubled",
                "p.csv:5: cache_read: `1e1` is not a plain decimal like 0.06, in US dollars per million tokens",
            ]
        )
    }
}
