import PurserAWS
import PurserCore
import PurserHTTP
import Synchronization
import TestSupport
import Testing

/// A client whose requests a test records and answers.
private final class ScriptedSNS: Sendable {
    let requests = Mutex<[HTTPRequest]>([])
    private let answer: @Sendable (HTTPRequest) throws -> HTTPResponse

    init(_ answer: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse) {
        self.answer = answer
    }

    convenience init(status: Int, _ text: String) {
        self.init { _ in HTTPResponse(status: status, body: Array(text.utf8)) }
    }

    static let keys = ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"]

    func publish(_ message: SNSMessage, environment: [String: String] = keys) -> PublishResult {
        let client = SNSClient(
            AWSSession(
                environment: environment,
                keys: { try AWSCredentials(environment: environment) },
                send: { request in
                    self.requests.withLock { $0.append(request) }
                    return try self.answer(request)
                }
            )
        )
        return client.publish(message, at: Timestamp(year: 2026, month: 11, day: 24, hour: 1))
    }

    var sent: [HTTPRequest] {
        requests.withLock { $0 }
    }
}

private let accepted = """
    <PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
      <PublishResult><MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult>
      <ResponseMetadata><RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId></ResponseMetadata>
    </PublishResponse>
    """

private func refusal(_ code: String, _ message: String = "why") -> String {
    "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
}

private func message(
    topic: String = "arn:aws:sns:eu-central-1:111122223333:oncall",
    subject: String = "ALARM: \"latency\" in EU (Frankfurt)",
    body: String = "{\"a\":1}",
    attributes: [SNSMessage.Attribute] = [],
    id: String = "latency/7/oncall",
    group: String = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:latency"
) -> SNSMessage {
    SNSMessage(topicARN: topic, subject: subject, body: body, attributes: attributes, id: id, group: group)
}

extension PublishResult {
    fileprivate var rejection: String? {
        if case .rejected(let reason) = self { reason } else { nil }
    }

    fileprivate var retryReason: String? {
        if case .retryable(let reason) = self { reason } else { nil }
    }
}

