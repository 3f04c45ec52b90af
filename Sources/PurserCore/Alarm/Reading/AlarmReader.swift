/// Reads one alarm file.
struct AlarmReader {
    var faults: DefinitionReader
    /// The names without a value in the metric's names and dimensions, and in ActionsEnabled.
    var missing: [String] = []

    static let mostActions = 5
    static let mostTags = 50
    static let longestText = 1024

    static let actionKeys = ["OKActions", "AlarmActions", "InsufficientDataActions"]

    private static let scalarKeys = [
        "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit",
    ]
    private static let keys =
        [
            "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
            "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData",
            "EvaluateLowSampleCountPercentile", "Metrics", "ThresholdMetricId", "EvaluationWindow", "Tags",
        ] + scalarKeys

    init(file: String, place: String = "") {
        faults = DefinitionReader(file: file, place: place)
    }

    mutating func alarm(_ root: JSONPlace) -> AlarmDefinition? {
        guard root.value.members != nil else {
            faults.fault(nil, "an alarm must be an object, not \(root.value.kind)")
            return nil
        }
        guard !root.has("AlarmRule") else { return composite(root) }
        let marks = ["AlarmName", "MetricName", "Metrics"]
        guard marks.contains(where: root.has) else {
            let all = (marks + ["AlarmRule"]).joined(separator: ", ")
            faults.fault(nil, "is not an alarm: one of the keys \(all) is needed")
            return nil
        }
        faults.checkKeys(
            of: root,
            supported: Self.keys,
            unsupported: [
                "WarmUpConfiguration": "warm-up periods are",
                "ActionConfiguration": "action configurations are",
            ],
            of: "put-metric-alarm"
        )
        let common = common(root)
        let rule = rule(root)
        var condition = condition(root)
        if let rule, let read = condition {
            checkSpan(root, rule, read)
            checkLowSamples(rule, read)
            condition?.standardTreatment = Self.standardTreatment(rule)
            checkWindow(rule, read)
        }
        guard let common, let rule, let condition else { return nil }
        return definition(root, common, rule, condition)
    }

    /// The keys that metric alarms and composite alarms have in common.
    struct CommonKeys {
        var name: String
        var description: String?
        var isEnabled: Bool
        var actions: WrittenActions
        var tags: [AlarmDefinition.Tag]
    }

    mutating func common(_ root: JSONPlace) -> CommonKeys? {
        let name = name(root)
        // Only people read it.
        let description = faults.text(
            root,
            "AlarmDescription",
            length: 0...Self.longestText,
            mayBeUnfilled: true
        )
        let isEnabled = isEnabled(root)
        let actions = actions(root)
        let tags = tags(root)
        guard let name else { return nil }
        return CommonKeys(
            name: name,
            description: description,
            isEnabled: isEnabled,
            actions: actions,
            tags: tags
        )
    }

    func definition(
        _ root: JSONPlace,
        _ common: CommonKeys,
        _ rule: AlarmRule,
        _ condition: AlarmCondition?
    ) -> AlarmDefinition {
        AlarmDefinition(
            name: common.name,
            alarmDescription: common.description,
            actionsEnabled: common.isEnabled,
            actions: common.actions.topics,
            unfilledActions: common.actions.unfilled,
            otherActions: common.actions.others,
            rule: rule,
            condition: condition,
            tags: common.tags,
            missingParameters: missing,
            canonicalJSON: root.value.canonical.text()
        )
    }

    private mutating func name(_ root: JSONPlace) -> String? {
        faults.name(root, "AlarmName", isRequired: true, length: 1...255)
    }

    /// Reads whether the alarm takes actions. Without the value of a parameter that decides it, it is not watched.
    private mutating func isEnabled(_ root: JSONPlace) -> Bool {
        let key = "ActionsEnabled"
        if let text = root.value[key]?.string, ParameterFilling.unfilled(in: text) != nil {
            addMissing(in: text)
            return true
        }
        return faults.boolean(root, key) ?? true
    }

    mutating func addMissing(in text: String) {
        for name in ParameterFilling.names(in: .string(text)).sorted() where !missing.contains(name) {
            missing.append(name)
        }
    }

    /// The actions of a file: topics, those without a value yet, and those that only CloudWatch carries out.
    struct WrittenActions {
        var topics = AlarmActions()
        var unfilled: [String] = []
        var others: [String] = []
    }

    private mutating func actions(_ root: JSONPlace) -> WrittenActions {
        var actions = WrittenActions()
        var filled: [[String]] = []
        for key in Self.actionKeys {
            var topics: [String] = []
            for place in faults.list(root, key, most: Self.mostActions) {
                guard let text = faults.text(place, length: 1...Self.longestText, mayBeUnfilled: true) else { continue }
                if ParameterFilling.unfilled(in: text) != nil {
                    if !actions.unfilled.contains(text) { actions.unfilled.append(text) }
                } else if TopicARN(text) != nil {
                    topics.append(text)
                } else if AlarmAction.kind(of: text) != nil {
                    if !actions.others.contains(text) { actions.others.append(text) }
                } else {
                    faults.fault(place.path, "`\(text)` is not allowed; \(AlarmAction.allowed)")
                }
            }
            filled.append(topics)
        }
        actions.topics = AlarmActions(ok: filled[0], alarm: filled[1], insufficientData: filled[2])
        return actions
    }

