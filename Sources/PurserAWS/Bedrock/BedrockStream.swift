package import PurserCore
import PurserHTTP
import Synchronization

/// The events of ConverseStream, for one reader; releasing the stream cancels it.
package final class BedrockStream: Sendable {
    fileprivate struct State {
        var decoder = EventStreamDecoder()
        /// `messageStop` and `metadata`, once they have arrived.
        var ends: Set<String> = []
        var failure: BedrockError?

        static let lastTypes: Set<String> = ["messageStop", "metadata"]
    }

    /// Bedrock's id of the request.
    package let requestId: String?
    private let stream: HTTPStream
    private let state = Mutex(State())

    init(_ stream: HTTPStream) {
        self.stream = stream
        requestId = BedrockRuntime.requestId(stream.headers)
    }

    /// Returns the next event; nil after the last one, once both `messageStop` and `metadata` have arrived.
    ///
    /// Throws if an exception arrives in the stream, or if the stream is damaged or ends early.
    package func next() async throws(BedrockError) -> ConverseEvent? {
        do throws(BedrockError) {
            while true {
                let event = state.withLock { $0.next() }
                if let event = try event.get() { return event }
                guard let piece = try await piece() else {
                    try state.withLock { $0.end() }.get()
                    return nil
                }
                state.withLock { $0.decoder.feed(piece) }
            }
        } catch {
            stream.cancel()
            var failure = error
            failure.requestId = requestId
            state.withLock { $0.failure = $0.failure ?? failure }
            throw failure
        }
    }

    /// Ends the call and drops its unread events. Does nothing if it has ended.
    package func cancel() {
        stream.cancel()
    }

    private func piece() async throws(BedrockError) -> [UInt8]? {
        do throws(HTTPError) {
            return try await stream.next()
        } catch {
            throw BedrockError(error)
        }
    }
}

extension BedrockStream.State {
    /// Returns the next event, or nil if more bytes are needed.
    mutating func next() -> Result<ConverseEvent?, BedrockError> {
        if let failure { return .failure(failure) }
        do throws(EventStreamError) {
            guard let message = try decoder.next() else { return .success(nil) }
            return read(message).map { $0 }
        } catch {
            return .failure(BedrockError(.brokenStream, error.description))
        }
    }

    mutating func end() -> Result<Void, BedrockError> {
        do throws(EventStreamError) {
            try decoder.finish()
        } catch {
            return .failure(BedrockError(.brokenStream, error.description))
        }
        guard ends == Self.lastTypes else {
            let missing = Self.lastTypes.subtracting(ends).sorted().joined(separator: " and ")
            return .failure(BedrockError(.brokenStream, "the stream ended before its \(missing)"))
        }
        return .success(())
    }

    private mutating func read(_ message: EventStreamMessage) -> Result<ConverseEvent, BedrockError> {
        switch message.text(":message-type") {
        case "event":
            guard let type = message.text(":event-type") else { break }
            if Self.lastTypes.contains(type) { ends.insert(type) }
            return .success(ConverseEvent(type: type, payload: message.payload))
        case "exception":
            guard let type = message.text(":exception-type"), let first = type.first else { break }
            // In the stream exceptions are named like members, `throttlingException`; elsewhere, like types.
            let content = try? JSONValue(parsing: String(decoding: message.payload, as: UTF8.self))
            let words = [content?["message"]?.string, content?["originalMessage"]?.string].compactMap(\.self)
            let text = AnswerElement.oneLine(words.joined(separator: ": "))
            return .failure(BedrockError(.exception(first.uppercased() + type.dropFirst(), status: nil), text))
        case "error":
            let code = message.text(":error-code") ?? "InternalServerException"
            let text = AnswerElement.oneLine(message.text(":error-message") ?? "")
            return .failure(BedrockError(.exception(AnswerElement.oneLine(code), status: nil), text))
        default: break
        }
        return .failure(
            BedrockError(.brokenStream, "the stream contains a message that is neither an event nor an exception")
        )
    }
}
