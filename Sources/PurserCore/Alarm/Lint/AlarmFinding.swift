/// The rules for checking alarm files. docs/alarm-lint.md has an example and a remedy for each.
package enum AlarmLintRule: String, Sendable, CaseIterable {
    case firesOnOneEvent = "fires-on-one-event"
    case neverFires = "never-fires"
    case neverOK = "never-ok"
    case periodFinerThanData = "period-finer-than-data"
    case noData = "no-data"
    case noTopic = "no-topic"
    case otherAction = "other-action"
    case endUnheard = "end-unheard"
    case duplicateTopic = "duplicate-topic"
    case lowTrafficSilenced = "low-traffic-silenced"
    case noDataUnheard = "no-data-unheard"
    case runbookMissing = "runbook-missing"
    case cloudWatchRefuses = "cloudwatch-refuses"

    package enum Severity: String, Sendable {
        /// The alarm cannot work.
        case error
        /// The alarm may be intended that way; a person has to decide.
        case warning
    }

    package var severity: Severity {
        switch self {
        case .neverFires, .runbookMissing, .cloudWatchRefuses: .error
        case .firesOnOneEvent, .neverOK, .periodFinerThanData, .noData, .noTopic, .otherAction, .endUnheard,
            .duplicateTopic,
            .lowTrafficSilenced, .noDataUnheard:
            .warning
        }
    }
}

/// A finding about one alarm, and what to do about it.
package struct AlarmFinding: Sendable, Equatable {
    package var rule: AlarmLintRule
    package var alarm: String
    /// The file that contains the alarm.
    package var file: String
    package var message: String

    package var severity: AlarmLintRule.Severity { rule.severity }
}

/// The data that the rules use in addition to the files.
package struct AlarmLintContext: Sendable {
    /// Metrics that have one datapoint per minute and none at a finer resolution.
    package var minuteMetrics: Set<Metric>
    /// The series in the store and the derived ones; nil without a store.
    package var series: [Series]?
    /// Runbooks that do not exist, as named in the alarms.
    package var missingRunbooks: Set<String>

    package init(minuteMetrics: Set<Metric> = [], series: [Series]? = nil, missingRunbooks: Set<String> = []) {
        self.minuteMetrics = minuteMetrics
        self.series = series
        self.missingRunbooks = missingRunbooks
    }
}

/// An alarm and its surroundings, as a rule sees them.
struct AlarmLintSubject {
    var alarm: AlarmDefinition
    /// The composite alarms that send messages in place of others, by the names of the others.
    var gatherers: [String: String]
    /// The alarms that suppress others.
    var suppressors: Set<String>
    var context: AlarmLintContext
}

extension AlarmSet {
    /// Returns the findings about alarms that were read without a fault, by alarm; `files` names each alarm's file.
    package static func lint(
        _ alarms: [AlarmDefinition],
        files: [String: String],
        _ context: AlarmLintContext
    ) -> [AlarmFinding] {
        let gatherers = alarms.gatherers()
        let suppressors = Set(
            alarms.compactMap {
                if case .composite(let composite) = $0.rule { composite.suppressor?.name } else { nil }
            }
        )
        return alarms.flatMap { alarm in
            let subject = AlarmLintSubject(
                alarm: alarm,
                gatherers: gatherers,
                suppressors: suppressors,
                context: context
            )
            let findings = [subject.thresholds, subject.composites, subject.data, subject.actions, subject.limits]
            return findings.flatMap { $0() }.map { rule, message in
                AlarmFinding(rule: rule, alarm: alarm.name, file: files[alarm.name] ?? "", message: message)
            }
        }
    }
}
