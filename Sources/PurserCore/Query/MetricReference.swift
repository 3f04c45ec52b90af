/// A metric as a reader names it; without a unit, it refers to all units of the metric.
package struct MetricReference: Sendable, Hashable {
    package let metric: Metric
    package let unit: MetricUnit?

    package init(_ metric: Metric, unit: MetricUnit? = nil) {
        self.metric = metric
        self.unit = unit
    }
}
