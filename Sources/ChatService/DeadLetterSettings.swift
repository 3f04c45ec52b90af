public import PurserAWS
import PurserCore

/// What is kept of requests that got no answer, for how long, and which queue takes it.
public struct DeadLetterSettings: Sendable, Equatable {
    /// Whether the text of a request is kept with it. Without it there is no text at rest, and no second attempt.
    public var keepsText = false
    /// How long a letter is kept in the store.
    public var days = 14
    /// Where letters go; nil leaves them in the store.
    public var queue: SQSQueue?

    public init() {}

    /// Reads PURSERD_DEADLETTER_TEXT, PURSERD_DEADLETTER_DAYS and PURSERD_DEADLETTER_QUEUE_URL; throws ``Diagnostics`` that
    /// name every wrong one.
    public init(environment: [String: String]) throws {
        var faults: [Diagnostic] = []
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        func fault(_ name: String, _ words: String) {
            faults.append(Diagnostic(file: "environment", key: name, words))
        }
        if let text = value("PURSERD_DEADLETTER_TEXT") {
            switch text {
            case "on": keepsText = true
            case "off": keepsText = false
            default: fault("PURSERD_DEADLETTER_TEXT", "`\(text)` is not `on` or `off`")
            }
        }
        if let text = value("PURSERD_DEADLETTER_DAYS") {
            if let days = Int(text), (1...365).contains(days) {
                self.days = days
            } else {
                fault("PURSERD_DEADLETTER_DAYS", "`\(text)` is not a whole number from 1 to 365")
            }
        }
        if let text = value("PURSERD_DEADLETTER_QUEUE_URL") {
            do throws(SQSQueueError) {
                queue = try SQSQueue(text, environment: environment)
            } catch {
                fault("PURSERD_DEADLETTER_QUEUE_URL", "\(error)")
            }
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
    }
}
