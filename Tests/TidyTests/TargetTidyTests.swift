import TestSupport
import Testing

/// Compares the targets of Package.swift with the imports of the sources and with the table in architecture.md.
@Suite struct TargetTidyTests {
    private static let system: Set<String> = ["Foundation", "Synchronization", "Glibc", "Musl", "Darwin", "Testing"]

    private static func imports(_ folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for path in Repository.files(in: folder, ending: [".swift"]) {
            for line in try Repository.lines(path) {
                // One letter rules out most lines, and a regular expression is slow.
                guard let first = line.utf8.first(where: { $0 != UInt8(ascii: " ") }), "ip@".utf8.contains(first),
                    let match = line.firstMatch(of: /^\s*(?:@testable |public |package )?import (\w+)/)
                else { continue }
                if !system.contains(String(match.1)) { found[String(match.1)] = path }
            }
        }
        return found
    }

    @Test("a target imports all of its dependencies in Package.swift, and nothing else")
    func imports() throws {
        let manifest = try Manifest()
        // Tests start some programs without importing them.
        let programs = Set(manifest.targets.filter { $0.kind == "executableTarget" }.map(\.name))
        for target in manifest.targets {
            let imports = try Self.imports(target.folder)
            for (module, path) in imports {
                #expect(target.dependencies.contains(module), "\(path) imports \(module)")
            }
            let idle = Set(target.dependencies).subtracting(imports.keys).subtracting(programs)
            #expect(idle.isEmpty, "\(target.name)")
        }
    }

    @Test("a target depends on no target below it in Package.swift, and every source folder belongs to a target")
    func order() throws {
        let manifest = try Manifest()
        var below = Set(manifest.targets.map(\.name))
        for target in manifest.targets {
            #expect(below.isDisjoint(with: target.dependencies), "\(target.name)")
            below.remove(target.name)
        }
        let folders = Set(
            (Repository.sources + Repository.tests).map { $0.split(separator: "/").prefix(2).joined(separator: "/") }
        )
        // The README's example is a separate package, as a user's would be.
        #expect(folders.subtracting(["Tests/LibrarySample"]).isSubset(of: manifest.targets.map(\.folder)))
    }

    @Test("architecture.md lists the targets of Package.swift in its order, with their imports")
    func architecture() throws {
        let rows = try Table("docs/architecture.md", section: "Targets").rows.map { row in
            (names: Table.code(row[0]), imports: Table.code(row[2]))
        }
        let targets = try Manifest().shipped
        #expect(rows.map(\.names) == targets.map { [$0.name] })
        for (row, target) in zip(rows, targets) {
            #expect(Set(row.imports) == Set(target.dependencies), "\(target.name)")
        }
    }
}
