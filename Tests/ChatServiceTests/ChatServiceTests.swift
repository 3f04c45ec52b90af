@testable import ChatService
import CoreMetrics
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct ChatServiceTests {
    static let answer = ModelResponse(text: "Yes.", stopReason: "end_turn", usage: TokenUsage(input: 100, output: 50))

    static func fault(_ name: ModelError.Name) -> Result<ModelResponse, ModelError> {
        .failure(ModelError(name, "as scripted"))
    }

    @Test("an answer is charged at its exact cost, and nothing remains held")
    func answered() async throws {
        let fixture = try ChatFixture([.success(Self.answer)])
        let outcome = await fixture.ask()
        guard case .answered(let answer) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        // 100 x 60,000 + 50 x 240,000 picodollars.
        #expect(answer.cost == Picodollars(18_000_000))
        #expect(try fixture.total() == MonthTotal(requests: 1, spent: Picodollars(18_000_000), held: .zero))
        let entry = try #require(try fixture.entry())
        #expect(entry.outcome == "success" && entry.usage.input == 100 && entry.caller.team == "support")
    }

    @Test("throttling is retried after 1, 2 and 4 seconds, and then given up at no cost")
    func retries() async throws {
        let fixture = try ChatFixture(Array(repeating: Self.fault(.throttling), count: 4))
        let outcome = await fixture.ask()
        guard case .failed(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(
            failure.error == ModelError(.throttling, "as scripted") && failure.retries == 3 && failure.cost == .zero
        )
        #expect(failure.code == "model_unavailable" && failure.retryAfterSeconds == 60)
        #expect(fixture.clock.sleeps == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(fixture.model.requests.withLock { $0.map(\.attempt) } == [0, 1, 2, 3])
        #expect(try fixture.total() == MonthTotal(requests: 1, spent: .zero, held: .zero))
        #expect(try fixture.entry()?.outcome == "ThrottlingException")
        #expect(try fixture.entry()?.latencyMilliseconds == 7000)
    }

    @Test(
        "an error that another attempt cannot fix is not retried",
        arguments: [ModelError.Name.accessDenied, .validation, .model, .serviceQuotaExceeded, .resourceNotFound]
    )
    func permanentErrors(name: ModelError.Name) async throws {
        let fixture = try ChatFixture([Self.fault(name)])
        _ = await fixture.ask()
        #expect(fixture.clock.sleeps.isEmpty)
        #expect(try fixture.entry()?.outcome == name.rawValue)
    }

    @Test("a lost attempt that may be billed is charged in addition to the answer")
    func uncertainAttempts() async throws {
        let fixture = try ChatFixture([Self.fault(.timeout), .success(Self.answer)])
        _ = await fixture.ask()
        let entry = try #require(try fixture.entry())
        #expect(entry.isEstimated)
        #expect(entry.cost == Picodollars(18_000_000) + Picodollars(entry.hold.rawValue / 2))
        #expect(try fixture.total().held == .zero)
    }

    @Test("a lost attempt is not repeated if the budget has no room for a second one")
    func uncertainAttemptWithoutRoom() async throws {
        let probe = try ChatFixture([.success(Self.answer)])
        _ = await probe.ask()
        let hold = try #require(try probe.entry()).hold
        let fixture = try ChatFixture([Self.fault(.timeout), .success(Self.answer)]) { $0.budget = hold }
        let outcome = await fixture.ask()
        guard case .failed(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.retries == 0)
        #expect(failure.cost == hold)
        #expect(try fixture.total().spent == hold)
    }

    @Test("a request over the budget is refused before the model is called")
    func overBudget() async throws {
        let fixture = try ChatFixture([.success(Self.answer)]) { $0.budget = Picodollars(1000) }
        let outcome = await fixture.ask()
        guard case .refused(.budgetExceeded(let refusal)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(refusal.scope == .all && refusal.spent == .zero && refusal.held == .zero)
        #expect(refusal.limit == Picodollars(1000) && refusal.resets == Timestamp(year: 2026, month: 12, day: 1))
        #expect(refusal.worstCase.outputTokens == 1000 && refusal.mostOutputTokens == 0)
        #expect(fixture.model.requests.withLock { $0.isEmpty })
        #expect(try fixture.entry() == nil)
    }

    @Test("a model without a price is refused, even if its id resembles a priced one")
    func unpriced() async throws {
        let fixture = try ChatFixture([.success(Self.answer)]) { $0.modelId = "ap.amazon.nova-lite-v1:0" }
        let outcome = await fixture.ask()
        #expect(outcome == .refused(.unpricedModel(UnpricedModel(modelId: "ap.amazon.nova-lite-v1:0"))))
        #expect(try fixture.total() == MonthTotal())
    }

    @Test("messages are counted in Unicode scalars, after control characters are removed")
    func validation() async throws {
        let fixture = try ChatFixture(Array(repeating: .success(Self.answer), count: 3))
        #expect(await fixture.ask("", id: "a") == .refused(.emptyMessage))
        #expect(await fixture.ask(" \n\u{7}", id: "b") == .refused(.emptyMessage))
        let long = String(repeating: "é", count: 2001)
        #expect(await fixture.ask(long, id: "c") == .refused(.messageTooLong(characters: 2001, limit: 2000)))
        guard case .answered = await fixture.ask(String(long.dropLast()), id: "d") else {
            Issue.record("2,000 characters were refused")
            return
        }
        _ = await fixture.ask("a\u{0}b\u{85}c\td", id: "e")
        #expect(fixture.model.requests.withLock { $0.last?.input.messages.last?.text } == "abc\td")
    }

    @Test("the throttle allows a burst, and then its rate per second")
    func throttling() async throws {
        let fixture = try ChatFixture(Array(repeating: .success(Self.answer), count: 20)) {
            $0.throttle = Throttle.Rate(burst: 3, perSecond: 2)
        }
        var refused = 0
        for id in 0..<5 where await fixture.ask(id: "\(id)") == .refused(.throttled) { refused += 1 }
        #expect(refused == 2)
        fixture.clock.advance(.milliseconds(500))
        guard case .answered = await fixture.ask(id: "later") else {
            Issue.record("half a second did not refill a token")
            return
        }
        #expect(await fixture.ask(id: "too soon") == .refused(.throttled))
    }

    @Test("a repeated request id does not call the model")
    func repeatedRequest() async throws {
        let fixture = try ChatFixture([.success(Self.answer), .success(Self.answer)])
        _ = await fixture.ask()
        #expect(await fixture.ask() == .known)
        #expect(fixture.model.requests.withLock { $0.count } == 1)
    }

    @Test("a usage from which no cost can be computed is charged the full hold, never zero")
    func impossibleUsage() async throws {
        let response = ModelResponse(text: "", stopReason: "end_turn", usage: TokenUsage(input: .max, output: .max))
        let fixture = try ChatFixture([.success(response)])
        _ = await fixture.ask()
        let entry = try #require(try fixture.entry())
        #expect(entry.isEstimated && entry.cost == entry.hold && entry.cost > .zero)
        // The counts themselves would make every sum over the ledger fail.
        #expect(entry.usage == TokenUsage())
    }

    @Test("the hold covers every answer within the token limit")
    func holdIsAnUpperBound() async throws {
        for text in ["?", "Ünïcödé \u{1F600} text", String(repeating: "word ", count: 300)] {
            let most = ModelResponse(
                text: "",
                stopReason: "max_tokens",
                usage: TokenUsage(input: text.utf8.count, output: 1000)
            )
            let fixture = try ChatFixture([.success(most)])
            _ = await fixture.ask(text)
            let entry = try #require(try fixture.entry())
            #expect(entry.cost <= entry.hold)
        }
    }

    @Test("all invalid environment variables are named")
    func configuration() throws {
        let configuration = try ChatConfiguration(environment: ["PURSERD_BUDGET_USD": "12.50", "PURSERD_QUOTA": "7"])
        #expect(configuration.budget == Picodollars(12_500_000_000_000) && configuration.quota == 7)
        let error = #expect(throws: Diagnostics.self) {
            try ChatConfiguration(environment: ["PURSERD_BUDGET_USD": "-1", "PURSERD_QUOTA": "many"])
        }
        #expect(error?.all.compactMap(\.key) == ["PURSERD_QUOTA", "PURSERD_BUDGET_USD"])
    }
}
