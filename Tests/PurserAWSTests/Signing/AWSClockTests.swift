import PurserAWS
import PurserCore
import PurserHTTP
import Synchronization
import TestSupport
import Testing

@Suite struct AWSClockTests {
    private static func client(_ services: ScriptedServices) -> SNSClient {
        SNSClient(
            AWSSession(
                keys: { AWSCredentials(accessKeyID: "A", secretAccessKey: "s") },
                send: { try services.send($0) }
            )
        )
    }

    private static func refusal(_ code: String, _ message: String = "", date: String) -> HTTPResponse {
        let body = "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
        return HTTPResponse(status: 403, headers: [HTTPHeader("date", date)], body: Array(body.utf8))
    }

    private static let taken = HTTPResponse(
        status: 200,
        body: Array("<PublishResponse><MessageId>m-1</MessageId></PublishResponse>".utf8)
    )
    private static let message = SNSMessage(
        topicARN: "arn:aws:sns:us-east-1:111122223333:t",
        subject: "s",
        body: "b",
        id: "i",
        group: "g"
    )

    private static func date(_ request: HTTPRequest) -> String? {
        request.headers.first { $0.name == "X-Amz-Date" }?.value
    }

    @Test(
        "a request refused because of clock skew is signed again with the response's date, as are later ones",
        arguments: [
            ("RequestTimeTooSkewed", ""), ("RequestExpired", ""), ("InvalidSignatureException", "Signature expired: x"),
            ("SignatureDoesNotMatch", "Signature not yet current: 20261124T010000Z is still later than"),
        ]
    )
    func corrected(code: String, message: String) {
        let services = ScriptedServices { request in
            Self.date(request)?.hasPrefix("20261124T0320") == true
                ? Self.taken : Self.refusal(code, message, date: "Tue, 24 Nov 2026 03:20:05 GMT")
        }
        let client = Self.client(services)
        #expect(client.publish(Self.message, at: scriptedTime) == .sent(messageID: "m-1"))
        #expect(client.publish(Self.message, at: scriptedTime + 10) == .sent(messageID: "m-1"))
        #expect(services.requests.map(Self.date) == ["20261124T010000Z", "20261124T032005Z", "20261124T032015Z"])
    }

    @Test("a request refused because of its credentials is signed again with newly found ones")
    func replaced() throws {
        let now = Mutex(scriptedTime)
        let found = Mutex(0)
        let source = CredentialSource(now: { now.withLock { $0 } }) {
            let number = found.withLock { count in
                count += 1
                return count
            }
            return AWSCredentials(accessKeyID: "K\(number)", secretAccessKey: "s")
        }
        let services = ScriptedServices { request in
            let authorization = request.headers.first { $0.name == "Authorization" }?.value
            return authorization?.contains("Credential=K1/") == true
                ? Self.refusal("ExpiredToken", date: "Tue, 24 Nov 2026 01:00:00 GMT") : Self.taken
        }
        let client = SNSClient(
            AWSSession(environment: [:], credentials: source, send: { try services.send($0) })
        )
        #expect(try source.blockingCredentials().accessKeyID == "K1")
        now.withLock { $0 = scriptedTime + 31 }
        #expect(client.publish(Self.message, at: scriptedTime + 31) == .sent(messageID: "m-1"))
        #expect(services.requests.count == 2)
    }

    @Test(
        "a refusal of one signature does not replace the credentials",
        arguments: [
            ("SignatureDoesNotMatch", "changed on the way"), ("InvalidSignatureException", "Signature expired: x"),
        ]
    )
    func kept(code: String, message: String) throws {
        let now = Mutex(scriptedTime)
        let found = Mutex(0)
        let source = CredentialSource(now: { now.withLock { $0 } }) {
            found.withLock { $0 += 1 }
            return AWSCredentials(accessKeyID: "K", secretAccessKey: "s", expiration: scriptedTime + 3600)
        }
        let services = ScriptedServices { _ in Self.refusal(code, message, date: "Tue, 24 Nov 2026 01:00:31 GMT") }
        let session = AWSSession(environment: [:], credentials: source, send: { try services.send($0) })
        _ = try source.blockingCredentials()
        now.withLock { $0 = scriptedTime + 31 }
        _ = SNSClient(session).publish(Self.message, at: scriptedTime + 31)
        #expect(try source.blockingCredentials().accessKeyID == "K")
        #expect(services.requests.count == 1 && found.withLock { $0 } == 1)
    }

    @Test("if getting the credentials fails, the message is not rejected but waits")
    func credentialFault() {
        let client = SNSClient(
            AWSSession(
                keys: { throw HTTPError(host: "sts", reason: .untrustedCertificate, detail: "x") },
                send: { _ in Self.taken }
            )
        )
        guard case .retryable = client.publish(Self.message, at: scriptedTime) else {
            Issue.record("the message was given up")
            return
        }
    }

    @Test(
        "other refusals, unreadable dates and dates close to our own change nothing",
        arguments: [
            ("SignatureDoesNotMatch", "Tue, 24 Nov 2026 03:20:05 GMT"), ("RequestExpired", "yesterday"),
            ("RequestExpired", "Tue, 24 Nov 2026 01:00:30 GMT"),
            ("AuthorizationError", "Tue, 24 Nov 2026 03:20:05 GMT"),
        ]
    )
    func unchanged(code: String, date: String) {
        let services = ScriptedServices { _ in Self.refusal(code, "no", date: date) }
        _ = Self.client(services).publish(Self.message, at: scriptedTime)
        #expect(services.requests.count == 1)
    }
}
