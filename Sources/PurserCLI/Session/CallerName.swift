import PurserRender

/// The name of a team, user or access key on the command line.
enum CallerName {
    static let form = "1 to 256 bytes long, without control characters"

    static func isValid(_ name: String) -> Bool {
        (1...256).contains(name.utf8.count) && TerminalText.sanitized(name) == name
    }
}
