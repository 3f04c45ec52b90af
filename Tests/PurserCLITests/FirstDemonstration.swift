import Foundation
import PurserStore
import TestSupport

/// `purser demo` as a newcomer runs it, once for all tests that look at it or begin with its store.
struct FirstDemonstration {
    static let at = "2026-11-24T12:00:00Z"
    private static let made = Result { try FirstDemonstration() }

    /// The program with the folder of its state, in which another demonstration may run.
    let purser: PurserProgram
    let storePath: String
    let result: PurserProgram.Result
    private let folder: TemporaryFolder
    /// The store's files by what follows its name.
    private let files: [String: Data]

    static func run() throws -> Self {
        try made.get()
    }

    private init() throws {
        folder = try TemporaryFolder()
        purser = PurserProgram(environment: ["XDG_STATE_HOME": folder.path("state")])
        let path = folder.path("state/purser/demo.db")
        storePath = path
        result = try purser.run("demo", "--at", Self.at)
        let made = Store.fileSuffixes.filter { FileManager.default.fileExists(atPath: path + $0) }
        files = Dictionary(
            uniqueKeysWithValues: try made.map { ($0, try Data(contentsOf: URL(fileURLWithPath: path + $0))) }
        )
    }

    /// Writes a copy of the store as the demonstration left it.
    func copyStore(to path: String) throws {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        for (suffix, data) in files { try data.write(to: URL(fileURLWithPath: path + suffix)) }
    }
}
