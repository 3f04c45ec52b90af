import PurserAWS
import PurserCore
import PurserHTTP
import Testing

@testable import ChatService

@Suite struct BedrockModelTests {
    @Test("Converse's answer is read with its text, stop reason and token counts, and kept unchanged")
    func answer() throws {
        let text = """
            {"output":{"message":{"role":"assistant","content":[{"text":"a "},{"reasoningContent":{}},{"text":"b"}]}},
            "stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":2,"cacheReadInputTokens":5}, "new": 1}
            """
        let response = try ModelResponse(converse: Array(text.utf8))
        #expect(response.text == "a b" && response.stopReason == "end_turn")
        #expect(response.usage == TokenUsage(input: 7, output: 2, cacheRead: 5))
        #expect(response.document == Array(text.utf8))
    }

    @Test(
        "an answer without token counts may be billed, and is not requested again",
        arguments: [
            "", "[]", "{}", "{\"usage\":{\"inputTokens\":1}}", "{\"usage\":{\"inputTokens\":-1,\"outputTokens\":1}}",
            "{\"usage\":{\"inputTokens\":9223372036854775807,\"outputTokens\":9223372036854775807}}",
            "{\"usage\":{\"inputTokens\":1,\"outputTokens\":1,\"cacheReadInputTokens\":1000000001}}",
        ]
    )
    func unusable(text: String) {
        let error = #expect(throws: ModelError.self) { try ModelResponse(converse: Array(text.utf8)) }
        #expect(
            error?.name == .unusableAnswer && error?.treatment.mayBeCharged == true
                && error?.treatment.isRetryable == false
        )
    }

    @Test("failures have the names that decide on retries and billing")
    func errors() {
        let cases: [(BedrockError.Kind, ModelError.Name)] = [
            (.exception("ThrottlingException", status: 429), .throttling),
            (.exception("ModelErrorException", status: 424), .model),
            (.exception("ModelTimeoutException", status: nil), .modelTimeout),
            (.exception("InvalidSignatureException", status: 403), .accessDenied),
            (.exception("NewException", status: 500), .internalServer),
            (.exception("NewException", status: 400), .validation),
            (.exception("NewException", status: nil), .modelStream),
            (.elsewhere(status: 503), .serviceUnavailable), (.elsewhere(status: 404), .resourceNotFound),
            (.elsewhere(status: 429), .throttling), (.elsewhere(status: 408), .connection),
            (.elsewhere(status: 502), .connection), (.elsewhere(status: 504), .connection),
            (.exception("GatewayTimeoutException", status: 504), .modelTimeout),
            (.unanswered(.timedOut, wasSent: true), .timeout), (.unanswered(.timedOut, wasSent: false), .unreachable),
            (.unanswered(.connectionLost, wasSent: true), .connection),
            (.unanswered(.unresolvedHost, wasSent: false), .unreachable),
            (.unanswered(.answerTooLong(limitBytes: 1), wasSent: true), .unusableAnswer),
            (.unanswered(.cancelled, wasSent: true), .cancelled), (.brokenStream, .modelStream),
            (.credentials, .credentials), (.configuration, .validation),
        ]
        for (kind, name) in cases {
            let error = ModelError(BedrockError(kind, "why"))
            #expect(error.name == name && error.message == "why")
        }
        // A gateway that lost the answer does not know whether one was written.
        #expect(ModelError(BedrockError(.elsewhere(status: 504), "")).treatment.mayBeCharged)
    }
}
