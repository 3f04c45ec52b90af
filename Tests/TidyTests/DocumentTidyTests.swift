import Foundation
import TestSupport
import Testing

/// Compares the documents with the contents of the repository.
@Suite struct DocumentTidyTests {
    @Test("every script is executable, and CI runs the script that the README names")
    func scripts() throws {
        var scripts: Set<String> = []
        for folder in ["scripts", ".ci", "Benchmarks", "deploy"] {
            for path in Repository.files(in: folder, ending: [""]) {
                let file = Repository.root.appendingPathComponent(path)
                guard let data = try? Data(contentsOf: file), data.starts(with: "#!".utf8) || folder == "scripts"
                else { continue }
                scripts.insert(path)
                #expect(FileManager.default.isExecutableFile(atPath: file.path), "\(path)")
            }
        }
        #expect(
            scripts.isSuperset(of: [
                "scripts/demo", "scripts/test", "scripts/setup", "scripts/fuzz", ".ci/run", "Benchmarks/run",
                "Benchmarks/simulate-alarms", "Benchmarks/compare", "Benchmarks/compare-litellm",
                "Benchmarks/load-purserd",
            ])
        )
        #expect(try Repository.text(".ci/run").contains("scripts/test"))
        let readme = try Repository.text("README.md")
        #expect(readme.contains("scripts/demo") && readme.contains("scripts/test"))
        for page in ["README.md"] + Repository.files(in: "docs", ending: [".md"]) {
            for match in try Repository.text(page).matches(of: /(scripts|Benchmarks|\.ci)\/[a-z][a-z-]*/) {
                #expect(scripts.contains(String(match.0)), "\(page) names \(match.0)")
            }
        }
    }

    @Test("scripts/fuzz runs every reader of FuzzReaders, with at least one input to begin with")
    func fuzzedReaders() throws {
        let target = try Repository.text("Fuzz/Targets/FuzzReaders/FuzzedReader.swift")
        let names = target.matches(of: /\n    case (\w+)(?: = "([a-z-]+)")?/).map { String($0.2 ?? $0.1) }
        let script = try Repository.text("scripts/fuzz")
        let readers = try #require(script.firstMatch(of: /\nreaders=\(([^)]*)\)/))
        #expect(readers.1.split(separator: " ").map(String.init) == names)
        for name in names { #expect(script.contains("seed \(name) "), "\(name)") }
    }

    @Test("links between documents lead to existing files")
    func links() throws {
        let pages = ["docs", "deploy"].flatMap { Repository.files(in: $0, ending: [".md"]) }
        for path in ["README.md", "CHANGELOG.md"] + pages {
            let folder = URL(fileURLWithPath: path, relativeTo: Repository.root).deletingLastPathComponent()
            for match in try Repository.text(path).matches(of: /\]\(([^)#:\s]+)(#[^)]*)?\)/) {
                let target = folder.appendingPathComponent(String(match.1)).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: target), "\(path) links to \(match.1)")
            }
        }
    }

    @Test("the README's example of the library is the program that is built with the tests")
    func librarySample() throws {
        let section = try #require(
            try Repository.text("README.md").split(separator: "## In your own Swift service\n").last
        )
        let sample = try #require(section.firstMatch(of: /```swift\n((?:.*\n)*?)```/)).1
        #expect(try Repository.text("Tests/LibrarySample/Sources/LibrarySample/main.swift") == sample)
        #expect(try Repository.text("Sources/Purser/Purser.docc/Purser.md").contains("```swift\n\(sample)```"))
    }

    @Test("the README's example imports only modules that a user's package can name")
    func librarySampleImports() throws {
        let products = try Repository.text("Package.swift").matches(of: /\.library\(name: "(\w+)"/).map { String($0.1) }
        let imports = try Repository.text("Tests/LibrarySample/Sources/LibrarySample/main.swift").matches(
            of: /import (\w+)/
        ).map {
            String($0.1)
        }
        #expect(Set(imports) == Set(products + ["CoreMetrics"]))
    }

    @Test("the code that architecture.md names exists")
    func namedCode() throws {
        var known = Set(try Manifest().targets.map(\.name))
        for path in Repository.sources {
            let text = try Repository.text(path)
            known.formUnion(SwiftFile(text).declarations.map(\.title))
            // Metric names are in strings.
            known.formUnion(text.utf8.split { !SwiftLexer.isWord($0) }.map { String(decoding: $0, as: UTF8.self) })
        }
        for code in Table.code(try Repository.text("docs/architecture.md")) {
            // A type, a function or a member: a word with an inner capital, or with arguments.
            guard code.wholeMatch(of: /[A-Za-z.]*(\([A-Za-z_:]*\))?/) != nil,
                code.firstMatch(of: /[a-z][A-Z]|\(/) != nil
            else { continue }
            let arguments = code.drop { $0 != "(" }
            let words = code.dropLast(arguments.count).split(separator: ".").map(String.init)
            #expect(words.allSatisfy(known.contains), "\(code)")
            if let last = words.last { #expect(known.contains(last + arguments), "\(code)") }
        }
    }
}
