import ChatService
import HTTPTypes
import Hummingbird
import PurserCore

// POST /chat: JSON in, JSON or server-sent events out.

extension Doors {
    func chat(_ exchange: Exchange) async -> Reply {
        let arrival = arrival(exchange)
        guard Self.wantsEvents(exchange) else {
            return chatReply(exchange, await service.answer(arrival))
        }
        switch await service.openStream(arrival) {
        case .ended(let outcome): return chatReply(exchange, outcome)
        case .stream(let stream):
            return .stream(
                type: "text/event-stream",
                headers: originHeaders(exchange) + Self.budgetHeaders(stream.budget) + [
                    (FieldName.accelBuffering, "no")
                ]
            ) { @concurrent writer in
                try await send(stream, exchange, &writer)
            }
        }
    }

    private func arrival(_ exchange: Exchange) -> Arrival {
        let signIn = signIn
        return Arrival(
            door: .chat,
            address: exchange.address,
            origin: exchange.request.headers[.origin],
            authenticate: { () throws(ChatRefusal) in
                let principal = try await signIn(exchange.request.headers[values: .authorization])
                exchange.caller.value = principal.caller
                return Claim(principal)
            },
            readBody: { limit throws(ChatRefusal) in try await exchange.readBody(limitBytes: limit) },
            read: { body, principal throws(ChatRefusal) in
                let caller = principal.caller.saying(session: try exchange.session())
                exchange.caller.value = caller
                return ChatRequest(
                    requestId: exchange.requestId,
                    correlationId: exchange.correlationId,
                    traceParent: exchange.traceParent?.text,
                    isCallerGone: exchange.isCallerGone,
                    caller: caller,
                    content: try ChatRequest.Content(chat: body),
                    allowedModels: principal.allowedModels
                )
            }
        )
    }

    private static func wantsEvents(_ exchange: Exchange) -> Bool {
        exchange.request.headers[values: .accept].joined(separator: ",").lowercased().split(separator: ",").contains {
            $0.split(separator: ";").first?.trimmingSpaces == "text/event-stream"
        }
    }

    // Answers.

    private func chatReply(_ exchange: Exchange, _ outcome: ChatOutcome) -> Reply {
        var reply =
            switch outcome {
            case .answered(let answer):
                Reply(
                    status: 200,
                    code: "success",
                    headers: Self.budgetHeaders(answer.budget),
                    json: .object([.init("answer", .string(answer.response.text))] + answer.members(exchange)),
                    note: CallNote(answer)
                )
            case .refused(let refusal): keptRefusal(exchange, refusal)
            case .failed(let failure):
                Self.error(
                    exchange,
                    status: 503,
                    code: failure.code,
                    failure.message,
                    headers: Self.retryHeaders(failure.retryAfterSeconds),
                    note: CallNote(failure)
                )
            case .known: Self.error(exchange, status: 500, code: "internal", "The request has already been answered.")
            }
        reply.headers += originHeaders(exchange)
        return reply
    }

    private func keptRefusal(_ exchange: Exchange, _ refusal: ChatRefusal) -> Reply {
        keep(refusal, exchange)
        return refused(exchange, refusal)
    }

    /// Returns the response to a refused request.
    func refused(_ exchange: Exchange, _ refusal: ChatRefusal) -> Reply {
        var headers = Self.retryHeaders(refusal.retryAfterSeconds(at: clock.now()))
        if case .unauthenticated = refusal { headers.append((.wwwAuthenticate, "Bearer")) }
        return Self.error(
            exchange,
            status: refusal.kind.status,
            code: refusal.kind.code,
            refusal.message,
            more: refusal.details,
            headers: headers
        )
    }

    static func budgetHeaders(_ budget: BudgetStanding?) -> [(HTTPField.Name, String)] {
        budget.map { [(FieldName.budgetRemaining, $0.remaining.description)] } ?? []
    }

    static func retryHeaders(_ seconds: Int?) -> [(HTTPField.Name, String)] {
        seconds.map { [(.retryAfter, String($0))] } ?? []
    }

    // Server-sent events.

