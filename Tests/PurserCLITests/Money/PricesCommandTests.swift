import Foundation
import PurserCore
import TestSupport
import Testing

/// The price settings of `purser`: files, Regions and ARNs.
@Suite(.blocking, .startsPrograms) struct PricesCommandTests {
    private static let arn = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abc123"

    /// Writes two models, one of them with a row for a Region, and maps an ARN to it.
    private static func write(_ folder: borrowing TemporaryFolder) throws -> PurserProgram {
        let path = folder.path("p.csv")
        try TestPriceFile.write(
            ("x.y", "", "1", "2"),
            ("x.y", "eu-central-1", "3", "4"),
            ("z.only", "eu-central-1", "5", "6"),
            to: path
        )
        try "arn,model_id\n\(arn),x.y\n".write(toFile: folder.path("arns.csv"), atomically: true, encoding: .utf8)
        return PurserProgram(
            store: folder.path("purser.db"),
            environment: ["PURSER_PRICES": path, "PURSERD_KEYS_SECRET": String(repeating: "ab", count: 32)]
        )
    }

    @Test("rows of a Region have it in a column, and --region and ARNs select the rows that apply")
    func list() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.write(folder)
        let all =
            "x.y\t\t1\t2\t\t\t\tlisted\nx.y\teu-central-1\t3\t4\t\t\t\tlisted\nz.only\teu-central-1\t5\t6\t\t\t\tlisted\n"
        #expect(try purser.run("prices", "list").output == all)
        #expect(try purser.run("prices", "list", "--region", "us-east-1").output == "x.y\t1\t2\t\t\t\tlisted\n")
        #expect(
            try purser.run("prices", "list", Self.arn).output == "x.y\teu-central-1\t3\t4\t\t\t\tlisted\n"
        )
        try "arn,model_id\n\(Self.arn),x.z\n".write(
            toFile: folder.path("other.csv"),
            atomically: true,
            encoding: .utf8
        )
        let lint = try purser.run("prices", "lint", "--price-arns", folder.path("other.csv"))
        #expect(lint.status == 3 && lint.output.contains("other.csv:2: model_id: there is no price row for x.z"))
    }

    @Test("a key's models must have a price in the Region of the environment")
    func keys() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.write(folder)
        for (models, region, status) in [
            ("z.only", "eu-central-1", 0), ("z.only", "us-east-1", 64), (Self.arn, "us-east-1", 0),
            ("arn:aws:bedrock:eu-central-1:111122223333:inference-profile/z.only", "us-east-1", 0),
        ] as [(String, String, Int32)] {
            let made = try purser.shell("AWS_REGION=\(region) \"$PURSER\" keys create --team t --models \(models)")
            #expect(made.status == status, "\(models) in \(region): \(made)")
            if status != 0 {
                let reason = "the model z.only has no price in us-east-1, only in eu-central-1"
                #expect(made.errors.hasPrefix("purser: \(reason), so its calls are refused"), "\(made)")
            }
        }
    }

    @Test(
        "a replay costs what the row of its environment's Region says",
        arguments: [("us-east-1", 1), ("eu-central-1", 3)]
    )
    func replay(region: String, price: Int) throws {
        let folder = try TemporaryFolder()
        let purser = try Self.write(folder)
        let text = "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-11-16 18:00:00,100,0\n"
        try text.write(toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
        let run = try purser.shell(
            "AWS_REGION=\(region) \"$PURSER\" replay \(folder.path("t.csv")) --model x.y --format json"
        )
        let cost = try JSONValue(parsing: run.output)["cost"]?.string
        #expect(cost == "0.000\(price)00000000", "\(run)")
    }
}
