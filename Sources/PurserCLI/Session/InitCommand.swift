import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes the shipped alarms, their runbooks, the dashboards and the prices into a folder for editing."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The folder; existing files are kept.", completion: .directory)
    var folder: String

    func validate() throws {
        if folder.isEmpty { throw ValidationError("the folder's name is empty") }
    }

    func run() throws {
        try reporting {
            let files = try ["alarms", "dashboards", "prices", "docs/runbooks"].flatMap(EmbeddedFile.all(in:)).map {
                file in
                let path = folder + "/" + file.path
                return (path: path, isWritten: try write(file, to: path))
            }
            output.show(StoreJSON.initialized(folder, files)) {
                let lines = files.map { ($0.isWritten ? "written  " : "kept     ") + $0.path }
                let next = "next: purser --alarms \(folder)/alarms --prices \(folder)/prices/bedrock.csv evaluate"
                show(plain: (lines + [next]).joined(separator: "\n"))
            }
        }
    }

    /// Writes a file unless there is one at the path; returns whether it did.
    private func write(_ file: EmbeddedFile, to path: String) throws -> Bool {
        let files = FileManager.default
        if files.fileExists(atPath: path) { return false }
        do {
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try files.createDirectory(at: parent, withIntermediateDirectories: true)
            try file.text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw FileError(path, error)
        }
        return true
    }
}

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the store's schema up to date, as every other command also does."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let line = ProgressLine(unit: "migrations", isImmediate: true)
            let store = try Session(global).store(.existing) { line.show($0, of: $1) }
            line.end()
            let migrations = EmbeddedFile.all(in: "migrations").map(\.name)
            output.show(StoreJSON.migrated(store.path, migrations)) { show(plain: "\(store.path) is up to date") }
        }
    }
}
