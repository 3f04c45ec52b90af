import ChatService
import Logging
import PurserAWS
import PurserCore

/// The daemon's log: one JSON object per line.
///
/// No line contains the text of a question or an answer, the name of a user, a token or a key.
struct ServiceLog: Sendable {
    private let output: LogOutput
    private let now: @Sendable () -> Timestamp
    let level: Logger.Level
    /// Users are distinguished by a hash that cannot be computed outside this process.
    private let salt: [UInt8]

    init(output: LogOutput, level: Logger.Level, now: @escaping @Sendable () -> Timestamp) {
        self.output = output
        self.level = level
        self.now = now
        var random = SystemRandomNumberGenerator()
        salt = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// The content of a line about a request, apart from its time and level.
    struct RequestLine {
        var exchange: Exchange
        var method: String
        /// The route instead of the path, because a path can be as long as the client likes.
        var route: String
        var status: Int
        var code: String
        var note: CallNote
        var isStream = false
        /// Whether machines send such requests every few seconds, so only failures are of interest.
        var isRoutine = false
        /// Nanoseconds from the request's head to the end of the response.
        var duration: Int64
    }

    func request(_ line: RequestLine) {
        let level: Logger.Level =
            line.status >= 500 ? .error : line.status >= 400 ? .warning : line.isRoutine ? .debug : .info
        guard level >= self.level else { return }
        var members = head(level, "request")
        func add(_ key: String, _ value: JSONValue?) {
            if let value { members.append(.init(key, value)) }
        }
        add("correlationId", .string(line.exchange.correlationId))
        add("requestId", .string(line.exchange.requestId))
        add("traceId", (line.exchange.traceParent?.traceId).map(JSONValue.string))
        add("method", .string(line.method))
        add("route", .string(line.route))
        add("status", .integer(line.status))
        add("outcome", .string(line.code))
        add("address", (line.exchange.address?.description).map(JSONValue.string))
        add("userHash", (line.exchange.caller.value?.user).map { .string(hash($0)) })
        add("team", (line.exchange.caller.value?.team).map(JSONValue.string))
        add("accessKeyId", (line.exchange.caller.value?.accessKey).map(JSONValue.string))
        add("model", line.note.modelId.map(JSONValue.string))
        if let usage = line.note.usage {
            add("inputTokens", .integer(usage.input))
            add("outputTokens", .integer(usage.output))
            if usage.cacheRead > 0 { add("cacheReadInputTokens", .integer(usage.cacheRead)) }
            if usage.cacheWrite > 0 { add("cacheWriteInputTokens", .integer(usage.cacheWrite)) }
        }
        add("cost", (line.note.cost?.description).map(JSONValue.string))
        add("retries", line.note.retries.map(JSONValue.integer))
        add("upstreamRequestId", line.note.upstreamRequestId.map(JSONValue.string))
        add("error", line.note.error.map { .string(Self.text($0)) })
        if line.isStream { add("stream", true) }
        add("durationMs", Self.milliseconds(line.duration))
        add("toModelMs", (line.note.timings?.toModel).map(Self.milliseconds))
        add("toFirstTokenMs", (line.note.timings?.toFirstToken).map(Self.milliseconds))
        output.write(.object(members))
    }

    /// Returns the error's name, and the message if that cannot contain the caller's text: it is Purser's own, or one of
    /// those that Bedrock sends word for word.
    static func text(_ error: ModelError) -> String {
        let isSafe = error.isOwnMessage || fixedMessages.contains(error.message)
        return isSafe ? String(error.description.prefix(500)) : error.name.rawValue
    }

    /// Messages of Bedrock that say more than the error's name and never quote a request.
    private static let fixedMessages: Set<String> = [
        "Too many requests, please wait before trying again.",
        "Too many tokens, please wait before trying again.",
        "Too many tokens per day, please wait before trying again.",
        "You don't have access to the model with the specified model ID.",
        "The security token included in the request is invalid.",
        "The security token included in the request is expired",
    ]

    /// A line about a call whose caller disconnected before its stream began.
    func dropped(_ request: ChatRequest, _ outcome: ChatOutcome) {
        var members = [
            JSONValue.Member("correlationId", .string(request.correlationId)),
            JSONValue.Member("requestId", .string(request.requestId)),
        ]
        if case .failed(let failure) = outcome {
            members.append(.init("model", .string(failure.modelId)))
            members.append(.init("cost", .string(failure.cost.description)))
        }
        event(.info, "a caller disconnected before its stream began", members)
    }

    /// A line about the service itself.
    func event(_ level: Logger.Level, _ message: String, _ more: [JSONValue.Member] = []) {
        guard level >= self.level else { return }
        output.write(.object(head(level, "service") + [.init("message", .string(message))] + more))
    }

    /// Writes the line that reports that the daemon is ready, at every level.
    func ready(listen: String) {
        output.write(["ready": true, "listen": .string(listen)])
    }

    func close() {
        output.close()
    }

    private func head(_ level: Logger.Level, _ event: String) -> [JSONValue.Member] {
        [
            .init("time", .string(now().description)), .init("level", .string(level.rawValue)),
            .init("event", .string(event)),
        ]
    }

    private func hash(_ user: String) -> String {
        String(HMACSHA256.code(user, key: salt).hexadecimal.prefix(16))
    }

    private static func milliseconds(_ nanoseconds: Int64) -> JSONValue {
        .number(Double(nanoseconds / 1000) / 1000)
    }
}
