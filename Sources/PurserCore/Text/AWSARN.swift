/// An Amazon Resource Name, `arn:partition:service:region:account:resource`.
package struct AWSARN: Sendable, Hashable, CustomStringConvertible {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    package let partition: String
    /// `sns`.
    package let service: String
    /// Empty if the resource has no region.
    package let region: String
    /// The account's 12 digits; empty if the resource has no account.
    package let account: String
    /// Everything after the fifth colon, including further colons.
    package let resource: String

    /// Parses an ARN; nil if the text is not an ARN.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", ![parts[1], parts[2], parts[5]].contains("") else { return nil }
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        partition = parts[1]
        service = parts[2]
        region = parts[3]
        account = parts[4]
        resource = parts[5]
    }

    package var description: String {
        ["arn", partition, service, region, account, resource].joined(separator: ":")
    }
}
