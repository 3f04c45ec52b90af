/// What an alarm watches. A kind of alarm is a case; composite alarms will be another.
public enum AlarmRule: Sendable, Equatable {
    /// One statistic of one metric.
    case metric(AlarmMetric)
    /// The result of metric math over several metrics.
    case math(AlarmMath)
}

/// One statistic of one metric: CloudWatch's MetricStat.
public struct AlarmMetric: Sendable, Equatable {
    public var metric: Metric
    /// The metric's dimensions in the file's order, which messages keep.
    public var dimensions: [Dimension]
    public var statistic: Statistic
    /// Seconds: 10, 20, 30 or a multiple of 60.
    public var period: Int
    /// Nil means the samples of all units.
    public var unit: MetricUnit?

    public init(
        metric: Metric,
        dimensions: [Dimension]? = nil,
        statistic: Statistic,
        period: Int,
        unit: MetricUnit? = nil
    ) {
        self.metric = metric
        self.dimensions = dimensions ?? metric.dimensions
        self.statistic = statistic
        self.period = period
        self.unit = unit
    }

    public var reference: MetricReference {
        MetricReference(metric, unit: unit)
    }
}

/// The metrics and expressions of a metric-math alarm; one of them is watched.
public struct AlarmMath: Sendable, Equatable {
    /// CloudWatch's MetricDataQuery.
    public struct Query: Sendable, Equatable {
        public enum Source: Sendable, Equatable {
            case metric(AlarmMetric)
            /// The period as the file gives it: the metrics' own where it is absent.
            case expression(MetricMathExpression, period: Int?)
        }

        public var id: String
        public var source: Source
        public var label: String?
        public var returnsData: Bool
        public var accountId: String?

        public init(
            id: String,
            source: Source,
            label: String? = nil,
            returnsData: Bool,
            accountId: String? = nil
        ) {
            self.id = id
            self.source = source
            self.label = label
            self.returnsData = returnsData
            self.accountId = accountId
        }

        var isMetric: Bool {
            if case .metric = source { true } else { false }
        }
    }

    /// In the file's order.
    public var queries: [Query]
    /// Seconds; the same for all metrics.
    public var period: Int

    public init(queries: [Query], period: Int) {
        self.queries = queries
        self.period = period
    }

    /// The query whose result the alarm watches.
    public var watched: Query? {
        queries.first(where: \.returnsData)
    }

    /// The metrics' ids in the file's order, which METRICS stands for.
    var metricIds: [String] {
        queries.filter(\.isMetric).map(\.id)
    }

    var metrics: [AlarmMetric] {
        queries.compactMap { if case .metric(let metric) = $0.source { metric } else { nil } }
    }
}
