/// A metric as a reader names it; without a unit, it refers to all units of the metric.
public struct MetricReference: Sendable, Hashable {
    public let metric: Metric
    public let unit: MetricUnit?

    public init(_ metric: Metric, unit: MetricUnit? = nil) {
        self.metric = metric
        self.unit = unit
    }
}
