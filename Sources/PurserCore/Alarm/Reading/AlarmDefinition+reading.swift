extension AlarmDefinition {
    /// Reads the input of put-metric-alarm and checks it as that command does.
    ///
    /// All faults of the file are reported together, each with its key and the allowed values; if there are any, the
    /// definition is nil. `${Name}` in a string is filled in from the parameters. An action left unfilled is not a
    /// fault.
    package static func read(
        json text: String,
        file: String,
        parameters: [String: String] = [:]
    ) -> (definition: AlarmDefinition?, diagnostics: [Diagnostic]) {
        let json: JSONValue
        do {
            json = ParameterFilling.fill(try JSONValue(parsing: text), parameters)
        } catch {
            return (nil, [Diagnostic(file: file, error.description)])
        }
        return read(json, file: file)
    }

    /// Reads the input of a command whose parameters are filled in; `place` is put before the key of every fault.
    static func read(
        _ json: JSONValue,
        file: String,
        place: String = ""
    ) -> (definition: AlarmDefinition?, diagnostics: [Diagnostic]) {
        var reader = AlarmReader(file: file, place: place)
        let definition = reader.alarm(JSONPlace(value: AlarmInput.plain(json), path: ""))
        let diagnostics = reader.faults.diagnostics
        return (diagnostics.isEmpty ? definition : nil, diagnostics)
    }
}
