import PurserCore
import PurserStore

/// A call that the ledger holds money for.
struct AdmittedCall {
    /// The original request, to be kept if the call fails.
    var origin: ChatRequest
    var request: ModelRequest
    var price: Price
    /// The tier that the request asks for.
    var tier: ServiceTier
    /// The worst-case cost of one attempt.
    var hold: Picodollars
    var budget: BudgetStanding?
    var fallbackFrom: String?
    var cacheKey: AnswerCache.Key?
}

extension AdmittedCall {
    /// The call without its texts, which may be large: after its last attempt, and if its caller has disconnected, they
    /// are not needed any more.
    var withoutContent: AdmittedCall {
        var call = self
        call.request.input = .chat(system: "", messages: [])
        call.origin.content = .message("", conversation: [])
        return call
    }
}

/// The results of the attempts at a call.
struct CallAttempts<Answer> {
    var answer: Answer?
    var error: ModelError?
    var retries = 0
    var throttles = 0
    /// Attempts that reported no usage but may still be billed.
    var uncertain = 0
    var firstCall: Int64
}

/// How a call ended.
struct CallEnding {
    /// The part of the answer that arrived; a stream's text has already been delivered.
    var response: ModelResponse
    /// Whether the response's usage was reported, even if the call failed.
    var isUsageKnown: Bool
    /// Bedrock's id of the last attempt.
    var upstreamRequestId: String?
    /// Nil if the whole answer arrived.
    var error: ModelError?
    var retries: Int
    var throttles: Int
    var uncertain: Int
    var arrival: Int64
    var firstCall: Int64
    var firstToken: Int64?

    init<Answer>(_ attempts: CallAttempts<Answer>, arrival: Int64, response: ModelResponse?) {
        self.response = response ?? ModelResponse(text: "", stopReason: "", usage: TokenUsage())
        isUsageKnown = response != nil
        upstreamRequestId = response?.upstreamRequestId ?? attempts.error?.upstreamRequestId
        error = attempts.error
        retries = attempts.retries
        throttles = attempts.throttles
        uncertain = attempts.uncertain
        self.arrival = arrival
        firstCall = attempts.firstCall
    }
}

extension ChatService {
    /// Retries until there is an answer, an error that a retry cannot fix, or no attempt left.
    func attempt<Answer>(
        _ call: AdmittedCall,
        _ make: (ModelRequest) async throws(ModelError) -> Answer
    ) async -> CallAttempts<Answer> {
        var attempts = CallAttempts<Answer>(firstCall: clock.nanoseconds())
        let retries = RetryPlan(call, configuration, now: clock.now(), nanoseconds: attempts.firstCall)
        var request = call.request
        while true {
            do throws(ModelError) {
                attempts.answer = try await make(request)
                attempts.error = nil
                return attempts
            } catch {
                attempts.error = error
                if error.isThrottling { attempts.throttles += 1 }
                if error.treatment.mayBeCharged { attempts.uncertain += 1 }
            }
            guard let error = attempts.error,
                let wait = retries.wait(before: attempts.retries + 1, error, at: clock.nanoseconds())
            else { return attempts }
            // The lost attempt may be billed, so its hold stays, and a retry needs a hold of its own.
            if error.treatment.mayBeCharged, await !raiseHold(call) { return attempts }
            do {
                try await clock.sleep(wait)
            } catch {
                attempts.error = ModelError(.cancelled, "the caller disconnected between two attempts")
                return attempts
            }
            if call.origin.isCallerGone() { return attempts }
            attempts.retries += 1
            request.attempt = attempts.retries
            request.limits.total = retries.timeLeft(at: clock.nanoseconds())
        }
    }

    private func raiseHold(_ call: AdmittedCall) async -> Bool {
        do {
            return try await ledger.raiseHold(call.request.requestId, call.hold, configuration.budget)
        } catch {
            reportStoreError(error)
            return false
        }
    }

