/// What a person or a pipeline noted at a moment, such as a deployment.
package struct TimeMark: Sendable, Equatable {
    package var time: Timestamp
    package var text: String
    /// The namespace to whose screens it belongs; nil for all.
    package var namespace: String?

    package init(time: Timestamp, text: String, namespace: String? = nil) {
        self.time = time
        self.text = text
        self.namespace = namespace
    }

    /// The longest text in characters.
    package static let mostCharacters = 120
}

/// A stretch of time in which an alarm was in ALARM.
package struct AlarmSpan: Sendable, Equatable {
    package var name: String
    /// May be before the time range that the spans were asked for.
    package var start: Timestamp
    /// nil while it lasts.
    package var end: Timestamp?

    package init(name: String, start: Timestamp, end: Timestamp? = nil) {
        self.name = name
        self.start = start
        self.end = end
    }
}
