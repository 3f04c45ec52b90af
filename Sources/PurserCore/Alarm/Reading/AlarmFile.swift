/// A file in the folder of alarms: the input of put-metric-alarm or put-composite-alarm, or a CloudFormation template.
package struct AlarmFile: Sendable, Equatable {
    /// The file's path as faults should show it.
    package var name: String
    package var content: JSONValue

    package init(name: String, content: JSONValue) {
        self.name = name
        self.content = content
    }

    /// Whether the file is a CloudFormation template, which has resources.
    package var isTemplate: Bool {
        content["Resources"] != nil
    }

    /// Whether a value for the parameter would change the file's content.
    package func hasParameter(_ name: String) -> Bool {
        isTemplate
            ? CloudFormationTemplate(self).referencedNames.contains(name)
            : ParameterFilling.names(in: content).contains(name)
    }

    /// Returns the file's alarms; those with faults are left out.
    package func readableAlarms(parameters: [String: String] = [:]) -> [AlarmDefinition] {
        alarms(parameters: parameters).alarms.map(\.definition)
    }

    /// An alarm and its place in its file: empty, or `Resources.Latency.Properties`.
    struct PlacedAlarm {
        var definition: AlarmDefinition
        var place: String

        func key(of key: String) -> String {
            place.isEmpty ? key : place + "." + key
        }
    }

    /// Returns the file's alarms, without those that have faults, and all its faults.
    func alarms(parameters: [String: String]) -> (alarms: [PlacedAlarm], diagnostics: [Diagnostic]) {
        guard isTemplate else {
            let result = AlarmDefinition.read(ParameterFilling.fill(content, parameters), file: name)
            return (result.definition.map { [PlacedAlarm(definition: $0, place: "")] } ?? [], result.diagnostics)
        }
        let template = CloudFormationTemplate(self, parameters: parameters).read()
        var alarms: [PlacedAlarm] = []
        var diagnostics = template.diagnostics
        for alarm in template.alarms {
            let result = AlarmDefinition.read(alarm.input, file: name, place: alarm.place)
            diagnostics += result.diagnostics
            if let definition = result.definition {
                alarms.append(PlacedAlarm(definition: definition, place: alarm.place))
            }
        }
        return (alarms, diagnostics)
    }
}
