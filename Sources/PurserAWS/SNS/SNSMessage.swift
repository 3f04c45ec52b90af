import PurserCore

/// A notification for an SNS topic.
package struct SNSMessage: Sendable, Equatable {
    /// A message attribute of type `String`.
    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `arn:aws:sns:us-east-1:111122223333:oncall`; a FIFO topic's ends in `.fifo`.
    package var topicARN: String
    /// 1 to 100 printable ASCII characters; the caller must shorten and clean it.
    package var subject: String
    package var body: String
    /// At most 10; an attribute with an empty value is not sent, because SNS would reject the whole message.
    package var attributes: [Attribute]
    /// The same for every attempt: a FIFO topic delivers messages with the same id only once (within five minutes).
    package var id: String
    /// A FIFO topic keeps the order of messages within a group.
    package var group: String

    package init(
        topicARN: String,
        subject: String,
        body: String,
        attributes: [Attribute] = [],
        id: String,
        group: String
    ) {
        self.topicARN = topicARN
        self.subject = subject
        self.body = body
        self.attributes = attributes
        self.id = id
        self.group = group
    }

    /// The maximum size in bytes of the body and attributes that a topic accepts, unless it is configured to accept
    /// more.
    package static let sizeLimitBytes = 256 * 1024

    /// The bytes that SNS counts: the body, and the name, the type and the value of every attribute.
    package var sizeBytes: Int {
        body.utf8.count
            + sentAttributes.reduce(0) { $0 + $1.name.utf8.count + Self.attributeType.utf8.count + $1.value.utf8.count }
    }
}

extension SNSMessage {
    private static let attributeType = "String"

    private var sentAttributes: [Attribute] {
        attributes.filter { !$0.value.isEmpty }
    }

    /// Why SNS would reject a message, in one sentence.
    struct Refusal: Error {
        let reason: String
    }

    /// Returns the topic; throws if SNS is known to reject anything in the message.
    ///
    /// The constraints are those of the Publish action in the SNS API Reference.
    func checkedTopic() throws(Refusal) -> AWSARN {
        guard let topic = AWSARN(topicARN), topic.service == "sns", !topic.region.isEmpty, !topic.resource.contains(":")
        else { throw Refusal(reason: "\"\(topicARN)\" is not the ARN of an SNS topic") }
        guard subject.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw Refusal(reason: "the subject contains a character that is not printable ASCII")
        }
        guard (1...100).contains(subject.utf8.count) else {
            throw Refusal(reason: "the subject has \(subject.utf8.count) characters; SNS accepts 1 to 100")
        }
        if body.isEmpty { throw Refusal(reason: "the message is empty") }
        guard sentAttributes.count <= 10 else {
            throw Refusal(reason: "the message has \(sentAttributes.count) attributes; SNS delivers at most 10")
        }
        guard sizeBytes <= Self.sizeLimitBytes else {
            let limit = Self.sizeLimitBytes
            throw Refusal(reason: "the message and its attributes have \(sizeBytes) bytes; SNS accepts \(limit)")
        }
        return topic
    }

    /// The form of SNS's Query API: names and values in the order in which they are sent, not yet encoded.
    var form: [(name: String, value: String)] {
        var fields = [
            (name: "Action", value: "Publish"), ("Version", "2010-03-31"), ("TopicArn", topicARN),
            ("Subject", subject), ("Message", body),
        ]
        for (position, attribute) in sentAttributes.enumerated() {
            let entry = "MessageAttributes.entry.\(position + 1)."
            fields += [
                (entry + "Name", attribute.name),
                (entry + "Value.DataType", Self.attributeType),
                (entry + "Value.StringValue", attribute.value),
            ]
        }
        if topicARN.hasSuffix(".fifo") {
            fields += [
                ("MessageGroupId", FIFOName.accepted(group)),
                ("MessageDeduplicationId", FIFOName.accepted(id)),
            ]
        }
        return fields
    }
}
