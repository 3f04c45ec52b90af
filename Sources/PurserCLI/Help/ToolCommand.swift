import ArgumentParser
import PurserCore

/// A command with its arguments, as ArgumentParser describes it.
struct ToolCommand {
    struct Argument: Equatable {
        enum Kind: String {
            case option
            case flag
            case positional
        }

        var kind: Kind
        /// `--at`; nil for an argument without a name.
        var flag: String?
        var valueName: String
        var summary: String
        var isOptional: Bool
        var isRepeating: Bool
        var standard: String?
        var allowed: [String]

        /// `--at TIME`, `NAME`, or `[FILE...]`.
        var form: String {
            let value = valueName.uppercased() + (isRepeating && kind == .positional ? "..." : "")
            switch kind {
            case .flag: return flag ?? ""
            case .option: return (flag ?? "") + " " + value
            case .positional: return isOptional ? "[\(value)]" : value
            }
        }

        /// Sentences about it.
        var sentences: [String] {
            var sentences = [summary]
            if !allowed.isEmpty { sentences.append("One of \(allowed.joined(separator: ", ")).") }
            if let standard { sentences.append("The default is \(standard).") }
            return sentences
        }
    }

    /// The command's words after the program's name: `alarms show`.
    var words: [String]
    var summary: String
    var discussion: String
    var arguments: [Argument]
    var subcommands: [ToolCommand]

    /// The whole program.
    static func program() throws -> ToolCommand {
        let description = try JSONValue(parsing: PurserCommand._dumpHelp())
        return ToolCommand(description["command"] ?? .null, words: [])
    }

    private init(_ value: JSONValue, words: [String]) {
        self.words = words
        summary = value["abstract"]?.string ?? ""
        discussion = value["discussion"]?.string ?? ""
        arguments = (value["arguments"]?.array ?? []).compactMap(Argument.init)
        // ArgumentParser adds its own `help` to that of the program.
        var names: Set<String> = []
        subcommands = (value["subcommands"]?.array ?? []).compactMap { subcommand in
            guard let name = subcommand["commandName"]?.string, names.insert(name).inserted else { return nil }
            return ToolCommand(subcommand, words: words + [name])
        }
    }

    /// The commands that do something, in their order: those without subcommands, and those with options of their own.
    var runnable: [ToolCommand] {
        let own = arguments.contains { $0.flag != "--help" && $0.flag != "--version" }
        let isRunnable = subcommands.isEmpty || (!words.isEmpty && own)
        return (isRunnable ? [self] : []) + subcommands.flatMap(\.runnable)
    }
}

extension ToolCommand.Argument {
    fileprivate init?(_ value: JSONValue) {
        guard let kind = value["kind"]?.string.flatMap(Kind.init), value["shouldDisplay"]?.boolean != false else {
            return nil
        }
        self.kind = kind
        flag = value["preferredName"]?["name"]?.string.map { "--" + $0 }
        valueName = value["valueName"]?.string ?? ""
        summary = value["abstract"]?.string ?? ""
        isOptional = value["isOptional"]?.boolean ?? false
        isRepeating = value["isRepeating"]?.boolean ?? false
        standard = value["defaultValue"]?.string
        allowed = value["allValues"]?.array?.compactMap(\.string) ?? []
    }
}
