extension [UnreadableAlarm] {
    /// How many of each kind: `2 alarms, 1 file, budget`.
    package var counts: String {
        UnreadableAlarm.Kind.allCases.compactMap { kind in
            let count = count { $0.kind == kind }
            return count == 0 ? nil : kind == .budget ? "budget" : count.counted(kind.noun)
        }.joined(separator: ", ")
    }
}

extension UnreadableAlarm.Kind {
    fileprivate var noun: String {
        switch self {
        case .alarm: "alarm"
        case .file: "file"
        case .folder: "folder"
        case .budget: "budget"
        case .parameter: "parameter"
        }
    }
}
