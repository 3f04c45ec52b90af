import ArgumentParser
import PurserRender

/// What holds for every argument of every command.
enum ArgumentCheck {
    /// Throws a usage error for an argument that is empty or has control characters.
    ///
    /// A name with an escape sequence would be stored, and an empty value is mostly a variable of a script that is not set.
    static func check(_ arguments: [String]) throws {
        // A shell asks for completions of a word that is still empty.
        if arguments.first?.hasPrefix("---") == true { return }
        for (index, argument) in arguments.enumerated() {
            if argument.isEmpty {
                let before = index > 0 ? " after `\(TerminalText.sanitized(arguments[index - 1]))`" : ""
                throw ValidationError("an argument\(before) is empty")
            }
            if argument.hasPrefix("--"), argument.firstIndex(of: "=") == argument.indices.last {
                throw ValidationError("the value of \(TerminalText.sanitized(String(argument.dropLast()))) is empty")
            }
            let clean = TerminalText.sanitized(argument)
            if clean != argument { throw ValidationError("an argument has control characters: `\(clean)`") }
        }
    }
}
