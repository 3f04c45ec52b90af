/// The ARN of an SNS topic: where a message goes, and which region and account an alarm's message names.
package struct TopicARN: Sendable, Hashable, CustomStringConvertible {
    private let arn: AWSARN

    package var region: String { arn.region }
    /// The account's 12 digits.
    package var account: String { arn.account }
    package var partition: String { arn.partition }

    /// Reads `arn:aws:sns:REGION:ACCOUNT:TOPIC`; nil if the text is anything else.
    package init?(_ text: String) {
        guard let arn = AWSARN(text), arn.partition.hasPrefix("aws"), arn.service == "sns", !arn.region.isEmpty,
            arn.account.utf8.count == 12, arn.account.utf8.allSatisfy({ (48...57).contains($0) }),
            !arn.resource.contains(":")
        else { return nil }
        self.arn = arn
    }

    package var description: String { arn.description }

    /// The ARN of an alarm of the topic's region and account.
    package func alarm(_ name: String) -> String {
        AlarmHome(self).arn(name)
    }

    /// The ARN of a budget of the topic's account.
    package func budget(_ name: String) -> String {
        "arn:\(partition):budgets::\(account):budget/\(name)"
    }
}
