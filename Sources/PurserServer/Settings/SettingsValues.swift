import ChatService
import PurserCore

/// The values that the operator has set, from any source, each under its variable's name.
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

    /// The settings that have a value, with parameters fetched; all others have their default.
    var values: [String: String]
    /// Where each comes from.
    var origins: [String: Origin]
    /// The process's environment, overridden by the settings; AWS's endpoints and credentials are read from it.
    var environment: [String: String]

    /// Returns the fault with the place that its setting comes from, unless the fault names its own file, and without
    /// the setting's value if that is secret.
    func placed(_ fault: Diagnostic) -> Diagnostic {
        guard let name = fault.key else { return fault }
        var message = fault.message
        if Settings.named(name)?.kind == .secret, let value = values[name] {
            message = message.replacing(value, with: "(hidden)")
        }
        let place = fault.file == "settings" ? origins[name]?.description : nil
        return Diagnostic(file: place ?? fault.file, key: name, message)
    }

    /// One line per setting, in the order of the help, with secrets hidden: for `--check`.
    var lines: [String] {
        Settings.all.compactMap { setting in
            guard let value = values[setting.name], let origin = origins[setting.name] else { return nil }
            return "\(setting.name)=\(setting.kind == .secret ? "(hidden)" : value) (\(origin))"
        }
    }
}
