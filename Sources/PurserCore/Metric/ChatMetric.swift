/// The service's metrics: their names, units and meaning, in one place.
package enum ChatMetric: String, Sendable, CaseIterable {
    case invocations = "Invocations"
    case errors = "Errors"
    case clientErrors = "ClientErrors"
    case serverErrors = "ServerErrors"
    case throttles = "Throttles"
    case latency = "Latency"
    case timeToModel = "TimeToModel"
    case inputTokens = "InputTokens"
    case outputTokens = "OutputTokens"
    case cacheReadInputTokens = "CacheReadInputTokens"
    case cacheWriteInputTokens = "CacheWriteInputTokens"
    case estimatedCost = "EstimatedCost"
    case cacheSavings = "CacheSavings"
    case retries = "Retries"
    case budgetRefusals = "BudgetRefusals"
    case unpricedRequests = "UnpricedRequests"
    case timeToFirstToken = "TimeToFirstToken"
    case cacheHits = "CacheHits"
    case fallbacks = "Fallbacks"
    case blockedRequests = "BlockedRequests"
    case rateLimitedRequests = "RateLimitedRequests"
    case authenticationFailures = "AuthenticationFailures"
    case invalidRequests = "InvalidRequests"
    case quotaRefusals = "QuotaRefusals"
    case unavailableRequests = "UnavailableRequests"
    case ledgerErrors = "LedgerErrors"
    case cancellations = "Cancellations"

    package static let namespace = "ChatService"

    /// Every sample is stored for the whole service and for its model.
    package static let dimensionSets = [[], [modelIdDimension]]

    package static let modelIdDimension = "ModelId"

    package var unit: MetricUnit {
        switch self {
        case .latency, .timeToModel, .timeToFirstToken: .seconds
        case .estimatedCost, .cacheSavings: .none
        default: .count
        }
    }

    /// Whether a sample may be below zero.
    package var canBeNegative: Bool { self == .cacheSavings }

    /// The units by name, for the factory that makes the instruments.
    package static var units: [String: MetricUnit] {
        Dictionary(allCases.map { ($0.rawValue, $0.unit) }) { first, _ in first }
    }

    /// What one sample means, and when one is recorded.
    package var explanation: String {
        switch self {
        case .invocations: "1 for every request that passed admission, so the model was called for it."
        case .errors: "1 for an invocation without an answer (5xx and refusals by the model), 0 for any other."
        case .clientErrors: "1 for a request answered with a 4xx status, 0 for any other."
        case .serverErrors: "1 for a request answered with a 5xx status, 0 for any other."
        case .throttles: "How many of an invocation's attempts the model throttled."
        case .latency: "Seconds from an invocation's arrival to its end, including retries and their waits."
        case .timeToModel: "Seconds from an invocation's arrival to its first model call: the service's own overhead."
        case .inputTokens: "Bedrock's inputTokens of an invocation whose usage is known, excluding cached tokens."
        case .outputTokens: "Bedrock's outputTokens of an invocation whose usage is known."
        case .cacheReadInputTokens: "Bedrock's cacheReadInputTokens of an invocation that read a cache."
        case .cacheWriteInputTokens: "Bedrock's cacheWriteInputTokens of an invocation that wrote a cache."
        case .estimatedCost: "US dollars that an invocation was charged in the ledger."
        case .cacheSavings:
            "US dollars that an invocation's cache reads saved, less what its cache writes cost beyond plain input; below zero for a loss. For an invocation that read or wrote a cache."
        case .retries: "How many attempts an invocation took after the first."
        case .budgetRefusals: "1 for a request refused because it could exceed the month's budget, 0 for one that fits."
        case .unpricedRequests: "1 for a request refused because its model has no price."
        case .timeToFirstToken: "Seconds from a streaming invocation's arrival to its first piece of text."
        case .cacheHits: "1 for a request answered from the cache, 0 for one that was not in the cache."
        case .fallbacks:
            "1 for an invocation of the cheaper model because a budget was nearly used up, 0 for any other."
        case .blockedRequests: "1 for a request refused because of its address, its origin or an attack in its message."
        case .rateLimitedRequests:
            "1 for a request refused because its address, or all addresses together, sent too many requests."
        case .authenticationFailures: "1 for a request refused because of its credentials or permissions (401, 403)."
        case .invalidRequests: "1 for a request refused because it was malformed, too long or incomplete."
        case .quotaRefusals: "1 for a request refused because the month's quota of calls is used up."
        case .unavailableRequests:
            "1 for a request refused because sign-ins could not be verified, or memory ran out."
        case .ledgerErrors: "1 for a request refused because the ledger could not be written."
        case .cancellations: "1 for an invocation whose caller disconnected before the end of its answer."
        }
    }
}
