@testable import ChatService
import CoreMetrics
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

/// A clock that stands still but for the sleeps asked of it, which it remembers.
final class TestClock: Sendable {
    private let state = Mutex((nanoseconds: Int64(0), sleeps: [Duration]()))
    private let start: Timestamp

    init(_ start: Timestamp) {
        self.start = start
    }

    var sleeps: [Duration] {
        state.withLock { $0.sleeps }
    }

    func advance(_ duration: Duration) {
        state.withLock { $0.nanoseconds += duration.nanoseconds }
    }

    var clock: ServiceClock {
        ServiceClock(
            now: {
                Timestamp(milliseconds: self.start.milliseconds + self.state.withLock { $0.nanoseconds } / 1_000_000)
            },
            nanoseconds: { self.state.withLock { $0.nanoseconds } },
            sleep: { duration in
                self.state.withLock { state in
                    state.nanoseconds += duration.nanoseconds
                    state.sleeps.append(duration)
                }
            }
        )
    }
}

/// A model that plays a list of results, one an attempt.
final class ScriptedModel: Model {
    private let results: Mutex<[Result<ModelResponse, ModelError>]>
    let requests = Mutex<[ModelRequest]>([])

    init(_ results: [Result<ModelResponse, ModelError>]) {
        self.results = Mutex(results)
    }

    func converse(_ request: ModelRequest) async throws(ModelError) -> ModelResponse {
        requests.withLock { $0.append(request) }
        let result = results.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let result else { throw ModelError(.internalServer, "the script is over") }
        return try result.get()
    }
}

