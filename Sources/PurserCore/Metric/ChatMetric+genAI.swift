extension ChatMetric {
    /// Returns whether a series counts events, which makes its sum the relevant figure; nil for series that are not the
    /// chat service's.
    ///
    /// The result does not depend on the samples: a metric whose type changed would break its queries. Metrics computed
    /// from the ledger do not count events.
    package static func countsEvents(_ series: Series) -> Bool? {
        guard series.metric.namespace == namespace else { return nil }
        guard let metric = ChatMetric(rawValue: series.metric.name) else { return false }
        return switch metric {
        case .latency, .timeToModel, .timeToFirstToken, .inputTokens, .outputTokens, .cacheReadInputTokens,
            .cacheWriteInputTokens, .estimatedCost, .cacheSavings:
            false
        case .invocations, .errors, .clientErrors, .serverErrors, .throttles, .retries, .budgetRefusals,
            .unpricedRequests, .cacheHits, .fallbacks, .blockedRequests, .rateLimitedRequests, .authenticationFailures,
            .invalidRequests, .quotaRefusals, .unavailableRequests, .ledgerErrors, .cancellations:
            true
        }
    }

    /// An instrument of OpenTelemetry's semantic conventions for generative AI.
    package struct GenAIInstrument: Sendable, Equatable {
        package let name: String
        package let unit: String
        package let attributes: [Dimension]
    }

    /// Returns the instrument that the conventions define for a series of the chat service; nil if they have no name
    /// for it.
    ///
    /// Only series of one model have such a name: the conventions distinguish models by an attribute, and a query that
    /// adds up all series would count samples twice if the series for the whole service were among them.
    package static func genAIInstrument(for series: Series) -> GenAIInstrument? {
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
