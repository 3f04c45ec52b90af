import Foundation
import PurserAWS
import PurserCore
import TestSupport
import Testing

/// The result of a call as boto3 reports it.
private struct Seen: Decodable {
    let text: String
    let stopReason: String?
    let input: Int?
    let output: Int?
    let events: [String]
    let error: String?
    let code: String?
    let status: Int?
}

/// Checks the fake with boto3's client: the fake must accept what boto3 signs, and boto3 must understand its responses.
@Suite(.blocking, .needsPeers)
struct FakeBedrockTests {
    private static func call(
        _ fake: FakeBedrockProcess,
        _ operation: String,
        _ more: [JSONValue.Member] = []
    ) throws -> Seen {
        let told: [JSONValue.Member] = [
            .init("endpoint", .string(fake.endpoint)), .init("operation", .string(operation)), .init("text", "hello"),
            .init("secret", .string(FakeBedrockProcess.secretAccessKey)),
        ]
        let kept = told.filter { member in !more.contains { $0.key == member.key } }
        return try PeerProcess.shared("bedrock_client.py").ask(.object(kept + more), for: Seen.self)
    }

    private static let wholeStream = [
        "messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata",
    ]

    @Test("boto3's calls and streams are answered, billed and written to the journal")
    func answers() throws {
        let folder = try TemporaryFolder()
        let flags = ["--seed", "7", "--input-tokens", "100..900", "--output-tokens", "1..300"]
        try FakeBedrockProcess.with(flags, journal: folder.path("journal")) { fake in
            let metadata = [JSONValue.Member("metadata", ["team": "support"])]
            let seen = try (0..<10).map {
                try Self.call(fake, $0 % 2 == 0 ? "converse" : "converse_stream", metadata)
            }
            #expect(seen.allSatisfy { $0.error == nil && $0.stopReason == "end_turn" })
            // Each word of the text is one token.
            #expect(seen.allSatisfy { $0.text.split(separator: " ").count == $0.output })
            #expect(seen[1].events == Self.wholeStream)
            let journal = try fake.journal()
            #expect(journal.map(\.usage) == seen.map { TokenUsage(input: $0.input ?? -1, output: $0.output ?? -1) })
            #expect(Set(journal.map(\.usage.output)).count > 5)
            #expect(journal.allSatisfy { $0.isDelivered && $0.requestMetadata == ["team": "support"] })
            #expect(journal.allSatisfy { $0.modelId == "amazon.nova-lite-v1:0" && $0.message == "hello" })
            let served = try fake.served()
            #expect(served["calls"] == 10 && served["refused"] == 0)
            #expect(served["outputTokens"]?.integer == journal.reduce(0) { $0 + $1.usage.output })
        }
    }

    @Test("a token limit cuts the answer")
    func limit() throws {
        try FakeBedrockProcess.with(["--output-tokens", "50"]) { fake in
            let seen = try Self.call(fake, "converse", [.init("maxTokens", 3)])
            #expect(seen.output == 3 && seen.stopReason == "max_tokens")
        }
    }

    @Test("a wrong secret is refused as InvalidSignatureException, and nothing is billed")
    func wrongSecret() throws {
        try FakeBedrockProcess.with { fake in
            let model = JSONValue.Member(
                "model",
                "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a+b"
            )
            let wrong = try Self.call(fake, "converse", [.init("secret", "wrong")])
            #expect(wrong.code == "InvalidSignatureException" && wrong.status == 403)
            #expect(try Self.call(fake, "converse", [model]).error == nil)
            #expect(try fake.served()["calls"] == 1)
        }
    }

    @Test("every fault is reported with Bedrock's exception for it", arguments: ["converse", "converse_stream"])
    func errors(operation: String) throws {
        let named = [
            ("throttling", "ThrottlingException", 429), ("not-ready", "ModelNotReadyException", 429),
            ("internal", "InternalServerException", 500), ("unavailable", "ServiceUnavailableException", 503),
            ("model-timeout", "ModelTimeoutException", 408), ("model-error", "ModelErrorException", 424),
            ("validation", "ValidationException", 400), ("quota", "ServiceQuotaExceededException", 400),
            ("access-denied", "AccessDeniedException", 403), ("not-found", "ResourceNotFoundException", 404),
        ]
        try FakeBedrockProcess.with(["--script", named.map(\.0).joined(separator: ",")]) { fake in
            for (fault, name, status) in named {
                let seen = try Self.call(fake, operation)
                // One name is not among the exceptions that boto3's model of ConverseStream lists.
                #expect(seen.code == name && seen.status == status, "\(fault)")
            }
            #expect(try Self.call(fake, operation).error == nil)
            #expect(try fake.served()["calls"] == 1)
        }
    }

    @Test("calls on broken connections are billed if the model ran, and cut or damaged streams are detected")
    func broken() throws {
        let folder = try TemporaryFolder()
        try FakeBedrockProcess.with(journal: folder.path("journal")) { fake in
            try fake.setFaults(script: ["reset-before", "reset-after", "cut", "stall"])
            for _ in 0..<3 { #expect(try Self.call(fake, "converse").error != nil) }
            let impatient = [JSONValue.Member("timeoutSeconds", 0.2)]
            #expect(try Self.call(fake, "converse", impatient).error == "ReadTimeoutError")

            try fake.setFaults(script: ["cut", "stream-exception", "bad-crc", "stall"])
            let cut = try Self.call(fake, "converse_stream")
            #expect(cut.error != nil && cut.events.last == "messageStop" && cut.input == nil)
            let failed = try Self.call(fake, "converse_stream")
            #expect(failed.code == "modelStreamErrorException" && !failed.text.isEmpty)
            #expect(try Self.call(fake, "converse_stream").error == "ChecksumMismatch")
            #expect(try Self.call(fake, "converse_stream", impatient).error == "ReadTimeoutError")
            // The fake answers this later request after it has seen that the clients disconnected.
            _ = try fake.served()
            let faults = try fake.journal().map(\.fault)
            #expect(faults == ["reset-after", "cut", "stall", "cut", "stream-exception", "bad-crc", "stall"])
            #expect(try fake.journal().allSatisfy { !$0.isDelivered })
        }
    }

    @Test("a call whose client disconnects while the model is running is billed")
    func gone() throws {
        let folder = try TemporaryFolder()
        try FakeBedrockProcess.with(["--latency-ms", "60000"], journal: folder.path("journal")) { fake in
            let seen = try Self.call(fake, "converse", [.init("timeoutSeconds", 0.2)])
            #expect(seen.error == "ReadTimeoutError")
            // The client has closed its connection; the fake answers after it has seen that.
            #expect(try fake.served()["calls"] == 1)
            #expect(try fake.journal().map(\.isDelivered) == [false])
        }
    }
}
