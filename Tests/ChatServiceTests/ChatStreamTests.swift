@testable import ChatService
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct ChatStreamTests {
    struct Gone: Error {}

    private static func open(_ fixture: ChatFixture) async -> ChatOpening {
        await fixture.service.openStream(
            ChatRequest(requestId: "1", correlationId: "1", caller: Caller(team: "support"), message: "Hello?")
        )
    }

    @Test("a stream delivers its events and is charged at its exact cost")
    func answered() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        guard case .stream(let stream) = await Self.open(fixture) else {
            Issue.record("no stream")
            return
        }
        #expect(try fixture.total().held > .zero)
        var text = ""
        let outcome = await stream.forEach { text += $0.text ?? "" }
        guard case .answered(let answer) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text == "Yes." && answer.response.stopReason == "end_turn" && answer.cost == Picodollars(18_000_000))
        #expect(answer.timings.toFirstToken != nil && !answer.isEstimated)
        #expect(try fixture.total() == MonthTotal(requests: 1, spent: Picodollars(18_000_000), held: .zero))
    }

    @Test("a stream that is cut before its usage is charged the full hold, as an estimate")
    func cut() async throws {
        let fixture = try ChatFixture([
            .success(ModelResponse(text: "Yes", stopReason: ScriptedModel.cut, usage: TokenUsage()))
        ])
        guard case .stream(let stream) = await Self.open(fixture) else {
            Issue.record("no stream")
            return
        }
        guard case .failed(let failure) = await stream.forEach({ _ in }) else {
            Issue.record("not failed")
            return
        }
        let entry = try #require(try fixture.entry())
        #expect(failure.error.name == .connection && failure.retries == 0)
        #expect(entry.isEstimated && entry.cost == entry.hold && entry.outcome == "ConnectionError")
        #expect(try fixture.total().held == .zero)
        #expect(fixture.failures.all.count == 1)
    }

    @Test(
        "a caller that disconnects is charged the answer's real cost, because the rest of it is read",
        arguments: 1...4
    )
    func callerGone(event: Int) async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        guard case .stream(let stream) = await Self.open(fixture) else {
            Issue.record("no stream")
            return
        }
        var events = 0
        let outcome = await stream.forEach { _ in
            events += 1
            if events == event { throw Gone() }
        }
        guard case .failed(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let entry = try #require(try fixture.entry())
        #expect(failure.usage == ChatServiceTests.answer.usage)
        #expect(failure.error.name == .cancelled && fixture.failures.all.isEmpty)
        #expect(events == event, "nothing is delivered to a caller that has disconnected")
        #expect(!entry.isEstimated && entry.cost == Picodollars(18_000_000) && entry.usage.output == 50)
        #expect(entry.outcome == "Cancelled")
    }

    @Test("the rest of an answer that takes too long is not read, and the full hold is charged")
    func endlessRest() async throws {
        let late = try ChatFixture([.success(ChatServiceTests.answer)])
        guard case .stream(let second) = await Self.open(late) else {
            Issue.record("no stream")
            return
        }
        late.model.onEvent.withLock { $0 = { late.clock.advance(.seconds(ChatStream.restSeconds)) } }
        _ = await second.forEach { _ in throw Gone() }
        let charged = try #require(try late.entry())
        #expect(charged.isEstimated && charged.cost == charged.hold)
    }

    @Test("a stream that is released without being read is settled, once, by the service")
    func dropped() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        do {
            guard case .stream = await Self.open(fixture) else {
                Issue.record("no stream")
                return
            }
        }
        #expect(try fixture.total().held > .zero)
        fixture.service.close()
        await fixture.service.settleDropped()
        #expect(try fixture.total() == MonthTotal(requests: 1, spent: Picodollars(18_000_000), held: .zero))
        #expect(try fixture.entry()?.outcome == "Cancelled" && fixture.dropped.all == ["1"])
    }

    @Test("a stream that cannot be opened is retried like any call, and leaves nothing held")
    func notOpened() async throws {
        let fixture = try ChatFixture(Array(repeating: ChatServiceTests.fault(.serviceUnavailable), count: 4))
        guard case .ended(.failed(let failure)) = await Self.open(fixture) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.retries == 3 && failure.cost == .zero)
        #expect(fixture.clock.sleeps == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(try fixture.total().held == .zero)
    }

    @Test("the embedded model streams the same text as its answer in one piece")
    func embedded() async throws {
        let clock = TestClock(ChatFixture.start)
        let usage = TokenUsage(input: 12, output: 34)
        let model = EmbeddedModel(clock: clock.clock) { _ in .init(usage: usage, latency: .seconds(2)) }
        let request = ModelRequest(
            requestId: "1",
            modelId: "m",
            input: .chat(system: "", messages: [ChatMessage(.user, "?")]),
            maxTokens: 100,
            limits: ModelTimeLimits(silence: .seconds(30), total: .seconds(3600))
        )
        let whole = try await model.converse(request)
        let stream = try await model.openStream(request)
        var events: [ConverseEvent] = []
        while let event = try await stream.next() { events.append(event) }
        #expect(events.compactMap(\.text).joined() == whole.text)
        #expect(events.last?.usage == usage && events.compactMap(\.stopReason) == [whole.stopReason])
        #expect(clock.sleeps.dropFirst().reduce(Duration.zero, +) > .milliseconds(1990))
    }
}