@Suite struct ChatServiceTests {
    static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)
    static let answer = ModelResponse(text: "Yes.", stopReason: "end_turn", usage: TokenUsage(input: 100, output: 50))

    /// A service on a store of its own.
    struct Fixture {
        let folder: TemporaryFolder
        let store: Store
        let clock = TestClock(start)
        let model: ScriptedModel
        let service: ChatService
        let errors: ErrorLog

        init(_ results: [Result<ModelResponse, ModelError>], _ change: (inout ChatConfiguration) -> Void = { _ in })
            throws
        {
            var configuration = ChatConfiguration()
            change(&configuration)
            let errors = ErrorLog()
            self.errors = errors
            folder = try TemporaryFolder()
            store = try folder.store()
            model = ScriptedModel(results)
            service = ChatService(
                configuration: configuration,
                ledger: CallLedger(store),
                prices: try TestPrices.catalog(),
                model: model,
                clock: clock.clock,
                metrics: NOOPMetricsHandler.instance,
                reportStoreError: { errors.append("\($0)") }
            )
        }

        func ask(_ message: String = "Hello?", id: String = "1") async -> ChatOutcome {
            await service.answer(
                ChatRequest(requestId: id, correlationId: id, caller: Caller(team: "support"), message: message)
            )
        }

        func entry(_ id: String = "1") throws -> LedgerEntry? {
            try store.requests(.id(id), from: Timestamp(seconds: 0), to: start + 1_000_000, limit: 1).first
        }

        func total() throws -> MonthTotal {
            try store.monthTotal(CalendarMonth(containing: start))
        }
    }

    final class ErrorLog: Sendable {
        private let lines = Mutex<[String]>([])

        func append(_ line: String) {
            lines.withLock { $0.append(line) }
        }

        var all: [String] {
            lines.withLock { $0 }
        }
    }

    static func fault(_ name: ModelError.Name) -> Result<ModelResponse, ModelError> {
        .failure(ModelError(name, "as scripted"))
    }

    @Test("an answer is charged at its exact cost and nothing stays held")
    func answered() async throws {
        let fixture = try Fixture([.success(Self.answer)])
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

    @Test("throttling is retried after 1, 2 and 4 seconds, then given up without a cost")
    func retries() async throws {
        let fixture = try Fixture(Array(repeating: Self.fault(.throttling), count: 4))
        let outcome = await fixture.ask()
        #expect(
            outcome
                == .failed(ChatFailure(error: ModelError(.throttling, "as scripted"), retries: 3, cost: .zero))
        )
        #expect(fixture.clock.sleeps == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(fixture.model.requests.withLock { $0.map(\.attempt) } == [0, 1, 2, 3])
        #expect(try fixture.total() == MonthTotal(requests: 1, spent: .zero, held: .zero))
        #expect(try fixture.entry()?.outcome == "ThrottlingException")
        #expect(try fixture.entry()?.latencyMilliseconds == 7000)
    }

    @Test(
        "an error that another attempt cannot mend is not retried",
        arguments: [ModelError.Name.accessDenied, .validation, .model, .serviceQuotaExceeded, .resourceNotFound]
    )
    func permanentErrors(name: ModelError.Name) async throws {
        let fixture = try Fixture([Self.fault(name)])
        _ = await fixture.ask()
        #expect(fixture.clock.sleeps.isEmpty)
        #expect(try fixture.entry()?.outcome == name.rawValue)
    }

    @Test("a lost attempt that may be billed stays on the account beside the answer")
    func uncertainAttempts() async throws {
        let fixture = try Fixture([Self.fault(.timeout), .success(Self.answer)])
        _ = await fixture.ask()
        let entry = try #require(try fixture.entry())
        #expect(entry.isEstimated)
        #expect(entry.cost == Picodollars(18_000_000) + Picodollars(entry.hold.rawValue / 2))
        #expect(try fixture.total().held == .zero)
    }

    @Test("a lost attempt is not repeated where the budget has no room for a second one")
    func uncertainAttemptWithoutRoom() async throws {
        let probe = try Fixture([.success(Self.answer)])
        _ = await probe.ask()
        let hold = try #require(try probe.entry()).hold
        let fixture = try Fixture([Self.fault(.timeout), .success(Self.answer)]) { $0.budget = hold }
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
        let fixture = try Fixture([.success(Self.answer)]) { $0.budget = Picodollars(1000) }
        let outcome = await fixture.ask()
        #expect(
            outcome
                == .refused(
                    .budgetExceeded(
                        spent: .zero,
                        held: .zero,
                        limit: Picodollars(1000),
                        resets: Timestamp(year: 2026, month: 12, day: 1)
                    )
                )
        )
        #expect(fixture.model.requests.withLock { $0.isEmpty })
        #expect(try fixture.entry() == nil)
    }

    @Test("a model without a price is refused, whatever its prefix resembles")
    func unpriced() async throws {
        let fixture = try Fixture([.success(Self.answer)]) { $0.modelId = "ap.amazon.nova-lite-v1:0" }
        let outcome = await fixture.ask()
        #expect(outcome == .refused(.unpricedModel(modelId: "ap.amazon.nova-lite-v1:0")))
        #expect(try fixture.total() == MonthTotal())
    }

    @Test("messages are counted in Unicode scalars, after control characters are gone")
    func validation() async throws {
        let fixture = try Fixture(Array(repeating: .success(Self.answer), count: 3))
        #expect(await fixture.ask("", id: "a") == .refused(.emptyMessage))
        #expect(await fixture.ask(" \n\u{7}", id: "b") == .refused(.emptyMessage))
        let long = String(repeating: "é", count: 2001)
        #expect(await fixture.ask(long, id: "c") == .refused(.messageTooLong(characters: 2001, limit: 2000)))
        guard case .answered = await fixture.ask(String(long.dropLast()), id: "d") else {
            Issue.record("2,000 characters were refused")
            return
        }
        _ = await fixture.ask("a\u{0}b\u{85}c\td", id: "e")
        #expect(fixture.model.requests.withLock { $0.last?.messages.last?.text } == "abc\td")
    }

    @Test("the throttle lets a burst through, then as many a second as it says")
    func throttling() async throws {
        let fixture = try Fixture(Array(repeating: .success(Self.answer), count: 20)) {
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

    @Test("the same request id again calls no model")
    func repeatedRequest() async throws {
        let fixture = try Fixture([.success(Self.answer), .success(Self.answer)])
        _ = await fixture.ask()
        #expect(await fixture.ask() == .known)
        #expect(fixture.model.requests.withLock { $0.count } == 1)
    }

    @Test("a usage that no cost can be computed from is charged at the hold, never at nothing")
    func impossibleUsage() async throws {
        let response = ModelResponse(text: "", stopReason: "end_turn", usage: TokenUsage(input: .max, output: .max))
        let fixture = try Fixture([.success(response)])
        _ = await fixture.ask()
        let entry = try #require(try fixture.entry())
        #expect(entry.isEstimated && entry.cost == entry.hold && entry.cost > .zero)
    }

    @Test("the hold covers every answer within the token limit")
    func holdIsAnUpperBound() async throws {
        for text in ["?", "Ünïcödé \u{1F600} text", String(repeating: "word ", count: 300)] {
            let most = ModelResponse(
                text: "",
                stopReason: "max_tokens",
                usage: TokenUsage(input: text.utf8.count, output: 1000)
            )
            let fixture = try Fixture([.success(most)])
            _ = await fixture.ask(text)
            let entry = try #require(try fixture.entry())
            #expect(entry.cost <= entry.hold)
        }
    }

    @Test("wrong variables of the environment are all named")
    func configuration() throws {
        let configuration = try ChatConfiguration(environment: ["PURSERD_BUDGET_USD": "12.50", "PURSERD_QUOTA": "7"])
        #expect(configuration.budget == Picodollars(12_500_000_000_000) && configuration.quota == 7)
        let error = #expect(throws: Diagnostics.self) {
            try ChatConfiguration(environment: ["PURSERD_BUDGET_USD": "-1", "PURSERD_QUOTA": "many"])
        }
        #expect(error?.all.compactMap(\.key) == ["PURSERD_QUOTA", "PURSERD_BUDGET_USD"])
    }
}
