import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

extension Session {
    /// Returns what the names of metrics in Prometheus depend on.
    func prometheusMetrics() throws -> PrometheusRules.Metrics {
        let known = try knownMetrics()
        return PrometheusRules.Metrics(
            isCounter: ChatMetric.countsEvents,
            dimensionNames: { known[$0.plain]?.dimensions ?? [] },
            units: { known[$0.plain]?.units ?? [] }
        )
    }

    private struct KnownMetric {
        var dimensions: Set<String> = []
        var units: Set<MetricUnit> = []
    }

    /// Returns the dimensions and units of each metric, from the chat service and from the store if there is one.
    private func knownMetrics() throws -> [Metric: KnownMetric] {
        let service = Set(ChatMetric.dimensionSets.flatMap(\.self))
        var known: [Metric: KnownMetric] = [:]
        for metric in ChatMetric.allCases {
            known[metric.metric] = KnownMetric(dimensions: service, units: [metric.unit])
        }
        guard FileManager.default.fileExists(atPath: storePath) else { return known }
        for series in try store(.existing).series(namespace: nil, name: nil) {
            known[series.metric.plain, default: KnownMetric()].dimensions.formUnion(
                series.metric.dimensions.map(\.name)
            )
            known[series.metric.plain, default: KnownMetric()].units.insert(series.unit)
        }
        return known
    }
}

extension Metric {
    /// The metric without dimensions.
    fileprivate var plain: Metric {
        Metric(namespace: namespace, name: name)
    }
}
