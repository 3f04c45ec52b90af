import Foundation
import TestSupport

extension Repository {
    /// Returns the files below a folder of the repository, as paths from its root.
    static func files(in folder: String, ending: [String]) -> [String] {
        let all = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?
            .compactMap { $0 as? String }
        return (all ?? []).filter { path in ending.contains { path.hasSuffix($0) } && !path.contains(".build") }
            .map { folder + "/" + $0 }.sorted()
    }

    static func lines(_ path: String) throws -> [Substring] {
        try text(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The sources of the programs.
    static let sources = files(in: "Sources", ending: [".swift"])
    /// The benchmarks and fuzz targets, in their own packages.
    static let companions = ["Benchmarks/Sources", "Fuzz/Targets"].flatMap { files(in: $0, ending: [".swift"]) }
    static let tests = files(in: "Tests", ending: [".swift"])
}
