import Foundation

/// The folder for files without a configured path; source: XDG Base Directory Specification.
package enum StateFolder {
    /// Returns the folder's path, from `XDG_STATE_HOME` or `HOME`.
    package static func path(_ environment: [String: String]) -> String {
        let base =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state"
        return base + "/purser"
    }

    /// Returns the path of the store that is used if none is named.
    package static func store(_ environment: [String: String]) -> String {
        path(environment) + "/purser.db"
    }
}
