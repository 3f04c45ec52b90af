package import CoreMetrics
package import PurserCore
import PurserStore
import Synchronization

/// A chat service that cannot overspend: before a call is made, its worst-case cost is reserved in the ledger, and
/// after the call it is settled at the actual cost.
///
/// It does not read or write HTTP, so servers, replays and tests use it in the same way. A refusal carries the status
/// that a server responds with (``ChatRefusal/status``). The order of admission is in `ChatService+admission.swift`.
package final class ChatService: Sendable {
    package let configuration: ChatConfiguration
    let ledger: CallLedger
    let prices: PriceBook
    let model: any Model
    let clock: ServiceClock
    let addresses: AddressRules
    let throttle: Throttle?
    /// The requests of each access key; nil without a limit.
    let keyWindows: RequestWindows<String>?
    let cache: AnswerCache?
    let reportStoreError: @Sendable (any Error) -> Void
    let keepFailure: @Sendable (ChatRequest, ChatFailure, Timestamp) async -> Void
    let reportDropped: @Sendable (ChatRequest, ChatOutcome) -> Void
    /// Streams that were released before they were read.
    let dropped = AsyncStream.makeStream(of: ChatStream.self)
    let metrics: any MetricsFactory
    let instruments = Mutex<[String: ChatInstruments]>([:])

    /// Creates a service on the given ledger, model and clock.
    ///
    /// - Parameters:
    ///   - addresses: The rules by which ``answer(_:)-(Arrival)`` and ``openStream(_:)-(Arrival)`` reject addresses
    ///     before any other check.
    ///   - keepFailure: Called with every request that was admitted and got no answer, except those whose caller
    ///     disconnected.
    ///   - reportDropped: Called with each call that ``settleDropped()`` has settled.
    ///   - reportStoreError: Called with the error of every failed ledger write: a reservation that was not made, or a
    ///     settlement that left its hold in place.
    package init(
        configuration: ChatConfiguration,
        ledger: CallLedger,
        prices: PriceBook,
        model: any Model,
        clock: ServiceClock,
        metrics: any MetricsFactory,
        addresses: AddressRules = AddressRules(),
        keepFailure: @escaping @Sendable (ChatRequest, ChatFailure, Timestamp) async -> Void = { _, _, _ in },
        reportDropped: @escaping @Sendable (ChatRequest, ChatOutcome) -> Void = { _, _ in },
        reportStoreError: @escaping @Sendable (any Error) -> Void
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.prices = prices
        self.model = model
        self.clock = clock
        self.metrics = metrics
        self.addresses = addresses
        self.keepFailure = keepFailure
        self.reportDropped = reportDropped
        self.reportStoreError = reportStoreError
        throttle = configuration.throttle.map(Throttle.init)
        keyWindows = configuration.ratePerKey.map { RequestWindows(perMinute: $0) }
        cache = configuration.cacheSeconds > 0 ? AnswerCache(seconds: configuration.cacheSeconds) : nil
    }

    /// Answers a request, or returns why there is no answer. It never throws, so every request has an outcome and is
    /// counted in the metrics.
    package func answer(_ request: ChatRequest) async -> ChatOutcome {
        let arrival = clock.nanoseconds()
        switch await admit(request, isStream: false) {
        case .ended(let outcome): return outcome
        case .admitted(let call):
            let attempts = await attempt(call) { [model] request throws(ModelError) in try await model.converse(request)
            }
            let outcome = await settle(call, CallEnding(attempts, arrival: arrival, response: attempts.answer))
            if let cache, let key = call.cacheKey, case .answered(let answer) = outcome, !answer.isEstimated {
                cache.keep(answer, key, at: clock.nanoseconds())
            }
            return outcome
        }
    }

    /// Opens a streamed answer, or returns why there is none.
    package func openStream(_ request: ChatRequest) async -> ChatOpening {
        let arrival = clock.nanoseconds()
        switch await admit(request, isStream: true) {
        case .ended(let outcome): return .ended(outcome)
        case .admitted(let call):
            let attempts = await attempt(call) { [model] request throws(ModelError) in
                try await model.openStream(request)
            }
            guard let stream = attempts.answer else {
                return .ended(await settle(call, CallEnding(attempts, arrival: arrival, response: nil)))
            }
            var ending = CallEnding(attempts, arrival: arrival, response: nil)
            ending.upstreamRequestId = stream.upstreamRequestId
            return .stream(ChatStream(self, call, stream, ending))
        }
    }

    /// Drops control characters except tab and line breaks.
    static func withoutControlCharacters(_ text: String) -> String {
        // A line of printable ASCII, the common case, is recognised by one loop without branches, which the compiler
        // vectorises.
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.reduce(into: UInt8(0)) { found, byte in found |= byte < 0x20 || byte > 0x7e ? 1 : 0 } == 0
        }
        if isPlain == true { return text }
        func isControl(_ value: UInt32) -> Bool {
            (value < 0x20 && value != 0x09 && value != 0x0a && value != 0x0d) || (0x7f...0x9f).contains(value)
        }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isControl($0.value) }))
    }
}

/// The result of opening a stream.
package enum ChatOpening: Sendable {
    case ended(ChatOutcome)
    case stream(ChatStream)
}
