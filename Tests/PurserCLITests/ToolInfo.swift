import PurserCore
import TestSupport

/// The commands of `purser` with their arguments, as the program describes itself.
struct ToolInfo {
    struct Argument {
        /// `option`, `flag` or `positional`.
        var kind: String
        /// `--at`; nil for an argument without a name.
        var flag: String?
        /// The values that it takes, if they are listed.
        var allowed: [String]
    }

    struct Command {
        /// The command's words: `alarms show`.
        var name: String
        var arguments: [Argument]

        var words: [String] { name.split(separator: " ").map(String.init) }
        var options: [Argument] { arguments.filter { $0.kind == "option" } }
    }

    /// The commands that do something, without `help`: those without subcommands, and those with options of their own.
    var commands: [Command]

    init() throws {
        let help = try JSONValue(parsing: try PurserProgram().run("--experimental-dump-help").output)
        commands = help["command"].map { Self.commands($0, []) } ?? []
    }

    private static func commands(_ value: JSONValue, _ path: [String]) -> [Command] {
        let subcommands = (value["subcommands"]?.array ?? []).filter { $0["commandName"] != "help" }
        let below = subcommands.flatMap { commands($0, path + [$0["commandName"]?.string ?? ""]) }
        let arguments = (value["arguments"]?.array ?? []).map { argument in
            Argument(
                kind: argument["kind"]?.string ?? "",
                flag: argument["preferredName"]?["name"]?.string.map { "--" + $0 },
                allowed: argument["allValues"]?.array?.compactMap(\.string) ?? []
            )
        }
        let own = arguments.contains { $0.flag != "--help" && $0.flag != "--version" }
        if !below.isEmpty, path.isEmpty || !own { return below }
        return [Command(name: path.joined(separator: " "), arguments: arguments)] + below
    }
}
