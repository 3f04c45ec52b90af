/// The periods that an expression is evaluated over.
public struct MetricMathFrame: Sendable, Equatable {
    /// The start of the oldest period.
    public var start: Timestamp
    /// Seconds.
    public var period: Int
    /// How many periods.
    public var count: Int

    public init(start: Timestamp, period: Int, count: Int) {
        self.start = start
        self.period = period
        self.count = count
    }

    /// The end of the newest period.
    package var end: Timestamp {
        start + count * period
    }

    /// The datapoints of the periods that have a value, the oldest first.
    package func datapoints(_ values: [(value: Double?, count: Int?)]) -> [Datapoint] {
        values.enumerated().compactMap { index, point in
            point.value.map { Datapoint(timestamp: time(index), value: $0, sampleCount: point.count) }
        }
    }

    /// The start of a period, counted from 0.
    func time(_ index: Int) -> Timestamp {
        start + index * period
    }
}

/// What an expression's value depends on beside the values of its ids.
public struct MetricMathContext: Sendable, Equatable {
    public var frame: MetricMathFrame
    /// Ids of the request's metrics in its order, for METRICS().
    public var metrics: [String]
    /// What is expected of a metric in each period of the frame, by the metric's id, for ANOMALY_DETECTION_BAND.
    public var bands: [String: AnomalyBandPoints]

    public init(frame: MetricMathFrame, metrics: [String] = [], bands: [String: AnomalyBandPoints] = [:]) {
        self.frame = frame
        self.metrics = metrics
        self.bands = bands
    }
}

/// What a model expects of one period.
public struct AnomalyBandPoint: Sendable, Equatable {
    public var expected: Double
    /// One standard deviation; above 0.
    public var deviation: Double

    public init(expected: Double, deviation: Double) {
        self.expected = expected
        self.deviation = deviation
    }
}

/// What a model expects of each period of a frame, oldest first; nil where it has no opinion.
public struct AnomalyBandPoints: Sendable, Equatable {
    public var points: [AnomalyBandPoint?]

    public init(_ points: [AnomalyBandPoint?]) {
        self.points = points
    }

    /// The band's edge so many deviations from the expected value, which may be a negative number of them.
    func edge(deviations: Double, count: Int) -> [Double?] {
        (0..<count).map { index in
            guard points.indices.contains(index), let point = points[index] else { return nil }
            return MetricMathValue.finite(point.expected + deviations * point.deviation)
        }
    }
}
