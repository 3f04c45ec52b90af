@testable import ChatService
import CoreMetrics
import PurserCore
import PurserStore
import Synchronization
import TestSupport

/// A clock that advances only by the sleeps requested of it, and records them.
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

/// A model that returns a list of results, one for each attempt.
final class ScriptedModel: Model {
    private let results: Mutex<[Result<ModelResponse, ModelError>]>
    let requests = Mutex<[ModelRequest]>([])
    /// Called before each event of a stream.
    let onEvent = Mutex<@Sendable () -> Void>({})

    init(_ results: [Result<ModelResponse, ModelError>]) {
        self.results = Mutex(results)
    }

    func converse(_ request: ModelRequest) async throws(ModelError) -> ModelResponse {
        try next(request)
    }

    /// Streams the answer's text in one piece between Bedrock's other events; the script may leave out the usage.
    func openStream(_ request: ModelRequest) async throws(ModelError) -> any ModelStream {
        let response = try next(request)
        let end = response.stopReason == Self.cut
        return ScriptedStream(
            [
                ConverseEvent("messageStart", ["role": "assistant"]),
                ConverseEvent(
                    "contentBlockDelta",
                    ["contentBlockIndex": 0, "delta": ["text": .string(response.text)]]
                ),
            ]
                + (end
                    ? []
                    : [
                        ConverseEvent("messageStop", ["stopReason": .string(response.stopReason)]),
                        ConverseEvent("metadata", Self.metadata(response)),
                    ]),
            error: end ? ModelError(.connection, "the stream was cut") : nil,
            onEvent: { self.onEvent.withLock { $0 }() }
        )
    }

    private static func metadata(_ response: ModelResponse) -> JSONValue {
        let (type, latency) = (response.tier.serviceTier, response.tier.latency)
        return [
            "usage": response.usage.converse, "serviceTier": type.map { ["type": .string($0)] } ?? .null,
            "performanceConfig": latency.map { ["latency": .string($0)] } ?? .null,
        ]
    }

    /// A stop reason that is never sent: the stream is cut before it.
    static let cut = "(cut)"

    private func next(_ request: ModelRequest) throws(ModelError) -> ModelResponse {
        requests.withLock { $0.append(request) }
        let result = results.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let result else { throw ModelError(.internalServer, "the script is over") }
        return try result.get()
    }
}

/// A stream that returns a list of events, and then ends or throws the given error.
final class ScriptedStream: ModelStream {
    private let state: Mutex<(events: [ConverseEvent], error: ModelError?)>
    let upstreamRequestId: String? = nil

    private let onEvent: @Sendable () -> Void

    init(_ events: [ConverseEvent], error: ModelError?, onEvent: @escaping @Sendable () -> Void = {}) {
        state = Mutex((events.reversed(), error))
        self.onEvent = onEvent
    }

    func next() async throws(ModelError) -> ConverseEvent? {
        onEvent()
        let (event, error) = state.withLock { ($0.events.popLast(), $0.error) }
        if event == nil, let error { throw error }
        return event
    }

    func cancel() {
        state.withLock { $0 = ([], nil) }
    }
}

/// A service with its own store.
struct ChatFixture {
    static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)

    let folder: TemporaryFolder
    let store: Store
    let clock = TestClock(ChatFixture.start)
    let model: ScriptedModel
    let service: ChatService
    let errors: ErrorLog
    /// The failures passed to `keepFailure`.
    let failures = ErrorLog()
    /// The request ids passed to `reportDropped`.
    let dropped = ErrorLog()

    init(
        _ results: [Result<ModelResponse, ModelError>],
        prices: PriceBook? = nil,
        addresses: AddressRules = AddressRules(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        _ change: (inout ChatConfiguration) -> Void = { _ in }
    ) throws {
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
            prices: try prices ?? PriceBook(TestPrices.catalog()),
            model: model,
            clock: clock.clock,
            metrics: metrics,
            addresses: addresses,
            keepFailure: { [failures] _, failure, _ in failures.append("\(failure.error)") },
            reportDropped: { [dropped] request, _ in dropped.append(request.requestId) },
            reportStoreError: { errors.append("\($0)") }
        )
    }

    /// Returns a service with the same store, clock and model, whose failures go to `keepFailure`.
    func service(
        keepFailure: @escaping @Sendable (ChatRequest, ChatFailure, Timestamp) async -> Void
    ) throws -> ChatService {
        ChatService(
            configuration: service.configuration,
            ledger: CallLedger(store),
            prices: service.prices,
            model: model,
            clock: clock.clock,
            metrics: NOOPMetricsHandler.instance,
            keepFailure: keepFailure,
            reportStoreError: { [errors] in errors.append("\($0)") }
        )
    }

    func ask(_ message: String = "Hello?", id: String = "1") async -> ChatOutcome {
        await service.answer(
            ChatRequest(requestId: id, correlationId: id, caller: Caller(team: "support"), message: message)
        )
    }

    func entry(_ id: String = "1") throws -> LedgerEntry? {
        try store.requests(.id(id), from: Timestamp(seconds: 0), to: Self.start + 1_000_000, limit: 1).first
    }

    func total() throws -> MonthTotal {
        try store.monthTotal(CalendarMonth(containing: Self.start))
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

extension ModelInput {
    var messages: [ChatMessage] {
        if case .chat(_, let messages) = self { messages } else { [] }
    }
}
