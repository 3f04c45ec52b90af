import Foundation

/// Where the programs keep what nobody has named a place for; source: XDG Base Directory Specification.
public enum StateFolder {
    /// The folder's path, by `XDG_STATE_HOME` or `HOME`.
    public static func path(_ environment: [String: String]) -> String {
        let base =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state"
        return base + "/purser"
    }

    /// The store that is used where none is named.
    public static func store(_ environment: [String: String]) -> String {
        path(environment) + "/purser.db"
    }
}
