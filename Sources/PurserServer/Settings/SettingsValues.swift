import PurserCore

/// What the operator has set, from wherever, each under its variable's name.
struct SettingsValues: Sendable, Equatable {
    enum Origin: Sendable, Equatable, CustomStringConvertible {
        case flag(String)
        case environment
        /// With path and line: `/etc/purser/purserd.conf:3`.
        case file(String)

        var description: String {
            switch self {
            case .flag(let name): name
            case .environment: "environment"
            case .file(let place): place
            }
        }
    }

    /// The settings that have a value, parameters fetched; what is not here has its default.
    var values: [String: String]
    /// Where each comes from.
    var origins: [String: Origin]
    /// The process's environment, with the settings over it: what AWS's endpoints and credentials are read from.
    var environment: [String: String]

    /// The fault with the place that the setting which it is about comes from, unless it names a file of its own, and
    /// without the setting's value where that is secret.
    func placed(_ fault: Diagnostic) -> Diagnostic {
        guard let name = fault.key else { return fault }
        var message = fault.message
        if Settings.named(name)?.kind == .secret, let value = values[name] {
            message = message.replacing(value, with: "(hidden)")
        }
        let place = fault.file == "settings" ? origins[name]?.description : nil
        return Diagnostic(file: place ?? fault.file, key: name, message)
    }

    /// One line a setting, in the order of the help, with secrets hidden: for `--check`.
    var lines: [String] {
        Settings.all.compactMap { setting in
            guard let value = values[setting.name], let origin = origins[setting.name] else { return nil }
            return "\(setting.name)=\(setting.kind == .secret ? "(hidden)" : value) (\(origin))"
        }
    }
}
