import PurserCore

/// What purserd is asked to do.
enum SettingsCommand: Sendable, Equatable {
    case help(String)
    case version
    case check(SettingsValues)
    case run(SettingsValues)

    /// What may be wrong with values, beyond their names: throws ``Diagnostics`` whose keys are the settings' names.
    typealias Check = @Sendable (_ values: [String: String]) throws -> Void

    /// Reads the arguments, without the program's name, and the settings.
    ///
    /// - Parameters:
    ///   - readFile: Reads the file that `--config` names, in bounded size.
    ///   - fetch: Gets parameters by their names from Parameter Store, with the environment as the settings have it; throws
    ///     where one is missing. Called at most once, and not where something else is wrong.
    ///   - checks: All are run, so that all faults are named at once.
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
        if flags.isVersion {
            guard arguments.count == 1 else { throw Diagnostics([Diagnostic(file: "--version", "stands alone")]) }
            self = .version
            return
        }
        var reader = SettingsReader(flags, environment)
        reader.readFile(readFile)
        reader.fetchParameters(fetch)
        let values = try reader.values(checks)
        self = flags.isCheck ? .check(values) : .run(values)
    }

    /// The daemon's own reading of the values, which is that of all its parts.
    static let standardChecks: [Check] = [{ _ = try DaemonSettings($0) }]
}
