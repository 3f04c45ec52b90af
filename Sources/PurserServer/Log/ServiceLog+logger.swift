import Logging
import PurserCore

extension ServiceLog {
    /// The logger of libraries, which writes the same kind of lines.
    var logger: Logger {
        var logger = Logger(label: "purserd") { _ in LineHandler(log: self) }
        logger.logLevel = level == .info ? .notice : level
        return logger
    }
}

/// Turns the messages of swift-log into lines of the service's log.
private struct LineHandler: LogHandler {
    let log: ServiceLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let members = all.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string("\($0.value)")) }
        log.event(event.level, "\(event.message)", members)
    }
}
