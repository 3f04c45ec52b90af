import ChatService
import Hummingbird
import Logging
import PurserCore
import Synchronization

/// The response to GET /health: whether the store can be written, whether the model's endpoint responds, and how long
/// ago the alarms were last evaluated.
final class Health: Sendable {
    /// How long a result is reused, to keep the checks from becoming a load.
    static let storeSeconds = 1
    static let modelSeconds = 30
    /// `purser evaluate` runs every minute; if it has not run for this long, no alarms are sent.
    static let evaluatorSeconds = 300

    struct Checks: Sendable {
        /// Throws if the store cannot be written.
        var store: @Sendable () async throws -> Void
        /// Throws if the model's endpoint does not respond; nil for the embedded model.
        var model: (@Sendable () async throws -> Void)?
        /// When alarms were last evaluated; nil before the first time.
        var evaluated: @Sendable () async throws -> Timestamp?
    }

    private struct Found {
        var isWell: Bool
        /// Nanoseconds of the monotonic clock.
        var time: Int64
    }

    private struct State {
        var store: Found?
        var model: Found?
    }

    private let checks: Checks
    private let clock: ServiceClock
    private let log: ServiceLog
    private let state = Mutex(State())

    init(_ checks: Checks, clock: ServiceClock, log: ServiceLog) {
        self.checks = checks
        self.clock = clock
        self.log = log
    }

    /// Returns 200 if calls can be answered, and 503 if they cannot.
    func reply() async -> Reply {
        let time = clock.nanoseconds()
        async let isWritten = found(\.store, Self.storeSeconds, "store", checks.store, at: time)
        async let isAnswered = found(\.model, Self.modelSeconds, "model", checks.model ?? {}, at: time)
        let evaluator = await evaluatorCheck()
        let (store, model) = await (isWritten, isAnswered)
        let status = store && model ? (evaluator.isWell ? "ok" : "degraded") : "down"
        var modelMembers: [JSONValue.Member] = [.init("status", .string(model ? "ok" : "unreachable"))]
        if checks.model == nil { modelMembers.append(.init("simulated", true)) }
        return Reply(
            status: status == "down" ? 503 : 200,
            code: status,
            json: [
                "status": .string(status),
                "checks": [
                    "store": ["status": .string(store ? "ok" : "not writable")], "model": .object(modelMembers),
                    "evaluator": .object(evaluator.members),
                ],
            ]
        )
    }

    /// Returns whether alarms have been evaluated lately, and the check's members; that is unknown if the store cannot be
    /// read.
    private func evaluatorCheck() async -> (isWell: Bool, members: [JSONValue.Member]) {
        do {
            guard let evaluated = try await checks.evaluated() else { return (false, [.init("status", "never run")]) }
            let age = max(0, Int(clock.now() - evaluated) / 1000)
            let isWell = age <= Self.evaluatorSeconds
            return (isWell, [.init("status", isWell ? "ok" : "stale"), .init("ageSeconds", .integer(age))])
        } catch {
            return (false, [.init("status", "unknown")])
        }
    }

    /// Returns the last result, or a new one if that is too old; details of a failure are only logged.
    private func found(
        _ part: any WritableKeyPath<State, Found?> & Sendable,
        _ seconds: Int,
        _ name: String,
        _ check: @Sendable () async throws -> Void,
        at now: Int64
    ) async -> Bool {
        // Requests that arrive while a check runs get the last result, so that checks never queue up.
        let (last, isDue) = state.withLock { state -> (Found?, Bool) in
            guard let last = state[keyPath: part] else { return (nil, true) }
            if now < last.time + Int64(seconds) * 1_000_000_000 { return (last, false) }
            state[keyPath: part] = Found(isWell: last.isWell, time: now)
            return (last, true)
        }
        if !isDue, let last { return last.isWell }
        var isWell = true
        do {
            try await check()
        } catch {
            isWell = false
            log.event(.error, "the \(name) is unhealthy", [.init("error", .string(String(describing: error)))])
        }
        state.withLock { $0[keyPath: part] = Found(isWell: isWell, time: now) }
        return isWell
    }
}
