/// The ARN of an SNS topic: where a message goes, and which region and account an alarm's message names.
public struct TopicARN: Sendable, Hashable, CustomStringConvertible {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    public let partition: String
    public let region: String
    /// The account's 12 digits.
    public let account: String
    /// The topic's name; `.fifo` at its end where messages keep their order.
    public let name: String

    /// Reads `arn:aws:sns:REGION:ACCOUNT:TOPIC`; nil where the text is anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "sns", !parts[3].isEmpty,
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ (48...57).contains($0) }), !parts[5].isEmpty,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        partition = parts[1]
        region = parts[3]
        account = parts[4]
        name = parts[5]
    }

    public var description: String {
        ["arn", partition, "sns", region, account, name].joined(separator: ":")
    }

    /// The ARN of an alarm of the topic's region and account.
    public func alarm(_ name: String) -> String {
        AlarmHome(self).arn(name)
    }
}
