public import CoreMetrics
public import PurserCore
import PurserStore

/// A chat service that cannot overspend: every call is entered in the ledger at its worst case before it is made, and
/// settled at its cost after it.
///
/// It knows nothing of HTTP; a server, a replay and a test drive it alike. The order of admission is that of
/// ``answer(_:)``.
public final class ChatService: Sendable {
    public let configuration: ChatConfiguration
    private let ledger: CallLedger
    private let prices: PriceCatalog
    private let model: any Model
    private let clock: ServiceClock
    private let throttle: Throttle?
    private let instruments: ChatInstruments
    private let reportStoreError: @Sendable (any Error) -> Void

    /// A service on the given ledger, model and clock.
    ///
    /// `reportStoreError` hears of every ledger write that failed: a refused reservation, or a settlement that left its
    /// hold standing.
    public init(
        configuration: ChatConfiguration,
        ledger: CallLedger,
        prices: PriceCatalog,
        model: any Model,
        clock: ServiceClock,
        metrics: any MetricsFactory,
        reportStoreError: @escaping @Sendable (any Error) -> Void
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.prices = prices
        self.model = model
        self.clock = clock
        self.reportStoreError = reportStoreError
        throttle = configuration.throttle.map(Throttle.init)
        instruments = ChatInstruments(metrics, modelId: configuration.modelId)
    }

    /// Answers a request, or says why not; never throws, so that every request ends in an outcome and in the metrics.
    public func answer(_ request: ChatRequest) async -> ChatOutcome {
        let arrival = clock.nanoseconds()
        switch admit(request) {
        case .refused(let refusal):
            instruments.record(refusal)
            return .refused(refusal)
        case .known:
            return .known
        case .admitted(let call):
            let attempts = await converse(call)
            return settle(call, attempts, arrival: arrival)
        }
    }

    // Admission, in the order of its checks.

    private enum Admission {
        case refused(ChatRefusal)
        case known
        case admitted(Call)
    }

    /// A call that the ledger holds money for.
    private struct Call {
        var request: ModelRequest
        var price: Price
        /// The worst case of one attempt.
        var hold: Picodollars
    }

    private func admit(_ request: ChatRequest) -> Admission {
        let message = Self.withoutControlCharacters(request.message)
        if let refusal = validate(message) { return .refused(refusal) }
        let now = clock.now()
        if let throttle, !throttle.take(at: now) { return .refused(.throttled) }
        guard let price = prices.price(for: configuration.modelId, at: now) else {
            return .refused(.unpricedModel(modelId: configuration.modelId))
        }
        let modelRequest = ModelRequest(
            requestId: request.requestId,
            attempt: 0,
            modelId: configuration.modelId,
            system: configuration.systemPrompt,
            messages: request.conversation + [ChatMessage(.user, message)],
            maxTokens: max(1, min(request.maxTokens ?? configuration.maxTokens, configuration.maxTokens)),
            timeoutSeconds: configuration.modelTimeoutSeconds
        )
        do {
            let hold = try price.worstCase(
                inputTokens: Self.mostInputTokens(modelRequest),
                maxOutputTokens: modelRequest.maxTokens
            )
            let result = try ledger.reserve(
                Reservation(
                    requestId: request.requestId,
                    time: now,
                    caller: request.caller,
                    modelId: configuration.modelId,
                    correlationId: request.correlationId,
                    price: price,
                    hold: hold,
                    limit: configuration.budget,
                    quota: configuration.quota
                )
            )
            return admission(result, Call(request: modelRequest, price: price, hold: hold), at: now)
        } catch {
            reportStoreError(error)
            return .refused(.storeUnavailable(String(describing: error)))
        }
    }

    private func admission(_ result: ReservationResult, _ call: Call, at now: Timestamp) -> Admission {
        switch result {
        case .reserved: .admitted(call)
        case .known: .known
        case .quotaExceeded(let total):
            .refused(.quotaExceeded(requests: total.requests, quota: configuration.quota ?? 0))
        case .budgetExceeded(let excess):
            .refused(
                .budgetExceeded(
                    spent: excess.total.spent,
                    held: excess.total.held,
                    limit: excess.limit,
                    resets: CalendarMonth(containing: now).end
                )
            )
        }
    }

