import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Puts a copy that `purser backup` wrote in the place of the store.",
        discussion: """
            It is refused while another program has the store open. The copy is checked before anything is replaced, and \
            the store that was there is kept beside it. Calls that only that store's ledger knows are carried over, so \
            that a budget does not begin anew.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The copy.", completion: .file())
    var file: String

    @Flag(name: .long, help: "Replace a store that cannot be read, or that is not the one that the copy was made of.")
    var force = false

    @Option(
        name: .long,
        help: .init("US dollars that the current month is known to have cost, like 12.50.", valueName: "amount"),
        transform: DollarArgument.read
    )
    var spent: Picodollars?

    func run() throws {
        try reporting {
            let request = Store.RestoreRequest(
                file: file,
                path: Session(global).storePath,
                isForced: force,
                spent: spent
            )
            let restored = try Store.restore(request, at: .now)
            output.show(StoreJSON.restored(restored)) { show(plain: StoreText.restored(restored)) }
            if restored.unreadable != nil, spent == nil {
                say(
                    "the month's spend in the replaced store is not known; if a report or the bill has it, run this"
                        + " command again with --spent"
                )
            }
        }
    }
}