    @concurrent
    private func send(
        _ stream: ChatStream,
        _ exchange: Exchange,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        let outcome = await stream.forEach { @concurrent event in
            guard let text = event.text, !text.isEmpty else { return }
            try await writer.write(Self.event("delta", ["text": .string(text)]))
        }
        switch outcome {
        case .answered(let answer):
            note(exchange, status: 200, code: "success", CallNote(answer), isStream: true)
            try await writer.write(Self.event("done", .object(answer.members(exchange))))
        case .failed(let failure):
            note(exchange, status: 200, code: failure.streamCode, CallNote(failure), isStream: true)
            let error: JSONValue = ["code": .string(failure.code), "message": .string(failure.message)]
            let body: JSONValue = ["error": error, "correlationId": .string(exchange.correlationId)]
            try await writer.write(Self.event("error", body))
        case .refused, .known: break
        }
        try await writer.finish(nil)
    }

    private static func event(_ name: String, _ data: JSONValue) -> ByteBuffer {
        // JSON text contains no line breaks, so an event is one line of data.
        ByteBuffer(string: "event: \(name)\ndata: \(data.text())\n\n")
    }

    // Pages from other origins.

    func preflight(_ exchange: Exchange) -> Reply {
        guard let origin = exchange.header(.origin), origin == service.configuration.allowedOrigin else {
            let (refusal, kind) = (ChatRefusal.originNotAllowed, ChatRefusal.originNotAllowed.kind)
            return Self.error(exchange, status: kind.status, code: kind.code, refusal.message)
        }
        return .empty(
            status: 204,
            code: "success",
            headers: originHeaders(exchange) + [
                (FieldName.allowMethods, "POST"),
                (
                    FieldName.allowHeaders,
                    "authorization, content-type, accept, x-correlation-id, x-purser-session, traceparent"
                ),
                (FieldName.maxAge, "600"),
            ]
        )
    }

    private func originHeaders(_ exchange: Exchange) -> [(HTTPField.Name, String)] {
        guard let allowed = service.configuration.allowedOrigin else { return [] }
        guard exchange.header(.origin) == allowed else { return [(.vary, "Origin")] }
        return [
            (FieldName.allowOrigin, allowed), (.vary, "Origin"),
            (FieldName.exposeHeaders, "X-Correlation-Id, X-Budget-Remaining, Retry-After"),
        ]
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

extension ChatFailure {
    /// How a stream ended, in the log: a caller that disconnected is not a model failure.
    var streamCode: String {
        error.name == .cancelled ? "cancelled" : code
    }
}

extension ChatRefusal {
    /// The figures of a refusal, in addition to its message.
    fileprivate var details: [JSONValue.Member] {
        switch self {
        case .budgetExceeded(let refusal):
            [
                .init("scope", .string(refusal.scope.kind.option)), .init("window", .string(refusal.window.rawValue)),
                .init("spentUSD", .string(refusal.spent.description)),
                .init("reservedUSD", .string(refusal.held.description)),
                .init("limitUSD", .string(refusal.limit.description)),
                .init("neededUSD", .string(refusal.worstCase.total.description)),
                .init("resetsAt", .string(refusal.resets.description)),
            ]
        case .messageTooLong(let characters, let limit):
            [.init("characters", .integer(characters)), .init("limit", .integer(limit))]
        case .bodyTooLarge(let limit): [.init("limitBytes", .integer(limit))]
        case .quotaExceeded(let excess):
            [
                .init("scope", .string(excess.budget.scope.kind.option)),
                .init("window", .string(excess.budget.window.rawValue)),
                .init("requests", .integer(excess.total.requests)),
                .init("quota", .integer(excess.budget.requests ?? 0)),
                .init("resetsAt", .string(excess.resets.description)),
            ]
        default: []
        }
    }
}

extension ChatAnswer {
    /// Returns everything about an answer except its text.
    fileprivate func members(_ exchange: Exchange) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("model", .string(modelId)), .init("stopReason", .string(response.stopReason)),
            .init(
                "usage",
                [
                    "inputTokens": .integer(response.usage.input), "outputTokens": .integer(response.usage.output),
                    "cacheReadInputTokens": .integer(response.usage.cacheRead),
                    "cacheWriteInputTokens": .integer(response.usage.cacheWrite),
                ]
            ),
            .init("cost", .string(cost.description)), .init("cached", .bool(isCached)),
        ]
        if isEstimated { members.append(.init("estimated", true)) }
        if let fallbackFrom { members.append(.init("fallbackFrom", .string(fallbackFrom))) }
        members.append(.init("correlationId", .string(exchange.correlationId)))
        return members
    }
}
