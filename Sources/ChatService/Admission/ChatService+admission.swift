import PurserCore
import PurserStore

// Admission, in the order of its checks. The first refusal decides.

extension ChatService {
    /// Answers an incoming request, or returns why there is no answer.
    package func answer(_ arrival: Arrival) async -> ChatOutcome {
        switch await receive(arrival) {
        case .success(let request): await answer(request)
        case .failure(let refusal): refuse(refusal, configuration.modelId)
        }
    }

    /// Opens a streamed answer to an incoming request, or returns why there is none.
    package func openStream(_ arrival: Arrival) async -> ChatOpening {
        switch await receive(arrival) {
        case .success(let request): await openStream(request)
        case .failure(let refusal): .ended(refuse(refusal, configuration.modelId))
        }
    }

    private func receive(_ arrival: Arrival) async -> Result<ChatRequest, ChatRefusal> {
        do throws(ChatRefusal) {
            // 1. Address rules, and the page's origin, which is also in the head.
            try checkAddress(arrival)
            if let origin = arrival.origin, origin != configuration.allowedOrigin { throw .originNotAllowed }
            // 2. Authentication, before a body is read from a stranger.
            let claim = try await arrival.authenticate()
            // 3. Size.
            let isChat = arrival.door == .chat
            let body = try await arrival.readBody(isChat ? configuration.maxBodyBytes : configuration.maxSDKBodyBytes)
            try await claim.verify(body)
            try checkKeyRate(claim.principal)
            // 4. Validation, here only of the body's format; the rest follows in `admit`.
            return .success(try arrival.read(body, claim.principal))
        } catch {
            return .failure(error)
        }
    }

    private func checkAddress(_ arrival: Arrival) throws(ChatRefusal) {
        guard let address = arrival.address else { return }
        switch arrival.door {
        case .chat: if let refusal = addresses.refusal(of: address, at: clock.nanoseconds()) { throw refusal }
        case .sdk: if addresses.isDenied(address) { throw .addressDenied }
        }
    }

    private func checkKeyRate(_ principal: Principal) throws(ChatRefusal) {
        guard let keyWindows, let key = principal.caller.accessKey,
            let wait = keyWindows.admit(key, at: clock.nanoseconds())
        else { return }
        throw .rateLimited(.accessKey, limit: keyWindows.perMinute, retryAfterSeconds: wait)
    }

    enum Admission {
        case ended(ChatOutcome)
        case admitted(AdmittedCall)
    }

    /// - Parameter isStream: Whether the answer is to be streamed; a streamed answer never comes from the cache.
    func admit(_ request: ChatRequest, isStream: Bool) async -> Admission {
        let modelId = request.modelId ?? configuration.modelId
        do throws(ChatRefusal) {
            // 4. Validation.
            let input = try validated(request)
            let now = clock.now()
            // 5. Throttle.
            if let throttle, !throttle.take(at: clock.nanoseconds()) { throw .throttled }
            let candidates = try candidates(request, modelId, input, at: now)
            // 6. Quota: the reservation below checks it, so it is checked here only for an answer from the cache.
            // 7. Cache.
            let key = !isStream && cache != nil ? cacheKey(request, candidates[0], input) : nil
            if let key, let cache {
                let kept = cache.answer(key, at: clock.nanoseconds())
                if kept != nil { try await checkQuota(request.caller, at: now) }
                instruments(for: modelId).record(cacheHit: kept != nil)
                if let kept { return .ended(.answered(kept.again)) }
            }
            // 8. Budget and quota, in one transaction.
            return try await reserve(request, candidates, input, key, isStream: isStream, at: now)
        } catch {
            return .ended(refuse(error, modelId))
        }
    }

    private func refuse(_ refusal: ChatRefusal, _ modelId: String) -> ChatOutcome {
        instruments(for: modelId).record(refusal)
        return .refused(refusal)
    }

    // Validation.

