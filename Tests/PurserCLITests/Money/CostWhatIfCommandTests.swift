import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct CostWhatIfCommandTests {
    @Test("the cost of now is that of the report, also of a part and by other keys")
    func report() throws {
        let folder = try Demonstrations.json.copy()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let at = ["--at", Demonstrations.end.iso8601(), "--format", "json"]
        for options in [[], ["--where", "team=support"], ["--by", "team,tier"]] {
            let report = try JSONValue(parsing: try purser.run(["cost"] + options + at).output)
            let words = ["cost", "what-if", "--model", "us.amazon.nova-micro-v1:0"] + options + at
            let other = try JSONValue(parsing: try purser.run(words).output)
            #expect(other["total"]?["cost"] == report["total"] && other["total"]?["requests"] == report["requests"])
            #expect(other["by"] == (options.first == "--by" ? ["team", "tier"] : ["model"]))
            let costs = try #require(other["total"]?["otherCost"]?.string.flatMap { Picodollars(dollars: $0) })
            #expect(costs > .zero)
        }
    }

    @Test("a model that costs nothing more than itself, at a price that a test can compute")
    func otherPrice() throws {
        let folder = try TemporaryFolder()
        try TestPriceFile.write(("x.y", "", "1", "2"), ("z", "", "3", "4"), to: folder.path("p.csv"))
        let purser = PurserProgram(
            store: folder.path("purser.db"),
            environment: ["PURSER_PRICES": folder.path("p.csv")]
        )
        try "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-11-16 18:00:00,100,10\n"
            .write(toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
        #expect(try purser.run("replay", folder.path("t.csv"), "--model", "x.y").status == 0)
        let words = ["cost", "what-if", "--month", "2026-11", "--model"]
        let text = try purser.run(words + ["z", "--format", "json"]).output
        let total = try #require(try JSONValue(parsing: text)["total"])
        // 100 x $1 + 10 x $2 a million, then 100 x $3 + 10 x $4.
        #expect(total["cost"] == "0.000120000000" && total["otherCost"] == "0.000340000000")
        #expect(total["difference"] == "0.000220000000")
    }

    @Test(
        "what cannot be computed ends with 64 and says what is allowed",
        arguments: [
            ("", "--model"), ("--model us.amazon.nova-micr-v1:0", "similar: us.amazon.nova-micro-v1:0"),
            ("--model us.amazon.nova-micro-v1:0 --format csv", "--format takes text or json here"),
            ("--model us.amazon.nova-micro-v1:0 --by colour", "--by takes model, team"),
            ("--model us.amazon.nova-micro-v1:0 --where x", "--where: `x`"),
            ("--model us.amazon.nova-micro-v1:0 --self-check", "--self-check is an option of `purser cost`"),
            ("--model us.amazon.nova-micro-v1:0 --explain team=a", "--explain is an option of `purser cost`"),
        ]
    )
    func errors(arguments: String, message: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let words = ["cost", "what-if"] + arguments.split(separator: " ").map(String.init)
        let result = try PurserProgram(store: folder.path("purser.db")).run(words)
        #expect(result.status == 64 && result.output.isEmpty && result.errors.contains(message), "\(result)")
    }
}
