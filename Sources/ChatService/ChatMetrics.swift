import CoreMetrics
public import PurserCore

/// The service's metrics: their names, units and meaning, in one place.
public enum ChatMetric: String, Sendable, CaseIterable {
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
    case retries = "Retries"
    case budgetRefusals = "BudgetRefusals"
    case unpricedRequests = "UnpricedRequests"

    public static let namespace = "ChatService"

    /// Every sample is stored for the whole service and for its model.
    public static let dimensionSets = [[], [modelIdDimension]]

    public static let modelIdDimension = "ModelId"

    public var unit: MetricUnit {
        switch self {
        case .latency, .timeToModel: .seconds
        case .estimatedCost: .none
        default: .count
        }
    }

    /// The units by name, for the factory that makes the instruments.
    public static var units: [String: MetricUnit] {
        Dictionary(allCases.map { ($0.rawValue, $0.unit) }) { first, _ in first }
    }

    /// What one sample is, and when there is one.
    public var explanation: String {
        switch self {
        case .invocations: "1 for every request that passed admission, so that the model was called for it."
        case .errors: "1 for an invocation without an answer (5xx and refusals of the model), 0 for one with."
        case .clientErrors: "1 for a request answered with a 4xx status, 0 for any other."
        case .serverErrors: "1 for a request answered with a 5xx status, 0 for any other."
        case .throttles: "How many of an invocation's attempts the model throttled."
        case .latency: "Seconds from an invocation's arrival to its end, retries and their waits included."
        case .timeToModel: "Seconds from an invocation's arrival to its first model call: the service's own overhead."
        case .inputTokens: "Bedrock's inputTokens of an answered invocation, cached tokens not included."
        case .outputTokens: "Bedrock's outputTokens of an answered invocation."
        case .cacheReadInputTokens: "Bedrock's cacheReadInputTokens of an answered invocation that read a cache."
        case .cacheWriteInputTokens: "Bedrock's cacheWriteInputTokens of an answered invocation that wrote a cache."
        case .estimatedCost: "US dollars that an invocation was charged in the ledger."
        case .retries: "How many attempts after the first an invocation took."
        case .budgetRefusals: "1 for a request refused because it could exceed the month's budget, 0 for one that fits."
        case .unpricedRequests: "1 for a request refused because its model has no price."
        }
    }
}

/// The instruments of one model.
struct ChatInstruments: Sendable {
    let invocations: Counter
    let errors: CoreMetrics.Recorder
    let clientErrors: CoreMetrics.Recorder
    let serverErrors: CoreMetrics.Recorder
    let throttles: CoreMetrics.Recorder
    let latency: CoreMetrics.Timer
    let timeToModel: CoreMetrics.Timer
    let inputTokens: CoreMetrics.Recorder
    let outputTokens: CoreMetrics.Recorder
    let cacheReadInputTokens: CoreMetrics.Recorder
    let cacheWriteInputTokens: CoreMetrics.Recorder
    let estimatedCost: CoreMetrics.Recorder
    let retries: CoreMetrics.Recorder
    let budgetRefusals: CoreMetrics.Recorder
    let unpricedRequests: Counter

    init(_ factory: any MetricsFactory, modelId: String) {
        let dimensions = [(ChatMetric.modelIdDimension, modelId)]
        func counter(_ metric: ChatMetric) -> Counter {
            Counter(label: metric.rawValue, dimensions: dimensions, factory: factory)
        }
        func recorder(_ metric: ChatMetric) -> CoreMetrics.Recorder {
            CoreMetrics.Recorder(label: metric.rawValue, dimensions: dimensions, aggregate: true, factory: factory)
        }
        func timer(_ metric: ChatMetric) -> CoreMetrics.Timer {
            CoreMetrics.Timer(label: metric.rawValue, dimensions: dimensions, factory: factory)
        }
        invocations = counter(.invocations)
        errors = recorder(.errors)
        clientErrors = recorder(.clientErrors)
        serverErrors = recorder(.serverErrors)
        throttles = recorder(.throttles)
        latency = timer(.latency)
        timeToModel = timer(.timeToModel)
        inputTokens = recorder(.inputTokens)
        outputTokens = recorder(.outputTokens)
        cacheReadInputTokens = recorder(.cacheReadInputTokens)
        cacheWriteInputTokens = recorder(.cacheWriteInputTokens)
        estimatedCost = recorder(.estimatedCost)
        retries = recorder(.retries)
        budgetRefusals = recorder(.budgetRefusals)
        unpricedRequests = counter(.unpricedRequests)
    }

    /// Records a request that was turned away.
    func record(_ refusal: ChatRefusal) {
        clientErrors.record(refusal.status < 500 ? 1 : 0)
        serverErrors.record(refusal.status < 500 ? 0 : 1)
        switch refusal {
        case .budgetExceeded: budgetRefusals.record(1)
        case .unpricedModel: unpricedRequests.increment()
        default: break
        }
    }

    /// Records an invocation that ended.
    func record(_ call: FinishedCall) {
        invocations.increment()
        errors.record(call.isAnswered ? 0 : 1)
        clientErrors.record(0)
        serverErrors.record(call.isAnswered ? 0 : 1)
        budgetRefusals.record(0)
        throttles.record(call.throttles)
        retries.record(call.retries)
        latency.recordNanoseconds(call.latencyNanoseconds)
        timeToModel.recordNanoseconds(call.timeToModelNanoseconds)
        estimatedCost.record(call.cost.dollars)
        guard call.isAnswered else { return }
        inputTokens.record(call.usage.input)
        outputTokens.record(call.usage.output)
        if call.usage.cacheRead > 0 { cacheReadInputTokens.record(call.usage.cacheRead) }
        if call.usage.cacheWrite > 0 { cacheWriteInputTokens.record(call.usage.cacheWrite) }
    }
}

/// The figures of an invocation that ended.
struct FinishedCall {
    var isAnswered: Bool
    var usage: TokenUsage
    var cost: Picodollars
    var retries: Int
    var throttles: Int
    var latencyNanoseconds: Int64
    var timeToModelNanoseconds: Int64
}
