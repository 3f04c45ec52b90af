import PurserAWS
import PurserCore
import PurserHTTP
import TestSupport
import Testing

private let standard = "https://sqs.eu-central-1.amazonaws.com/111122223333/letters"

private func client(
    _ services: ScriptedServices,
    url: String = standard,
    environment: [String: String] = [:]
) throws -> SQSClient {
    SQSClient(
        queue: try SQSQueue(url, environment: environment),
        AWSSession(
            environment: environment,
            keys: { AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret") },
            send: { try services.send($0) }
        )
    )
}

private func taken(_ request: HTTPRequest) -> HTTPResponse {
    HTTPResponse(status: 200, body: Array("{\"MessageId\":\"m-1\",\"MD5OfMessageBody\":\"x\"}".utf8))
}

private func refusal(_ type: String, status: Int = 400) -> ScriptedServices {
    let content: JSONValue = ["__type": .string("com.amazonaws.sqs#" + type), "message": "why"]
    return ScriptedServices { _ in HTTPResponse(status: status, body: Array(content.text().utf8)) }
}

@Suite struct SQSClientTests {
    @Test(
        "a queue's region comes from its host, in the old or new form, or else from the environment",
        arguments: [
            (standard, "eu-central-1"),
            ("https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", "us-gov-west-1"),
            ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1"),
            ("https://eu-west-1.queue.amazonaws.com/1/q", "eu-west-1"),
            ("https://queue.amazonaws.com/1/q", "us-east-1"),
            ("https://vpce-0a.sqs.eu-west-3.vpce.amazonaws.com/1/q", "eu-west-3"),
            ("http://127.0.0.1:9324/000000000000/q.fifo", "ap-south-1"),
            ("https://sqs.eu-west-1.example.com/1/q", "ap-south-1"),
        ]
    )
    func regions(url: String, region: String) throws {
        let queue = try SQSQueue(url, environment: ["AWS_REGION": "ap-south-1"])
        #expect(queue.region == region && queue.isFIFO == url.hasSuffix(".fifo"))
    }

    @Test(
        "text that is not a queue's URL is refused with an example of one",
        arguments: [
            "https://sqs.eu-west-1.amazonaws.com/", "https://h/q", "https://h/1/q/", "https://h/1/q?a=b",
            "https://h/1/a.b",
        ]
    )
    func malformed(url: String) {
        let error = #expect(throws: SQSQueueError.self) { try SQSQueue(url, environment: ["AWS_REGION": "eu-west-1"]) }
        #expect(error?.description.contains("https://sqs.eu-central-1.amazonaws.com/111122223333/letters") == true)
    }

    @Test("the error for a queue without a region says what to set")
    func regionless() {
        let error = #expect(throws: SQSQueueError.self) {
            try SQSQueue("http://127.0.0.1:9324/0/q", environment: [:], readFile: { _ in nil })
        }
        #expect(error == .noRegion)
    }

    @Test("a message is sent to the queue's own host as signed JSON, and SQS's id is returned")
    func sent() throws {
        let services = ScriptedServices(taken)
        #expect(try client(services).send("{\"a\":\"ä\"}", id: "r-1", at: scriptedTime) == "m-1")
        let request = try #require(services.requests.first)
        #expect(request.url.text == "https://sqs.eu-central-1.amazonaws.com/")
        #expect(request.headers.contains(HTTPHeader("X-Amz-Target", "AmazonSQS.SendMessage")))
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/x-amz-json-1.0")))
        #expect(request.headers.last?.value.contains("/20261124/eu-central-1/sqs/aws4_request,") == true)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "{\"QueueUrl\":\"\(standard)\",\"MessageBody\":\"{\\\"a\\\":\\\"ä\\\"}\"}"
        )
    }

    @Test("a FIFO queue gets the id as group and deduplication id, or its SHA-256 if SQS would refuse it")
    func fifo() throws {
        for (id, sent) in [("r-1", "r-1"), ("with space", SHA256.hex("with space"))] {
            let services = ScriptedServices(taken)
            _ = try client(services, url: standard + ".fifo").send("x", id: id, at: scriptedTime)
            let text = String(decoding: try #require(services.requests.first).body, as: UTF8.self)
            #expect(text.hasSuffix(",\"MessageGroupId\":\"\(sent)\",\"MessageDeduplicationId\":\"\(sent)\"}"))
        }
    }

    @Test("the environment's endpoint takes precedence over the queue's host")
    func endpoint() throws {
        let services = ScriptedServices(taken)
        let environment = ["AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"]
        _ = try client(services, environment: environment).send("x", id: "1", at: scriptedTime)
        _ = try client(services, url: "http://127.0.0.1:9324/0/q", environment: ["AWS_REGION": "eu-west-1"])
            .send("x", id: "1", at: scriptedTime)
        #expect(services.requests.map(\.url.text) == ["http://127.0.0.1:1", "http://127.0.0.1:9324/"])
    }

    @Test("a message of 1 MiB is sent; one byte more is a message error, and nothing is sent")
    func size() throws {
        let services = ScriptedServices(taken)
        let full = String(repeating: "x", count: 1 << 20)
        _ = try client(services).send(full, id: "1", at: scriptedTime)
        let long = #expect(throws: SQSError.self) { try client(services).send(full + "x", id: "1", at: scriptedTime) }
        #expect(long == SQSError(.message, "the message has 1048577 bytes; SQS accepts 1048576"))
        let empty = #expect(throws: SQSError.self) { try client(services).send("", id: "1", at: scriptedTime) }
        #expect(empty?.kind == .message)
        #expect(services.requests.count == 1)
    }

    @Test(
        "message errors, configuration errors and temporary errors are distinguished",
        arguments: [
            ("InvalidMessageContents", 400, SQSError.Kind.message), ("InvalidParameterValue", 400, .message),
            ("QueueDoesNotExist", 400, .configuration), ("AccessDeniedException", 403, .configuration),
            ("KmsAccessDenied", 400, .configuration), ("UnrecognizedClientException", 403, .configuration),
            ("RequestThrottled", 403, .passing), ("KmsThrottled", 400, .passing),
            ("ExpiredTokenException", 403, .passing),
            ("InternalFailure", 500, .passing),
        ]
    )
    func faults(type: String, status: Int, kind: SQSError.Kind) throws {
        let error = #expect(throws: SQSError.self) {
            try client(refusal(type, status: status)).send("x", id: "1", at: scriptedTime)
        }
        #expect(error == SQSError(kind, "\(type) (HTTP status \(status)): why"))
    }

    @Test("a timeout is temporary, a bad certificate is not, and a response that is not from SQS is an error")
    func unanswered() throws {
        for (answer, kind) in [
            (ScriptedServices { _ in throw HTTPError(host: "h", reason: .timedOut) }, SQSError.Kind.passing),
            (ScriptedServices { _ in throw HTTPError(host: "h", reason: .untrustedCertificate) }, .configuration),
            (ScriptedServices { _ in HTTPResponse(status: 200, body: Array("<html>".utf8)) }, .configuration),
            (ScriptedServices { _ in HTTPResponse(status: 200, body: Array("{}".utf8)) }, .passing),
            (ScriptedServices { _ in HTTPResponse(status: 503) }, .passing),
        ] {
            let error = #expect(throws: SQSError.self) { try client(answer).send("x", id: "1", at: scriptedTime) }
            #expect(error?.kind == kind)
        }
        let keyless = SQSClient(
            queue: try SQSQueue(standard, environment: [:]),
            AWSSession(keys: { try AWSCredentials(environment: [:]) }, send: { _ in HTTPResponse(status: 200) })
        )
        let error = #expect(throws: SQSError.self) { try keyless.send("x", id: "1", at: scriptedTime) }
        #expect(error == SQSError(.configuration, "no credentials: AWS_ACCESS_KEY_ID is not set"))
    }
}

