extension ChatMetric {
    /// Whether a series counts events, so that its sum is what it tells; nil for series that are not the chat service's.
    ///
    /// It does not depend on the samples: a metric whose type changed would break its queries. What is computed from the
    /// ledger counts none.
    public static func countsEvents(_ series: Series) -> Bool? {
        guard series.metric.namespace == namespace else { return nil }
        guard let metric = ChatMetric(rawValue: series.metric.name) else { return false }
        return switch metric {
        case .latency, .timeToModel, .timeToFirstToken, .inputTokens, .outputTokens, .cacheReadInputTokens,
            .cacheWriteInputTokens, .estimatedCost:
            false
        case .invocations, .errors, .clientErrors, .serverErrors, .throttles, .retries, .budgetRefusals,
            .unpricedRequests, .cacheHits, .fallbacks, .blockedRequests, .rateLimitedRequests, .authenticationFailures,
            .invalidRequests, .quotaRefusals, .unavailableRequests:
            true
        }
    }

    /// An instrument of OpenTelemetry's semantic conventions for generative AI.
    public struct GenAIInstrument: Sendable, Equatable {
        public let name: String
        public let unit: String
        public let attributes: [Dimension]
    }

    /// What the conventions call a series of the chat service; nil where they have no name for it.
    ///
    /// Only series of one model have such a name: the conventions tell models apart by an attribute, and whoever adds up
    /// all series would count the samples of a series for the whole service twice.
    public static func genAIInstrument(for series: Series) -> GenAIInstrument? {
        guard series.metric.namespace == namespace, let metric = ChatMetric(rawValue: series.metric.name),
            metric.unit == series.unit, series.metric.dimensions.map(\.name) == [modelIdDimension],
            let model = series.metric.dimensions.first?.value
        else { return nil }
        let attributes = [
            Dimension("gen_ai.operation.name", "chat"), Dimension("gen_ai.provider.name", "aws.bedrock"),
            Dimension("gen_ai.request.model", model),
        ]
        switch metric {
        case .latency:
            return GenAIInstrument(name: "gen_ai.client.operation.duration", unit: "s", attributes: attributes)
        case .inputTokens, .outputTokens:
            let type = Dimension("gen_ai.token.type", metric == .inputTokens ? "input" : "output")
            return GenAIInstrument(name: "gen_ai.client.token.usage", unit: "{token}", attributes: attributes + [type])
        default: return nil
        }
    }
}
