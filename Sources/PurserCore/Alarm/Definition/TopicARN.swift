/// The ARN of an SNS topic: where a message goes, and which region and account an alarm's message names.
public struct TopicARN: Sendable, Hashable, CustomStringConvertible {
    private let arn: AWSARN

    public var region: String { arn.region }
    /// The account's 12 digits.
    public var account: String { arn.account }
    public var partition: String { arn.partition }

    /// Reads `arn:aws:sns:REGION:ACCOUNT:TOPIC`; nil if the text is anything else.
    public init?(_ text: String) {
        guard let arn = AWSARN(text), arn.partition.hasPrefix("aws"), arn.service == "sns", !arn.region.isEmpty,
            arn.account.utf8.count == 12, arn.account.utf8.allSatisfy({ (48...57).contains($0) }),
            !arn.resource.contains(":")
        else { return nil }
        self.arn = arn
    }

    public var description: String { arn.description }

    /// The ARN of an alarm of the topic's region and account.
    public func alarm(_ name: String) -> String {
        AlarmHome(self).arn(name)
    }
}