    private mutating func tags(_ root: JSONPlace) -> [AlarmDefinition.Tag] {
        var tags: [AlarmDefinition.Tag] = []
        for place in faults.list(root, "Tags", most: Self.mostTags) {
            faults.checkKeys(of: place, supported: ["Key", "Value"], of: "a tag")
            let key = faults.text(place, "Key", isRequired: true, length: 1...128)
            let value = faults.text(place, "Value", isRequired: true, length: 0...256, mayBeUnfilled: true)
            if let key, let value { tags.append(.init(key: key, value: value)) }
        }
        return tags
    }

    /// Checks that there is a percentile if the number of its samples matters.
    private mutating func checkLowSamples(_ rule: AlarmRule, _ condition: AlarmCondition) {
        let key = "EvaluateLowSampleCountPercentile"
        guard condition.evaluateLowSampleCountPercentile != nil else { return }
        let isPercentile = rule.metrics.contains { if case .percentile = $0.statistic { true } else { false } }
        if !isPercentile { faults.fault(key, "is allowed only with a percentile, such as ExtendedStatistic p99") }
    }

    /// Source: the user guide's "Configuring how CloudWatch alarms treat missing data".
    private static func standardTreatment(_ rule: AlarmRule) -> MissingDataTreatment {
        rule.metrics.allSatisfy { $0.metric.namespace == "AWS/DynamoDB" } ? .ignore : .missing
    }

    private mutating func rule(_ root: JSONPlace) -> AlarmRule? {
        guard root.has("Metrics") else {
            guard root.has("MetricName") else {
                faults.fault("MetricName", "is missing; either MetricName or Metrics is needed")
                return nil
            }
            return metric(root).map { .metric($0) }
        }
        for key in Self.scalarKeys where root.has(key) {
            faults.fault(key, "cannot be combined with Metrics, which sets it for each metric")
        }
        return math(root).map { .math($0) }
    }

    private mutating func condition(_ root: JSONPlace) -> AlarmCondition? {
        let comparison = faults.choice(root, "ComparisonOperator", isRequired: true, AlarmComparison.self)
        let (threshold, thresholdMetricId) = threshold(root, comparison)
        // A week of ten-second periods: more than the longest allowed span.
        let periods = faults.integer(root, "EvaluationPeriods", isRequired: true, 1...60_480)
        let datapoints = faults.integer(root, "DatapointsToAlarm", 1...60_480)
        if let periods, let datapoints, datapoints > periods {
            faults.fault(
                "DatapointsToAlarm",
                "\(datapoints) is not allowed; allowed: 1 to EvaluationPeriods, which is \(periods)"
            )
        }
        let treatment = faults.choice(root, "TreatMissingData", MissingDataTreatment.self)
        let lowSamples = faults.choice(root, "EvaluateLowSampleCountPercentile", LowSampleCountTreatment.self)
        let window = window(root)
        guard let comparison, let periods, threshold != nil || thresholdMetricId != nil else { return nil }
        return AlarmCondition(
            threshold: threshold,
            thresholdMetricId: thresholdMetricId,
            comparison: comparison,
            evaluationPeriods: periods,
            datapointsToAlarm: datapoints,
            treatMissingData: treatment,
            evaluateLowSampleCountPercentile: lowSamples,
            window: window
        )
    }

    /// Reads a number, or the id of a band among the metrics: the operator determines which of the two is needed.
    private mutating func threshold(_ root: JSONPlace, _ comparison: AlarmComparison?) -> (Double?, String?) {
        guard comparison?.isWithBand == true || comparison == nil && root.has("ThresholdMetricId") else {
            if root.has("ThresholdMetricId") {
                let operators = AlarmComparison.allCases.filter(\.isWithBand).map(\.rawValue).joined(separator: ", ")
                faults.fault("ThresholdMetricId", "is allowed only with the operators of a band: \(operators)")
            }
            return (faults.number(root, "Threshold", isRequired: true), nil)
        }
        if root.has("Threshold") {
            faults.fault("Threshold", "cannot be combined with a band, which ThresholdMetricId names")
        }
        if !root.has("Metrics") {
            faults.fault("Metrics", "is missing; an alarm on a band needs the metric and its ANOMALY_DETECTION_BAND")
        }
        return (nil, faults.text(root, "ThresholdMetricId", isRequired: true, length: 1...255))
    }

    /// Checks how far the alarm looks back: CloudWatch allows seven days, or one day if the period is below an hour.
    private mutating func checkSpan(_ root: JSONPlace, _ rule: AlarmRule, _ condition: AlarmCondition) {
        let period = rule.period
        let longest = period < 3600 ? 86_400 : 604_800
        let (span, hasOverflowed) = period.multipliedReportingOverflow(by: condition.evaluationPeriods)
        guard hasOverflowed || span > longest else { return }
        let allowed = "at most \(longest) s for a period \(period < 3600 ? "below" : "of") an hour"
        faults.fault(
            "EvaluationPeriods",
            "\(condition.evaluationPeriods) periods of \(period) s are not allowed; allowed: \(allowed)"
        )
    }
}
