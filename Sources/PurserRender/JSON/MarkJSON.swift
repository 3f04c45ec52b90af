package import PurserCore

/// Marks for programs: schema `purser.mark/1`.
package enum MarkJSON {
    package static func list(_ marks: [TimeMark]) -> JSONValue {
        JSONValue(schema: "purser.mark/1", ["marks": .array(marks.map(mark))])
    }

    static func mark(_ mark: TimeMark) -> JSONValue {
        ["time": .string(mark.time.iso8601()), "text": .string(mark.text), "namespace": JSONValue(mark.namespace)]
    }
}
