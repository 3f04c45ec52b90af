import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserStore

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes the shipped alarms, their runbooks and the prices into a folder, to edit."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The folder; files that are there already are kept.", completion: .directory)
    var folder: String

    func run() throws {
        try reporting {
            let files = FileManager.default
            var lines: [String] = []
            for file in ["alarms", "prices", "docs/runbooks"].flatMap(EmbeddedFile.all(in:)) {
                let path = folder + "/" + file.path
                if files.fileExists(atPath: path) {
                    lines.append("kept     \(path)")
                    continue
                }
                do {
                    let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
                    try files.createDirectory(at: parent, withIntermediateDirectories: true)
                    try file.text.write(toFile: path, atomically: true, encoding: .utf8)
                } catch {
                    throw FileError(path, error)
                }
                lines.append("written  \(path)")
            }
            lines.append("next: purser --alarms \(folder)/alarms --prices \(folder)/prices/bedrock.csv evaluate")
            show(lines.joined(separator: "\n"))
        }
    }
}

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the store's schema up to date; every other command does so too."
    )

    @OptionGroup var global: GlobalOptions

    func run() throws {
        try reporting {
            let store = try Session(global).store(.existing)
            show("\(store.path) is up to date")
        }
    }
}
