import PurserCore
import PurserStore
import TestSupport
import Testing

/// `purser cost --explain`: from a figure of the report down to its calls.
@Suite(.blocking, .startsPrograms) struct CostExplainTests {
    private static let at = ["--at", "2026-11-24T12:00:00Z"]

    private static func purser(_ folder: TemporaryFolder) throws -> PurserProgram {
        PurserProgram(store: folder.path("purser.db"))
    }

    @Test("the calls of a row add up to its figure in the report, and each can be looked up")
    func figure() throws {
        let folder = try DemonstrationStore.folder.copy()
        let purser = try Self.purser(folder)
        let report = try JSONValue(
            parsing: try purser.run(["cost", "--by", "team,day", "--format", "json"] + Self.at).output
        )
        let row = try #require(report["rows"]?.array?.first)
        let team = try #require(row["team"]?.string)
        let day = try #require(row["day"]?.string)
        let explain = ["cost", "--explain", "team=\(team),day=\(day)", "--limit", "3"] + Self.at
        let found = try JSONValue(parsing: try purser.run(explain + ["--format", "json"]).output)
        #expect(found["schema"] == "purser.cost-explain/1" && found["total"] == row["cost"])
        #expect(found["requests"] == row["requests"] && found["calls"]?.array?.count == 3)
        let costs = (found["calls"]?.array ?? []).map { $0["cost"]?.string } + [found["rest"]?["cost"]?.string]
        let sum = costs.compactMap { $0.flatMap(Picodollars.init(dollars:)) }.reduce(Picodollars.zero, +)
        #expect(sum.description == found["total"]?.string)
        let id = try #require(found["calls"]?.array?.first?["requestId"]?.string)
        #expect(try purser.run("requests", "--id", id).output.contains(id))
        let text = try purser.run(explain)
        #expect(text.status == 0 && text.output.contains(id) && text.output.contains("other calls)"), "\(text)")
    }

    @Test(
        "a figure that no report has is a usage error that says what is allowed",
        arguments: [
            (["--explain", "colour=red"], "the key must be"),
            (["--explain", "day=yesterday"], "a day like 2026-11-24"),
            (["--explain", "hour=2026-11-24"], "an hour like 2026-11-24T10:00Z"),
            (["--explain", "day=2026-11-24T10:00Z"], "a day like 2026-11-24"),
            (["--explain", "team=a", "--by", "team"], "--by does not split"),
            (["--explain", "team=a", "--format", "csv"], "formats text and json"),
            (["--limit", "5"], "--limit is for"),
            (["estimate", "--explain", "team=a"], "--explain is an option of `purser cost`"),
        ]
    )
    func wrongUsage(arguments: [String], message: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let result = try Self.purser(folder).run(["cost"] + arguments)
        #expect(result.status == 64 && result.errors.contains(message), "\(result)")
    }
}
