public import CoreMetrics
public import PurserCore
import PurserStore
import Synchronization

/// A chat service that cannot overspend: every call is entered in the ledger at its worst case before it is made, and
/// settled at its cost after it.
///
/// It reads and writes no HTTP, so that a server, a replay and a test drive it alike; what it answers names the status that a
/// server gives it (``ChatRefusal/status``). The order of admission is that of `ChatService+admission.swift`.
public final class ChatService: Sendable {
    public let configuration: ChatConfiguration
    let ledger: CallLedger
    let prices: PriceCatalog
    let model: any Model
    let clock: ServiceClock
    let addresses: AddressRules
    let throttle: Throttle?
    let cache: AnswerCache?
    let reportStoreError: @Sendable (any Error) -> Void
    let keepFailure: @Sendable (ChatRequest, ChatFailure, Timestamp) async -> Void
    private let metrics: any MetricsFactory
    private let instruments = Mutex<[String: ChatInstruments]>([:])

    /// A service on the given ledger, model and clock.
    ///
    /// - Parameters:
    ///   - addresses: Whom ``answer(_:)-(Arrival)`` and ``openStream(_:)-(Arrival)`` turn away before anything else.
    ///   - keepFailure: Takes every request that was admitted and got no answer, but for those whose caller went away.
    ///   - reportStoreError: Hears of every ledger write that failed: a refused reservation, or a settlement that left its
    ///     hold standing.
    public init(
        configuration: ChatConfiguration,
        ledger: CallLedger,
        prices: PriceCatalog,
        model: any Model,
        clock: ServiceClock,
        metrics: any MetricsFactory,
        addresses: AddressRules = AddressRules(),
        keepFailure: @escaping @Sendable (ChatRequest, ChatFailure, Timestamp) async -> Void = { _, _, _ in },
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
        self.reportStoreError = reportStoreError
        throttle = configuration.throttle.map(Throttle.init)
        cache = configuration.cacheSeconds > 0 ? AnswerCache(seconds: configuration.cacheSeconds) : nil
    }

    /// Answers a request, or says why not; never throws, so that every request ends in an outcome and in the metrics.
    public func answer(_ request: ChatRequest) async -> ChatOutcome {
        let arrival = clock.nanoseconds()
        switch await admit(request, mayUseCache: true) {
        case .ended(let outcome): return outcome
        case .admitted(let call):
            let attempts = await attempt(call) { [model] request throws(ModelError) in try await model.converse(request)
            }
            let outcome = await settle(call, CallEnding(attempts, arrival: arrival, response: attempts.answer))
            if let cache, let key = call.cacheKey, case .answered(let answer) = outcome, !answer.isEstimated {
                cache.keep(answer, key, at: clock.now())
            }
            return outcome
        }
    }

    /// Opens an answer that comes piece by piece, or says why there is none.
    public func openStream(_ request: ChatRequest) async -> ChatOpening {
        let arrival = clock.nanoseconds()
        switch await admit(request, mayUseCache: false) {
        case .ended(let outcome): return .ended(outcome)
        case .admitted(let call):
            let attempts = await attempt(call) { [model] request throws(ModelError) in
                try await model.openStream(request)
            }
            guard let stream = attempts.answer else {
                return .ended(await settle(call, CallEnding(attempts, arrival: arrival, response: nil)))
            }
            return .stream(ChatStream(self, call, stream, CallEnding(attempts, arrival: arrival, response: nil)))
        }
    }

    /// The instruments of a model that has a price, or of all others together, which anybody may make up.
    func instruments(for modelId: String) -> ChatInstruments {
        let isKnown = modelId == configuration.modelId || prices.price(for: modelId, at: clock.now()) != nil
        let name = isKnown ? modelId : Self.unknownModelId
        return instruments.withLock { instruments in
            if let known = instruments[name] { return known }
            let new = ChatInstruments(metrics, modelId: name)
            instruments[name] = new
            return new
        }
    }

    /// The `ModelId` of what is recorded about models without a price.
    public static let unknownModelId = "(unknown)"

    /// Drops control characters except tab and line breaks.
    static func withoutControlCharacters(_ text: String) -> String {
        // A line of printable ASCII, the common case, is told by one loop without branches, which the compiler vectorises.
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

/// What became of the attempt to open a stream.
public enum ChatOpening: Sendable {
    case ended(ChatOutcome)
    case stream(ChatStream)
}
