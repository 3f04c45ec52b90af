@testable import ChatService
import PurserCore
import Synchronization
import TestSupport
import Testing

@Suite struct RetryTests {
    private static func sdkRequest(
        deadline: Timestamp? = nil,
        isCallerGone: @escaping @Sendable () -> Bool = { false }
    ) throws -> ChatRequest {
        let body = #"{"messages":[{"role":"user","content":[{"text":"?"}]}],"inferenceConfig":{"maxTokens":100}}"#
        return ChatRequest(
            requestId: "1",
            correlationId: "1",
            isFromSDK: true,
            deadline: deadline,
            isCallerGone: isCallerGone,
            content: .converse(try ConverseDocument(parsing: Array(body.utf8)), modelId: "us.amazon.nova-lite-v1:0")
        )
    }

    @Test(
        "a call from an SDK is attempted once, because SDKs retry",
        arguments: [ModelError.Name.throttling, .timeout]
    )
    func noRetryForSDKs(name: ModelError.Name) async throws {
        let fixture = try ChatFixture([ChatServiceTests.fault(name), .success(ChatServiceTests.answer)])
        guard case .failed(let failure) = await fixture.service.answer(try Self.sdkRequest()) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.error.name == name && failure.retries == 0 && fixture.clock.sleeps.isEmpty)
    }

    @Test("with PURSERD_SDK_RETRIES, a call from an SDK is repeated only if it cannot be charged twice")
    func retriesForSDKs() async throws {
        let throttled = try ChatFixture([
            ChatServiceTests.fault(.throttling), .success(ChatServiceTests.answer),
        ]) { $0.sdkRetries = 1 }
        guard case .answered(let answer) = await throttled.service.answer(try Self.sdkRequest()) else {
            Issue.record("not answered")
            return
        }
        #expect(answer.retries == 1 && !answer.isEstimated)
        for name in [ModelError.Name.timeout, .modelTimeout, .connection, .modelStream] {
            let lost = try ChatFixture([ChatServiceTests.fault(name), .success(ChatServiceTests.answer)]) {
                $0.sdkRetries = 3
            }
            _ = await lost.service.answer(try Self.sdkRequest())
            #expect(lost.model.requests.withLock { $0.count } == 1, "\(name)")
            let entry = try #require(try lost.entry())
            #expect(entry.cost == entry.hold, "\(name)")
        }
    }

    @Test("no retry begins after the caller has disconnected, or after its own deadline")
    func callerGone() async throws {
        let faults = Array(repeating: ChatServiceTests.fault(.throttling), count: 4)
        let gone = try ChatFixture(faults) { $0.sdkRetries = 3 }
        _ = await gone.service.answer(try Self.sdkRequest(isCallerGone: { true }))
        #expect(gone.model.requests.withLock { $0.count } == 1)
        // The caller disconnects while the service waits for the second attempt.
        let leaves = try ChatFixture(faults) { $0.sdkRetries = 3 }
        let clock = leaves.clock
        _ = await leaves.service.answer(try Self.sdkRequest(isCallerGone: { !clock.sleeps.isEmpty }))
        #expect(leaves.model.requests.withLock { $0.count } == 1 && leaves.clock.sleeps == [.seconds(1)])
        // Waits of 1 s and 2 s fit into five seconds, and a third of 4 s does not.
        let late = try ChatFixture(faults) { $0.sdkRetries = 3 }
        _ = await late.service.answer(try Self.sdkRequest(deadline: ChatFixture.start + 5))
        #expect(late.clock.sleeps == [.seconds(1), .seconds(2)])
        let never = try ChatFixture(faults) { $0.sdkRetries = 3 }
        _ = await never.service.answer(try Self.sdkRequest(deadline: Timestamp(milliseconds: .min)))
        #expect(never.clock.sleeps.isEmpty)
    }

    @Test("a letter that is redriven has no SDK behind it, so it is retried and its silence is limited")
    func redrivenLetter() async throws {
        let fixture = try ChatFixture([ChatServiceTests.fault(.throttling), .success(ChatServiceTests.answer)])
        var request = try Self.sdkRequest()
        request.isFromSDK = false
        guard case .answered(let answer) = await fixture.service.answer(request) else {
            Issue.record("not answered")
            return
        }
        #expect(answer.retries == 1)
        #expect(fixture.model.requests.withLock { $0.first?.limits.silence } == .seconds(30))
    }

    @Test("the total time limit covers all attempts and their waits")
    func total() async throws {
        let fixture = try ChatFixture(Array(repeating: ChatServiceTests.fault(.throttling), count: 4)) {
            $0.modelTotalSeconds = 6
        }
        _ = await fixture.ask()
        #expect(fixture.clock.sleeps == [.seconds(1), .seconds(2)])
        let limits = fixture.model.requests.withLock { $0.map(\.limits.total) }
        #expect(limits == [.seconds(6), .seconds(5), .seconds(3)])
        #expect(try fixture.total().held == .zero)
    }

    @Test("silence before a whole answer is limited for people only, and silence in a stream for everybody")
    func silence() async throws {
        let fixture = try ChatFixture(Array(repeating: .success(ChatServiceTests.answer), count: 3))
        _ = await fixture.ask(id: "a")
        _ = await fixture.service.answer(try Self.sdkRequest())
        var streamed = try Self.sdkRequest()
        streamed.requestId = "b"
        if case .stream(let stream) = await fixture.service.openStream(streamed) { _ = await stream.forEach { _ in } }
        let limits = fixture.model.requests.withLock { $0.map(\.limits) }
        #expect(limits.map(\.silence) == [.seconds(30), nil, .seconds(30)])
        #expect(limits.allSatisfy { $0.total == .seconds(3600) })
    }

    @Test("an answer that cannot be used, or that took too long, has a status that no SDK retries")
    func statuses() {
        for name in [ModelError.Name.unusableAnswer, .timeout, .modelTimeout] {
            let status = ModelError(name, "").treatment.exception.status
            #expect(![429, 500, 502, 503, 504].contains(status), "\(name)")
        }
    }

    @Test("every error has one of the five exceptions of ConverseStream in a stream, and a message")
    func streamExceptions() {
        let five: Set<String> = [
            "internalServerException", "modelStreamErrorException", "validationException", "throttlingException",
            "serviceUnavailableException",
        ]
        for name in ModelError.Name.allCases {
            let error = ModelError(name, "why")
            #expect(five.contains(error.treatment.exception.memberName) && !error.exceptionMessage.isEmpty)
        }
    }
}
