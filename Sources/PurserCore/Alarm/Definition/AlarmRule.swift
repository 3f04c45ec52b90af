/// What an alarm watches; each kind of alarm is a case.
package enum AlarmRule: Sendable, Equatable {
    /// One statistic of one metric.
    case metric(AlarmMetric)
    /// The result of metric math over several metrics.
    case math(AlarmMath)
    /// The states of other alarms.
    case composite(AlarmComposite)

    /// The metrics that it needs, in the file's order.
    var metrics: [AlarmMetric] {
        switch self {
        case .metric(let metric): [metric]
        case .math(let math): math.metrics
        case .composite: []
        }
    }

    /// In seconds; for the states of other alarms, their evaluation interval of one minute.
    var period: Int {
        switch self {
        case .metric(let metric): metric.period
        case .math(let math): math.period
        case .composite: 60
        }
    }
}

/// The parts of a composite alarm: the keys that only put-composite-alarm has.
package struct AlarmComposite: Sendable, Equatable {
    /// An alarm that holds back a composite alarm's actions while it is itself in ALARM.
    package struct Suppressor: Sendable, Equatable {
        /// As written in the file: a name or an ARN.
        package var text: String
        /// How many seconds a change waits for the suppressor to go into ALARM: ActionsSuppressorWaitPeriod.
        package var waitSeconds: Int
        /// How many seconds actions wait after the suppressor has left ALARM: ActionsSuppressorExtensionPeriod.
        package var extensionSeconds: Int

        package var name: String {
            AlarmReference.name(text)
        }
    }

    package var expression: CompositeExpression
    package var suppressor: Suppressor?
}

/// A reference in one alarm to another: its name or its ARN.
package enum AlarmReference {
    /// Returns the name in `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME`, or the text itself.
    package static func name(_ text: String) -> String {
        let parts = text.split(separator: ":", maxSplits: 6, omittingEmptySubsequences: false)
        guard parts.count == 7, parts[0] == "arn", parts[2] == "cloudwatch", parts[5] == "alarm" else { return text }
        return String(parts[6])
    }
}

/// One statistic of one metric: CloudWatch's MetricStat.
package struct AlarmMetric: Sendable, Hashable {
    package var metric: Metric
    /// The metric's dimensions in the file's order, which messages keep.
    package var dimensions: [Dimension]
    package var statistic: Statistic
    /// Seconds: 10, 20, 30 or a multiple of 60.
    package var period: Int
    /// Nil means the samples of all units.
    package var unit: MetricUnit?

    package init(
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

    package var reference: MetricReference {
        MetricReference(metric, unit: unit)
    }

    /// Metrics whose values are US dollars; those of AWS are in the currency that a dimension names.
    private static let inDollars: Set<String> = ["ChatService/MonthToDateCost", "ChatService/EstimatedCost"]

    /// Whether the metric's values are US dollars.
    package var isInDollars: Bool {
        let isBilling = metric.namespace == "AWS/Billing" && metric.name == "EstimatedCharges"
        return isBilling && dimensions.contains(Dimension("Currency", "USD"))
            || Self.inDollars.contains(metric.namespace + "/" + metric.name)
    }
}

/// The metrics and expressions of a metric-math alarm; one of them is watched.
package struct AlarmMath: Sendable, Equatable {
    /// CloudWatch's MetricDataQuery.
    package struct Query: Sendable, Equatable {
        package enum Source: Sendable, Equatable {
            case metric(AlarmMetric)
            /// The period as written in the file; nil means the metrics' period.
            case expression(MetricMathExpression, period: Int?)
        }

        package var id: String
        package var source: Source
        package var label: String?
        package var returnsData: Bool
        package var accountId: String?

        package init(
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
    package let queries: [Query]
    /// Seconds; the same for all metrics.
    package let period: Int
    /// The id of the band that the watched result is compared with, if there is one.
    package let thresholdMetricId: String?
    /// The queries' positions, each after the positions of the queries that it uses; queries that depend on themselves
    /// are left out.
    let order: [Int]
    /// The ids of the metrics and expressions that have a band.
    let bandedIds: [String]

    package init(queries: [Query], period: Int, thresholdMetricId: String? = nil) {
        self.queries = queries
        self.period = period
        self.thresholdMetricId = thresholdMetricId
        order = Self.order(queries)
        bandedIds = queries.reduce(into: []) { ids, query in
            guard case .expression(let expression, _) = query.source else { return }
            ids += expression.bandedIds.filter { !ids.contains($0) }
        }
    }

    private static func order(_ queries: [Query]) -> [Int] {
        var order: [Int] = []
        var done: Set<String> = []
        // An expression that uses METRICS may be listed before the metrics.
        var open = queries.indices.filter { queries[$0].isMetric } + queries.indices.filter { !queries[$0].isMetric }
        while true {
            let waiting = open.filter { index in
                if case .expression(let expression, _) = queries[index].source,
                    !expression.references.allSatisfy({ done.contains($0.id) })
                {
                    return true
                }
                order.append(index)
                done.insert(queries[index].id)
                return false
            }
            if waiting.isEmpty || waiting.count == open.count { return order }
            open = waiting
        }
    }

    /// The query whose result the alarm watches.
    package var watched: Query? {
        queries.first { $0.returnsData && $0.id != thresholdMetricId }
    }

    /// The metrics' ids in the file's order, which METRICS stands for.
    var metricIds: [String] {
        queries.filter(\.isMetric).map(\.id)
    }

    var metrics: [AlarmMetric] {
        queries.compactMap { if case .metric(let metric) = $0.source { metric } else { nil } }
    }
}
