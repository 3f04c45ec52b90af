import ChatService
import CoreMetrics
package import PurserCore
import PurserStore
import Synchronization

/// One request of simulated or recorded traffic.
struct TrafficCall: Sendable {
    /// Nanoseconds after the start of the traffic.
    var offset: Int64
    var requestId: String
    var modelId: String
    var caller: Caller
    var inputTokens: Int
    var outputTokens: Int
}

/// Sends traffic through the chat service on a virtual clock, and stores the ledger and the metrics of each ten-second
/// window together.
///
/// A run that was killed continues after its last commit: the committed part is simulated again without being stored
/// again, the rest follows, and the result is the same as for a run that was never killed.
struct TrafficRun {
    /// The writer of the metrics; the same name means the same run.
    var writer: String
    var start: Timestamp
    /// In ascending order of offset.
    var calls: [TrafficCall]
    var configuration: ChatConfiguration
    var faults: [FaultPlan]
    var seed: UInt64
    /// The other options that the result depends on, to notice the same run with different options.
    var options: String
    /// Whether a call may have as many answer tokens as it asks for, and no quota or budget limits it.
    var liftsLimits: Bool

    /// Called after every commit with the number of calls started so far.
    var progress: (Int) -> Void = { _ in }

    func run(in store: Store, prices: PriceBook) throws -> (tally: TrafficTally, isNew: Bool) {
        let stored = try store.progress(ofWriter: writer)
        var note = try stored?.note.map(TrafficNote.init(json:)) ?? TrafficNote(options: options)
        guard note.options == options else {
            throw TrafficError.otherOptions(stored: note.options, asked: options)
        }
        if note.isFinished { return (note.tally, false) }
        try configuration.checkPrices(of: Set(calls.map(\.modelId)), prices, at: start)

        let simulation = Simulation(startingAt: start)
        let stage = TrafficStage(run: self, store: store, prices: prices, simulation: simulation)
        let firstSlot = start.floored(toSeconds: Slot.seconds)
        var next = 0
        var window = 0
        let committed = stored?.sequence ?? 0
        repeat {
            window += 1
            if next < calls.count, simulation.isIdle, self.window(of: calls[next]) > window {
                // Nothing happens before the next call, so its window comes next.
                window = self.window(of: calls[next])
                _ = stage.recorder.collect(at: firstSlot + (window - 1) * Slot.seconds)
            }
            let end = firstSlot + window * Slot.seconds
            let first = next
            while next < calls.count, self.window(of: calls[next]) <= window {
                next += 1
            }
            let batch = calls[first..<next]
            if window <= committed {
                stage.play(batch, before: end, isCommitted: true)
                _ = stage.recorder.collect(at: end)
                continue
            }
            try store.transaction {
                stage.play(batch, before: end, isCommitted: false)
                if let failure = stage.failure { throw failure }
                var flush = stage.recorder.collect(at: end)
                flush.sequence = window
                note.tally.add(stage.takeTally())
                note.isFinished = next == calls.count && simulation.isIdle
                flush.note = note.json.text()
                try store.record(flush)
            }
            progress(next)
        } while next < calls.count || !simulation.isIdle
        return (note.tally, true)
    }

    /// Returns the number of the ten-second window in which a call arrives, starting with 1.
    private func window(of call: TrafficCall) -> Int {
        let lead = (start - start.floored(toSeconds: Slot.seconds)) * 1_000_000
        return Int((lead + call.offset) / (Int64(Slot.seconds) * 1_000_000_000)) + 1
    }
}

/// Why traffic could not be run.
package enum TrafficError: Error, Equatable, CustomStringConvertible {
    case otherOptions(stored: String, asked: String)
    case unpriced(UnpricedModel, similar: [String])

    package var description: String {
        switch self {
        case .otherOptions(let stored, let asked):
            "this file was replayed before with the same model and start but different options (then: \(stored); now: \(asked));"
                + " nothing was changed; use another --start, another store, or the same options"
        case .unpriced(let model, let similar):
            "\(model), so its calls are refused"
                + (model.isUnknown ? "; a model id must be exactly as passed to Bedrock" : "")
                + (similar.isEmpty ? "" : " (similar: \(similar.joined(separator: ", ")))")
        }
    }
}

