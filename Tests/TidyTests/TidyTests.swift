import Foundation
import PurserCore
import TestSupport
import Testing

/// Reads the repository itself, so that what is agreed on stays true.
@Suite struct TidyTests {
    static let sources = files(in: "Sources", ending: [".swift"])

    /// The files below a folder of the repository, by path from its root.
    static func files(in folder: String, ending: [String]) -> [String] {
        let root = Repository.root.appendingPathComponent(folder)
        let all = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return all.filter { path in ending.contains { path.hasSuffix($0) } && !path.contains(".build") }
            .map { folder + "/" + $0 }.sorted()
    }

    static func lines(_ path: String) throws -> [Substring] {
        try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test("every file of the embedded folders is embedded, unchanged, and nothing else")
    func embeddedFiles() throws {
        for folder in ["migrations", "alarms", "prices", "docs/runbooks"] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: Repository.root.appendingPathComponent(folder).path
            )
            let embedded = EmbeddedFile.all(in: folder)
            #expect(embedded.map(\.name) == names.sorted())
            for file in embedded {
                #expect(try Repository.text(file.path) == file.text, "\(file.path)")
            }
        }
    }

    @Test("SQL stands in the store alone")
    func sqlInOnePlace() throws {
        let statement = /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA)\s/
        for path in Self.sources where !path.hasPrefix("Sources/PurserStore/") {
            let text = try Repository.text(path)
            #expect(text.firstMatch(of: statement) == nil, "\(path)")
        }
    }

    @Test("pure targets know no clock, no disk and no concurrency")
    func purity() throws {
        let impure =
            /\bDate\(\)|ContinuousClock|SuspendingClock|FileManager|FileHandle|URLSession|\basync\b|\bawait\b|import GRDB/
        for path in Self.sources where path.hasPrefix("Sources/PurserCore/") || path.hasPrefix("Sources/PurserRender/")
        {
            for (number, line) in try Self.lines(path).enumerated() where !line.contains("//") {
                #expect(line.firstMatch(of: impure) == nil, "\(path):\(number + 1)")
            }
        }
    }

    @Test("a target imports only what the architecture lets it")
    func imports() throws {
        let allowed: [String: Set<String>] = [
            "PurserCore": ["CEmbeddedFiles"],
            "PurserStore": ["PurserCore", "GRDB"],
            "PurserRender": ["PurserCore"],
            "PurserAWS": ["PurserCore", "CCurl", "CCrypto"],
            "ChatService": ["PurserCore", "PurserStore", "PurserAWS", "CoreMetrics"],
            "Purser": [
                "PurserCore", "PurserStore", "PurserAWS", "ChatService", "CThread", "CoreMetrics", "Logging", "Yams",
            ],
            "PurserCLI": [
                "PurserCore", "PurserStore", "PurserRender", "PurserAWS", "ChatService", "Purser", "ArgumentParser",
                "Logging",
            ],
            "PurserSignIn": ["PurserCore", "PurserStore", "PurserAWS", "ChatService", "CCrypto"],
            "PurserServer": [
                "PurserCore", "PurserStore", "PurserRender", "PurserAWS", "ChatService", "Purser", "PurserSignIn",
                "Logging", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOHTTPTypes",
                "ServiceLifecycle", "UnixSignals",
            ],
        ]
        let system: Set<String> = ["Foundation", "Synchronization", "Glibc", "Musl", "Darwin"]
        for path in Self.sources {
            let target = String(path.split(separator: "/")[1])
            for line in try Self.lines(path) {
                guard let match = line.firstMatch(of: /^\s*(?:public |package )?import (\w+)/) else { continue }
                let module = String(match.1)
                #expect(
                    system.contains(module) || allowed[target]?.contains(module) == true,
                    "\(path) imports \(module)"
                )
            }
        }
    }

    @Test("no force, no stub, no unsafe promise without its reason")
    func riskyWords() throws {
        let words = /\btry!|\bas!|fatalError\(|\bTODO\b|\bFIXME\b|@_exported|not implemented/
        for path in Self.sources {
            let lines = try Self.lines(path)
            for (number, line) in lines.enumerated() {
                #expect(line.firstMatch(of: words) == nil, "\(path):\(number + 1)")
                guard line.contains("@unchecked Sendable"), !line.contains("///") else { continue }
                let reason = lines[max(0, number - 12)..<number].contains { $0.contains("`@unchecked Sendable`") }
                #expect(reason, "\(path):\(number + 1) says not why it is right")
            }
        }
    }

    @Test("files are named for what they hold, and none has outgrown a reader")
    func fileNames() throws {
        let vague = /(Utils?|Helpers?|Manager|Common|Misc)(\+\w+)?\.swift$/
        for path in Self.sources + Self.files(in: "Tests", ending: [".swift"]) {
            #expect(path.firstMatch(of: vague) == nil, "\(path)")
            #expect(try Self.lines(path).count <= 400, "\(path)")
        }
    }

    @Test("migrations are numbered without a gap, and a shipped one never changes")
    func migrations() throws {
        let files = EmbeddedFile.all(in: "migrations")
        for (index, file) in files.enumerated() {
            #expect(file.name.hasPrefix(String(index + 1).leftPadded(to: 4) + "-"), "\(file.name)")
        }
    }

    @Test("scripts and the CI entry can be run, and CI runs what the README tells")
    func scripts() throws {
        for path in [
            "scripts/demo", "scripts/test", "scripts/setup", "scripts/fuzz", ".ci/run", "Benchmarks/run",
            "Benchmarks/simulate-alarms", "Benchmarks/compare", "Benchmarks/compare-litellm", "Benchmarks/load-purserd",
        ] {
            #expect(
                FileManager.default.isExecutableFile(atPath: Repository.root.appendingPathComponent(path).path),
                "\(path)"
            )
        }
        #expect(try Repository.text(".ci/run").contains("scripts/test"))
        let readme = try Repository.text("README.md")
        #expect(readme.contains("scripts/demo") && readme.contains("scripts/test"))
    }

    @Test("links between documents lead somewhere")
    func links() throws {
        let pages = Self.files(in: "docs", ending: [".md"]) + Self.files(in: "deploy", ending: [".md"])
        for path in ["README.md", "CHANGELOG.md"] + pages {
            let folder = URL(fileURLWithPath: path, relativeTo: Repository.root).deletingLastPathComponent()
            for match in try Repository.text(path).matches(of: /\]\(([^)#:\s]+)(#[^)]*)?\)/) {
                let target = folder.appendingPathComponent(String(match.1)).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: target), "\(path) links to \(match.1)")
            }
        }
    }

    @Test("every alarm that ships names a runbook that exists")
    func runbooks() throws {
        let alarms = try AlarmSet.read(
            files: EmbeddedFile.all(in: "alarms").map { (name: $0.path, text: $0.text) },
            parameters: [:]
        )
        #expect(
            alarms.map(\.name) == [
                "error-rate", "error-rate-low-traffic", "latency-low-traffic", "latency-p99", "month-cost",
                "server-errors",
            ]
        )
        for alarm in alarms {
            let runbook = try #require(alarm.runbook)
            #expect(try !Repository.text(runbook).isEmpty)
        }
    }
}
