import Foundation
import PurserStore

@main
struct Main {
    static func main() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "purser-benchmark-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        Recording.run(try Store(path: folder.appendingPathComponent("recording.db").path, .creating))
        try Storing.drain(folder)
        try Storing.month(folder)
    }
}
