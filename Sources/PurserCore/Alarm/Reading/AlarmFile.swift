/// A document in the folder of alarms: the input of put-metric-alarm or put-composite-alarm, what describe-alarms
/// returns, or a CloudFormation template.
package struct AlarmFile: Sendable, Equatable {
    /// The file's path as faults should show it, with the document's line if the file has several.
    package var name: String
    package var content: JSONValue

    package init(name: String, content: JSONValue) {
        self.name = name
        self.content = content
    }

    /// Returns the documents of a file, each with its line if there are several.
    package static func documents(_ name: String, _ documents: [(line: Int, value: JSONValue)]) -> [AlarmFile] {
        guard documents.count > 1 else { return documents.map { AlarmFile(name: name, content: $0.value) } }
        return documents.map { AlarmFile(name: "\(name):\($0.line)", content: $0.value) }
    }

    /// Returns those of some parameters that no file uses: giving them a value would change nothing.
    package static func unused(
        _ names: [String],
        in files: [AlarmFile],
        parameters: [String: String] = [:]
    ) -> [String] {
        if names.isEmpty { return [] }
        let used = files.reduce(into: Set<String>()) { $0.formUnion($1.usedNames(parameters)) }
        return names.filter { !used.contains($0) }
    }

    private func usedNames(_ parameters: [String: String]) -> Set<String> {
        CloudFormationTemplate(self, parameters: parameters)?.read().usedNames ?? ParameterFilling.names(in: content)
    }

    /// An alarm and its place in its file: empty, or `Resources.Latency.Properties`.
    struct PlacedAlarm {
        var definition: AlarmDefinition
        var place: String

        func key(of key: String) -> String {
            place.isEmpty ? key : place + "." + key
        }
    }

    /// The alarms of a file, those that have faults, and what a person may take for an alarm that is watched.
    struct Content {
        var alarms: [PlacedAlarm] = []
        var unreadable: [UnreadableAlarm] = []
        var passedOver: [Diagnostic] = []
        /// The names of the alarms that are passed over because their kind is not watched here.
        var otherKinds: Set<String> = []

        fileprivate mutating func add(_ input: JSONValue, file: String, place: String, needs: String? = nil) {
            let name = input["AlarmName"]?.string.flatMap { text in
                text.isEmpty || ParameterFilling.unfilled(in: text) != nil ? nil : text
            }
            if let kind = AlarmInput.unwatchedKind(input) {
                passedOver.append(Diagnostic(file: file, key: place.isEmpty ? nil : place, kind))
                if let name { otherKinds.insert(name) }
                return
            }
            let result = AlarmDefinition.read(input, file: file, place: place)
            guard var definition = result.definition else {
                unreadable.append(UnreadableAlarm(file: file, place: place, name: name, faults: result.diagnostics))
                return
            }
            if let needs, !definition.missingParameters.contains(needs) { definition.missingParameters.append(needs) }
            alarms.append(PlacedAlarm(definition: definition, place: place))
        }
    }

    /// Returns what the file holds; a fault in one alarm does not keep the others from being read.
    func read(parameters: [String: String], _ topics: inout TopicParameters) -> Content {
        var all = Content()
        if let template = CloudFormationTemplate(self, parameters: parameters) {
            let content = template.read()
            all.unreadable = content.unreadable
            all.passedOver = content.passedOver
            all.otherKinds = content.otherKinds
            for alarm in content.alarms {
                let input = topics.withdrawn(from: alarm.input, alarm.actionNames)
                all.add(input, file: name, place: alarm.place, needs: alarm.conditionNeeds)
            }
            return all
        }
        for (place, input) in AlarmInput.all(in: content) {
            all.add(topics.filled(input), file: name, place: place)
        }
        return all
    }
}
