import ChatService
import PurserCore

/// The parsed arguments of purserd.
///
/// Unknown arguments are rejected. Values are taken verbatim, because a prompt may contain commas.
struct SettingsFlags {
    private(set) var isHelp = false
    private(set) var isManual = false
    private(set) var isVersion = false
    private(set) var isCheck = false
    /// The settings by their variables' names.
    private(set) var values: [String: String] = [:]
    private(set) var faults: [Diagnostic] = []

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": isHelp = true
            case "--man": isManual = true
            case "--version": isVersion = true
            case "--check": isCheck = true
            default: setting(argument, &rest)
            }
        }
    }

    private mutating func setting(_ argument: String, _ rest: inout ArraySlice<String>) {
        guard argument.hasPrefix("--") else {
            faults.append(Diagnostic(file: "arguments", "`\(argument)`: unexpected argument"))
            return
        }
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let flag = parts[0]
        guard let setting = Settings.all.first(where: { $0.flag == flag }) else {
            let known = Settings.all.map(\.flag) + ["--help", "--man", "--version", "--check"]
            faults.append(Diagnostic(file: flag, "no such flag" + NearestName.advice(flag, among: known)))
            // Skips its value too, so that one mistake is reported as one fault.
            if parts.count == 1, rest.first?.hasPrefix("-") == false { rest.removeFirst() }
            return
        }
        let value: String
        if parts.count == 2 {
            value = parts[1]
        } else if let next = rest.first, !next.hasPrefix("--") {
            value = next
            rest.removeFirst()
        } else {
            faults.append(
                Diagnostic(file: flag, "a value is needed; write one that begins with -- as \(flag)=VALUE")
            )
            return
        }
        guard values.updateValue(value, forKey: setting.name) == nil else {
            faults.append(Diagnostic(file: flag, "is given twice"))
            return
        }
    }
}