    /// Replaces the hold with the cost, records the call, and returns its outcome.
    func settle(_ call: AdmittedCall, _ ending: CallEnding) async -> ChatOutcome {
        let charge = CallCharge(call, ending)
        let timings = ChatTimings(
            toModel: ending.firstCall - ending.arrival,
            toFirstToken: ending.firstToken.map { $0 - ending.arrival },
            total: clock.nanoseconds() - ending.arrival
        )
        let standing = await enter(charge, call, ending, latencyMilliseconds: Int(timings.total / 1_000_000))
        instruments(for: call.request.modelId).record(
            FinishedCall(
                end: ending.error == nil ? .answered : ending.error?.name == .cancelled ? .cancelled : .failed,
                usage: charge.usage,
                cost: charge.cost,
                cacheSavings: charge.usage.flatMap { call.price.cacheSavings(of: $0, tier: charge.tier) },
                retries: ending.retries,
                throttles: ending.throttles,
                isFallback: configuration.fallbackModelId == nil ? nil : call.fallbackFrom != nil,
                timings: timings
            )
        )
        if var error = ending.error {
            error.upstreamRequestId = ending.upstreamRequestId
            let failure = ChatFailure(
                error: error,
                modelId: call.request.modelId,
                retries: ending.retries,
                usage: charge.usage,
                cost: charge.cost,
                timings: timings
            )
            if error.name != .cancelled { await keepFailure(call.origin, failure, clock.now()) }
            return .failed(failure)
        }
        var response = ending.response
        response.upstreamRequestId = ending.upstreamRequestId
        return .answered(
            ChatAnswer(
                response: response,
                modelId: call.request.modelId,
                fallbackFrom: call.fallbackFrom,
                cost: charge.cost,
                isEstimated: charge.isEstimated,
                retries: ending.retries,
                budget: standing,
                timings: timings
            )
        )
    }

    /// Settles the call in the ledger, and returns the caller's budget afterwards.
    private func enter(
        _ charge: CallCharge,
        _ call: AdmittedCall,
        _ ending: CallEnding,
        latencyMilliseconds: Int
    ) async -> BudgetStanding? {
        // If the ledger cannot be written, the hold remains, so the budget errs on the safe side.
        do {
            let result = try await ledger.settle(
                Settlement(
                    requestId: call.request.requestId,
                    time: clock.now(),
                    outcome: ending.error?.name.rawValue ?? "success",
                    usage: charge.usage ?? TokenUsage(),
                    isEstimated: charge.isEstimated,
                    latencyMilliseconds: latencyMilliseconds,
                    retries: ending.retries,
                    cost: charge.cost,
                    limit: configuration.budget,
                    upstreamRequestId: ending.upstreamRequestId,
                    tier: charge.tier
                )
            )
            if case .settled(let standing) = result { return standing }
        } catch {
            reportStoreError(error)
        }
        return call.budget
    }
}

/// The charge for a call.
private struct CallCharge {
    let cost: Picodollars
    /// Whether the cost includes a worst case.
    let isEstimated: Bool
    /// The tokens that were charged; nil if they are not known.
    let usage: TokenUsage?
    /// The tier that the charge is of.
    let tier: ServiceTier

    init(_ call: AdmittedCall, _ ending: CallEnding) {
        let served = ServiceTier(ending.response.tier.over(call.tier.names))
        tier = served ?? call.tier
        // If the cost cannot be computed (a negative count, a sum beyond 64 bits, a tier without a price), the hold is
        // charged instead of nothing.
        let exact =
            ending.isUsageKnown
            ? served.flatMap { try? call.price.cost(of: ending.response.usage, tier: $0) } : .zero
        cost = (exact ?? call.hold) + Picodollars(call.hold.rawValue * Int128(ending.uncertain))
        isEstimated = exact == nil || ending.uncertain > 0
        usage = ending.isUsageKnown && exact != nil ? ending.response.usage : nil
    }
}
