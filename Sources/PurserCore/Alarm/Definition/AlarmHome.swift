/// The Region and the account that an alarm is reported to be in.
package struct AlarmHome: Sendable, Equatable {
    package var partition: String
    /// Empty if it is not known.
    package var region: String
    /// 12 digits; empty if it is not known.
    package var account: String

    package init(partition: String = "aws", region: String = "", account: String = "") {
        self.partition = partition
        self.region = region
        self.account = account
    }

    package init(_ topic: TopicARN) {
        self.init(partition: topic.partition, region: topic.region, account: topic.account)
    }

    /// Returns the ARN of an alarm.
    package func arn(_ name: String) -> String {
        ["arn", partition, "cloudwatch", region, account, "alarm", name].joined(separator: ":")
    }
}

extension AlarmDefinition {
    /// Returns the Region and account of the alarm's first topic, or `home` if it has no topic.
    package func home(else home: AlarmHome) -> AlarmHome {
        let topics = actions.alarm + actions.ok + actions.insufficientData
        return topics.lazy.compactMap(TopicARN.init).first.map { AlarmHome($0) } ?? home
    }
}
