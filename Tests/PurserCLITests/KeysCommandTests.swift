import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct KeysCommandTests {
    private static let secret = String(repeating: "ab", count: 32)

    private static func purser(_ folder: borrowing TemporaryFolder, secret: String = secret) -> PurserProgram {
        PurserProgram(store: folder.path("purser.db"), environment: ["PURSERD_KEYS_SECRET": secret])
    }

    private static var today: String {
        String(ISO8601DateFormatter().string(from: Date()).prefix(10))
    }

    @Test("a key whose secret could not be shown is revoked")
    func unseen() throws {
        let folder = try TemporaryFolder()
        let result = try Self.purser(folder).shell("\"$PURSER\" keys create --team lost > /dev/full")
        #expect(result.status == 3 && result.errors.contains("could not be written"), "\(result)")
        let key = try #require(try Store(path: folder.path("purser.db"), .existing).accessKeys().first)
        #expect(key.revoked != nil && result.errors.contains("\(key.id) was revoked"), "\(result)")
    }

    @Test("a key is not sealed with another secret than the others, with which purserd would not start")
    func otherSecret() throws {
        let folder = try TemporaryFolder()
        #expect(try Self.purser(folder).run("keys", "create", "--team", "a").status == 0)
        let other = Self.purser(folder, secret: String(repeating: "cd", count: 32))
        let refused = try other.run("keys", "create", "--team", "b")
        #expect(refused.status == 3 && refused.errors.contains("does not open 1 access key of the 1"), "\(refused)")
        #expect(try Store(path: folder.path("purser.db"), .existing).accessKeys().map(\.team) == ["a"])
    }

    @Test("a key is issued with its secret, listed without it, and revoked once")
    func life() throws {
        let folder = try TemporaryFolder()
        let purser = Self.purser(folder)
        let day = Self.today
        let create = try purser.run(
            "keys",
            "create",
            "--team",
            "support",
            "--user",
            "ann",
            "--budget",
            "25.5",
            "--models",
            "us.amazon.nova-lite-v1:0,amazon.nova-lite-v1:0"
        )
        #expect(create.status == 0 && create.errors.isEmpty, "\(create)")
        let pattern = /\{"accessKeyId":"(PSR[A-Z2-7]{17})","secretAccessKey":"([A-Za-z0-9+\/]{40})"\}\n/
        let match = try #require(try pattern.wholeMatch(in: create.output))
        let (id, secret) = (String(match.1), String(match.2))
        #expect(try purser.run("keys", "create", "--team", "sales").status == 0)

        let text = try purser.run("keys", "list").output.split(separator: "\n")
        #expect(text.count == 2)
        let row = text[0].split(separator: "\t", omittingEmptySubsequences: false)
        try #require(row.count == 9)
        // The day of creation, even if the next day has begun since.
        #expect([day, Self.today].contains(String(row[6])))
        #expect(
            row == [
                id[...], "support", "ann", "us.amazon.nova-lite-v1:0,amazon.nova-lite-v1:0", "25.50", "0.00",
                row[6], "", "",
            ]
        )
        #expect(text[1].contains("\tsales\t\tany\tnone\t0.00\t"))
        let json = try JSONValue(parsing: try purser.run("keys", "list", "--format", "json").output)
        let first = json["keys"]?.array?.first
        #expect(json["schema"] == "purser.keys-list/1" && json["keys"]?.array?.count == 2)
        #expect(
            first?["accessKeyId"]?.string == id && first?["budget"] == "25.500000000000" && first?["revokedAt"] == .null
        )
        #expect(first?["spent"] == "0.000000000000" && first?["models"]?.array?.count == 2)
        #expect(try !purser.run("keys", "list", "--format", "json").output.contains(secret))
        for file in Store.fileSuffixes {
            let bytes = (try? Data(contentsOf: URL(fileURLWithPath: folder.path("purser.db") + file))) ?? Data()
            #expect(bytes.range(of: Data(secret.utf8)) == nil, "the secret is in the store\(file)")
        }

        let revoke = try purser.run("keys", "revoke", id)
        #expect(revoke.status == 0 && revoke.output == "\(id) revoked\n")
        let again = try purser.run("keys", "revoke", id)
        #expect(again.status == 0 && again.output.contains("was already revoked at"))
        let revoked = try purser.run("keys", "list").output.split(separator: "\n")[0]
        #expect([day, Self.today].contains { revoked.hasSuffix("\t" + $0) })
        #expect(try purser.run("doctor").status == 0)
    }

    @Test("invalid properties of a key are a usage error, and nothing is stored")
    func wrongUsage() throws {
        let folder = try TemporaryFolder()
        let purser = Self.purser(folder)
        for (options, word) in [
            ("", "--team"), ("--team ''", "is empty"),
            ("--team \(String(repeating: "x", count: 257))", "1 to 256 bytes"),
            ("--team $'a\\tb'", "control characters"),
            ("--team t --user ''", "--user"), ("--team t --budget=-1", "--budget"),
            ("--team t --budget 1e3", "--budget"),
            ("--team t --models nova-lite", "similar: amazon.nova-lite-v1:0"), ("--team t --models ''", "is empty"),
            ("--team t --models us.amazon.nova-lite-v1:0,", "no price"),
        ] {
            let result = try purser.shell("\"$PURSER\" keys create " + options)
            #expect(result.status == 64 && result.errors.contains(word), "\(options): \(result)")
        }
        #expect(try purser.run("keys", "create", "--team", "t").status == 0)
        #expect(try purser.run("keys", "list").output.split(separator: "\n").count == 1)
        let unknown = try purser.run("keys", "revoke", "PSRAAAABBBBCCCCDDDD2")
        #expect(unknown.status == 64 && unknown.errors.contains("no access key `PSRAAAABBBBCCCCDDDD2`"))
    }

    @Test(
        "without a secret to seal with, no key is created, and the message says how to make a secret",
        arguments: ["", "short"]
    )
    func secret(secret: String) throws {
        let folder = try TemporaryFolder()
        let result = try Self.purser(folder, secret: secret).run("keys", "create", "--team", "t")
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.contains("PURSERD_KEYS_SECRET") && result.errors.contains("openssl rand -base64 32"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("purser.db")))
    }
}
