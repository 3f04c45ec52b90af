import TestSupport

/// The targets of `Package.swift`, read from its text.
struct Manifest {
    struct Target {
        /// `target`, `executableTarget`, `systemLibrary` or `testTarget`.
        var kind: String
        var name: String
        /// The folder of its sources.
        var folder: String
        /// The modules that it may import: targets and products.
        var dependencies: [String]
    }

    /// Lowest first.
    let targets: [Target]

    /// The targets that users build.
    var shipped: [Target] {
        targets.filter { $0.folder.hasPrefix("Sources/") }
    }

    init() throws {
        let text = try Repository.text("Package.swift")
        let products = Dictionary(
            text.matches(of: /let (\w+) = (?:Target\.Dependency\.product\(name: |daemonProduct\()"(\w+)"/).map {
                (String($0.1), String($0.2))
            },
            uniquingKeysWith: { first, _ in first }
        )
        let starts = text.matches(of: /\.(target|executableTarget|systemLibrary|testTarget)\(\s*name: "(\w+)"/)
        let ends = starts.dropFirst().map(\.range.lowerBound) + [text.endIndex]
        targets = zip(starts, ends).map { start, end in
            let rest = text[start.range.upperBound..<end]
            let (kind, name) = (String(start.1), String(start.2))
            let listed = rest.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
            return Target(
                kind: kind,
                name: name,
                folder: rest.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
                    ?? (kind == "testTarget" ? "Tests/" : "Sources/") + name,
                dependencies: listed.matches(of: /"(\w+)"|(\w+)/).map { match in
                    match.1.map { String($0) } ?? products[String(match.0)] ?? String(match.0)
                }
            )
        }
    }
}