extension ChatConfiguration {
    fileprivate func checkPrices(of modelIds: Set<String>, _ prices: PriceBook, at time: Timestamp) throws {
        for modelId in modelIds.sorted() {
            do throws(UnpricedModel) {
                _ = try prices.price(for: modelId, at: time)
            } catch {
                throw TrafficError.unpriced(error, similar: prices.similar(to: error))
            }
        }
    }
}

/// The service, the model and the recorder of one run.
private final class TrafficStage: Sendable {
    private struct State {
        var tally = TrafficTally()
        var failure: (any Error)?
        /// Whether the window being played was committed by an earlier run.
        var isCommitted = false
        /// How many times a call's hold was raised, by request id.
        var raises: [String: Int] = [:]
    }

    let recorder: Recorder
    private let state = Mutex(State())
    private let simulation: Simulation
    private let start: Timestamp
    private let store: Store
    private let services: Mutex<[String: ChatService]>
    private let makeService: @Sendable (TrafficStage, String) -> ChatService
    private let liftsLimits: Bool

    init(run: TrafficRun, store: Store, prices: PriceBook, simulation: Simulation) {
        let recorder = Recorder(store: store, writer: run.writer, startingAt: run.start)
        let factory = recorder.factory(
            namespace: ChatMetric.namespace,
            metricUnits: ChatMetric.units,
            dimensionSets: ChatMetric.dimensionSets
        )
        let script = TrafficScript(calls: run.calls, faults: run.faults, seed: run.seed)
        let model = EmbeddedModel(clock: simulation.clock, script: script.play)
        self.recorder = recorder
        self.simulation = simulation
        self.store = store
        start = run.start
        services = Mutex([:])
        liftsLimits = run.liftsLimits
        makeService = { [configuration = run.configuration] stage, modelId in
            var configuration = configuration
            configuration.modelId = modelId
            return ChatService(
                configuration: configuration,
                ledger: stage.ledger,
                prices: prices,
                model: model,
                clock: simulation.clock,
                metrics: factory,
                reportStoreError: { [weak stage] error in stage?.fail(error) }
            )
        }
    }

    /// The error of the first write that failed.
    var failure: (any Error)? {
        state.withLock { $0.failure }
    }

    func takeTally() -> TrafficTally {
        state.withLock { state in
            defer { state.tally = TrafficTally() }
            return state.tally
        }
    }

    /// Starts the calls at their times and runs the simulation to the end of the window.
    func play(_ calls: ArraySlice<TrafficCall>, before end: Timestamp, isCommitted: Bool) {
        state.withLock { $0.isCommitted = isCommitted }
        for call in calls {
            let service = service(for: call.modelId)
            let delay = call.offset - simulation.clock.nanoseconds()
            simulation.start { [self] in
                try? await simulation.clock.sleep(.nanoseconds(delay))
                let outcome = await service.answer(request(call))
                state.withLock { state in
                    if !state.isCommitted { state.tally.count(outcome) }
                }
            }
        }
        simulation.run(before: end)
    }

    private func service(for modelId: String) -> ChatService {
        services.withLock { services in
            if let known = services[modelId] { return known }
            let new = makeService(self, modelId)
            services[modelId] = new
            return new
        }
    }

    private func request(_ call: TrafficCall) -> ChatRequest {
        // A recording has token counts but no texts: four characters represent one token.
        let characters = 4 * max(1, call.inputTokens)
        let message = String(unsafeUninitializedCapacity: characters) { bytes in
            bytes.initialize(repeating: UInt8(ascii: "x"))
            return characters
        }
        return ChatRequest(
            requestId: call.requestId,
            correlationId: call.requestId,
            caller: call.caller,
            message: message,
            maxTokens: liftsLimits ? max(ChatConfiguration().maxTokens, call.outputTokens) : nil
        )
    }

    private func fail(_ error: any Error) {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
    }

