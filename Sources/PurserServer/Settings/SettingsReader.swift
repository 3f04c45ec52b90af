import ChatService
import Purser
import PurserCore

/// Combines flags, environment and file, and collects the faults.
struct SettingsReader {
    private let flags: [String: String]
    private let environment: [String: String]
    private var file: [String: SettingsFile.Entry] = [:]
    private var path = ""
    private var faults: [Diagnostic]
    /// By name, once the file is read.
    private var found = SettingsValues(values: [:], origins: [:], environment: [:])

    private static let parameterPrefix = "ssm:"
    private static let secrets = Set(Settings.all.filter { $0.kind == .secret }.map(\.name))

    init(_ flags: SettingsFlags, _ environment: [String: String]) {
        self.flags = flags.values
        self.environment = environment
        faults = flags.faults
        for name in environment.keys.sorted() where name.hasPrefix("PURSERD_") && Settings.named(name) == nil {
            faults.append(Diagnostic(file: "environment", key: name, Self.unknown(name)))
        }
    }

    private static func unknown(_ name: String) -> String {
        "no such setting" + NearestName.advice(name, among: Settings.all.map(\.name))
    }

    /// Reads the file that the flags or the environment name, if any, and combines all three.
    mutating func readFile(_ read: (String) throws -> String) {
        path = flags["PURSERD_CONFIG"] ?? environment["PURSERD_CONFIG"] ?? ""
        if !path.isEmpty {
            do {
                let parsed = SettingsFile(try read(path), path: path)
                file = parsed.entries
                faults += parsed.faults
            } catch {
                faults.append(Diagnostic(file: path, "cannot be read: \(FileError.reason(of: error))"))
            }
        }
        for (name, entry) in file.sorted(by: { $0.value.line < $1.value.line }) {
            let place = "\(path):\(entry.line)"
            if name == "PURSERD_CONFIG" {
                faults.append(Diagnostic(file: place, key: name, "a file cannot name another file"))
            } else if Settings.named(name) == nil {
                faults.append(Diagnostic(file: place, key: name, Self.unknown(name)))
            }
        }
        merge()
    }

    private mutating func merge() {
        for setting in Settings.all {
            let name = setting.name
            // The first layer that has the setting decides, even with an empty value, which unsets it.
            guard let value = flags[name] ?? environment[name] ?? file[name]?.value, !value.isEmpty else { continue }
            found.values[name] = value
            found.origins[name] =
                flags[name] != nil
                ? .flag(setting.flag)
                : environment[name] != nil ? .environment : .file("\(path):\(file[name]?.line ?? 0)")
        }
        // Checked even if the environment overrides the value: a secret in a flag or a file is exposed.
        for name in Self.secrets.sorted() {
            for (value, place) in [(flags[name], Settings.named(name)?.flag), (file[name]?.value, placeInFile(name))] {
                guard let value, let place, !value.isEmpty, !value.hasPrefix(Self.parameterPrefix) else { continue }
                faults.append(
                    Diagnostic(file: place, key: name, "a secret must be in the environment, or be given as ssm:/path")
                )
            }
        }
    }

    /// The process's environment without the settings that an empty flag unsets, and with those that apply.
    private var wholeEnvironment: [String: String] {
        environment.filter { Settings.named($0.key) == nil }.merging(found.values) { $1 }
    }

    private func placeInFile(_ name: String) -> String? {
        file[name].map { "\(path):\($0.line)" }
    }

    /// Replaces each `ssm:/path` with the parameter's value, unless there is already a fault.
    mutating func fetchParameters(_ fetch: ([String], [String: String]) throws -> [String: String]) {
        var names: [String: String] = [:]
        for setting in Settings.all {
            guard let value = found.values[setting.name], value.hasPrefix(Self.parameterPrefix) else { continue }
            let parameter = String(value.dropFirst(Self.parameterPrefix.count))
            if setting.kind == .own {
                fault(setting.name, "cannot come from Parameter Store, because it is needed to access it")
            } else if Self.isParameter(parameter) {
                names[setting.name] = parameter
            } else {
                fault(setting.name, "`\(value)` is not ssm: followed by a parameter's path, like ssm:/purserd/budget")
            }
        }
        guard !names.isEmpty, faults.isEmpty else { return }
        let parameters: [String: String]
        do {
            parameters = try fetch(Set(names.values).sorted(), wholeEnvironment)
        } catch {
            faults.append(Diagnostic(file: "Parameter Store", "\(error)"))
            return
        }
        for (name, parameter) in names.sorted(by: { $0.key < $1.key }) {
            if let value = parameters[parameter] {
                found.values[name] = value.isEmpty ? nil : value
            } else {
                fault(name, "there is no parameter \(parameter)")
            }
        }
    }

    /// Returns whether a text can be a path or a name in Parameter Store, with a version or a label, or an ARN.
    private static func isParameter(_ text: String) -> Bool {
        (1...2048).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "/._-:".utf8.contains(byte)
                }
            }
    }

    /// Checks the values, and returns them if no fault was found at any stage.
    func values(_ checks: [SettingsCommand.Check]) throws(Diagnostics) -> SettingsValues {
        var faults = faults
        // Parameters that could not be fetched have no values to check.
        let values = found.values.filter { !$0.value.hasPrefix(Self.parameterPrefix) }
        for check in checks {
            do {
                try check(values)
            } catch let error as Diagnostics {
                for fault in error.all where found.values[fault.key ?? ""] == values[fault.key ?? ""] {
                    let placed = fault.key.map { self.placed($0, fault.message) } ?? fault
                    if !faults.contains(placed) { faults.append(placed) }
                }
            } catch {
                faults.append(Diagnostic(file: "settings", "\(error)"))
            }
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
        return SettingsValues(values: found.values, origins: found.origins, environment: wholeEnvironment)
    }

    private mutating func fault(_ name: String, _ message: String) {
        faults.append(placed(name, message))
    }

    /// Returns a fault in a setting's value, with the place that the value comes from.
    private func placed(_ name: String, _ message: String) -> Diagnostic {
        found.placed(Diagnostic(file: "settings", key: name, message))
    }
}