@Suite struct SNSClientTests {
    @Test("a message is sent to its topic's region as a signed form, and SNS's id is returned")
    func sent() throws {
        let sns = ScriptedSNS(status: 200, accepted)
        let attributes = [SNSMessage.Attribute("runbook", "a b&c=d+é"), .init("empty", ""), .init("window", "15")]
        let result = sns.publish(message(attributes: attributes))
        #expect(result == .sent(messageID: "567910cd-659e-55d4-8ccb-5aaf14679dc0"))
        let request = try #require(sns.sent.first)
        #expect(request.method == "POST" && request.url.text == "https://sns.eu-central-1.amazonaws.com/")
        let type = HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        #expect(request.headers.first == type)
        let authorization = try #require(request.headers.last)
        #expect(authorization.value.contains("Credential=AKIDEXAMPLE/20261124/eu-central-1/sns/aws4_request,"))
        #expect(authorization.value.contains("SignedHeaders=content-type;host;x-amz-date,"))
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=Publish&Version=2010-03-31"
                + "&TopicArn=arn%3Aaws%3Asns%3Aeu-central-1%3A111122223333%3Aoncall"
                + "&Subject=ALARM%3A%20%22latency%22%20in%20EU%20%28Frankfurt%29"
                + "&Message=%7B%22a%22%3A1%7D"
                + "&MessageAttributes.entry.1.Name=runbook&MessageAttributes.entry.1.Value.DataType=String"
                + "&MessageAttributes.entry.1.Value.StringValue=a%20b%26c%3Dd%2B%C3%A9"
                + "&MessageAttributes.entry.2.Name=window&MessageAttributes.entry.2.Value.DataType=String"
                + "&MessageAttributes.entry.2.Value.StringValue=15"
        )
    }

    @Test("a FIFO topic gets the group and the id, or their SHA-256 if SNS would refuse them")
    func fifo() throws {
        let topic = "arn:aws:sns:eu-central-1:111122223333:oncall.fifo"
        let long = String(repeating: "x", count: 129)
        for (text, sent) in [
            ("a:b/c", "a%3Ab%2Fc"), (String(long.dropLast()), String(long.dropLast())), (long, SHA256.hex(long)),
            ("with space", SHA256.hex("with space")), ("ä", SHA256.hex("ä")), ("", SHA256.hex("")),
        ] {
            let sns = ScriptedSNS(status: 200, accepted)
            _ = sns.publish(message(topic: topic, id: text, group: text))
            let form = String(decoding: try #require(sns.sent.first).body, as: UTF8.self)
            #expect(form.hasSuffix("&MessageGroupId=\(sent)&MessageDeduplicationId=\(sent)"))
        }
    }

    @Test(
        "a message that SNS would refuse is rejected without being sent, with the reason",
        arguments: [
            (message(topic: "oncall"), "\"oncall\" is not the ARN of an SNS topic"),
            (message(topic: "arn:aws:sqs:eu-central-1:111122223333:oncall"), "is not the ARN of an SNS topic"),
            (message(topic: "arn:aws:sns:eu-central-1:111122223333:oncall:6b0e71bd"), "is not the ARN of an SNS topic"),
            (message(topic: "arn:aws:sns::111122223333:oncall"), "is not the ARN of an SNS topic"),
            (message(subject: ""), "the subject has 0 characters"),
            (message(subject: "zu spät"), "not printable ASCII"),
            (message(subject: "two\nlines"), "not printable ASCII"),
            (message(subject: String(repeating: "x", count: 101)), "101 characters; SNS accepts 1 to 100"),
            (message(body: ""), "the message is empty"),
            (
                message(attributes: (0..<11).map { .init("a\($0)", "v") }),
                "has 11 attributes; SNS delivers at most 10"
            ),
        ]
    )
    func refused(message: SNSMessage, words: String) throws {
        let sns = ScriptedSNS(status: 200, accepted)
        let reason = try #require(sns.publish(message).rejection)
        #expect(reason.contains(words))
        #expect(sns.sent.isEmpty)
    }

    @Test("the size is counted in bytes over the message and each attribute's name, type and value")
    func size() {
        let umlauts = String(repeating: "ä", count: 131_000)
        let attributes = [SNSMessage.Attribute("name", String(repeating: "v", count: 134))]
        let full = message(body: umlauts, attributes: attributes)
        #expect(full.sizeBytes == SNSMessage.sizeLimitBytes)
        #expect(ScriptedSNS(status: 200, accepted).publish(full).rejection == nil)
        let over = message(body: umlauts + "x", attributes: attributes)
        let reason = "the message and its attributes have 262145 bytes; SNS accepts 262144"
        #expect(ScriptedSNS(status: 200, accepted).publish(over) == .rejected(reason: reason))
    }

    @Test("after a configuration error the message waits, and nothing is sent")
    func configuration() {
        let sns = ScriptedSNS(status: 200, accepted)
        #expect(
            sns.publish(message(), environment: [:])
                == .retryable(reason: "no credentials: AWS_ACCESS_KEY_ID is not set")
        )
        let endpoint = ScriptedSNS.keys.merging(["AWS_ENDPOINT_URL_SNS": "localhost"]) { $1 }
        #expect(
            sns.publish(message(), environment: endpoint)
                == .retryable(reason: "AWS_ENDPOINT_URL_SNS: the URL must begin with http:// or https://")
        )
        #expect(sns.sent.isEmpty)
    }

    @Test("a message that gets no response waits, unless another attempt would be useless")
    func unanswered() {
        let lost = HTTPError(host: "h", reason: .timedOut)
        let untrusted = HTTPError(host: "h", reason: .untrustedCertificate)
        #expect(ScriptedSNS { _ in throw lost }.publish(message()) == .retryable(reason: "h: timed out"))
        #expect(ScriptedSNS { _ in throw untrusted }.publish(message()) == .rejected(reason: untrusted.description))
    }

    @Test(
        "temporary faults are retried",
        arguments: [
            (500, "InternalError"), (503, "ServiceUnavailable"), (429, "Whatever"), (400, "Throttled"),
            (400, "Throttling"), (400, "ThrottlingException"), (400, "KMSThrottling"), (400, "KMSThrottlingException"),
            (400, "RequestTimeout"), (400, "RequestExpired"), (403, "ExpiredToken"), (403, "ExpiredTokenException"),
        ]
    )
    func passing(status: Int, code: String) {
        let result = ScriptedSNS(status: status, refusal(code)).publish(message())
        #expect(result == .retryable(reason: "\(code) (HTTP status \(status)): why"))
    }

    @Test(
        "SNS's refusal of the message or of the caller is final",
        arguments: [
            (403, "AuthorizationError"), (403, "AccessDenied"), (400, "InvalidParameter"), (404, "NotFound"),
            (403, "SignatureDoesNotMatch"), (403, "InvalidClientTokenId"), (400, "KMSDisabled"),
        ]
    )
    func final(status: Int, code: String) {
        let result = ScriptedSNS(status: status, refusal(code)).publish(message())
        #expect(result == .rejected(reason: "\(code) (HTTP status \(status)): why"))
    }

    @Test("a signature refused because of clock skew is retried")
    func clock() {
        for words in [
            "Signature expired: 20261124T010000Z is now earlier", "Signature not yet current: 20261124T010000Z",
        ] {
            let result = ScriptedSNS(status: 403, refusal("SignatureDoesNotMatch", words)).publish(message())
            #expect(result.retryReason?.contains(words) == true)
        }
    }

    @Test(
        "a message is retried after a response that is not from SNS, even with status 200",
        arguments: [
            (200, "<html>Please log in</html>"), (200, ""), (200, "<MessageId></MessageId>"), (302, ""),
            (403, "Forbidden"),
            (404, "<Code>"), (502, "Bad Gateway"),
        ]
    )
    func elsewhere(status: Int, text: String) {
        let result = ScriptedSNS(status: status, text).publish(message())
        #expect(result == .retryable(reason: "HTTP status \(status), and the response is not from SNS"))
    }

    @Test("SNS's message is unescaped, on one line, printable and limited in length")
    func words() {
        let escaped = "a &lt;b&gt; &amp;amp; &quot;c&quot; &apos;d&apos; &#228;&#xe4; &unknown; &\n  e&#10;\u{1b}[31mf"
        #expect(
            ScriptedSNS(status: 400, refusal("InvalidParameter", escaped)).publish(message())
                == .rejected(
                    reason: "InvalidParameter (HTTP status 400): a <b> &amp; \"c\" 'd' ää &unknown; & e [31mf"
                )
        )
        let long = ScriptedSNS(status: 400, refusal("InvalidParameter", String(repeating: "x", count: 5000)))
        #expect((long.publish(message()).rejection ?? "").count < 600)
        let short = ScriptedSNS(status: 404, "<Error><Code>NotFound</Code></Error>").publish(message())
        #expect(short == .rejected(reason: "NotFound (HTTP status 404)"))
    }
}
