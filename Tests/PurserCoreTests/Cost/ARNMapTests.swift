import PurserCore
import Testing

@Suite struct ARNMapTests {
    private static let header = "arn,model_id,effective_from,effective_to\n"
    private static let crew = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/crew1234abcd"
    private static let asOf = PriceFixture.asOf

    private func map(_ rows: String) throws -> ARNMap {
        try ARNMap(csv: Self.header + rows, file: "arns.csv")
    }

    private func catalog(_ rows: String, prices: [String: String]...) throws -> PriceCatalog {
        let csv = ([[:]] + prices).map { PriceFixture.csv($0) }
        // One header, then the rows of each.
        let text = csv[0] + csv.dropFirst().map { $0.split(separator: "\n")[1] + "\n" }.joined()
        return try PriceCatalog(csv: text, file: "p.csv", arns: map(rows))
    }

    private func faults(_ csv: String) -> [String] {
        do {
            _ = try ARNMap(csv: csv, file: "arns.csv")
            return []
        } catch {
            return (error as? Diagnostics)?.all.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("the shipped file has no rows, and columns may be left out or be in any order")
    func files() throws {
        #expect(try PriceCatalog.shipped().arns.rows.isEmpty)
        let map = try ARNMap(csv: "model_id,arn\namazon.nova-lite-v1:0,\(Self.crew)\n", file: "arns.csv")
        #expect(map.modelId(for: Self.crew, at: Self.asOf) == "amazon.nova-lite-v1:0")
        #expect(map.modelId(for: Self.crew + "x", at: Self.asOf) == nil)
    }

    @Test("a row applies from the start of its period up to, but not including, its end")
    func periods() throws {
        let map = try map("\(Self.crew),a.b,,2026-11-20\n\(Self.crew),c.d,2026-11-20,2026-12-01\n")
        #expect(map.modelId(for: Self.crew, at: Timestamp(year: 2026, month: 11, day: 19)) == "a.b")
        #expect(map.modelId(for: Self.crew, at: Timestamp(year: 2026, month: 11, day: 20)) == "c.d")
        #expect(map.modelId(for: Self.crew, at: Timestamp(year: 2026, month: 12, day: 1)) == nil)
    }

    @Test("all faults are reported together, with their lines and columns")
    func wrongFiles() {
        #expect(faults("") == ["arns.csv:1: the file is empty; its first line must be \(Self.header.dropLast())"])
        #expect(
            faults("arn,model\n") == [
                "arns.csv:1: `model` is not a column; allowed: arn, model_id, effective_from, effective_to",
                "arns.csv:1: model_id: the column is missing; required: arn, model_id",
            ]
        )
        let id = "a model id like us.amazon.nova-lite-v1:0: 1 to 256 characters without spaces, commas or quotes"
        let arn = "an ARN like arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"
        #expect(
            faults(
                Self.header + "crew,,x,2026-11-31\n\(Self.crew),a.b,2026-11-02,2026-11-02\n\(Self.crew),a.b\n"
            ) == [
                "arns.csv:2: arn: `crew` is not \(arn)", "arns.csv:2: model_id: `` is not \(id)",
                "arns.csv:2: effective_from: `x` is not a day like 2026-11-15",
                "arns.csv:2: effective_to: `2026-11-31` is not a day like 2026-11-15",
                "arns.csv:3: effective_to: 2026-11-02 is not after effective_from, 2026-11-02",
                "arns.csv:4: 2 fields, but the header has 4",
            ]
        )
    }

    @Test("an ARN is priced by its own row, then by the file of ARNs, then by the id that it ends with")
    func precedence() throws {
        let profile = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/amazon.nova-lite-v1:0"
        let other = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc123def456"
        let catalog = try catalog(
            "\(Self.crew),x.y,,\n\(other),x.y,,\n",
            prices: ["model_id": "x.y", "input": "0.1"],
            ["model_id": other, "input": "0.2"]
        )
        func input(_ name: String) -> Int64? { catalog.price(for: name, at: Self.asOf)?.input }
        #expect(input(profile) == 60_000 && input(Self.crew) == 100_000 && input(other) == 200_000)
        #expect(input("arn:aws:bedrock:us-east-1:111122223333:imported-model/abc") == nil)
        #expect(catalog.rows(matching: Self.crew, region: nil, at: Self.asOf).map(\.modelId) == ["x.y"])
    }

