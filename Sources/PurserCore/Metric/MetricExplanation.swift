/// The meaning of a metric of the chat service.
package struct MetricExplanation: Sendable, Equatable {
    package var metric: Metric
    package var unit: MetricUnit
    package var text: String

    package init(metric: Metric, unit: MetricUnit, text: String) {
        self.metric = metric
        self.unit = unit
        self.text = text
    }
}

extension ChatMetric {
    package var metric: Metric {
        Metric(namespace: Self.namespace, name: rawValue)
    }
}
