import PurserCore
import PurserRender

/// What purserd is asked to do.
enum SettingsCommand: Sendable, Equatable {
    case help(String)
    case version
    case check(SettingsValues)
    case run(SettingsValues)

    /// Checks the values, beyond their names; throws ``Diagnostics`` whose keys are the settings' names.
    typealias Check = @Sendable (_ values: [String: String]) throws -> Void

    /// Reads the arguments, without the program's name, and the settings.
    ///
    /// - Parameters:
    ///   - readFile: Reads the file that `--config` names, up to a limited size.
    ///   - fetch: Returns parameters by name from Parameter Store, using the environment with the settings applied;
    ///     throws if one is missing. Called at most once, and not at all if there is another fault.
    ///   - checks: All are run, so that all faults are reported at once.
    /// - Throws: ``Diagnostics`` with every fault, each with the flag, the line or the variable that it comes from.
    init(
        _ arguments: [String],
        environment: [String: String],
        readFile: (_ path: String) throws -> String,
        fetch: (_ names: [String], _ environment: [String: String]) throws -> [String: String],
        checks: [Check] = Self.standardChecks
    ) throws(Diagnostics) {
        let flags = SettingsFlags(arguments)
        if flags.isHelp {
            self = .help(Settings.help)
            return
        }
        if flags.isManual {
            self = .help(Settings.manual.mdoc)
            return
        }
        if flags.isVersion {
            guard arguments.count == 1 else {
                throw Diagnostics([Diagnostic(file: "--version", "must be the only argument")])
            }
            self = .version
            return
        }
        var reader = SettingsReader(flags, environment)
        reader.readFile(readFile)
        reader.fetchParameters(fetch)
        let values = try reader.values(checks)
        self = flags.isCheck ? .check(values) : .run(values)
    }

    /// The check that reads the values as the daemon and all its parts do.
    static let standardChecks: [Check] = [{ _ = try DaemonSettings($0) }]
}
