/// The periods that an expression is evaluated over.
package struct MetricMathFrame: Sendable, Equatable {
    /// The start of the oldest period.
    package var start: Timestamp
    /// Seconds.
    package var period: Int
    /// The number of periods.
    package var count: Int
    /// The boundaries of the periods, oldest first, if they are not all `period` seconds apart.
    var bounds: [Timestamp]?

    package init(start: Timestamp, period: Int, count: Int) {
        self.start = start
        self.period = period
        self.count = count
    }

    /// Creates the frame of the periods between boundaries, of which there is at least one.
    init(bounds: [Timestamp], period: Int) {
        self.init(start: bounds[0], period: period, count: bounds.count - 1)
        self.bounds = bounds
    }

    /// The end of the newest period.
    package var end: Timestamp {
        time(count)
    }

    /// Returns the datapoints of the periods that have a value, oldest first.
    package func datapoints(_ values: [(value: Double?, count: Int?)]) -> [Datapoint] {
        values.enumerated().compactMap { index, point in
            point.value.map { Datapoint(timestamp: time(index), value: $0, sampleCount: point.count) }
        }
    }

    /// Returns the start of a period, counted from 0, which is the end of the one before it.
    func time(_ index: Int) -> Timestamp {
        bounds?[index] ?? start + index * period
    }
}

/// The inputs of an expression other than the values of its ids.
package struct MetricMathContext: Sendable, Equatable {
    package var frame: MetricMathFrame
    /// The ids of the request's metrics in the request's order, for METRICS().
    package var metrics: [String]
    /// The expected values in each period of the frame, by the id of what has them, for ANOMALY_DETECTION_BAND.
    package var bands: [String: AnomalyBandPoints]

    package init(frame: MetricMathFrame, metrics: [String] = [], bands: [String: AnomalyBandPoints] = [:]) {
        self.frame = frame
        self.metrics = metrics
        self.bands = bands
    }
}

/// A model's expectation for one period.
package struct AnomalyBandPoint: Sendable, Equatable {
    package var expected: Double
    /// One standard deviation; above 0.
    package var deviation: Double

    package init(expected: Double, deviation: Double) {
        self.expected = expected
        self.deviation = deviation
    }
}

/// A model's expectation for each period of a frame, oldest first; nil for a period without one.
package struct AnomalyBandPoints: Sendable, Equatable {
    package var points: [AnomalyBandPoint?]

    package init(_ points: [AnomalyBandPoint?]) {
        self.points = points
    }

    /// Returns the band's edge at a number of deviations (possibly negative) from the expected value.
    func edge(deviations: Double, count: Int) -> [Double?] {
        (0..<count).map { index in
            guard points.indices.contains(index), let point = points[index] else { return nil }
            return MetricMathValue.finite(point.expected + deviations * point.deviation)
        }
    }
}
