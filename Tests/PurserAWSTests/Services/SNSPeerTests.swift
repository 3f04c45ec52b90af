import Foundation
import PurserAWS
import PurserCore
import TestSupport
import Testing

/// A message as the signing peer logs it.
private struct LoggedMessage: Decodable {
    let messageId: String
    let topicArn: String
    let subject: String
    let message: String
    let attributes: [String: String]
    let groupId: String?
    let deduplicationId: String?
    let region: String
    let date: String
}

/// A message as it is received from its queue.
private struct QueuedMessage {
    let subject: String?
    let message: String?
    let attributes: [String: String]
    let groupId: String?
    let deduplicationId: String?

    init(_ received: JSONValue) throws {
        let envelope = try JSONValue(parsing: received["Body"]?.string ?? "")
        subject = envelope["Subject"]?.string
        message = envelope["Message"]?.string
        let members = envelope["MessageAttributes"]?.members ?? []
        attributes = Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value["Value"]?.string ?? "") })
        groupId = received["Attributes"]?["MessageGroupId"]?.string
        deduplicationId = received["Attributes"]?["MessageDeduplicationId"]?.string
    }
}

private let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
private let time = Timestamp(year: 2026, month: 11, day: 24, hour: 1, minute: 2, second: 3)

private func client(
    _ endpoint: String,
    key: String = "AKIDEXAMPLE",
    secret: String = secret,
    token: String? = nil
) -> SNSClient {
    var environment = [
        "AWS_ENDPOINT_URL_SNS": endpoint, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
    ]
    environment["AWS_SESSION_TOKEN"] = token
    return SNSClient(AWSSession(environment: environment, http: .patient))
}

private func message(topic: String, id: String = "latency/7/oncall") -> SNSMessage {
    SNSMessage(
        topicARN: topic,
        subject: "ALARM: \"latency p99\" in EU (Frankfurt)",
        body: "{\"AlarmName\":\"latency\",\"NewStateReason\":\"1 < 2 & 3 % + ä €\\n\"}",
        attributes: [.init("runbook", "https://example.com/runbooks#a b"), .init("late", "")],
        id: id,
        group: "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:latency"
    )
}

@Suite(.blocking, .needsPeers)
struct SNSPeerTests {
    private let topic = "arn:aws:sns:eu-central-1:111122223333:oncall"

    /// Runs `body` with its own account, and returns the messages that were accepted from it.
    private func withAccount(
        _ settings: [JSONValue.Member] = [],
        _ body: (SignedSNS.Account) throws -> Void
    ) throws -> [LoggedMessage] {
        let account = try SignedSNS.account(settings)
        try body(account)
        return try account.taken([LoggedMessage].self)
    }

    @Test("an SNS that computes every signature itself accepts the whole message")
    func signed() throws {
        var result: PublishResult?
        let message = message(topic: topic)
        let logged = try withAccount { account in
            result = client(account.endpoint, key: account.key).publish(message, at: time)
        }
        let taken = try #require(logged.first)
        #expect(logged.count == 1)
        #expect(result == .sent(messageID: taken.messageId))
        #expect(taken.topicArn == topic && taken.region == "eu-central-1" && taken.date == "20261124T010203Z")
        #expect(taken.subject == message.subject && taken.message == message.body)
        #expect(taken.attributes == ["runbook": "https://example.com/runbooks#a b"])
        #expect(taken.groupId == nil && taken.deduplicationId == nil)
    }

    @Test("the token of temporary credentials is signed")
    func token() throws {
        let logged = try withAccount([.init("sessionToken", "to/ken+==")]) { account in
            let result = client(account.endpoint, key: account.key, token: "to/ken+==").publish(
                message(topic: topic),
                at: time
            )
            guard case .sent = result else {
                Issue.record("not sent: \(result)")
                return
            }
            let other = client(account.endpoint, key: account.key, token: "another").publish(
                message(topic: topic),
                at: time
            )
            #expect(other.isRejected)
        }
        #expect(logged.count == 1)
    }

