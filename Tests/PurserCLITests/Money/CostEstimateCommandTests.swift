import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct CostEstimateCommandTests {
    @Test("the reference design's bill is $8 to $15 a month, and options change it")
    func bill() throws {
        let purser = PurserProgram(store: "/dev/null/purser.db")
        let reference = try JSONValue(parsing: try purser.run("cost", "estimate", "--format", "json").output)
        #expect(reference["total"]?.string == "12.121500000000" && reference["requests"] == 15_000)
        #expect(reference["capped"] == ["requests": 10_000, "total": "11.084000000000"])
        let options = ["--requests-per-day", "10", "--days", "31", "--quota", "300", "--no-free-tier", "--users", "0"]
        let model = [
            "--input-tokens", "10", "--output-tokens=0", "--model", "us.amazon.nova-micro-v1:0", "--format=json",
        ]
        let small = try JSONValue(parsing: try purser.run(["cost", "estimate"] + options + model).output)
        #expect(small["requests"] == 310 && small["capped"]?["requests"] == 300 && small["freeTier"] == false)
        let other = PurserProgram(environment: ["PURSERD_QUOTA": "77", "PURSERD_MODEL_ID": "us.amazon.nova-pro-v1:0"])
        let own = try JSONValue(parsing: try other.run("cost", "estimate", "--format", "json").output)
        #expect(own["quota"] == 77 && own["model"] == "us.amazon.nova-pro-v1:0")
    }

    @Test("the report needs no subcommand, and the options of both are parsed where they belong")
    func report() throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let purser = PurserProgram(store: folder.path("purser.db"))
        #expect(try purser.run("cost", "--by", "team").output.hasPrefix("COST REPORT"))
        let json = try JSONValue(parsing: try purser.run("cost", "--by", "team", "--format", "json").output)
        #expect(json["schema"] == "purser.cost/1" && json["by"] == ["team"])
        let help = try purser.run("cost", "estimate", "--help")
        #expect(help.status == 0 && help.output.contains("--requests-per-day") && help.output.contains("--format"))
        let all = try purser.run("cost", "--help")
        #expect(all.output.contains("--by") && all.output.contains("estimate"))
        let narrow = try purser.run("cost", "estimate", "--width", "60", "--at", "2026-11-24")
        #expect(narrow.status == 0 && narrow.output.split(separator: "\n").allSatisfy { $0.count <= 60 })
    }

    @Test(
        "a wrong value ends with 64, and the message names the option and what is allowed",
        arguments: [
            ("--requests-per-day 0", "--requests-per-day takes a number from 1 to 1000000000, not 0"),
            ("--days 32", "--days takes a number from 1 to 31, not 32"),
            ("--input-tokens=-1", "--input-tokens takes a number from 0 to 10000000, not -1"),
            ("--quota 0", "--quota takes a number from 1"), ("--users=-1", "--users takes a number from 0"),
            ("--with x", "--with takes gateway-cache, not `x`"),
            (
                "--tier priority",
                "--tier: us.amazon.nova-lite-v1:0 has no price for `priority`; it has one for standard, batch"
            ),
            ("--tier gold", "'standard', 'flex', 'priority', 'optimized' or 'batch'"),
            ("--model us.amazon.nova-light-v1:0", "similar: us.amazon.nova-lite-v1:0"),
            ("--format csv", "--format takes text or json here, not `csv`"),
            ("--month 2026-11", "--month is an option of `purser cost`, which `estimate` does not have"),
            ("--by team", "--by is an option of `purser cost`"), ("--where team=a", "--where is an option"),
        ]
    )
    func errors(arguments: String, message: String) throws {
        let result = try PurserProgram().run(["cost", "estimate"] + arguments.split(separator: " ").map(String.init))
        #expect(result.status == 64 && result.output.isEmpty && result.errors.contains(message), "\(result)")
    }

    @Test("services.csv beside the price file, or named, replaces the shipped services; its faults have their place")
    func services() throws {
        let folder = try TemporaryFolder()
        try TestPriceFile.write(("x.y", "", "1", "2"), to: folder.path("p.csv"))
        let header = "name,unit,per,quantity,price,status,source,retrieved\n"
        try (header + "Server,month,month,1,4.00,verified,invoice,2026-11-30\n")
            .write(toFile: folder.path("services.csv"), atomically: true, encoding: .utf8)
        let purser = PurserProgram(environment: ["PURSER_PRICES": folder.path("p.csv")])
        let words = ["cost", "estimate", "--model", "x.y", "--format", "json"]
        // 15,000 x (1,000 x $1 + 600 x $2) a million, and the server.
        #expect(try JSONValue(parsing: try purser.run(words).output)["total"] == "37.000000000000")
        try (header + "Server,month,month,1,-4,verified,invoice,2026-11-30\n")
            .write(toFile: folder.path("other.csv"), atomically: true, encoding: .utf8)
        let faulty = try purser.run(words + ["--services", folder.path("other.csv")])
        #expect(faulty.status == 3 && faulty.errors.contains("other.csv:2: price: `-4`"), "\(faulty)")
        let missing = try purser.run(words + ["--services", folder.path("no.csv")])
        #expect(missing.status == 3 && missing.errors.contains("no.csv: there is no such file"), "\(missing)")
    }
}