    @Test("the ARN's own Region decides which row counts")
    func regions() throws {
        let catalog = try catalog(
            "\(Self.crew),x.y,,\n",
            prices: ["region": "us-east-1", "input": "0.1"],
            ["model_id": "x.y", "input": "0.2"],
            ["model_id": "x.y", "region": "us-east-1", "input": "0.3"]
        )
        func input(_ name: String, _ region: String?) -> Int64? {
            catalog.price(for: name, at: Self.asOf, region: region)?.input
        }
        let model = "::foundation-model/amazon.nova-lite-v1:0"
        #expect(input("arn:aws:bedrock:us-east-1" + model, "eu-central-1") == 100_000)
        #expect(input("arn:aws:bedrock:eu-central-1" + model, "us-east-1") == 60_000)
        #expect(input("arn:aws:bedrock:" + model, "us-east-1") == 100_000)
        #expect(input(Self.crew, "eu-central-1") == 300_000 && input(Self.crew, nil) == 300_000)
    }

    @Test("the lint finds a model without a price in the ARN's Region or period, and overlapping periods")
    func lint() throws {
        let catalog = try catalog(
            "\(Self.crew),amazon.nova-light,,2026-03-01\n\(Self.crew),eu.only,2026-03-01,\n"
                + "\(Self.crew),old.one,2026-06-01,\n\(Self.crew)2,amazon.nova-lite-v1:0,,\n",
            prices: ["model_id": "eu.only", "region": "eu-central-1"],
            ["model_id": "old.one", "effective_to": "2026-05-01"],
            ["model_id": Self.crew, "region": "eu-west-1"]
        )
        let found = catalog.lint(asOf: Self.asOf).filter { $0.severity == .error }.map(\.description)
        #expect(
            found == [
                "error: p.csv:5: region: eu-west-1 is not the Region of the ARN, us-east-1, so the row never applies"
                    + " [arn-region]",
                "error: arns.csv:2: model_id: there is no price row for amazon.nova-light"
                    + " (similar: amazon.nova-lite-v1:0) [unknown-model]",
                "error: arns.csv:3: model_id: eu.only has no price in us-east-1, the Region of the ARN,"
                    + " only in eu-central-1 [unknown-model]",
                "error: arns.csv:4: model_id: old.one has no price in the period of this row [unknown-model]",
                "error: arns.csv:4: effective_from: overlaps the period of the same ARN on line 3 [overlap]",
            ]
        )
    }

    @Test("a model without a price says why: the Regions that have one, the period, or its ARN")
    func reasons() throws {
        let catalog = try catalog(
            "\(Self.crew),eu.only,,\n",
            prices: ["model_id": "eu.only", "region": "eu-west-1"],
            ["model_id": "eu.only", "region": "eu-central-1"],
            ["model_id": "old.one", "effective_to": "2026-05-01"]
        )
        func reason(_ name: String, _ region: String? = nil) -> String {
            #expect(catalog.price(for: name, at: Self.asOf, region: region) == nil)
            return catalog.unpriced(name, at: Self.asOf, region: region).description
        }
        let both = "only in eu-central-1, eu-west-1"
        #expect(reason("eu.only", "us-east-1") == "the model eu.only has no price in us-east-1, \(both)")
        #expect(reason("eu.only") == "the model eu.only has no price while no Region is set (AWS_REGION), \(both)")
        #expect(
            reason(Self.crew, "eu-west-1")
                == "the model \(Self.crew) stands for eu.only, which has no price in us-east-1, \(both)"
        )
        #expect(
            reason("old.one") == "the model old.one has no price at 2026-11-23T00:00:00Z, only for other periods"
        )
        #expect(reason("made-up") == "the model made-up has no price")
        let opaque = "arn:aws:bedrock:us-east-1:111122223333:imported-model/abc"
        #expect(
            reason(opaque)
                == "the model \(opaque) has no price: its ARN does not say which model it is, so it needs a price row"
                + " or a row in arns.csv"
        )
        #expect(catalog.similar(to: catalog.unpriced("eu.only", at: Self.asOf)) == [])
        #expect(catalog.similar(to: catalog.unpriced("nova-lite", at: Self.asOf)) == ["amazon.nova-lite-v1:0"])
    }

    @Test("the rows of a Region are its own and those for all Regions that some call in it is charged at")
    func rowsOfARegion() throws {
        let catalog = try PriceFixture.catalog(
            PriceFixture.csv(
                ["input": "0.06"],
                ["input": "0.07", "region": "eu-central-1"],
                ["model_id": "x.y", "input": "0.08"],
                ["model_id": "x.y", "input": "0.09", "region": "eu-central-1", "effective_from": "2026-05-01"]
            )
        )
        func inputs(_ region: String?) -> [Int64] {
            catalog.rows(matching: nil, region: region, at: Self.asOf).map { $0.input / 10_000 }
        }
        #expect(inputs("eu-central-1") == [7, 8, 9] && inputs("us-east-1") == [6, 8] && inputs(nil) == [6, 7, 8, 9])
    }
}