    private func validated(_ request: ChatRequest) throws(ChatRefusal) -> ModelInput {
        switch request.content {
        case .message(let text, let conversation):
            let message = Self.withoutControlCharacters(text)
            try checkMessage(message)
            let turns = conversation.map { ChatMessage($0.role, Self.withoutControlCharacters($0.text)) }
            if configuration.blocksInjection {
                for turn in turns where turn.role == .user && InjectionRule.matches(turn.text) { throw .blocked }
                if InjectionRule.matches(message) { throw .blocked }
            }
            return .chat(system: configuration.systemPrompt, messages: turns + [ChatMessage(.user, message)])
        case .converse(let document, _):
            return .converse(document)
        }
    }

    private func checkMessage(_ message: String) throws(ChatRefusal) {
        if message.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }) { throw .emptyMessage }
        // For most messages, the number of bytes settles this without counting scalars.
        guard let limit = configuration.maxCharacters, message.utf8.count > limit else { return }
        let characters = message.unicodeScalars.count
        if characters > limit { throw .messageTooLong(characters: characters, limit: limit) }
    }

    // Models that may be called.

    /// A model that may serve the call, with the call's worst-case cost.
    private struct Candidate {
        var modelId: String
        var price: Price
        /// The answer's token limit, no higher than the model's own.
        var maxTokens: Int
        var worstCase: WorstCase
        /// The percentage of each budget that the call must fit into.
        var limitPercent: Int
    }

    /// Returns the requested model, and the cheaper one that takes over when a budget is nearly used up.
    ///
    /// A Converse request names its model, so it gets that model or none.
    private func candidates(
        _ request: ChatRequest,
        _ modelId: String,
        _ input: ModelInput,
        at now: Timestamp
    ) throws(ChatRefusal) -> [Candidate] {
        let fallback = request.modelId == nil ? configuration.fallbackModelId : nil
        var candidates: [Candidate] = []
        for id in [modelId, fallback].compactMap(\.self) {
            if let allowed = request.allowedModels, !CalledModel(id).isAllowed(by: allowed) {
                if id != modelId { continue }
                throw .forbidden("The model \(JSONBody.shown(id)) is not among those that this caller may use.")
            }
            let price = try price(for: id, at: now)
            let worstCase: WorstCase
            do throws(PriceError) {
                worstCase = try price.worstCase(
                    inputTokens: input.bound.mostTokens(at: price),
                    maxOutputTokens: maxTokens(request, input),
                    mayWriteCache: input.mayWriteCache,
                    tier: input.tier
                )
            } catch .unknownTier(let tier) {
                let reason = "has no price for the service tier `\(tier.rawValue)`"
                throw .unpricedModel(UnpricedModel(modelId: id, reason: reason, isUnknown: false))
            } catch {
                throw .invalidRequest("The request is too large for its cost to be bounded.")
            }
            let isLast = id != modelId || fallback == nil
            candidates.append(
                Candidate(
                    modelId: id,
                    price: price,
                    maxTokens: worstCase.outputTokens,
                    worstCase: worstCase,
                    limitPercent: isLast ? 100 : configuration.fallbackPercent
                )
            )
        }
        // If the fallback is not allowed, the model itself may use the whole budget.
        if candidates.count == 1 { candidates[0].limitPercent = 100 }
        return candidates
    }

    private func maxTokens(_ request: ChatRequest, _ input: ModelInput) -> Int {
        switch input {
        case .chat: max(1, min(request.maxTokens ?? configuration.maxTokens, configuration.maxTokens))
        case .converse(let document): document.maxTokens ?? configuration.maxTokens
        }
    }

    // Quota and cache.

    private func checkQuota(_ caller: Caller, at now: Timestamp) async throws(ChatRefusal) {
        let excess: BudgetExcess?
        do {
            excess = try await ledger.fullQuota(caller, now, configuration.quota)
        } catch {
            reportStoreError(error)
            throw .storeUnavailable(String(describing: error))
        }
        if let excess { throw .quotaExceeded(excess) }
    }

    private func cacheKey(_ request: ChatRequest, _ candidate: Candidate, _ input: ModelInput) -> AnswerCache.Key {
        let caller = request.caller
        return AnswerCache.Key(
            modelId: candidate.modelId,
            input: input,
            maxTokens: candidate.maxTokens,
            scope: [caller.user, caller.team, caller.application, caller.accessKey]
        )
    }

    // Budget.

    private func reserve(
        _ request: ChatRequest,
        _ candidates: [Candidate],
        _ input: ModelInput,
        _ key: AnswerCache.Key?,
        isStream: Bool,
        at now: Timestamp
    ) async throws(ChatRefusal) -> Admission {
        var excess: (budget: BudgetExcess, worstCase: WorstCase)?
        for candidate in candidates {
            let result: ReservationResult
            do {
                result = try await ledger.reserve(reservation(request, candidate, input.tier, at: now))
            } catch {
                reportStoreError(error)
                throw .storeUnavailable(String(describing: error))
            }
            switch result {
            case .reserved(let standing):
                let isFallback = candidate.modelId != candidates[0].modelId
                return .admitted(
                    AdmittedCall(
                        origin: request,
                        request: ModelRequest(
                            requestId: request.requestId,
                            modelId: candidate.modelId,
                            input: input,
                            maxTokens: candidate.maxTokens,
                            limits: timeLimits(request, isStream: isStream),
                            metadata: RequestMetadata.entries(requestId: request.requestId, caller: request.caller),
                            traceParent: request.traceParent
                        ),
                        price: candidate.price,
                        tier: input.tier,
                        hold: candidate.worstCase.total,
                        budget: standing,
                        fallbackFrom: isFallback ? candidates[0].modelId : nil,
                        cacheKey: isFallback ? nil : key
                    )
                )
            case .known: return .ended(.known)
            case .quotaExceeded(let excess): throw .quotaExceeded(excess)
            case .budgetExceeded(let found): excess = (found, candidate.worstCase)
            }
        }
        guard let excess else { return .ended(.known) }
        throw .budgetExceeded(
            BudgetRefusal(excess.budget, worstCase: excess.worstCase, mayShorten: request.modelId != nil)
        )
    }

    /// Returns how long an attempt may take.
    ///
    /// Bedrock sends a whole answer at once, so the time until its first byte is the time until its last. A program has
    /// its own time limit for that, and a person does not.
    private func timeLimits(_ request: ChatRequest, isStream: Bool) -> ModelTimeLimits {
        let hasOwnLimit = request.isFromSDK && !isStream
        return ModelTimeLimits(
            silence: hasOwnLimit ? nil : .seconds(configuration.modelTimeoutSeconds),
            total: .seconds(configuration.modelTotalSeconds)
        )
    }

    private func reservation(
        _ request: ChatRequest,
        _ candidate: Candidate,
        _ tier: ServiceTier,
        at now: Timestamp
    ) -> Reservation {
        Reservation(
            requestId: request.requestId,
            time: now,
            caller: request.caller,
            modelId: candidate.modelId,
            correlationId: request.correlationId,
            price: candidate.price,
            hold: candidate.worstCase.total,
            limit: configuration.budget,
            quota: configuration.quota,
            lease: now + configuration.leaseSeconds,
            limitPercent: candidate.limitPercent,
            tier: tier
        )
    }
}

extension ChatRequest {
    /// The model that the caller names; nil if the service chooses it.
    var modelId: String? {
        switch content {
        case .message: nil
        case .converse(_, let modelId): modelId
        }
    }
}

extension ChatConfiguration {
    /// The longest time that a call can take, plus a minute: an older hold belongs to a process that died.
    var leaseSeconds: Int {
        modelTotalSeconds + 60
    }
}

extension ChatAnswer {
    /// The answer as returned from the cache: no model was called, so it has no tokens and no cost.
    fileprivate var again: ChatAnswer {
        var copy = self
        (copy.response.usage, copy.cost, copy.retries) = (TokenUsage(), .zero, 0)
        copy.response.upstreamRequestId = nil
        copy.isCached = true
        copy.budget = nil
        copy.timings = ChatTimings()
        return copy
    }
}
