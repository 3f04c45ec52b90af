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

extension [UnreadableAlarm] {
    /// How many lines there are about one file.
    private static let mostLines = 20

    /// One line for each fault; those of a file beyond the first are only counted.
    package var lines: [String] {
        var files: [String] = []
        var byFile: [String: [String]] = [:]
        for entry in self {
            if byFile[entry.file] == nil { files.append(entry.file) }
            byFile[entry.file, default: []] += entry.lines
        }
        return files.flatMap { file -> [String] in
            let lines = byFile[file] ?? []
            guard lines.count > Self.mostLines else { return lines }
            return lines.prefix(Self.mostLines) + [
                "\(file): and \((lines.count - Self.mostLines).counted("more fault"))"
            ]
        }
    }
}
