import ChatService
import HTTPTypes
import Hummingbird
import PurserAWS
import PurserCore

// POST /model/{modelId}/converse and /converse-stream: Bedrock's own interface, for programs that know nothing of Purser.

extension Doors {
    func converse(_ exchange: Exchange, modelId: String) async -> Reply {
        guard let arrival = arrival(exchange, modelId) else { return shut(exchange) }
        let outcome = await service.answer(arrival)
        guard case .answered(let answer) = outcome else { return converseError(exchange, outcome) }
        let response = ModelResponse(
            text: answer.text,
            stopReason: answer.stopReason,
            usage: answer.usage,
            document: answer.document
        )
        return Reply(
            status: 200,
            code: "success",
            headers: Self.ids(exchange) + Self.budgetHeaders(answer.budget),
            type: "application/json",
            body: response.converseDocument(latencyMilliseconds: Int(answer.timings.total / 1_000_000)),
            note: CallNote(answer)
        )
    }

    func converseStream(_ exchange: Exchange, modelId: String) async -> Reply {
        guard let arrival = arrival(exchange, modelId) else { return shut(exchange) }
        switch await service.openStream(arrival) {
        case .ended(let outcome): return converseError(exchange, outcome)
        case .stream(let stream):
            return .stream(
                type: "application/vnd.amazon.eventstream",
                headers: Self.ids(exchange) + Self.budgetHeaders(stream.budget)
            ) { @concurrent writer in
                try await send(stream, exchange, &writer)
            }
        }
    }

    private func arrival(_ exchange: Exchange, _ modelId: String) -> Arrival? {
        guard let keyCheck else { return nil }
        return Arrival(
            address: exchange.address,
            origin: exchange.request.headers[.origin],
            readBody: { limit throws(ChatRefusal) in try await exchange.readBody(limitBytes: limit) },
            authenticate: { body throws(ChatRefusal) in
                let principal = try await keyCheck(exchange, body)
                exchange.caller.value = principal.caller
                return principal
            },
            read: { body, principal throws(ChatRefusal) in
                ChatRequest(
                    requestId: exchange.requestId,
                    correlationId: exchange.correlationId,
                    traceParent: exchange.traceParent?.text,
                    caller: principal.caller,
                    content: .converse(try ConverseDocument(parsing: body), modelId: modelId),
                    allowedModels: principal.allowedModels
                )
            }
        )
    }

    private func shut(_ exchange: Exchange) -> Reply {
        Self.bedrockError(
            exchange,
            status: 403,
            "AccessDeniedException",
            code: "forbidden",
            "This service has no access keys (PURSERD_KEYS_SECRET is not set), so calls of this kind are not possible.",
            headers: [(.connection, "close")]
        )
    }

    @concurrent
    private func send(_ stream: ChatStream, _ exchange: Exchange, _ writer: inout any ResponseBodyWriter) async throws {
        let outcome = await stream.forEach { @concurrent event in
            let message = EventStreamMessage(event: event.type, payload: event.payload)
            try await writer.write(ByteBuffer(bytes: try message.encoded()))
        }
        switch outcome {
        case .answered(let answer):
            note(exchange, status: 200, code: "success", CallNote(answer), isStream: true)
        case .failed(let failure):
            note(exchange, status: 200, code: failure.streamCode, CallNote(failure), isStream: true)
            let message: JSONValue = ["message": .string(failure.error.bedrock.message)]
            let name = failure.error.bedrock.name
            let type = name.prefix(1).lowercased() + name.dropFirst()
            let exception = EventStreamMessage(exception: type, payload: message.utf8())
            try await writer.write(ByteBuffer(bytes: try exception.encoded()))
        case .refused, .known: break
        }
        try await writer.finish(nil)
    }

    // Errors, in Bedrock's shape.

    private func converseError(_ exchange: Exchange, _ outcome: ChatOutcome) -> Reply {
        switch outcome {
        case .refused(let refusal):
            var headers = Self.retryHeaders(refusal.retryAfterSeconds(at: clock.now()))
            if refusal.leavesBodyUnread { headers.append((.connection, "close")) }
            let (status, name) = refusal.bedrock
            return Self.bedrockError(
                exchange,
                status: status,
                name,
                code: refusal.code,
                refusal.message,
                headers: headers
            )
        case .failed(let failure):
            let (status, name, message) = failure.error.bedrock
            return Self.bedrockError(
                exchange,
                status: status,
                name,
                code: failure.code,
                message,
                headers: Self.retryHeaders(failure.retryAfterSeconds),
                note: CallNote(failure)
            )
        case .answered, .known:
            return Self.bedrockError(
                exchange,
                status: 500,
                "InternalServerException",
                code: "internal",
                "The request was answered before."
            )
        }
    }

    static func bedrockError(
        _ exchange: Exchange,
        status: Int,
        _ name: String,
        code: String,
        _ message: String,
        headers: [(HTTPField.Name, String)] = [],
        note: CallNote = CallNote()
    ) -> Reply {
        Reply(
            status: status,
            code: code,
            headers: ids(exchange) + [(FieldName.amazonErrorType, name)] + headers,
            json: ["message": .string(message)],
            note: note
        )
    }

    private static func ids(_ exchange: Exchange) -> [(HTTPField.Name, String)] {
        [(FieldName.amazonRequestId, exchange.requestId)]
    }
}

extension ChatRefusal {
    /// The closest exception, with its status; source: the errors of Converse in Amazon Bedrock's API reference.
    ///
    /// An error that another attempt cannot fix must not be called throttling, because the SDKs retry that automatically.
    fileprivate var bedrock: (status: Int, name: String) {
        switch self {
        case .addressDenied, .originNotAllowed, .unauthenticated, .signature, .forbidden, .blocked:
            (403, "AccessDeniedException")
        case .rateLimited, .throttled: (429, "ThrottlingException")
        case .quotaExceeded, .budgetExceeded: (400, "ServiceQuotaExceededException")
        case .bodyTooLarge, .bodyIncomplete, .emptyMessage, .invalidRequest, .messageTooLong, .unpricedModel:
            (400, "ValidationException")
        case .storeUnavailable, .signInUnavailable: (503, "ServiceUnavailableException")
        }
    }
}

extension ModelError {
    /// The exception as Bedrock would return it; our own errors become the closest one.
    fileprivate var bedrock: (status: Int, name: String, message: String) {
        switch name {
        case .throttling, .modelNotReady: (429, name.rawValue, message)
        case .internalServer: (500, name.rawValue, message)
        case .serviceUnavailable: (503, name.rawValue, message)
        case .modelTimeout: (408, name.rawValue, message)
        case .modelStream, .model: (424, name.rawValue, message)
        case .validation, .serviceQuotaExceeded: (400, name.rawValue, message)
        // Bedrock denies access to this service; the caller's own key is valid.
        case .accessDenied: (403, name.rawValue, "The model is not available to this service.")
        case .resourceNotFound: (404, name.rawValue, message)
        case .timeout: (408, Name.modelTimeout.rawValue, "The model did not answer in time.")
        case .unusableAnswer: (500, Name.internalServer.rawValue, "The model's answer could not be read.")
        case .connection, .unreachable, .credentials, .cancelled:
            (503, Name.serviceUnavailable.rawValue, "The model could not be reached.")
        }
    }
}
