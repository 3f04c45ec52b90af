import PurserCore
import Testing

@Suite struct TokenQuotaListTests {
    private static let header =
        "model_id,region,tokens_per_minute,output_burndown,quota_code,source,retrieved,note\n"
    private static let profile = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"

    private func list(_ rows: String) throws -> TokenQuotaList {
        try TokenQuotaList(csv: Self.header + rows, file: "q.csv")
    }

    private func faults(_ csv: String) -> [String] {
        do {
            _ = try TokenQuotaList(csv: csv, file: "q.csv")
            return []
        } catch {
            return (error as? Diagnostics)?.all.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("a row of the Region replaces the row for every Region, and other Regions' rows do not apply")
    func regions() throws {
        let list = try list(
            """
            a.b,,100,1,,test,2026-11-28,
            a.b,us-east-1,200,5,,test,2026-11-28,
            c.d,eu-west-1,300,1,,test,2026-11-28,raised

            """
        )
        // If the Region is not known, the lowest of each model counts.
        #expect(list.quotas(in: nil).map(\.tokensPerMinute) == [100, 300])
        #expect(
            list.quotas(in: "us-east-1") == [TokenQuotaList.Quota(tokensPerMinute: 200, outputBurndowns: ["a.b": 5])]
        )
        #expect(Set(list.quotas(in: "eu-west-1").map(\.tokensPerMinute)) == [100, 300])
    }

    @Test("models with the same code share one quota")
    func shared() throws {
        let list = try list(
            """
            us.a.b,us-east-1,1000,5,L-1,test,2026-11-28,
            \(Self.profile),us-east-1,1000,5,L-1,test,2026-11-28,
            us.a.b,eu-west-1,2000,5,L-1,test,2026-11-28,
            us.c.d,us-east-1,1000,1,,test,2026-11-28,

            """
        )
        #expect(
            list.quotas(in: "us-east-1") == [
                TokenQuotaList.Quota(tokensPerMinute: 1000, outputBurndowns: ["us.a.b": 5, Self.profile: 5]),
                TokenQuotaList.Quota(tokensPerMinute: 1000, outputBurndowns: ["us.c.d": 1]),
            ]
        )
    }

    @Test("all faults are reported together, with their lines and columns")
    func wrongFiles() {
        #expect(faults("") == ["q.csv:1: the file is empty; its first line must be \(Self.header.dropLast())"])
        #expect(
            faults(
                Self.header + """
                    a b,US,0,1.5,,,2026,
                    a.b,,100,1,L-1,test,2026-11-28,
                    a.b,,100,1,,test,2026-11-28,
                    c.d,,200,1,L-1,test,2026-11-28,

                    """
            ).map { $0.replacing(/is not an? .*/, with: "is not …") } == [
                "q.csv:2: model_id: `a b` is not …", "q.csv:2: region: `US` is not …",
                "q.csv:2: tokens_per_minute: `0` is not …", "q.csv:2: output_burndown: `1.5` is not …",
                "q.csv:2: source: is empty; every row needs it", "q.csv:2: retrieved: `2026` is not …",
                "q.csv:4: model_id: `a.b` has a row for the same Region already",
                "q.csv:5: tokens_per_minute: `L-1` has 100 tokens per minute in the row of `a.b`",
            ]
        )
    }

    @Test("every shipped quota is of a model that has a price, and output counts as AWS says")
    func shipped() throws {
        let catalog = try PriceCatalog.shipped()
        let list = try TokenQuotaList.shipped()
        #expect(!list.rows.isEmpty)
        for row in list.rows {
            #expect(catalog.price(for: row.modelId, at: PriceFixture.asOf) != nil, "\(row.modelId)")
            #expect([1, 5, 10, 15].contains(row.outputBurndown), "\(row.modelId)")
        }
    }
}