    /// The store's ledger; in a committed window it answers from the stored entries and writes nothing.
    private var ledger: CallLedger {
        CallLedger(
            reserve: { [self] reservation in
                try throwFailure()
                guard isCommitted else {
                    // Its time is virtual: a search for calls of dead processes must not mistake it for one of them.
                    var reservation = reservation
                    reservation.lease = nil
                    reservation.source = .simulated
                    reservation.isUnlimited = liftsLimits
                    return try store.reserve(reservation)
                }
                // Refused calls leave no row, and their reason was counted by the earlier run.
                guard try store.hold(of: reservation.requestId) == nil else { return .reserved(nil) }
                let budget = Budget(scope: .all, requests: reservation.quota)
                let resets = budget.period(containing: reservation.time).upperBound
                return .quotaExceeded(BudgetExcess(budget: budget, total: MonthTotal(), resets: resets))
            },
            raiseHold: { [self] id, amount, limit in
                try throwFailure()
                let raises = state.withLock { state in
                    state.raises[id, default: 0] += 1
                    return state.raises[id, default: 0]
                }
                guard isCommitted else {
                    return try store.raiseHold(id, by: amount, limit: limit, isUnlimited: liftsLimits)
                }
                let hold = try store.hold(of: id) ?? .zero
                return hold.rawValue >= amount.rawValue * Int128(raises + 1)
            },
            settle: { [self] settlement in
                try throwFailure()
                return isCommitted ? .unchanged : try store.settle(settlement)
            },
            fullQuota: { [self] _, time, quota in
                let budget = Budget(scope: .all, requests: quota)
                let total = try store.monthTotal(CalendarMonth(containing: time), .simulated)
                guard let quota, total.requests >= quota else { return nil }
                let resets = budget.period(containing: time).upperBound
                return BudgetExcess(budget: budget, total: total, resets: resets)
            }
        )
    }

    private var isCommitted: Bool {
        state.withLock { $0.isCommitted }
    }

    /// After a failed write nothing more may be written, because SQLite may have ended the transaction.
    private func throwFailure() throws {
        if let failure { throw failure }
    }
}

/// The embedded model's behaviour for each call.
private struct TrafficScript: Sendable {
    private let calls: [String: TrafficCall]
    private let faults: [FaultPlan]
    private let seed: UInt64

    init(calls: [TrafficCall], faults: [FaultPlan], seed: UInt64) {
        self.calls = Dictionary(calls.map { ($0.requestId, $0) }) { first, _ in first }
        self.faults = faults
        self.seed = seed
    }

    func play(_ request: ModelRequest) -> EmbeddedModel.Script {
        guard let call = calls[request.requestId] else {
            return .init(usage: TokenUsage(), latency: .zero, fault: ModelError(.validation, "no such call"))
        }
        var random = SeededRandom(seed: seed ^ UInt64(bitPattern: call.offset) &* 31 &+ UInt64(request.attempt))
        let usage = TokenUsage(input: call.inputTokens, output: call.outputTokens)
        var seconds = SimulatedLatency.seconds(of: usage, &random)
        for fault in faults where fault.isActive(atOffset: call.offset) {
            switch fault.kind {
            case .slow(let factor):
                seconds *= factor
            case .error(let name):
                guard random.unit() < fault.rate else { continue }
                let error = ModelError(name, "an injected fault")
                return .init(
                    usage: usage,
                    latency: SimulatedLatency.ofFault(name, timeout: request.limits.firstByte),
                    fault: error
                )
            }
        }
        return .init(usage: usage, latency: .nanoseconds(Int64(seconds * 1e9)))
    }
}

/// The latency of the embedded model, as docs/chat/replay.md states it.
enum SimulatedLatency {
    /// 0.25 s plus 0.1 ms per input token and 7 ms per output token, times 1 ± 12 % (one standard deviation), but at
    /// least half of that.
    static func seconds(of usage: TokenUsage, _ random: inout SeededRandom) -> Double {
        let plain = 0.25 + 0.0001 * Double(usage.input) + 0.007 * Double(usage.output)
        return plain * max(0.5, 1 + 0.12 * random.bell())
    }

    static func ofFault(_ name: ModelError.Name, timeout: Duration) -> Duration {
        switch name {
        case .timeout: timeout + .seconds(1)
        case .internalServer, .serviceUnavailable: .milliseconds(200)
        default: .milliseconds(30)
        }
    }
}
