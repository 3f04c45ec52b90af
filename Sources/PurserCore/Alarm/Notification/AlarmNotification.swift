/// The message that CloudWatch sends to an SNS topic when an alarm changes its state.
package struct AlarmNotification: Sendable, Equatable {
    private let definition: AlarmDefinition
    private let configured: Timestamp
    private let oldState: AlarmState
    private let newState: AlarmState
    private let reason: String
    private let time: Timestamp
    private let children: [TriggeringChild]
    private let topic: TopicARN?

    /// Creates the message that reports an alarm's change to one topic.
    ///
    /// `configured` is when the definition last changed, `time` when the state did; `children` are the alarms that a
    /// composite alarm's state comes from. Region and account are those of `action`, the topic's ARN.
    package init(
        definition: AlarmDefinition,
        configured: Timestamp,
        oldState: AlarmState,
        newState: AlarmState,
        reason: String,
        time: Timestamp,
        children: [TriggeringChild] = [],
        action: String
    ) {
        self.definition = definition
        self.configured = configured
        self.oldState = oldState
        self.newState = newState
        self.reason = reason
        self.time = time
        self.children = children
        topic = TopicARN(action)
    }

    private var region: String {
        RegionName.text(topic?.region ?? "")
    }

    /// `ALARM: "latency-p99" in US East (N. Virginia)`: at most 100 ASCII characters; a name that is too long is cut.
    package var subject: String {
        let before = newState.rawValue + ": \""
        return SubjectText.text(before: before, name: definition.name, after: "\" in " + region)
    }

    /// The message as JSON text, with CloudWatch's keys in CloudWatch's order.
    package var body: String {
        var members: [JSONValue.Member] = [
            .init("AlarmName", .string(definition.name)),
            .init("AlarmDescription", JSONValue(definition.alarmDescription)),
            .init("AWSAccountId", .string(topic?.account ?? "")),
        ]
        if case .composite(let composite) = definition.rule {
            members += change + actions
            members += [
                .init("ActionExecutedAfterMuteWindow", false),
                .init("OldStateValue", .string(oldState.rawValue)),
                .init("AlarmRule", .string(composite.expression.text)),
                .init("TriggeringChildren", .array(children.map(child))),
            ]
        } else if let condition = definition.condition {
            members.append(.init("AlarmConfigurationUpdatedTimestamp", .string(configured.cloudWatchText)))
            members += change
            members += [
                .init("OldStateValue", .string(oldState.rawValue)), .init("ActionExecutedAfterMuteWindow", false),
            ]
            members += actions
            members.append(.init("Trigger", AlarmTrigger.json(definition, condition, account: topic?.account)))
        }
        return JSONValue.object(members).text()
    }

    private var change: [JSONValue.Member] {
        [
            .init("NewStateValue", .string(newState.rawValue)),
            .init("NewStateReason", .string(reason)),
            .init("StateChangeTime", .string(time.cloudWatchText)),
            .init("Region", .string(region)),
            .init("AlarmArn", .string(topic?.alarm(definition.name) ?? "")),
        ]
    }

    private var actions: [JSONValue.Member] {
        [
            .init("OKActions", .array(definition.actions.ok.map(JSONValue.string))),
            .init("AlarmActions", .array(definition.actions.alarm.map(JSONValue.string))),
            .init("InsufficientDataActions", .array(definition.actions.insufficientData.map(JSONValue.string))),
        ]
    }

    private func child(_ child: TriggeringChild) -> JSONValue {
        [
            "Arn": .string(topic?.alarm(child.name) ?? ""),
            "State": ["Value": .string(child.state.rawValue), "Timestamp": .string(child.updated.cloudWatchText)],
        ]
    }

    /// Returns Purser's additions: the runbook's URL or the command that prints it, the evaluated time range, the number
    /// of samples behind the newest value, and a command that shows the values again. They are message attributes, so
    /// the body stays as CloudWatch sends it. None of them is empty.
    package func attributes(evaluation: AlarmEvaluation?) -> [(String, String)] {
        var attributes: [(String, String)] = []
        if let runbook = definition.reachableRunbook { attributes.append(("runbook", runbook)) }
        guard let evaluation, let command = ReproducingCommand.text(definition, evaluation.range) else {
            return attributes
        }
        let range = evaluation.range
        attributes.append(("window", range.lowerBound.iso8601() + "/" + range.upperBound.iso8601()))
        if let count = evaluation.newestSampleCount { attributes.append(("samples", String(count))) }
        attributes.append(("command", command))
        return attributes
    }
}
