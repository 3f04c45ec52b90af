/// The alarms of a directory.
package enum AlarmSet {
    /// The name of the file, next to the alarm files, that holds the budget instead of an alarm.
    package static let budgetFile = "budget.json"

    /// What alarm files hold.
    package struct Content: Sendable {
        /// Sorted by name.
        package var alarms: [AlarmDefinition] = []
        /// The file of each alarm, by the alarm's name.
        package var files: [String: String] = [:]
        package var unreadable: [UnreadableAlarm] = []
        /// Alarms that exist but cannot be watched until a parameter has a value, or until an alarm that their rule
        /// names is watched.
        package var unwatched: [UnreadableAlarm] = []
        /// Composite alarms that go by the last known state of an alarm that is not watched.
        package var waiting: [Diagnostic] = []
        /// Alarms that are left out, and kinds of alarms that are not watched.
        package var passedOver: [Diagnostic] = []
        /// The parameters that are used as topics, and those of them that are not.
        package var topics: TopicParameters
    }

    /// Reads alarm files; a fault in one alarm does not keep the others from being read.
    ///
    /// - Parameter isWhole: Whether these are all files; otherwise one that is missing may hold an alarm that a rule
    ///   names.
    package static func content(
        of files: [AlarmFile],
        parameters: [String: String] = [:],
        isWhole: Bool = true
    ) -> Content {
        var content = Content(topics: TopicParameters(parameters))
        var alarms: [RelatedAlarm] = []
        var otherKinds: Set<String> = []
        for file in files {
            let read = file.read(parameters: parameters, &content.topics)
            content.unreadable += read.unreadable
            content.passedOver += read.passedOver
            otherKinds.formUnion(read.otherKinds)
            for alarm in read.alarms {
                let related = RelatedAlarm(alarm: alarm, file: file.name)
                let name = alarm.definition.name
                if let other = content.files[name] {
                    content.unreadable.append(
                        related.unreadable([("AlarmName", "the alarm `\(name)` is already in \(other)")])
                    )
                } else {
                    content.files[name] = file.name
                    alarms.append(related)
                }
            }
        }
        content.add(alarms, otherKinds: otherKinds, isWhole: isWhole)
        content.alarms.sort { $0.name < $1.name }
        return content
    }

    /// Returns the alarms with each one after those that it names, and otherwise in the given order. Alarms that depend
    /// on themselves are left out.
    package static func evaluationOrder(_ alarms: [AlarmDefinition]) -> [AlarmDefinition] {
        let known = Set(alarms.map(\.name))
        var done: Set<String> = []
        var ordered: [AlarmDefinition] = []
        var open = alarms
        while true {
            let waiting = open.filter { alarm in
                guard alarm.alarmReferences.allSatisfy({ done.contains($0) || !known.contains($0) }) else {
                    return true
                }
                ordered.append(alarm)
                done.insert(alarm.name)
                return false
            }
            if waiting.isEmpty || waiting.count == open.count { return ordered }
            open = waiting
        }
    }

    /// The file name extensions of alarm files; tests of alarms are in files next to them.
    package static let endings = [".json", ".yaml", ".yml", ".template"]

    /// Whether a path names a file of alarms, by its extension; the budget's file is not one.
    package static func holdsAlarms(_ path: String) -> Bool {
        !isBudget(path) && endings.contains { path.lowercased().hasSuffix($0) }
    }

    /// Whether a path names the budget's file.
    package static func isBudget(_ path: String) -> Bool {
        path.split(separator: "/").last == budgetFile[...]
    }
}
