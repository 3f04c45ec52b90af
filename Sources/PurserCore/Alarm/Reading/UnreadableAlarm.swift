/// An alarm, or something else in the folder of alarms, that cannot be read or watched, and why.
package struct UnreadableAlarm: Sendable, Equatable {
    /// What cannot be read; the alarms in a file or folder that cannot be read are not known.
    package enum Kind: CaseIterable, Sendable {
        case alarm
        case file
        case folder
        case budget
        /// The value that was given for a parameter.
        case parameter

        /// Whether it may be, or hold, an alarm.
        package var mayHoldAlarms: Bool {
            switch self {
            case .alarm, .file, .folder: true
            case .budget, .parameter: false
            }
        }
    }

    /// The file's path, with a line if it has several documents.
    package var file: String
    /// Its place in the file: `Resources.Latency`, `MetricAlarms[2]`; empty if it is the whole file.
    package var place: String
    package var kind: Kind
    /// The alarm's name; nil if it is not known, or if this is not an alarm.
    package var name: String?
    package var faults: [Diagnostic]

    package init(
        file: String,
        place: String = "",
        kind: Kind = .alarm,
        name: String? = nil,
        faults: [Diagnostic]
    ) {
        self.file = file
        self.place = place
        self.kind = kind
        self.name = name
        self.faults = faults
    }

    /// One line for each fault, with the alarm's name if the fault does not have it.
    package var lines: [String] {
        faults.map { fault in
            guard let name, !Self.mentions(name, fault) else { return fault.description }
            return Diagnostic(file: fault.file + ": " + name, key: fault.key, fault.message).description
        }
    }

    private static func mentions(_ name: String, _ fault: Diagnostic) -> Bool {
        fault.message.contains("`\(name)`") || fault.key?.split(separator: ".").contains { $0 == name } == true
    }
}
