import ArgumentParser
import PurserCore

/// The format of a command's result: text for people, or JSON with a schema in docs/schemas.
struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "The format of the result.")
    var format = OutputFormat.text

    /// Writes a result to stdout as JSON, or runs `text`, which writes it as text.
    func show(_ json: @autoclosure () throws -> JSONValue, text: () throws -> Void) rethrows {
        switch format {
        case .json: PurserCLI.show(try json())
        case .text: try text()
        }
    }
}

/// The format of a result.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}
