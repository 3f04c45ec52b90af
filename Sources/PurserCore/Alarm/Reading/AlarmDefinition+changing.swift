extension AlarmDefinition {
    /// Returns the alarm with some keys of its file changed, such as `Threshold` to `3`; a value that is not JSON is
    /// taken as text.
    ///
    /// Throws ``Diagnostics`` if put-metric-alarm would reject the result.
    package func changed(_ changes: [(key: String, value: String)]) throws -> AlarmDefinition {
        var members = try JSONValue(parsing: canonicalJSON).members ?? []
        for (key, text) in changes {
            members.removeAll { $0.key == key }
            members.append(.init(key, (try? JSONValue(parsing: text)) ?? .string(text)))
        }
        let result = AlarmDefinition.read(json: JSONValue.object(members).text(), file: "--set")
        guard let definition = result.definition else { throw Diagnostics(result.diagnostics) }
        return definition
    }
}
