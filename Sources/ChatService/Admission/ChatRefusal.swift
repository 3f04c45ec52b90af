package import PurserAWS
package import PurserCore

/// Why a request was refused, with the code and the status of the response.
package enum ChatRefusal: Error, Sendable, Equatable {
    /// The address is on the deny list.
    case addressDenied
    /// The sender has sent too many requests within a minute.
    case rateLimited(Sender, limit: Int, retryAfterSeconds: Int)
    case bodyTooLarge(limitBytes: Int)
    /// The bodies that are being received and answered take all the memory that they may.
    case overloaded
    /// The body arrived late or incomplete.
    case bodyIncomplete(String)
    case originNotAllowed
    /// Missing, forged or expired credentials, with a sentence that says what is wrong.
    case unauthenticated(String)
    /// A request in AWS's signature format that was not signed with an access key; one sentence says what is wrong.
    case signature(SigV4Refusal)
    /// Callers cannot be authenticated at the moment, because the keys that sign tokens could not be fetched.
    case signInUnavailable(retryAfterSeconds: Int)
    /// The request was signed for another Region than the one whose Bedrock would be called.
    case otherRegion(signed: String, served: String)
    /// The caller may not do this.
    case forbidden(String)
    case emptyMessage
    case invalidRequest(String)
    case messageTooLong(characters: Int, limit: Int)
    /// The message looks like an attack on a database.
    case blocked
    case throttled
    case quotaExceeded(BudgetExcess)
    case budgetExceeded(BudgetRefusal)
    case unpricedModel(UnpricedModel)
    /// The ledger could not be written, so the call was not made.
    case storeUnavailable(String)

    /// Whose requests per minute are limited.
    package enum Sender: Sendable, Equatable {
        case address
        case accessKey

        var word: String {
            switch self {
            case .address: "address"
            case .accessKey: "access key"
            }
        }
    }

    /// How a kind of refusal is answered and counted.
    package struct Kind: Sendable {
        /// The stable code of the HTTP response, and its status.
        package var code: String
        package var status: Int
        /// The closest exception of Bedrock. A refusal that a retry cannot fix must not be reported as throttling,
        /// because the SDKs retry throttling automatically.
        package var exception: BedrockException
        /// The metric that counts refusals of this kind.
        var metric: ChatMetric

        init(
            _ code: String,
            _ status: Int,
            _ exception: BedrockException,
            _ metric: ChatMetric
        ) {
            self.code = code
            self.status = status
            self.exception = exception
            self.metric = metric
        }
    }

    package var kind: Kind {
        switch self {
        case .addressDenied: Kind("forbidden", 403, .accessDenied, .blockedRequests)
        case .rateLimited: Kind("rate_limited", 429, .throttling, .rateLimitedRequests)
        case .bodyTooLarge: Kind("invalid_request", 413, .validation, .invalidRequests)
        case .overloaded:
            Kind("overloaded", 503, .serviceUnavailable, .unavailableRequests)
        case .bodyIncomplete: Kind("invalid_request", 408, .validation, .invalidRequests)
        case .originNotAllowed:
            Kind("origin_not_allowed", 403, .accessDenied, .blockedRequests)
        case .unauthenticated: Kind("unauthenticated", 401, .accessDenied, .authenticationFailures)
        case .signature: Kind("unauthenticated", 403, .accessDenied, .authenticationFailures)
        case .signInUnavailable: Kind("sign_in_unavailable", 503, .serviceUnavailable, .unavailableRequests)
        // No SDK retries this, and the caller has to change its settings.
        case .otherRegion: Kind("other_region", 400, .validation, .invalidRequests)
        case .forbidden: Kind("forbidden", 403, .accessDenied, .authenticationFailures)
        case .emptyMessage, .invalidRequest: Kind("invalid_request", 400, .validation, .invalidRequests)
        case .messageTooLong: Kind("message_too_long", 400, .validation, .invalidRequests)
        case .blocked: Kind("blocked", 403, .accessDenied, .blockedRequests)
        case .throttled: Kind("throttled", 429, .throttling, .rateLimitedRequests)
        case .quotaExceeded: Kind("quota_exceeded", 429, .serviceQuotaExceeded, .quotaRefusals)
        case .budgetExceeded: Kind("budget_exceeded", 402, .serviceQuotaExceeded, .budgetRefusals)
        case .unpricedModel: Kind("unpriced_model", 400, .validation, .unpricedRequests)
        case .storeUnavailable: Kind("internal", 500, .serviceUnavailable, .ledgerErrors)
        }
    }

    /// Returns the seconds to wait before the same request may succeed; nil if waiting does not help.
    package func retryAfterSeconds(at now: Timestamp) -> Int? {
        switch self {
        case .rateLimited(_, _, let seconds), .signInUnavailable(let seconds): seconds
        case .throttled, .overloaded: 1
        case .storeUnavailable: 5
        case .quotaExceeded(let excess): Self.seconds(until: excess.resets, from: now)
        case .budgetExceeded(let refusal):
            refusal.fitsLater
                ? Self.secondsOfRunning : refusal.neverFits ? nil : Self.seconds(until: refusal.resets, from: now)
        default: nil
        }
    }

    /// After this time, some of the requests that hold a budget's money have usually ended.
    private static let secondsOfRunning = 5

    private static func seconds(until end: Timestamp, from now: Timestamp) -> Int {
        max(1, Int((end - now + 999) / 1000))
    }

    /// One sentence for the caller.
    package var message: String {
        switch self {
        case .addressDenied: "Requests from this address are not allowed."
        case .rateLimited(let sender, let limit, let seconds):
            "This \(sender.word) has used up its \(limit.counted("request")) per minute; try again in \(seconds) s."
        case .bodyTooLarge(let limit): "The body is too large; at most \(limit) bytes are allowed."
        case .overloaded: "Too many large requests at once; try again in a second."
        case .bodyIncomplete(let what): what
        case .signature(let refusal): refusal.message
        case .originNotAllowed: "Pages from this origin may not call this service."
        case .unauthenticated(let what), .forbidden(let what), .invalidRequest(let what): what
        case .signInUnavailable(let seconds): "Sign-ins cannot be checked at the moment; try again in \(seconds) s."
        case .otherRegion(let signed, let served):
            "The request is signed for the Region \(signed), but this service calls Bedrock in \(served); set the client's "
                + "Region to \(served)."
        case .emptyMessage: "The message is empty."
        case .messageTooLong(let characters, let limit):
            "The message has \(characters) characters; at most \(limit) are allowed."
        case .blocked: "The message looks like an attack on a database, so it was not passed on."
        case .throttled: "Too many requests at once; try again in a second."
        case .quotaExceeded(let excess):
            "This \(excess.budget.window.rawValue)'s \(excess.budget.requests ?? 0) requests \(excess.budget.scope.phrase)are "
                + "used up (\(excess.total.requests) made). The quota resets at \(excess.resets)."
        case .budgetExceeded(let refusal): refusal.message
        case .unpricedModel(let model):
            "The model \(JSONBody.shown(model.modelId)) \(model.reason); without a price, its cost cannot be bounded."
        case .storeUnavailable:
            // The reason names files on this machine, so it goes to the log only.
            "The ledger could not be written, so the model was not called."
        }
    }
}
