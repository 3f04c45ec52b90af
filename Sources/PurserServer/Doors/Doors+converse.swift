import ChatService
import HTTPTypes
import Hummingbird
import PurserAWS
import PurserCore

// POST /model/{modelId}/converse and /converse-stream: Bedrock's own interface, for programs that know nothing about
// Purser.

extension Doors {
    func converse(_ exchange: Exchange, modelId: String) async -> Reply {
        guard let arrival = arrival(exchange, modelId) else { return shut(exchange) }
        let outcome = await service.answer(arrival)
        guard case .answered(let answer) = outcome else { return converseError(exchange, outcome) }
        return Reply(
            status: 200,
            code: "success",
            headers: Self.ids(exchange) + Self.budgetHeaders(answer.budget),
            type: "application/json",
            body: answer.response.converseDocument(latencyMilliseconds: Int(answer.timings.total / 1_000_000)),
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
            door: .sdk,
            address: exchange.address,
            origin: exchange.request.headers[.origin],
            authenticate: { () throws(ChatRefusal) in
                let claim = try await keyCheck(exchange)
                return Claim(claim.principal) { body throws(ChatRefusal) in
                    try await claim.verify(body)
                    exchange.caller.value = claim.principal.caller
                }
            },
            readBody: { limit throws(ChatRefusal) in try await exchange.readBody(limitBytes: limit) },
            read: { body, principal throws(ChatRefusal) in
                let document = try ConverseDocument(parsing: body)
                let caller = principal.caller.saying(document.names, session: try exchange.session())
                exchange.caller.value = caller
                return ChatRequest(
                    requestId: exchange.requestId,
                    correlationId: exchange.correlationId,
                    traceParent: exchange.traceParent?.text,
                    isFromSDK: true,
                    deadline: exchange.deadline,
                    isCallerGone: exchange.isCallerGone,
                    caller: caller,
                    content: .converse(document, modelId: modelId),
                    allowedModels: principal.allowedModels
                )
            }
        )
    }

    private func shut(_ exchange: Exchange) -> Reply {
        Self.bedrockError(
            exchange,
            .accessDenied,
            code: "forbidden",
            "This service has no access keys (PURSERD_KEYS_SECRET is not set), so calls of this kind are not accepted."
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
            let message: JSONValue = ["message": .string(failure.error.exceptionMessage)]
            let type = failure.error.treatment.exception.memberName
            let exception = EventStreamMessage(exception: type, payload: message.utf8())
            try await writer.write(ByteBuffer(bytes: try exception.encoded()))
        case .refused, .known: break
        }
        try await writer.finish(nil)
    }

    // Errors, in Bedrock's format.

    private func converseError(_ exchange: Exchange, _ outcome: ChatOutcome) -> Reply {
        switch outcome {
        case .refused(let refusal):
            keep(refusal, exchange)
            return Self.bedrockError(
                exchange,
                refusal.kind.exception,
                code: refusal.kind.code,
                refusal.message,
                headers: Self.retryHeaders(refusal.retryAfterSeconds(at: clock.now()))
            )
        case .failed(let failure):
            return Self.bedrockError(
                exchange,
                failure.error.treatment.exception,
                code: failure.code,
                failure.error.exceptionMessage,
                headers: Self.retryHeaders(failure.retryAfterSeconds),
                note: CallNote(failure)
            )
        case .answered, .known:
            return Self.bedrockError(
                exchange,
                .internalServer,
                code: "internal",
                "The request has already been answered."
            )
        }
    }

    static func bedrockError(
        _ exchange: Exchange,
        _ exception: BedrockException,
        code: String,
        _ message: String,
        headers: [(HTTPField.Name, String)] = [],
        note: CallNote = CallNote()
    ) -> Reply {
        Reply(
            status: exception.status,
            code: code,
            headers: ids(exchange) + [(FieldName.amazonErrorType, exception.rawValue)] + headers,
            json: ["message": .string(message)],
            note: note
        )
    }

    private static func ids(_ exchange: Exchange) -> [(HTTPField.Name, String)] {
        [(FieldName.amazonRequestId, exchange.requestId)]
    }
}
