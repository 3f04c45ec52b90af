import ChatService
import PurserCore
import PurserStore

/// A model call that somebody else made and Bedrock logged.
struct LoggedCall: Sendable {
    var requestId: String
    var time: Timestamp
    var caller: Caller
    var modelId: String
    var price: Price
    /// `success`, or the error's name.
    var outcome: String
    var usage: TokenUsage
    var cost: Picodollars
    /// Nil where the log does not tell it.
    var latencyMilliseconds: Int?

    /// What an admitted call counts in, as far as a log tells it: the same metrics, samples and dimensions as the service's own.
    var points: [Flush.Point] {
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

    /// Enters the call in the ledger; false, and nothing is changed, where the ledger has its request id.
    func enter(in store: Store) throws -> Bool {
        let reservation = Reservation(
            requestId: requestId,
            time: time,
            caller: caller,
            modelId: modelId,
            correlationId: nil,
            price: price,
            hold: cost,
            // The money is spent: no budget can refuse it any more.
            limit: nil,
            quota: nil
        )
        guard try store.reserve(reservation).isReserved else { return false }
        let settlement = Settlement(
            requestId: requestId,
            time: Timestamp(milliseconds: time.milliseconds + Int64(latencyMilliseconds ?? 0)),
            outcome: outcome,
            usage: usage,
            isEstimated: false,
            latencyMilliseconds: latencyMilliseconds,
            retries: 0,
            cost: cost
        )
        return try store.settle(settlement).isSettled
    }
}