    private func validate(_ message: String) -> ChatRefusal? {
        // The count of bytes settles most messages without counting scalars.
        if message.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }) { return .emptyMessage }
        guard let limit = configuration.maxCharacters, message.utf8.count > limit else { return nil }
        let characters = message.unicodeScalars.count
        return characters > limit ? .messageTooLong(characters: characters, limit: limit) : nil
    }

    /// Drops control characters except tab and line breaks.
    static func withoutControlCharacters(_ text: String) -> String {
        // A line of printable ASCII, the common case, is told by one loop without branches, which the compiler vectorises.
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.reduce(into: UInt8(0)) { found, byte in found |= byte < 0x20 || byte > 0x7e ? 1 : 0 } == 0
        }
        if isPlain == true { return text }
        func isControl(_ value: UInt32) -> Bool {
            (value < 0x20 && value != 0x09 && value != 0x0a && value != 0x0d) || (0x7f...0x9f).contains(value)
        }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isControl($0.value) }))
    }

    /// More input tokens than the request can have: a byte-level tokenizer makes at most one token of a byte, and a chat
    /// template adds a few for each message.
    static func mostInputTokens(_ request: ModelRequest) -> Int {
        let perMessage = 32
        return request.messages.reduce(request.system.utf8.count + perMessage) { $0 + $1.text.utf8.count + perMessage }
    }

    // The model call.

    /// What the attempts at a call brought.
    private struct Attempts {
        var response: ModelResponse?
        var error: ModelError?
        var retries = 0
        var throttles = 0
        /// Attempts without a usage that may be billed all the same.
        var uncertain = 0
        var firstCall: Int64
    }

    private func converse(_ call: Call) async -> Attempts {
        var attempts = Attempts(firstCall: clock.nanoseconds())
        var request = call.request
        while true {
            do throws(ModelError) {
                attempts.response = try await model.converse(request)
                attempts.error = nil
                return attempts
            } catch {
                attempts.error = error
                if error.isThrottling { attempts.throttles += 1 }
                if error.mayBeCharged { attempts.uncertain += 1 }
            }
            guard let error = attempts.error, error.isRetryable,
                attempts.retries < configuration.retryDelaysSeconds.count
            else { return attempts }
            // The lost attempt may be on the bill: its hold stays, and another attempt needs one of its own.
            if error.mayBeCharged, !raiseHold(call) { return attempts }
            do {
                try await clock.sleep(.seconds(configuration.retryDelaysSeconds[attempts.retries]))
            } catch {
                attempts.error = ModelError(.cancelled, "the caller went away between two attempts")
                return attempts
            }
            attempts.retries += 1
            request.attempt = attempts.retries
        }
    }

    private func raiseHold(_ call: Call) -> Bool {
        do {
            return try ledger.raiseHold(call.request.requestId, call.hold, configuration.budget)
        } catch {
            reportStoreError(error)
            return false
        }
    }

    // The account.

    private func settle(_ call: Call, _ attempts: Attempts, arrival: Int64) -> ChatOutcome {
        let usage = attempts.response?.usage ?? TokenUsage()
        let uncertain = Picodollars(call.hold.rawValue * Int128(attempts.uncertain))
        // A cost that cannot be computed (a count below zero, a sum past 64 bits) is charged at the hold: never at nothing.
        let exact = attempts.response == nil ? .zero : try? call.price.cost(of: usage)
        let cost = (exact ?? call.hold) + uncertain
        let latency = clock.nanoseconds() - arrival
        let settlement = Settlement(
            requestId: call.request.requestId,
            time: clock.now(),
            outcome: attempts.response == nil ? attempts.error?.name.rawValue ?? "Unknown" : "success",
            usage: usage,
            isEstimated: exact == nil || attempts.uncertain > 0,
            latencyMilliseconds: Int(latency / 1_000_000),
            retries: attempts.retries,
            cost: cost
        )
        // Where the ledger cannot be written the hold stands, so the budget errs on the safe side.
        do {
            try ledger.settle(settlement)
        } catch {
            reportStoreError(error)
        }
        instruments.record(
            FinishedCall(
                isAnswered: attempts.response != nil,
                usage: usage,
                cost: cost,
                retries: attempts.retries,
                throttles: attempts.throttles,
                latencyNanoseconds: latency,
                timeToModelNanoseconds: attempts.firstCall - arrival
            )
        )
        if let response = attempts.response {
            return .answered(
                ChatAnswer(
                    text: response.text,
                    modelId: call.request.modelId,
                    stopReason: response.stopReason,
                    usage: usage,
                    cost: cost,
                    retries: attempts.retries
                )
            )
        }
        let error = attempts.error ?? ModelError(.internalServer, "no answer and no error")
        return .failed(ChatFailure(error: error, retries: attempts.retries, cost: cost))
    }
}
