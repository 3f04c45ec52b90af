package import Foundation
package import PurserStore

/// A folder of one test, removed when the test releases it.
package final class TemporaryFolder: Sendable {
    package let url: URL

    /// - Parameter inMemory: Whether to use a file system in memory if there is one: for data that does not depend on
    ///   the disk's syncs, such as the images of crashes. If it has less than 256 MiB free, the folder is on the disk.
    package init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let free = try? FileManager.default.attributesOfFileSystem(forPath: memory)[.systemFreeSize] as? Int
        // In a container it often has 64 MiB.
        let fits = (free ?? 0) >= 256 << 20 && FileManager.default.isWritableFile(atPath: memory)
        let parent = inMemory && fits ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
        url = parent.appendingPathComponent("purser-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Returns the path of a file in the folder.
    package func path(_ name: String) -> String {
        url.appendingPathComponent(name).path
    }

    /// Creates a store in the folder.
    package func store(_ name: String = "purser.db") throws -> Store {
        try Store(path: path(name), .creating)
    }
}

/// The repository that contains the tests.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The path of recorded production traffic, which is not part of the repository; nil if the file does not exist.
    package static var recordedTraffic: String? {
        let environment = ProcessInfo.processInfo.environment["PURSER_TRACE"]
        let path = environment ?? root.appendingPathComponent("../shared/data/AzureLLMInferenceTrace_conv.csv").path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
