@testable import ChatService
import CoreMetrics
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct ServiceTierTests {
    private static let nova = "us.amazon.nova-pro-v1:0"
    private static let usage = TokenUsage(input: 1000, output: 100, cacheRead: 500)

    private static func request(_ more: String, modelId: String = nova, id: String = "1") throws -> ChatRequest {
        let body = #"{"messages":[{"role":"user","content":[{"text":"Hello"}]}],\#(more)}"#
        let document = try ConverseDocument(parsing: Array(body.utf8))
        return ChatRequest(
            requestId: id,
            correlationId: "1",
            caller: Caller(team: "a").saying(document.names, session: nil),
            content: .converse(document, modelId: modelId)
        )
    }

    private static func answer(_ tier: TierNames = TierNames()) -> Result<ModelResponse, ModelError> {
        .success(ModelResponse(text: "Yes.", stopReason: "end_turn", usage: usage, tier: tier))
    }

    private static func price() throws -> Price {
        try #require(try TestPrices.catalog().price(for: nova, at: ChatFixture.start))
    }

    @Test(
        "a call is charged at the tier that served it, and at the one it asked for if the answer names none",
        arguments: [
            (#""serviceTier":{"type":"flex"}"#, TierNames(), ServiceTier.flex),
            (#""serviceTier":{"type":"priority"}"#, TierNames(serviceTier: "priority"), .priority),
            (#""serviceTier":{"type":"priority"}"#, TierNames(serviceTier: "default"), .standard),
            // What the answer leaves out is as the request says.
            (#""serviceTier":{"type":"priority"}"#, TierNames(latency: "standard"), .priority),
            (#""serviceTier":{"type":"default"}"#, TierNames(), .standard),
        ],
        [false, true]
    )
    func charged(call: (more: String, served: TierNames, tier: ServiceTier), isStream: Bool) async throws {
        let fixture = try ChatFixture([Self.answer(call.served)])
        let request = try Self.request(call.more)
        let price = try Self.price()
        if isStream {
            guard case .stream(let stream) = await fixture.service.openStream(request) else {
                Issue.record("no stream")
                return
            }
            _ = await stream.forEach { _ in }
        } else {
            guard case .answered = await fixture.service.answer(request) else {
                Issue.record("no answer")
                return
            }
        }
        let entry = try #require(try fixture.entry())
        #expect(entry.tier == call.tier && !entry.isEstimated)
        #expect(try entry.cost == price.cost(of: Self.usage, tier: call.tier))
        let highest = try [ServiceTier.standard, call.tier].map { try price.cost(of: Self.usage, tier: $0) }.max()
        #expect(entry.hold >= highest ?? .zero)
    }

    @Test("what a cache saved or cost is recorded at the prices of the tier that served the call")
    func cacheSavings() async throws {
        let samples = SampleFactory()
        let written = TokenUsage(input: 1000, output: 100, cacheWrite5m: 700)
        let fixture = try ChatFixture(
            [
                Self.answer(TierNames(serviceTier: "priority")),
                .success(ModelResponse(text: "Yes.", stopReason: "end_turn", usage: written)),
                .success(ModelResponse(text: "Yes.", stopReason: "end_turn", usage: TokenUsage(input: 10, output: 5))),
            ],
            metrics: samples
        )
        for id in ["1", "2", "3"] {
            guard
                case .answered = await fixture.service.answer(
                    try Self.request(#""serviceTier":{"type":"priority"}"#, id: id)
                )
            else {
                Issue.record("no answer")
                return
            }
        }
        let price = try Self.price()
        let expected = [Self.usage, written].map { price.cacheSavings(of: $0, tier: .priority)?.dollars }
        #expect(samples.values(of: "CacheSavings") == expected && expected.allSatisfy { $0 != nil })
    }

    @Test("a tier that the model's row has no price for is refused as unpriced, before the model is called")
    func unpriced() async throws {
        let fixture = try ChatFixture([Self.answer()])
        let request = try Self.request(#""performanceConfig":{"latency":"optimized"}"#)
        guard case .refused(let refusal) = await fixture.service.answer(request) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.kind.code == "unpriced_model" && refusal.message.contains("tier `optimized`"), "\(refusal)")
        #expect(try fixture.entry() == nil)
        #expect(fixture.model.requests.withLock { $0.isEmpty })
    }

    @Test(
        "an answer of a tier without a price is charged the hold, never less than is known",
        arguments: [
            TierNames(latency: "optimized"), TierNames(serviceTier: "reserved"), TierNames(serviceTier: "FLEX"),
        ]
    )
    func unknownServed(names: TierNames) async throws {
        let fixture = try ChatFixture([Self.answer(names)])
        _ = await fixture.service.answer(try Self.request(#""serviceTier":{"type":"flex"}"#))
        let entry = try #require(try fixture.entry())
        #expect(entry.isEstimated && entry.cost == entry.hold)
    }

    @Test("the entries of requestMetadata are the call's application, session and tags; they name no payer")
    func tags() async throws {
        let fixture = try ChatFixture([Self.answer()])
        let metadata = #"{"env":"prod","App":"bot","session":"run-7","team":"other","n":5,"cost-centre":"é 12"}"#
        _ = await fixture.service.answer(try Self.request(#""requestMetadata":\#(metadata)"#))
        let caller = try #require(try fixture.entry()).caller
        #expect(caller.team == "a" && caller.user == nil && caller.application == "bot" && caller.session == "run-7")
        #expect(caller.tags.values == ["env": "prod", "cost-centre": "é 12"])
    }

    @Test("a call that is tried again later keeps its session, application and tags")
    func redriven() async throws {
        let metadata = #"{"env":"prod","app":"bot","session":"run-7"}"#
        let request = try Self.request(#""requestMetadata":\#(metadata)"#)
        let error = ModelError(.throttling, "slow down")
        let failure = ChatFailure(
            error: error,
            modelId: Self.nova,
            retries: 0,
            usage: nil,
            cost: .zero,
            timings: ChatTimings()
        )
        let letter = DeadLetter(request, failure, at: ChatFixture.start, keepsText: true)
        // As it is read back from the store or a queue, which have no columns for them.
        var kept = letter
        kept.caller = Caller(team: "a")
        let again = try #require(try kept.request(id: "2")).caller
        #expect(again == request.caller && again.tags.values == ["env": "prod"])
        let chat = ChatRequest(requestId: "1", correlationId: "1", caller: Caller(session: "s"), message: "Hello")
        var other = DeadLetter(chat, failure, at: ChatFixture.start, keepsText: true)
        other.caller = Caller()
        #expect(try other.request(id: "2")?.caller.session == "s")
    }

    @Test("a response and the last event of a stream name the tier")
    func names() throws {
        func tier(_ json: String) throws -> ServiceTier? {
            ServiceTier(TierNames(converse: try JSONValue(parsing: json)))
        }
        #expect(try tier("{}") == .standard)
        #expect(try tier(#"{"performanceConfig":{"latency":"optimized"}}"#) == .optimized)
        #expect(try tier(#"{"serviceTier":{"type":"reserved"}}"#) == nil)
        #expect(try tier(#"{"serviceTier":{"type":"flex"},"performanceConfig":{"latency":"standard"}}"#) == .flex)
        for tier in ServiceTier.allCases where tier != .batch { #expect(ServiceTier(tier.names) == tier) }
        #expect(ConverseEvent("metadata", ["serviceTier": ["type": "flex"]]).tier == TierNames(serviceTier: "flex"))
        #expect(ConverseEvent("messageStop", ["serviceTier": ["type": "flex"]]).tier == TierNames())
    }
}

/// Keeps the samples of recorders by their names.
private final class SampleFactory: MetricsFactory, Sendable {
    private let samples = Mutex<[String: [Double]]>([:])

    func values(of name: String) -> [Double] {
        samples.withLock { $0[name] ?? [] }
    }

    func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        Handler { value in self.samples.withLock { $0[label, default: []].append(value) } }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        NOOPMetricsHandler.instance
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private final class Handler: RecorderHandler {
        private let add: @Sendable (Double) -> Void

        init(_ add: @escaping @Sendable (Double) -> Void) {
            self.add = add
        }

        func record(_ value: Int64) { add(Double(value)) }
        func record(_ value: Double) { add(value) }
    }
}
