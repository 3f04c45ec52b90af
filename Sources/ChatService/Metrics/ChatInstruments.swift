import CoreMetrics
import PurserCore

/// The instruments of one model.
struct ChatInstruments: Sendable {
    private let invocations: Counter
    private let errors: CoreMetrics.Recorder
    private let clientErrors: CoreMetrics.Recorder
    private let serverErrors: CoreMetrics.Recorder
    private let throttles: CoreMetrics.Recorder
    private let latency: CoreMetrics.Timer
    private let timeToModel: CoreMetrics.Timer
    private let timeToFirstToken: CoreMetrics.Timer
    private let inputTokens: CoreMetrics.Recorder
    private let outputTokens: CoreMetrics.Recorder
    private let cacheReadInputTokens: CoreMetrics.Recorder
    private let cacheWriteInputTokens: CoreMetrics.Recorder
    private let estimatedCost: CoreMetrics.Recorder
    private let cacheSavings: CoreMetrics.Recorder
    private let retries: CoreMetrics.Recorder
    private let budgetRefusals: CoreMetrics.Recorder
    private let cacheHits: CoreMetrics.Recorder
    private let fallbacks: CoreMetrics.Recorder
    private let cancellations: Counter
    /// The refusals that are counted; budget refusals are recorded as samples.
    private let refusals: [ChatMetric: Counter]

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
        timeToFirstToken = timer(.timeToFirstToken)
        inputTokens = recorder(.inputTokens)
        outputTokens = recorder(.outputTokens)
        cacheReadInputTokens = recorder(.cacheReadInputTokens)
        cacheWriteInputTokens = recorder(.cacheWriteInputTokens)
        estimatedCost = recorder(.estimatedCost)
        cacheSavings = recorder(.cacheSavings)
        retries = recorder(.retries)
        budgetRefusals = recorder(.budgetRefusals)
        cacheHits = recorder(.cacheHits)
        fallbacks = recorder(.fallbacks)
        cancellations = counter(.cancellations)
        let counted: [ChatMetric] = [
            .unpricedRequests, .blockedRequests, .rateLimitedRequests, .authenticationFailures, .invalidRequests,
            .quotaRefusals, .unavailableRequests, .ledgerErrors,
        ]
        refusals = Dictionary(uniqueKeysWithValues: counted.map { ($0, counter($0)) })
    }

    /// Records a refused request.
    func record(_ refusal: ChatRefusal) {
        let isClients = refusal.kind.status < 500
        clientErrors.record(isClients ? 1 : 0)
        serverErrors.record(isClients ? 0 : 1)
        let metric = refusal.kind.metric
        if metric == .budgetRefusals { budgetRefusals.record(1) } else { refusals[metric]?.increment() }
    }

    /// Records whether the cache had an answer; if it did, the request ends there.
    func record(cacheHit isHit: Bool) {
        cacheHits.record(isHit ? 1 : 0)
        guard isHit else { return }
        clientErrors.record(0)
        serverErrors.record(0)
    }

    /// Records a finished invocation.
    func record(_ call: FinishedCall) {
        invocations.increment()
        errors.record(call.end == .failed ? 1 : 0)
        clientErrors.record(0)
        serverErrors.record(call.end == .failed ? 1 : 0)
        if call.end == .cancelled { cancellations.increment() }
        budgetRefusals.record(0)
        throttles.record(call.throttles)
        retries.record(call.retries)
        latency.recordNanoseconds(call.timings.total)
        timeToModel.recordNanoseconds(call.timings.toModel)
        if let toFirstToken = call.timings.toFirstToken { timeToFirstToken.recordNanoseconds(toFirstToken) }
        estimatedCost.record(call.cost.dollars)
        if let savings = call.cacheSavings { cacheSavings.record(savings.dollars) }
        if let isFallback = call.isFallback { fallbacks.record(isFallback ? 1 : 0) }
        guard let usage = call.usage else { return }
        inputTokens.record(usage.input)
        outputTokens.record(usage.output)
        if usage.cacheRead > 0 { cacheReadInputTokens.record(usage.cacheRead) }
        if usage.cacheWrite > 0 { cacheWriteInputTokens.record(usage.cacheWrite) }
    }
}

/// The figures of a finished invocation.
struct FinishedCall {
    enum End {
        case answered
        case failed
        /// The caller disconnected.
        case cancelled
    }

    var end: End
    /// Nil if the tokens are not known.
    var usage: TokenUsage?
    var cost: Picodollars
    /// Nil if no cache was used, or the tokens are not known.
    var cacheSavings: Picodollars?
    var retries: Int
    var throttles: Int
    /// Whether the cheaper model was called; nil if none is configured.
    var isFallback: Bool?
    var timings: ChatTimings
}
