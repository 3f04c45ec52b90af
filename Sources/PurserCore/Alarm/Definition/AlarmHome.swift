/// The Region and the account that an alarm is said to live in.
public struct AlarmHome: Sendable, Equatable {
    public var partition: String
    /// Empty where it is not known.
    public var region: String
    /// 12 digits; empty where it is not known.
    public var account: String

    public init(partition: String = "aws", region: String = "", account: String = "") {
        self.partition = partition
        self.region = region
        self.account = account
    }

    public init(_ topic: TopicARN) {
        self.init(partition: topic.partition, region: topic.region, account: topic.account)
    }

    /// The ARN of an alarm.
    public func arn(_ name: String) -> String {
        ["arn", partition, "cloudwatch", region, account, "alarm", name].joined(separator: ":")
    }
}

extension AlarmDefinition {
    /// Where the alarm lives: where its first topic does, else at `home`.
    public func home(else home: AlarmHome) -> AlarmHome {
        let topics = actions.alarm + actions.ok + actions.insufficientData
        return topics.lazy.compactMap(TopicARN.init).first.map { AlarmHome($0) } ?? home
    }
}
