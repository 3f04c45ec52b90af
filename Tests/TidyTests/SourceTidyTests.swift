import TestSupport
import Testing

/// Checks all Swift code in the repository against the agreed rules.
@Suite struct SourceTidyTests {
    @Test("only the store has SQL")
    func sqlInOnePlace() throws {
        let statement = /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|PRAGMA)\s/
        for path in Repository.sources where !path.hasPrefix("Sources/PurserStore/") {
            let text = try Repository.text(path)
            #expect(text.firstMatch(of: statement) == nil, "\(path)")
        }
    }

    @Test("pure targets use no clock, no disk and no concurrency")
    func purity() throws {
        let impure =
            /\bDate\(\)|ContinuousClock|SuspendingClock|FileManager|FileHandle|URLSession|\basync\b|\bawait\b|import GRDB/
        let pure = ["Sources/PurserCore/", "Sources/PurserRender/", "Sources/PurserImport/"]
        for path in Repository.sources where pure.contains(where: path.hasPrefix) {
            for (number, line) in try Repository.lines(path).enumerated() where !line.contains("//") {
                #expect(line.firstMatch(of: impure) == nil, "\(path):\(number + 1)")
            }
        }
    }

    @Test("nothing is forced or stubbed, and each @unchecked Sendable states its reason")
    func riskyWords() throws {
        let words = /\btry!|\bas!|fatalError\(|\bTODO\b|\bFIXME\b|@_exported|not implemented/
        for path in Repository.sources {
            let lines = try Repository.lines(path)
            for (number, line) in lines.enumerated() {
                #expect(line.firstMatch(of: words) == nil, "\(path):\(number + 1)")
                guard line.contains("@unchecked Sendable"), !line.contains("///") else { continue }
                let reason = lines[max(0, number - 12)..<number].contains { $0.contains("`@unchecked Sendable`") }
                #expect(reason, "\(path):\(number + 1) does not say why it is right")
            }
        }
    }

    @Test("files are named for their content, and none has more than 400 lines")
    func fileNames() throws {
        let vague = /(Utils?|Helpers?|Manager|Common|Misc)(\+\w+)?\.swift$/
        for path in Repository.sources + Repository.tests {
            #expect(path.firstMatch(of: vague) == nil, "\(path)")
            #expect(try Repository.lines(path).count <= 400, "\(path)")
        }
    }

    @Test("no folder directly contains more than 20 files")
    func rooms() throws {
        let folders = Dictionary(grouping: Repository.sources + Repository.tests) {
            $0.split(separator: "/").dropLast().joined(separator: "/")
        }
        for (folder, files) in folders { #expect(files.count <= 20, "\(folder)") }
    }

    @Test("the command line and the server render nothing: no schema and no table")
    func doors() throws {
        let drawing = /"purser\.[a-z-]+\/[0-9]+"|\bTextTable\(/
        for path in Repository.sources
        where path.hasPrefix("Sources/PurserCLI/") || path.hasPrefix("Sources/PurserServer/") {
            #expect(try Repository.text(path).firstMatch(of: drawing) == nil, "\(path)")
        }
    }

    @Test("a function has at most 60 lines, from its { to its }")
    func functionLengths() throws {
        for path in Repository.sources + Repository.companions + Repository.tests {
            for declaration in SwiftFile(try Repository.text(path)).declarations where declaration.bodyLines > 60 {
                Issue.record("\(path):\(declaration.line) \(declaration.title) has \(declaration.bodyLines) lines")
            }
        }
    }
}