    @Test("a wrong secret is rejected with SNS's message")
    func wrongSecret() throws {
        let logged = try withAccount { account in
            let result = client(account.endpoint, key: account.key, secret: "wrong").publish(
                message(topic: topic),
                at: time
            )
            guard case .rejected(let reason) = result else {
                Issue.record("not rejected: \(result)")
                return
            }
            #expect(reason.hasPrefix("SignatureDoesNotMatch (HTTP status 403): The request signature we calculated"))
            #expect(!reason.contains("\n"))
        }
        #expect(logged.isEmpty)
    }

    @Test("clock skew is corrected from the service's response, and the message is sent in the same attempt")
    func skew() throws {
        let logged = try withAccount([.init("maxSkewSeconds", 900)]) { account in
            for time in [Timestamp(year: 2015, month: 8, day: 30), Timestamp(year: 2199, month: 1, day: 1)] {
                guard case .sent = client(account.endpoint, key: account.key).publish(message(topic: topic), at: time)
                else {
                    Issue.record("the message was not sent")
                    return
                }
            }
        }
        #expect(logged.count == 2)
    }

    @Test("failures are distinguished, and the next attempt succeeds")
    func failures() throws {
        let fail: JSONValue = ["503:ServiceUnavailable:1", "400:Throttled:1", "403:AuthorizationError:1", "0:lost:1"]
        let logged = try withAccount([.init("fail", fail)]) { account in
            let sns = client(account.endpoint, key: account.key)
            let results = (0..<5).map { _ in sns.publish(message(topic: topic), at: time) }
            let words = "told to fail & to say <so>"
            #expect(results[0] == .retryable(reason: "ServiceUnavailable (HTTP status 503): \(words)"))
            #expect(results[1] == .retryable(reason: "Throttled (HTTP status 400): \(words)"))
            #expect(results[2] == .rejected(reason: "AuthorizationError (HTTP status 403): \(words)"))
            #expect(results[3].isRetryable)
            #expect(!results[4].isRetryable && !results[4].isRejected)
        }
        #expect(logged.count == 1)
    }

    @Test("a FIFO topic accepts a message once, even if its response was lost and it is sent again")
    func lostAnswer() throws {
        let logged = try withAccount([.init("loseAnswers", 1)]) { account in
            let sns = client(account.endpoint, key: account.key)
            let message = message(topic: topic + ".fifo")
            #expect(sns.publish(message, at: time).isRetryable)
            guard case .sent = sns.publish(message, at: time + 60) else {
                Issue.record("the second attempt was not accepted")
                return
            }
        }
        #expect(logged.map(\.deduplicationId) == ["latency/7/oncall"])
        #expect(logged.map(\.groupId) == ["arn:aws:cloudwatch:eu-central-1:111122223333:alarm:latency"])
    }

    @Test("moto's SNS delivers subject, body and attributes, and a FIFO topic delivers one of two with the same id")
    func moto() throws {
        let peer = try MotoPeer.shared()
        let sns = client(peer.endpoint)
        let topic = try peer.makeTopic(MotoPeer.name("oncall"))
        let plain = message(topic: topic.arn)
        #expect(!sns.publish(plain, at: time).isRetryable)
        let received = try peer.drain(topic.queue).map(QueuedMessage.init)
        #expect(received.map(\.subject) == [plain.subject] && received.map(\.message) == [plain.body])
        #expect(received.map(\.attributes) == [["runbook": "https://example.com/runbooks#a b"]])

        let fifo = try peer.makeTopic(MotoPeer.name("oncall", isFIFO: true))
        for id in ["one", "one", "two with a space"] {
            guard case .sent = sns.publish(message(topic: fifo.arn, id: id), at: time) else {
                Issue.record("moto did not accept \(id)")
                return
            }
        }
        let ordered = try peer.drain(fifo.queue).map(QueuedMessage.init)
        #expect(ordered.map(\.deduplicationId) == ["one", SHA256.hex("two with a space")])
        #expect(ordered.allSatisfy { $0.groupId == "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:latency" })

        let missing = sns.publish(message(topic: topic.arn + "x"), at: time)
        #expect(missing.isRejected)
    }
}

extension PublishResult {
    fileprivate var isRetryable: Bool {
        if case .retryable = self { true } else { false }
    }

    fileprivate var isRejected: Bool {
        if case .rejected = self { true } else { false }
    }
}
