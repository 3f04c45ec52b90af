import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Writes a copy of the store to a file, while other programs write.",
        discussion: """
            The copy is one state of the store. It is checked, and has everything in one file; a copy made with cp lacks \
            the newest commits.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The file to write.", completion: .file())
    var file: String

    @Flag(name: .long, help: "Replace an existing file.")
    var force = false

    func validate() throws {
        if file.isEmpty { throw ValidationError("the file's name is empty") }
    }

    func run() throws {
        try reporting {
            let store = try Session(global).store(.existing)
            let backup = try store.backup(to: file, replaces: force, at: .now)
            output.show(StoreJSON.backup(backup)) { show(plain: StoreText.backup(backup)) }
        }
    }
}
