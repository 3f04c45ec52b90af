package import PurserAWS
package import PurserCore
import PurserHTTP
import Synchronization

/// The models on Amazon Bedrock.
package struct BedrockModel: Model {
    private let runtime: BedrockRuntime

    package init(_ runtime: BedrockRuntime) {
        self.runtime = runtime
    }

    package func converse(_ request: ModelRequest) async throws(ModelError) -> ModelResponse {
        let answer: (document: [UInt8], requestId: String?)
        do throws(BedrockError) {
            answer = try await runtime.converse(
                modelId: request.modelId,
                body: request.body(),
                limits: BedrockRuntime.Limits(request.limits),
                traceParent: request.traceParent
            )
        } catch {
            throw ModelError(error)
        }
        do throws(ModelError) {
            var response = try ModelResponse(converse: answer.document)
            response.upstreamRequestId = answer.requestId
            return response
        } catch {
            var error = error
            error.upstreamRequestId = answer.requestId
            throw error
        }
    }

    package func openStream(_ request: ModelRequest) async throws(ModelError) -> any ModelStream {
        do throws(BedrockError) {
            let stream = try await runtime.converseStream(
                modelId: request.modelId,
                body: request.body(),
                limits: BedrockRuntime.Limits(request.limits),
                traceParent: request.traceParent
            )
            // A refusal may arrive as the first message: until then, another attempt can be made.
            guard let first = try await stream.next() else {
                throw BedrockError(.brokenStream, "the stream ended before its first event")
            }
            return BedrockModelStream(first, stream)
        } catch {
            throw ModelError(error)
        }
    }
}

/// The events of a stream whose first event has arrived.
private final class BedrockModelStream: ModelStream {
    private let first: Mutex<ConverseEvent?>
    private let stream: BedrockStream

    init(_ first: ConverseEvent, _ stream: BedrockStream) {
        self.first = Mutex(first)
        self.stream = stream
    }

    var upstreamRequestId: String? {
        stream.requestId
    }

    func next() async throws(ModelError) -> ConverseEvent? {
        let kept = first.withLock { first in
            defer { first = nil }
            return first
        }
        if let kept { return kept }
        do throws(BedrockError) {
            return try await stream.next()
        } catch {
            throw ModelError(error)
        }
    }

    func cancel() {
        stream.cancel()
    }
}

extension BedrockRuntime.Limits {
    fileprivate init(_ limits: ModelTimeLimits) {
        self.init(silenceSeconds: limits.silence.map { $0 / .seconds(1) }, totalSeconds: limits.total / .seconds(1))
    }
}

extension ModelResponse {
    /// Reads Converse's response; without token counts, the call cannot be settled exactly.
    init(converse document: [UInt8]) throws(ModelError) {
        guard let text = String(validating: document, as: UTF8.self), let value = try? JSONValue(parsing: text),
            value.members != nil
        else { throw ModelError(.unusableAnswer, "the model's answer is not JSON") }
        guard let usage = value["usage"].flatMap(TokenUsage.init(converse:)) else {
            throw ModelError(.unusableAnswer, "the model's answer has no token counts")
        }
        let content = value["output"]?["message"]?["content"]?.array ?? []
        self.init(
            text: content.compactMap { $0["text"]?.string }.joined(),
            stopReason: value["stopReason"]?.string ?? "",
            usage: usage,
            document: document,
            tier: TierNames(converse: value)
        )
    }
}

extension ModelError {
    /// Creates the service's error for a Bedrock failure, by its name if that is known.
    init(_ error: BedrockError) {
        var isOwn = true
        if case .exception = error.kind { isOwn = false }
        self.init(
            Name(error),
            error.message.isEmpty ? "Bedrock gave no reason" : error.message,
            isOwnMessage: isOwn
        )
        upstreamRequestId = error.requestId
    }
}

extension ModelError.Name {
    fileprivate init(_ error: BedrockError) {
        self =
            switch error.kind {
            case .exception(let name, let status): Self(bedrock: name) ?? Self(exception: name, status: status)
            case .elsewhere(let status): Self(gatewayStatus: status)
            case .unanswered(let reason, let wasSent): Self(reason, wasSent: wasSent)
            case .brokenStream: .modelStream
            case .credentials: .credentials
            case .configuration: .validation
            }
    }

    /// Nil for a name that Bedrock does not have, even if it is one of Purser's own.
    private init?(bedrock name: String) {
        guard let known = Self(rawValue: name), known.isBedrocks else { return nil }
        self = known
    }

    /// The name for a response that is not Bedrock's but comes from a gateway in front of it or in its place.
    private init(gatewayStatus status: Int) {
        self =
            switch status {
            // The gateway passed the call on and lost the answer: the model may have written one, which is billed.
            case 408, 502, 504: .connection
            case 429: .throttling
            case 500...: .serviceUnavailable
            default: .resourceNotFound
            }
    }

    /// The name for an exception that is not Converse's own: a signature error, a general service error, or a newer
    /// exception.
    private init(exception name: String, status: Int?) {
        self =
            switch status {
            case 429?: .throttling
            case 408?, 504?: .modelTimeout
            case 503?: .serviceUnavailable
            case let status? where status >= 500: .internalServer
            case 401?, 403?: .accessDenied
            case 404?: .resourceNotFound
            case nil: .modelStream
            default: name.hasPrefix("Throttl") ? .throttling : .validation
            }
    }

    private init(_ reason: HTTPError.Reason, wasSent: Bool) {
        self =
            switch reason {
            case .cancelled: .cancelled
            case .invalidRequest: .validation
            case .answerTooLong: .unusableAnswer
            case .timedOut: wasSent ? .timeout : .unreachable
            default: wasSent ? .connection : .unreachable
            }
    }
}