@Suite(.blocking, .needsPeers)
struct SQSPeerTests {
    private func with(isFIFO: Bool = false, _ body: (SQSClient, MotoPeer, String) throws -> Void) throws {
        let peer = try MotoPeer.shared()
        let url = try peer.makeQueue(MotoPeer.name("letters", isFIFO: isFIFO))
        let environment = [
            "AWS_ENDPOINT_URL_SQS": peer.endpoint, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
        ]
        let http = HTTPClient.patient(responseLimitBytes: SQSClient.responseLimitBytes)
        let queue = try SQSQueue(url, environment: environment)
        try body(SQSClient(queue: queue, AWSSession(environment: environment, http: http)), peer, url)
    }

    private func boto3(_ peer: MotoPeer, receiveFrom url: String) throws -> [JSONValue] {
        let arguments: JSONValue = [
            "QueueUrl": .string(url), "MaxNumberOfMessages": 10, "AttributeNames": ["All"], "VisibilityTimeout": 0,
        ]
        return try peer.call("sqs", "receive_message", arguments)["Messages"]?.array ?? []
    }

    @Test("boto3 reads the sent message from moto's queue; our client receives it too, releases it and deletes it")
    func moto() throws {
        try with { sqs, peer, url in
            let body = "{\"text\":\"1 < 2 & ä € \u{1F600} \\\"q\\\" \\\\\"}"
            let id = try sqs.send(body, id: "r-1", at: WallClock.now())
            #expect(try boto3(peer, receiveFrom: url).map { $0["Body"]?.string } == [body])
            let first = try sqs.receive(hiddenSeconds: 60, at: WallClock.now())
            #expect(first.map(\.body) == [body] && first.map(\.id) == [id])
            #expect(try sqs.receive(hiddenSeconds: 60, at: WallClock.now()).isEmpty)
            try sqs.release(try #require(first.first), at: WallClock.now())
            let second = try #require(try sqs.receive(hiddenSeconds: 60, at: WallClock.now()).first)
            #expect(second.receiveCount == 3)
            try sqs.delete(second, at: WallClock.now())
            #expect(try boto3(peer, receiveFrom: url).isEmpty)
        }
    }

    @Test("a FIFO queue accepts a message with the same id once, and still accepts messages with other ids")
    func fifo() throws {
        try with(isFIFO: true) { sqs, peer, url in
            for id in ["r-1", "r-1", "r-2"] {
                _ = try sqs.send("of \(id)", id: id, at: WallClock.now())
            }
            let messages = try boto3(peer, receiveFrom: url)
            #expect(messages.map { $0["Body"] } == ["of r-1", "of r-2"])
            #expect(messages.map { $0["Attributes"]?["MessageGroupId"] } == ["r-1", "r-2"])
        }
    }

    @Test("a missing queue is a configuration error")
    func missing() throws {
        try with { sqs, peer, url in
            _ = try peer.call("sqs", "delete_queue", ["QueueUrl": .string(url)])
            let error = #expect(throws: SQSError.self) { try sqs.send("x", id: "1", at: WallClock.now()) }
            #expect(error?.kind == .configuration)
        }
    }
}
