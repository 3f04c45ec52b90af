import Foundation
import PurserStore
import Synchronization

/// A store that is made once in a run, and copied by every test that begins with it.
public final class PreparedStore: Sendable {
    private enum State {
        case toMake
        case made([String: Data])
    }

    private let make: @Sendable (TemporaryFolder) throws -> Void
    private let state = Mutex(State.toMake)

    /// - Parameter make: Makes `purser.db` in a folder, with programs or a store that it ends.
    public init(_ make: @escaping @Sendable (TemporaryFolder) throws -> Void) {
        self.make = make
    }

    /// Writes the store's files into a test's folder.
    public func copy(to folder: TemporaryFolder) throws {
        for (name, content) in try files() { try content.write(to: URL(fileURLWithPath: folder.path(name))) }
    }

    private func files() throws -> [String: Data] {
        try state.withLock { state in
            if case .made(let files) = state { return files }
            let folder = try TemporaryFolder()
            try make(folder)
            var files: [String: Data] = [:]
            for name in Store.fileSuffixes.map({ "purser.db" + $0 })
            where FileManager.default.fileExists(atPath: folder.path(name)) {
                files[name] = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
            }
            state = .made(files)
            return files
        }
    }
}
