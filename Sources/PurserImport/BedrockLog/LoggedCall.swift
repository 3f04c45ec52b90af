package import PurserCore

/// A model call that another program made and Bedrock logged.
package struct LoggedCall: Sendable {
    package var requestId: String
    /// The id that a call through purserd has in its ledger; nil for any other call.
    package var ledgerRequestId: String?
    package var time: Timestamp
    package var caller: Caller
    package var modelId: String
    package var price: Price
    /// `success`, or the error's name.
    package var outcome: String
    package var usage: TokenUsage
    package var tier: ServiceTier
    package var cost: Picodollars
    /// Nil if the log does not have it.
    package var latencyMilliseconds: Int?

    /// The datapoints of an admitted call, to the extent that a log has them.
    ///
    /// They have the same metrics, samples and dimensions as the service's own.
    package var points: [Flush.Point] {
        let isAnswered = outcome == Self.success
        var samples: [(ChatMetric, Double)] = [
            (.invocations, 1), (.errors, isAnswered ? 0 : 1), (.clientErrors, 0), (.serverErrors, isAnswered ? 0 : 1),
            (.throttles, outcome == "ThrottlingException" ? 1 : 0), (.estimatedCost, cost.dollars),
        ]
        if let latencyMilliseconds { samples.append((.latency, Double(latencyMilliseconds) / 1000)) }
        if isAnswered {
            samples += [(.inputTokens, Double(usage.input)), (.outputTokens, Double(usage.output))]
            if usage.cacheRead > 0 { samples.append((.cacheReadInputTokens, Double(usage.cacheRead))) }
            if usage.cacheWrite > 0 { samples.append((.cacheWriteInputTokens, Double(usage.cacheWrite))) }
            if let savings = price.cacheSavings(of: usage, tier: tier) {
                samples.append((.cacheSavings, savings.dollars))
            }
        }
        return samples.flatMap { metric, value -> [Flush.Point] in
            guard let distribution = Distribution(value: value) else { return [] }
            let slot = Slot(start: time.floored(toSeconds: Slot.seconds), distribution: distribution)
            return ChatMetric.dimensionSets.map { names in
                let dimensions = names.map { PurserCore.Dimension($0, modelId) }
                let metric = (
                    Metric(namespace: ChatMetric.namespace, name: metric.rawValue, dimensions: dimensions), metric.unit
                )
                return Flush.Point(series: Series(metric.0, unit: metric.1), slot: slot)
            }
        }
    }

    static let success = "success"
}
