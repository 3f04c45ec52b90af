import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct MarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark",
        abstract: "Notes a moment, such as a deployment, on the time axis of every dashboard.",
        discussion: "To mark the same moment with the same text again changes nothing."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "What happened, such as v1.2.")
    var text: String?

    @Flag(name: .long, help: "List the marks, oldest first.")
    var list = false

    @Option(
        name: .long,
        help: "Only on the screens of this namespace; with --list, only the marks that they show.",
        completion: NameCompletion.namespaces
    )
    var namespace: String?

    @OptionGroup var asOf: AsOfOption

    func validate() throws {
        if (text == nil) != list { throw ValidationError("give either a text, such as purser mark v1.2, or --list") }
        if let text, !(1...TimeMark.mostCharacters).contains(text.count) || TerminalText.sanitized(text) != text {
            throw ValidationError(
                "the text must have 1 to \(TimeMark.mostCharacters) characters, without control characters"
            )
        }
        if let namespace, !(1...255).contains(namespace.count) || TerminalText.sanitized(namespace) != namespace {
            throw ValidationError("--namespace must have 1 to 255 characters, without control characters")
        }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            let store = try session.store(.existing)
            guard let text else {
                let marks = try store.marks(of: namespace.map { [$0] }).filter { $0.time <= asOf.time }
                return output.show(MarkJSON.list(marks)) {
                    drawing.show(MarkText.list(marks), session.environment, ifEmpty: "no marks")
                }
            }
            guard asOf.time <= .now else { throw UsageError("--at must not be later than now") }
            let mark = TimeMark(time: asOf.time, text: text, namespace: namespace)
            try store.add(mark)
            output.show(MarkJSON.list([mark])) { show(plain: MarkText.added(mark)) }
        }
    }
}
