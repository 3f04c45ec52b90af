/// The topics that an alarm notifies about each state, as ARNs.
package struct AlarmActions: Sendable, Equatable {
    package var ok: [String]
    package var alarm: [String]
    package var insufficientData: [String]

    package init(ok: [String] = [], alarm: [String] = [], insufficientData: [String] = []) {
        self.ok = ok
        self.alarm = alarm
        self.insufficientData = insufficientData
    }
}

/// A validated alarm, as `aws cloudwatch put-metric-alarm` or `put-composite-alarm` accepts it with `--cli-input-json`.
package struct AlarmDefinition: Sendable, Equatable {
    package struct Tag: Sendable, Equatable {
        package var key: String
        package var value: String
    }

    package var name: String
    package var alarmDescription: String?
    package var actionsEnabled: Bool
    package var actions: AlarmActions
    /// Actions that still hold a `${Name}` without a value: no notification is sent to them.
    package var unfilledActions: [String]
    /// Actions that CloudWatch carries out and Purser does not, such as an EC2 action.
    package var otherActions: [String]
    package var rule: AlarmRule
    /// Nil for a composite alarm, whose rule is its only condition.
    package var condition: AlarmCondition?
    package var tags: [Tag]
    /// Names without a value on which the metric, or whether the alarm exists, depends: it is not watched until they
    /// have one.
    package var missingParameters: [String]
    /// The file's JSON with its parameters filled in, on one line with sorted keys; it changes when the alarm does.
    package var canonicalJSON: String

    package init(
        name: String,
        alarmDescription: String? = nil,
        actionsEnabled: Bool = true,
        actions: AlarmActions = AlarmActions(),
        unfilledActions: [String] = [],
        otherActions: [String] = [],
        rule: AlarmRule,
        condition: AlarmCondition? = nil,
        tags: [Tag] = [],
        missingParameters: [String] = [],
        canonicalJSON: String = "{}"
    ) {
        self.name = name
        self.alarmDescription = alarmDescription
        self.actionsEnabled = actionsEnabled
        self.actions = actions
        self.unfilledActions = unfilledActions
        self.otherActions = otherActions
        self.rule = rule
        self.condition = condition
        self.tags = tags
        self.missingParameters = missingParameters
        self.canonicalJSON = canonicalJSON
    }
}

extension AlarmDefinition {
    /// Returns the topics to notify of a change to a state, excluding actions left unfilled.
    package func actions(for state: AlarmState) -> [String] {
        switch state {
        case .ok: actions.ok
        case .alarm: actions.alarm
        case .insufficientData: actions.insufficientData
        }
    }

    /// In seconds; for a composite alarm, the evaluation interval of one minute.
    package var period: Int {
        rule.period
    }

    /// The unit of the watched value; nil if it does not follow from the units that the alarm names.
    package var unit: MetricUnit? {
        switch rule {
        case .metric(let metric): metric.valueUnit
        case .math(let math): math.unit
        case .composite: nil
        }
    }

    /// Whether the watched values are US dollars, for which CloudWatch has no unit.
    var isInDollars: Bool {
        let metric: AlarmMetric?
        switch rule {
        case .metric(let watched): metric = watched
        case .math(let math):
            if case .metric(let watched)? = math.watched?.source { metric = watched } else { metric = nil }
        case .composite: metric = nil
        }
        return metric.map { $0.isInDollars && $0.valueUnit != .count } ?? false
    }

    /// The series that the alarm needs, without duplicates.
    package var metricReferences: [MetricReference] {
        switch rule {
        case .metric(let metric): [metric.reference]
        case .math(let math):
            math.metrics.map(\.reference).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        case .composite: []
        }
    }

    /// The names of the alarms that must be evaluated before this one: those of its rule, and its suppressor.
    package var alarmReferences: [String] {
        guard case .composite(let composite) = rule else { return [] }
        var names = composite.expression.names
        if let suppressor = composite.suppressor, !names.contains(suppressor.name) { names.append(suppressor.name) }
        return names
    }

    /// The text after `Runbook: ` in the description, up to the next space: a path or an address.
    package var runbook: String? {
        guard let text = alarmDescription, let mark = text.firstRange(of: "Runbook: ") else { return nil }
        let path = text[mark.upperBound...].prefix { !$0.isWhitespace }
        return path.isEmpty ? nil : String(path)
    }

    /// The runbook's address or, since a path need not exist where a message is read, the command that prints it.
    var reachableRunbook: String? {
        runbook.map { $0.contains("://") ? $0 : "purser alarms runbook " + ShellWord.quoted(name) }
    }
}
