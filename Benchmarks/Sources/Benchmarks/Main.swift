import Foundation
import PurserCore
import PurserStore

@main
struct Main {
    static func main() async throws {
        // How the section `dash` makes its store.
        if CommandLine.arguments.count > 3, CommandLine.arguments[1] == "dash-fill",
            let end = Int64(CommandLine.arguments[3])
        {
            let folder = URL(fileURLWithPath: CommandLine.arguments[2])
            return try Dashing("", folder, end: Timestamp(seconds: end)).fill()
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "purser-benchmark-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // With a section's name as the argument, only that section runs; `evaluate`, `dash` and `cost` need the path of `purser`.
        if CommandLine.arguments.count > 2, CommandLine.arguments[1] == "evaluate" {
            try Evaluating(CommandLine.arguments[2], folder, sets: 4, days: 30).run()
            return try Evaluating(CommandLine.arguments[2], folder, sets: 1000, days: 2).run()
        }
        if CommandLine.arguments.count > 2, CommandLine.arguments[1] == "dash" {
            return try Dashing(CommandLine.arguments[2], folder).run()
        }
        if CommandLine.arguments.count > 2, CommandLine.arguments[1] == "cost" {
            return try Costing(CommandLine.arguments[2], folder).run()
        }
        if CommandLine.arguments.dropFirst() == ["alarms"] { return try Alarming.run(folder) }
        if CommandLine.arguments.dropFirst() == ["accounting"] { return try await Accounting.run(folder) }
        Recording.run(try Store(path: folder.appendingPathComponent("recording.db").path, .creating))
        try Storing.drain(folder)
        try Storing.month(folder)
        try await Accounting.run(folder)
        try Alarming.run(folder)
    }
}
