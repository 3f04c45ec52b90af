@testable import ChatService
import CoreMetrics
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct AdmissionTests {
    static let answer = ChatServiceTests.answer

    /// The steps that admission took, in order.
    final class Steps: Sendable {
        private let names = Mutex<[String]>([])

        func add(_ name: String) {
            names.withLock { $0.append(name) }
        }

        var all: [String] {
            names.withLock { $0 }
        }
    }

    private static func arrival(
        _ steps: Steps,
        door: Arrival.Door = .chat,
        address: String = "203.0.113.7",
        origin: String? = nil,
        body: String = #"{"message":"Hello?"}"#,
        id: String = "1",
        principal: Result<Principal, ChatRefusal> = .success(Principal(caller: Caller(user: "u")))
    ) -> Arrival {
        Arrival(
            door: door,
            address: IPAddress(address),
            origin: origin,
            authenticate: { () throws(ChatRefusal) in
                steps.add("authentication")
                return Claim(try principal.get()) { _ throws(ChatRefusal) in steps.add("signature") }
            },
            readBody: { limit throws(ChatRefusal) in
                steps.add("size")
                guard body.utf8.count <= limit else { throw .bodyTooLarge(limitBytes: limit) }
                return Array(body.utf8)
            },
            read: { body, principal throws(ChatRefusal) in
                steps.add("validation")
                return ChatRequest(
                    requestId: id,
                    correlationId: id,
                    caller: principal.caller,
                    content: try ChatRequest.Content(chat: body),
                    allowedModels: principal.allowedModels
                )
            }
        )
    }

    @Test("admission checks run in order and stop at the first refusal")
    func order() async throws {
        let denied = AddressRules(denied: [try #require(AddressRange("198.51.100.0/24"))], perMinute: 3)
        let fixture = try ChatFixture([.success(Self.answer)], addresses: denied) { $0.maxBodyBytes = 2000 }
        let cases: [(Arrival, ChatRefusal, [String])] = [
            (Self.arrival(Steps(), address: "198.51.100.9"), .addressDenied, []),
            (Self.arrival(Steps(), origin: "https://evil.example"), .originNotAllowed, []),
        ]
        for (arrival, refusal, _) in cases { #expect(await fixture.service.answer(arrival) == .refused(refusal)) }
        let steps = Steps()
        let large = Self.arrival(steps, body: String(repeating: " ", count: 3000))
        #expect(await fixture.service.answer(large) == .refused(.bodyTooLarge(limitBytes: 2000)))
        #expect(steps.all == ["authentication", "size"])
        let nobody = Self.arrival(steps, body: "{", principal: .failure(.unauthenticated("No token.")))
        #expect(await fixture.service.answer(nobody) == .refused(.unauthenticated("No token.")))
        #expect(steps.all == ["authentication", "size", "authentication"])
        // The address has used up its three requests: the fourth is not even read.
        #expect(
            await fixture.service.answer(Self.arrival(steps))
                == .refused(.rateLimited(.address, limit: 3, retryAfterSeconds: 60))
        )
        #expect(steps.all.count == 3)
        guard case .answered = await fixture.service.answer(Self.arrival(steps, address: "203.0.113.8")) else {
            Issue.record("another address was refused")
            return
        }
        #expect(steps.all.suffix(4) == ["authentication", "size", "signature", "validation"])
    }

    @Test("the limit of requests per address does not apply to programs, whose limits are an access key's")
    func programs() async throws {
        let rules = AddressRules(denied: [try #require(AddressRange("198.51.100.0/24"))], perMinute: 1)
        let fixture = try ChatFixture(Array(repeating: .success(Self.answer), count: 3), addresses: rules) {
            ($0.maxBodyBytes, $0.maxSDKBodyBytes) = (10, 1000)
        }
        for id in ["1", "2", "3"] {
            let arrival = Self.arrival(Steps(), door: .sdk, id: id)
            guard case .answered = await fixture.service.answer(arrival) else {
                Issue.record("call \(id) was not answered")
                return
            }
        }
        let denied = Self.arrival(Steps(), door: .sdk, address: "198.51.100.9")
        #expect(await fixture.service.answer(denied) == .refused(.addressDenied))
    }

    @Test("with a limit per key, one key's requests do not use up another's, and the refusal says when to retry")
    func keyLimit() async throws {
        let fixture = try ChatFixture(Array(repeating: .success(Self.answer), count: 4)) { $0.ratePerKey = 2 }
        func ask(_ id: String, _ key: String) async -> ChatOutcome {
            let principal = Principal(caller: Caller(team: "t", accessKey: key))
            return await fixture.service.answer(
                Self.arrival(Steps(), door: .sdk, id: id, principal: .success(principal))
            )
        }
        for id in ["1", "2"] { _ = await ask(id, "A") }
        #expect(await ask("3", "A") == .refused(.rateLimited(.accessKey, limit: 2, retryAfterSeconds: 60)))
        guard case .answered = await ask("4", "B") else {
            Issue.record("another key was refused")
            return
        }
        fixture.clock.advance(.seconds(60))
        guard case .answered = await ask("5", "A") else {
            Issue.record("the window did not slide")
            return
        }
    }

    @Test(
        "a malformed body is refused with the location of the fault and what is allowed",
        arguments: [
            ("\u{FF}", "The body is not UTF-8."), ("", "The body is not JSON"),
            ("[]", "The body is not a JSON object."),
            (#"{"message":1}"#, "message: a text is needed."), ("{}", "message: a text is needed."),
            (#"{"message":"a","message":"b"}"#, "occurs twice"), (#"{"message":"a","x":1}"#, "x: only `message`"),
            (#"{"message":"a","conversation":{}}"#, "conversation: a list of turns is needed."),
            (#"{"message":"a","conversation":[{"role":"assistant","content":"b"}]}"#, "conversation[0]: "),
            (#"{"message":"a","conversation":[{"role":"user","content":"b"}]}"#, "its last turn"),
            (#"{"message":"a","conversation":[{"role":"user","content":["b"]}]}"#, "conversation[0]: "),
            (String(repeating: #"{"message":"#, count: 500), "more than 128 levels"),
            (#"{"a\#(String(repeating: "\u{327}\u{301}", count: 60))":1}"#, "more than 100 combining marks"),
            (#"{"message":["# + String(repeating: "0,", count: 250_000), "at most 250000 values"),
        ]
    )
    func malformed(body: String, words: String) throws {
        let bytes = body == "\u{FF}" ? [0x7b, 0xff, 0x7d] : Array(body.utf8)
        let refusal = #expect(throws: ChatRefusal.self) { try ChatRequest.Content(chat: bytes) }
        #expect(refusal?.kind.code == "invalid_request" && refusal?.kind.status == 400)
        #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "")")
    }

    @Test("a conversation is sent before the message, without control characters")
    func conversation() async throws {
        let fixture = try ChatFixture([.success(Self.answer)])
        let body =
            #"{"message":"And?","conversation":[{"role":"user","content":"One\u0000"},{"role":"assistant","content":"1"}]}"#
        _ = await fixture.service.answer(Self.arrival(Steps(), body: body))
        let messages = fixture.model.requests.withLock { $0.last?.input.messages }
        #expect(messages == [ChatMessage(.user, "One"), ChatMessage(.assistant, "1"), ChatMessage(.user, "And?")])
    }

    @Test("an identical question from the same caller is answered from the cache until it expires, at no cost")
    func cache() async throws {
        let fixture = try ChatFixture(Array(repeating: .success(Self.answer), count: 9)) { $0.cacheSeconds = 300 }
        func ask(_ id: String, _ team: String, _ message: String = "Hello?") async -> ChatAnswer? {
            let request = ChatRequest(requestId: id, correlationId: id, caller: Caller(team: team), message: message)
            guard case .answered(let answer) = await fixture.service.answer(request) else { return nil }
            return answer
        }
        #expect(await ask("1", "a")?.isCached == false)
        let again = try #require(await ask("2", "a"))
        #expect(
            again.isCached && again.response.text == Self.answer.text && again.cost == .zero
                && again.response.usage == TokenUsage()
        )
        #expect(await ask("3", "b")?.isCached == false, "another team has its own answers")
        #expect(await ask("4", "a", "Hello!")?.isCached == false)
        fixture.clock.advance(.seconds(300))
        #expect(await ask("5", "a")?.isCached == false)
        #expect(try fixture.total().requests == 4)
    }

    @Test("a full quota refuses a question that the cache could answer")
    func quotaBeforeCache() async throws {
        let fixture = try ChatFixture([.success(Self.answer)]) { ($0.cacheSeconds, $0.quota) = (300, 1) }
        _ = await fixture.ask(id: "1")
        guard case .refused(.quotaExceeded(let excess)) = await fixture.ask(id: "2") else {
            Issue.record("the second request is not refused")
            return
        }
        #expect(excess.budget == Budget(scope: .all, requests: 1) && excess.total.requests == 1)
    }

    @Test("near the end of the budget, the cheaper model answers, and then no model does")
    func fallback() async throws {
        let probe = try ChatFixture([.success(Self.answer)]) { $0.modelId = "us.amazon.nova-pro-v1:0" }
        _ = await probe.ask()
        let hold = try #require(try probe.entry()).hold
        // The worst case of the expensive model fits into the whole budget, but not into nine tenths of it.
        let fixture = try ChatFixture(Array(repeating: .success(Self.answer), count: 3)) {
            $0.modelId = "us.amazon.nova-pro-v1:0"
            $0.fallbackModelId = "us.amazon.nova-lite-v1:0"
            $0.budget = hold
        }
        guard case .answered(let answer) = await fixture.ask(id: "1") else {
            Issue.record("the cheaper model did not answer")
            return
        }
        #expect(answer.modelId == "us.amazon.nova-lite-v1:0" && answer.fallbackFrom == "us.amazon.nova-pro-v1:0")
        #expect(try fixture.entry("1")?.modelId == "us.amazon.nova-lite-v1:0")
        let poor = try ChatFixture([]) {
            $0.modelId = "us.amazon.nova-pro-v1:0"
            $0.fallbackModelId = "us.amazon.nova-lite-v1:0"
            $0.budget = Picodollars(1000)
        }
        guard case .refused(.budgetExceeded) = await poor.ask() else {
            Issue.record("neither model fits, and one was called")
            return
        }
    }

    @Test("a caller gets only the models that it may use")
    func allowedModels() async throws {
        let fixture = try ChatFixture([.success(Self.answer)])
        let document = try ConverseDocument(
            parsing: Array(#"{"messages":[{"role":"user","content":[{"text":"?"}]}]}"#.utf8)
        )
        func ask(_ model: String, allowed: [String]?) async -> ChatOutcome {
            await fixture.service.answer(
                ChatRequest(
                    requestId: model,
                    correlationId: model,
                    content: .converse(document, modelId: model),
                    allowedModels: allowed
                )
            )
        }
        guard case .refused(.forbidden) = await ask("us.amazon.nova-pro-v1:0", allowed: ["us.amazon.nova-lite-v1:0"])
        else {
            Issue.record("a model outside the list was called")
            return
        }
        guard case .answered(let answer) = await ask("us.amazon.nova-pro-v1:0", allowed: nil) else {
            Issue.record("a priced model was refused")
            return
        }
        #expect(answer.modelId == "us.amazon.nova-pro-v1:0")
        #expect(await ask("made-up", allowed: nil) == .refused(.unpricedModel(UnpricedModel(modelId: "made-up"))))
    }

    private static let full = BudgetExcess(
        scope: .all,
        total: MonthTotal(requests: 1),
        requests: 1,
        in: CalendarMonth(containing: ChatFixture.start)
    )

    @Test("each reason for a refusal is counted under its own name")
    func refusalMetrics() throws {
        let refusals: [ChatRefusal] = [
            .addressDenied, .rateLimited(.accessKey, limit: 1, retryAfterSeconds: 1), .bodyTooLarge(limitBytes: 1),
            .bodyIncomplete("No."), .originNotAllowed, .unauthenticated("No."), .forbidden("No."), .emptyMessage,
            .invalidRequest("No."), .messageTooLong(characters: 2, limit: 1), .blocked, .throttled,
            .quotaExceeded(Self.full), .unpricedModel(UnpricedModel(modelId: "x")), .storeUnavailable("x"),
            .signInUnavailable(retryAfterSeconds: 5),
            .overloaded,
            .budgetExceeded(
                BudgetRefusal(
                    scope: .all,
                    spent: .zero,
                    held: .zero,
                    limit: .zero,
                    resets: ChatFixture.start,
                    worstCase: WorstCase(inputTokens: 1, outputTokens: 1, input: .zero, output: .zero)
                )
            ),
        ]
        for refusal in refusals {
            #expect(
                (400..<600).contains(refusal.kind.status) && !refusal.kind.code.isEmpty
                    && refusal.message.hasSuffix(".")
            )
            #expect(refusal.kind.metric.unit == .count)
        }
        #expect(Set(refusals.map(\.kind.metric)).count == 9)
        #expect(ChatRefusal.quotaExceeded(Self.full).retryAfterSeconds(at: ChatFixture.start) == 1_231_200)
        #expect(!ChatRefusal.storeUnavailable("/var/lib/x").message.contains("/var"))
    }
}
