import PurserCore
import PurserStore

extension MetricReader {
    /// The metrics whose samples use up a quota of tokens per minute.
    private enum Part: CaseIterable {
        case input
        case cacheWrite
        case output

        var metric: ChatMetric {
            switch self {
            case .input: .inputTokens
            case .cacheWrite: .cacheWriteInputTokens
            case .output: .outputTokens
            }
        }
    }

    /// Returns the models with a quota of tokens per minute whose calls are in the store.
    private func modelsWithTokenQuota() throws -> [String] {
        let limited = Set(tokenQuotas.flatMap(\.outputBurndowns.keys))
        guard !limited.isEmpty else { return [] }
        let name = ChatMetric.outputTokens.rawValue
        return try store.series(namespace: ChatMetric.namespace, name: name).compactMap { series in
            let dimensions = series.metric.dimensions
            guard dimensions.map(\.name) == [ChatMetric.modelIdDimension], let model = dimensions.first?.value else {
                return nil
            }
            return limited.contains(model) ? model : nil
        }
    }

    /// Returns TPMQuotaUsed for the whole service and for each model that has a quota and calls.
    func tokenQuotaMetrics() throws -> [Metric] {
        let metric = Derived.tpmQuotaUsed.metric
        let models = try modelsWithTokenQuota()
        guard !models.isEmpty else { return [] }
        return [metric]
            + models.map { model in
                let dimensions = [PurserCore.Dimension(ChatMetric.modelIdDimension, model)]
                return Metric(namespace: metric.namespace, name: metric.name, dimensions: dimensions)
            }
    }

    /// Returns, for each minute, how much of each quota was used, in percent: of all models, or of the quota
    /// of one model.
    ///
    /// Data that is coarser than a minute does not say what one minute used, so there is none for such a time.
    func tokenQuotaSlots(of modelId: String?, _ range: Range<Timestamp>, _ grid: SlotGrid?) throws -> [Slot] {
        let stored = Set(try modelsWithTokenQuota())
        let quotas = tokenQuotas.filter { quota in
            let models = quota.outputBurndowns.keys
            return models.contains(where: stored.contains) && (modelId.map(models.contains) ?? true)
        }
        let kept = try store.slotsKeptFrom(dividing: Self.minuteSeconds)
        let from = max(range.lowerBound, Timestamp(milliseconds: kept.milliseconds + 59_999).floored(toSeconds: 60))
        guard !quotas.isEmpty, from < range.upperBound else { return [] }
        var used: [Int: [Timestamp: Double]] = [:]
        let models = quotas.flatMap(\.outputBurndowns.keys).filter(stored.contains)
        let references = models.flatMap { model in Part.allCases.map { Self.reference($0, model) } }
        let all = try store.slots(of: references, from: from, to: range.upperBound)
        for (number, quota) in quotas.enumerated() {
            for (model, burndown) in quota.outputBurndowns where stored.contains(model) {
                for part in Part.allCases {
                    let weight = part == .output ? Double(burndown) : 1
                    for slot in all[Self.reference(part, model)]?.slots ?? [] {
                        let minute = slot.start.floored(toSeconds: Self.minuteSeconds)
                        used[number, default: [:]][minute, default: 0] += weight * slot.distribution.sum
                    }
                }
            }
        }
        var slots: [Slot] = []
        var piece = DistributionAccumulator()
        var (minute, zeros) = (from, 0)
        while minute < range.upperBound {
            for (number, quota) in quotas.enumerated() {
                if let tokens = used[number]?[minute] {
                    piece.add(Distribution(value: 100 * tokens / Double(quota.tokensPerMinute)) ?? .empty)
                } else {
                    zeros += 1
                }
            }
            let start = grid.map { $0.start(of: $0.index(of: minute)) } ?? minute
            let end = grid.map { $0.start(of: $0.index(of: minute) + 1) } ?? minute + Self.minuteSeconds
            minute = minute + Self.minuteSeconds
            guard minute >= end || minute >= range.upperBound else { continue }
            piece.add(Distribution(value: 0, count: zeros) ?? .empty)
            slots.append(Slot(start: start, distribution: piece.distribution))
            piece.removeAll(keepingCapacity: true)
            zeros = 0
        }
        return slots
    }

    private static let minuteSeconds = 60

    private static func reference(_ part: Part, _ model: String) -> MetricReference {
        let dimensions = [PurserCore.Dimension(ChatMetric.modelIdDimension, model)]
        let metric = Metric(namespace: ChatMetric.namespace, name: part.metric.rawValue, dimensions: dimensions)
        return MetricReference(metric, unit: part.metric.unit)
    }
}
