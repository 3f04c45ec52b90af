import Foundation
import PurserAWS
import PurserCore
import PurserHTTP
import Synchronization
import TestSupport
import Testing

private struct Port: Decodable {
    let port: Int
}

/// Returns a request's body; the peer does what `answer` says, or returns the text.
private func body(_ text: String) -> [UInt8] {
    let document: JSONValue = ["messages": [["role": "user", "content": [["text": .string(text)]]]]]
    return Array(document.text().utf8)
}

private func body(answer: JSONValue) -> [UInt8] {
    body((["answer": answer] as JSONValue).text())
}

private func failure<Value>(_ call: () async throws(BedrockError) -> Value) async -> BedrockError? {
    do throws(BedrockError) {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}

@Suite struct BedrockRuntimeTests {
    @Test("a region and an address are required, and the error names an invalid one")
    func configuration() {
        let connections = HTTPConnections()
        let refused: [([String: String], String)] = [
            (["HOME": "/nowhere"], "no region: it is not set in AWS_REGION, AWS_DEFAULT_REGION or the profile"),
            (["AWS_REGION": "us east"], "\"us east\" is not the name of an AWS region"),
            (
                ["AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "ftp://x"],
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME: the URL must begin with http:// or https://"
            ),
        ]
        for (environment, words) in refused {
            #expect(throws: BedrockError(.configuration, words)) {
                try BedrockRuntime(environment: environment, connections: connections)
            }
        }
    }

    @Test("nothing is sent without credentials, and a call to a closed port is reported as not sent")
    func unsent() async throws {
        let connections = HTTPConnections()
        defer { connections.shutDown() }
        let environment = ["AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"]
        func runtime(_ find: @escaping @Sendable () throws -> AWSCredentials) throws -> BedrockRuntime {
            let source = CredentialSource(find: find)
            return try BedrockRuntime(environment: environment, connections: connections, credentials: source)
        }
        let without = try runtime { throw NoCredentials() }
        let none = await failure { () throws(BedrockError) in
            try await without.converse(modelId: "m", body: [], limits: .init(totalSeconds: 5))
        }
        #expect(none == BedrockError(.credentials, "NoCredentials()"))
        let alone = try runtime { AWSCredentials(accessKeyID: "A", secretAccessKey: "s") }
        let refused = await failure { () throws(BedrockError) in
            try await alone.converse(modelId: "m", body: [], limits: .init(totalSeconds: 5))
        }
        #expect(refused?.kind == .unanswered(.notConnected, wasSent: false))
        let ping = await failure { () throws(BedrockError) in try await alone.ping() }
        #expect(ping?.kind == .unanswered(.notConnected, wasSent: false))
    }
}

@Suite(.needsPeers)
struct BedrockRuntimePeerTests {
    private static let key = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

    private func with(
        keys: [(String, String)] = [Self.key],
        now: @escaping @Sendable () -> Timestamp = WallClock.now,
        _ body: (BedrockRuntime, Requests) async throws -> Void
    ) async throws {
        let requests = Requests(peer: try PeerProcess.shared("bedrock_runtime.py"), token: "token/" + UUID().uuidString)
        let port = try await requests.peer.ready(Port.self).port
        let connections = HTTPConnections()
        defer { connections.shutDown() }
        let searches = Mutex(0)
        let time = Mutex(scriptedTime)
        let source = CredentialSource(now: {
            time.withLock { time in
                defer { time = time + 40 }; return time
            }
        }) {
            let search = searches.withLock { count in
                count += 1
                return count
            }
            let (id, secret) = keys[min(search, keys.count) - 1]
            return AWSCredentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: requests.token,
                expiration: scriptedTime + 36_000
            )
        }
        let environment = [
            "AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:\(port)/",
        ]
        let runtime = try BedrockRuntime(
            environment: environment,
            connections: connections,
            credentials: source,
            now: now
        )
        try await body(runtime, requests)
    }

    /// The requests of one test that the peer received, identified by the test's own session token.
    private struct Requests {
        let peer: PeerProcess
        let token: String

        /// Returns the requests since the last time.
        func callAsFunction() async throws -> [JSONValue] {
            try await peer.ask(.string(token)).array ?? []
        }
    }

    @Test(
        "a model id is sent encoded once, and signed as botocore signs it",
        arguments: [
            ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1%3A0"),
            ("eu.amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1%3A0"),
            (
                "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/ab c+d",
                "arn%3Aaws%3Abedrock%3Aeu-central-1%3A111122223333%3Aapplication-inference-profile%2Fab%20c%2Bd"
            ),
        ]
    )
    func modelIds(modelId: String, path: String) async throws {
        try await with { runtime, requests in
            let answer = try await runtime.converse(
                modelId: modelId,
                body: body("hi"),
                limits: .init(totalSeconds: 120)
            )
            #expect(String(decoding: answer.document, as: UTF8.self).contains("end_turn"))
            let request = try #require(try await requests().first?.array)
            #expect(request[0] == "POST" && request[1] == .string("/model/\(path)/converse"))
            #expect(
                request[2]["content-type"] == "application/json"
                    && request[2]["x-amz-security-token"]?.string == requests.token
            )
            #expect(request[3] == .string(String(decoding: body("hi"), as: UTF8.self)))
        }
    }

    @Test("an exception is identified by its name, without the text that Bedrock appends to it")
    func exceptions() async throws {
        try await with { runtime, _ in
            let url = ":http://internal.amazon.com/coral/com.amazon.bedrock/"
            let cases: [(JSONValue, BedrockError.Kind, String)] = [
                (
                    [
                        "status": 429, "headers": ["x-amzn-errortype": .string("ThrottlingException" + url)],
                        "body": "{\"message\":\"Too many\\ntokens\"}",
                    ], .exception("ThrottlingException", status: 429), "Too many tokens"
                ),
                (
                    ["status": 400, "body": "{\"__type\":\"com.amazon#ValidationException\",\"Message\":\"no\"}"],
                    .exception("ValidationException", status: 400), "no"
                ),
                (
                    ["status": 502, "body": "<html>bad gateway</html>"], .elsewhere(status: 502),
                    "HTTP status 502, and the response is not from Bedrock"
                ),
            ]
            for (answer, kind, message) in cases {
                let call = await failure { () throws(BedrockError) in
                    try await runtime.converse(
                        modelId: "m",
                        body: body(answer: answer),
                        limits: .init(totalSeconds: 120)
                    )
                }
                #expect(call == BedrockError(kind, message))
                let stream = await failure { () throws(BedrockError) in
                    try await runtime.converseStream(
                        modelId: "m",
                        body: body(answer: answer),
                        limits: .init(totalSeconds: 120)
                    )
                }
                #expect(stream == BedrockError(kind, message))
            }
            try await runtime.ping()
        }
    }

    @Test("clock skew is corrected with the date in the refusal, once for all later calls")
    func clock() async throws {
        try await with(now: { scriptedTime }) { runtime, requests in
            for _ in 0..<2 {
                let answer = try await runtime.converse(
                    modelId: "m",
                    body: body(answer: ["hour": "07"]),
                    limits: .init(totalSeconds: 120)
                )
                #expect(!answer.document.isEmpty)
            }
            #expect(try await requests().count == 3)
        }
    }

    @Test("expired credentials are replaced if there are new ones; otherwise the refusal is reported")
    func endedCredentials() async throws {
        try await with(keys: [Self.key, ("AKIDNEW", "new/secret")]) { runtime, requests in
            for _ in 0..<2 {
                _ = try await runtime.converse(
                    modelId: "m",
                    body: body(answer: ["keys": "AKIDNEW"]),
                    limits: .init(totalSeconds: 120)
                )
            }
            #expect(try await requests().count == 3)
        }
        try await with { runtime, requests in
            let error = await failure { () throws(BedrockError) in
                try await runtime.converse(
                    modelId: "m",
                    body: body(answer: ["keys": "AKIDNEW"]),
                    limits: .init(totalSeconds: 120)
                )
            }
            #expect(error?.kind == .exception("ExpiredTokenException", status: 403))
            let count = try await requests().count
            #expect(count == 1)
        }
    }

    private static let events: [JSONValue] = [
        ["event", "messageStart", ["role": "assistant"]], ["event", "contentBlockDelta", ["delta": ["text": "hé"]]],
        ["event", "messageStop", ["stopReason": "end_turn"]], ["event", "metadata", ["usage": ["inputTokens": 1]]],
    ]

    private func read(_ runtime: BedrockRuntime, _ answer: JSONValue) async throws -> ([String], BedrockError?) {
        let stream = try await runtime.converseStream(
            modelId: "a:0",
            body: body(answer: answer),
            limits: .init(totalSeconds: 120)
        )
        var types: [String] = []
        let error = await failure { () throws(BedrockError) in
            while let event = try await stream.next() { types.append(event.type) }
        }
        if let error {
            let again = await failure { () throws(BedrockError) in try await stream.next() }
            #expect(again == error)
        }
        return (types, error)
    }

    @Test("a stream's events arrive in order, and it ends after the last one")
    func stream() async throws {
        try await with { runtime, requests in
            let answer: JSONValue = ["events": .array(Self.events)]
            let (types, error) = try await read(runtime, answer)
            #expect(types == ["messageStart", "contentBlockDelta", "messageStop", "metadata"] && error == nil)
            #expect(try await requests().first?.array?[1] == "/model/a%3A0/converse-stream")
            let stream = try await runtime.converseStream(
                modelId: "m",
                body: body(answer: answer),
                limits: .init(totalSeconds: 120)
            )
            _ = try await stream.next()
            let delta = try await stream.next()
            #expect(delta.map { String(decoding: $0.payload, as: UTF8.self) }?.contains("text") == true)
            stream.cancel()
        }
    }

    @Test("an exception, a damaged message or a cut ends a stream with an error")
    func brokenStream() async throws {
        try await with { runtime, _ in
            let exception: JSONValue = [
                "exception", "modelStreamErrorException", ["message": "no", "originalMessage": "why"],
            ]
            let (types, error) = try await read(runtime, ["events": [Self.events[0], exception]])
            #expect(types == ["messageStart"])
            #expect(error == BedrockError(.exception("ModelStreamErrorException", status: nil), "no: why"))
            let first = try await read(
                runtime,
                ["events": [["exception", "throttlingException", ["message": "slow"]]]]
            )
            #expect(first.1 == BedrockError(.exception("ThrottlingException", status: nil), "slow"))
            let unmodeled = try await read(runtime, ["events": [["error", "InternalError", [:]]]])
            #expect(unmodeled.1?.kind == .exception("InternalError", status: nil))

            let damaged = try await read(runtime, ["events": .array(Self.events), "damage": 1])
            #expect(damaged.0 == ["messageStart"] && damaged.1?.kind == .brokenStream)
            let cut = try await read(runtime, ["events": .array(Self.events), "cut": 3])
            #expect(cut.0.count == 3 && cut.1 == BedrockError(.brokenStream, "\(EventStreamError.truncated)"))
            let short = try await read(runtime, ["events": .array(Array(Self.events.dropLast()))])
            #expect(short.1 == BedrockError(.brokenStream, "the stream ended before its metadata"))
            let none = try await read(runtime, ["events": []])
            #expect(none.1 == BedrockError(.brokenStream, "the stream ended before its messageStop and metadata"))
        }
    }
}
