/// The message that CloudWatch sends to an SNS topic when an alarm changes its state.
public struct AlarmNotification: Sendable, Equatable {
    private let definition: AlarmDefinition
    private let configured: Timestamp
    private let oldState: AlarmState
    private let newState: AlarmState
    private let reason: String
    private let time: Timestamp
    private let topic: TopicARN?

    /// SNS's longest subject, in ASCII characters.
    public static let longestSubject = 100

    /// A change of an alarm, told to one topic.
    ///
    /// `configured` is when the definition last changed, `time` when the state did. Region and account are those of
    /// `action`, the topic's ARN.
    public init(
        definition: AlarmDefinition,
        configured: Timestamp,
        oldState: AlarmState,
        newState: AlarmState,
        reason: String,
        time: Timestamp,
        action: String
    ) {
        self.definition = definition
        self.configured = configured
        self.oldState = oldState
        self.newState = newState
        self.reason = reason
        self.time = time
        topic = TopicARN(action)
    }

    private var region: String {
        RegionName.text(topic?.region ?? "")
    }

    /// `ALARM: "latency-p99" in US East (N. Virginia)`: at most 100 ASCII characters; a name that is too long is cut.
    public var subject: String {
        let before = newState.rawValue + ": \""
        let after = "\" in " + region
        let name = Self.ascii(definition.name)
        let space = Self.longestSubject - before.count - after.count
        return before + (name.count <= space ? name : name.prefix(max(0, space - 3)) + "...") + after
    }

    /// The text with every run of characters that a subject cannot hold as one `_`.
    private static func ascii(_ text: String) -> String {
        var result = ""
        var isInRun = false
        for scalar in text.unicodeScalars {
            let isAllowed = (0x20...0x7e).contains(scalar.value)
            if isAllowed {
                result.unicodeScalars.append(scalar)
            } else if !isInRun {
                result += "_"
            }
            isInRun = !isAllowed
        }
        return result
    }

    /// The message as JSON text, in CloudWatch's keys and their order.
    public var body: String {
        let json: JSONValue = [
            "AlarmName": .string(definition.name),
            "AlarmDescription": JSONValue(definition.alarmDescription),
            "AWSAccountId": .string(topic?.account ?? ""),
            "AlarmConfigurationUpdatedTimestamp": .string(configured.cloudWatchText),
            "NewStateValue": .string(newState.rawValue),
            "NewStateReason": .string(reason),
            "StateChangeTime": .string(time.cloudWatchText),
            "Region": .string(region),
            "AlarmArn": .string(topic?.alarm(definition.name) ?? ""),
            "OldStateValue": .string(oldState.rawValue),
            "ActionExecutedAfterMuteWindow": false,
            "OKActions": .array(definition.actions.ok.map(JSONValue.string)),
            "AlarmActions": .array(definition.actions.alarm.map(JSONValue.string)),
            "InsufficientDataActions": .array(definition.actions.insufficientData.map(JSONValue.string)),
            "Trigger": AlarmTrigger.json(definition, account: topic?.account),
        ]
        return json.text()
    }

    /// What Purser adds, as message attributes so that the body stays CloudWatch's: the runbook, the time looked at,
    /// the samples behind the newest value, and a command that shows the values again. None of them is empty.
    public func attributes(evaluation: AlarmEvaluation?) -> [(String, String)] {
        var attributes: [(String, String)] = []
        if let runbook = definition.runbook { attributes.append(("runbook", runbook)) }
        guard let evaluation else { return attributes }
        let range = evaluation.range
        attributes.append(("window", range.lowerBound.iso8601() + "/" + range.upperBound.iso8601()))
        if let count = evaluation.newestSampleCount { attributes.append(("samples", String(count))) }
        attributes.append(("command", ReproducingCommand.text(definition, range)))
        return attributes
    }
}
