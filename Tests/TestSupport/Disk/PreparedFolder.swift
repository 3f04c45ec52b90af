import Foundation
import Synchronization

/// A folder that is made once per run and copied by every test that starts with it.
package final class PreparedFolder: Sendable {
    private let make: @Sendable (TemporaryFolder) throws -> Void
    /// The files by their paths in the folder, once a test has used them.
    private let made = Mutex<Result<[String: Data], any Error>?>(nil)

    /// - Parameter make: Fills the folder, and ends the programs and closes the stores that it uses.
    package init(_ make: @escaping @Sendable (TemporaryFolder) throws -> Void) {
        self.make = make
    }

    /// Returns a folder with the same files.
    package func copy() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try copy(to: folder)
        return folder
    }

    /// Writes the files into a folder.
    package func copy(to folder: TemporaryFolder) throws {
        for (name, content) in try files() {
            let url = folder.url.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try content.write(to: url)
        }
    }

    /// Returns the text of one of the files.
    package func text(of name: String) throws -> String {
        String(decoding: try files()[name] ?? Data(), as: UTF8.self)
    }

    private func files() throws -> [String: Data] {
        try made.withLock { made in
            let result = made ?? Result { try readMade() }
            made = result
            return try result.get()
        }
    }

    private func readMade() throws -> [String: Data] {
        let folder = try TemporaryFolder()
        try make(folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        return try names.reduce(into: [:]) { files, name in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder.path(name), isDirectory: &isFolder), !isFolder.boolValue
            else { return }
            files[name] = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
        }
    }
}
