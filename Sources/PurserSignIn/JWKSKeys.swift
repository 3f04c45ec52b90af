public import ChatService
import Foundation
import Synchronization

/// The keys of a user pool, kept in memory and read again when they are old or a token names one that is not among them.
///
/// ``run()`` is the one place that reads, so that a caller who goes away stops nobody's reading and a crowd of callers makes
/// one request. A key that is known and fresh costs a lock and no suspension.
public final class JWKSKeys: Sendable {
    /// Gets the document at a URL, in bounded time, without following redirects; throws where the status is not 200.
    public typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]

    public enum Source: Sendable, Equatable {
        case url(String)
        case file(String)
    }

    /// Something that the operator should know.
    public enum Report: Sendable, Equatable {
        /// So many keys that verify, and so many others.
        case read(keys: Int, ignored: Int)
        /// Why there is no newer document, and how many keys are still used.
        case failed(String, keptKeys: Int)
    }

    /// Age from which a document is read again.
    static let freshSeconds = 3600
    /// Age from which keys are no longer used, where no newer document could be had.
    static let usableSeconds = 86_400
    /// The least time between two readings, however many unknown keys are named.
    static let pauseSeconds = 60
    /// The same as long as there are no keys at all.
    static let pauseWithoutKeysSeconds = 5
    /// Callers who may wait for one reading; further ones are told to come again.
    static let mostWaiting = 4096

    private let source: Source
    private let clock: ServiceClock
    private let fetch: Fetch
    private let report: @Sendable (Report) -> Void
    private let state = Mutex(State())
    private let calls: AsyncStream<Void>
    private let call: AsyncStream<Void>.Continuation

    public init(
        source: Source,
        clock: ServiceClock,
        fetch: @escaping Fetch,
        report: @escaping @Sendable (Report) -> Void
    ) {
        self.source = source
        self.clock = clock
        self.fetch = fetch
        self.report = report
        (calls, call) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads the keys before the first token comes; throws where a file cannot be read or is malformed.
    ///
    /// A document that cannot be fetched is reported and stops nothing: tokens are answered with
    /// ``ChatRefusal/signInUnavailable(retryAfterSeconds:)`` until it can.
    public func start() async throws(JWKSError) {
        guard state.withLock({ $0.begin(at: clock.nanoseconds()) }) else { return }
        let error = await read()
        if let error, case .file = source { throw error }
    }

    /// Reads the keys whenever it is time, until the task is cancelled; without it nothing is read after ``start()``.
    public func run() async {
        guard
            state.withLock({ state in
                defer { state.isRunning = true }
                return !state.isRunning
            })
        else { return }
        for await _ in calls {
            if state.withLock({ $0.begin(at: clock.nanoseconds()) }) { _ = await read() }
            resumeWaiting()
        }
        state.withLock { $0.isRunning = false }
        resumeWaiting()
    }

    /// Whether tokens can be verified now.
    public var areUsable: Bool {
        state.withLock { $0.usableKeys(at: clock.nanoseconds()) != nil }
    }

    var isRunning: Bool { state.withLock { $0.isRunning } }
    var isReading: Bool { state.withLock { $0.isReading } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// The key of this id. Waits for a reading where the id is unknown or the keys are old, and a reading is due.
    func key(_ id: String) async throws(SignInFault) -> SigningKey {
        let now = clock.nanoseconds()
        let (first, isCalled) = state.withLock { state in
            let found = state.find(id, at: now)
            // Where the last reading failed, old keys are used at once and the next reading is not waited for.
            return (found, found.isOld && state.isDue(at: now))
        }
        if isCalled { call.yield() }
        if case .key(let key, isOld: let isOld, isRetry: let isRetry) = first, !isOld || isRetry { return key }
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { $0.wait(continuation, at: now) }
            if isWaiting { call.yield() } else { continuation.resume() }
        }
        switch state.withLock({ $0.find(id, at: clock.nanoseconds()) }) {
        case .key(let key, _, _): return key
        case .unknown: throw .unknownKey(id)
        case .none: throw .noKeys(retryAfterSeconds: Self.pauseWithoutKeysSeconds)
        }
    }

    /// One reading, which `State.begin` has allowed.
    private func read() async -> JWKSError? {
        do {
            let document = try await JWKS(bytes())
            _ = state.withLock { $0.end(document.keys, at: clock.nanoseconds()) }
            report(.read(keys: document.keys.count, ignored: document.ignored))
            return nil
        } catch {
            let error = error as? JWKSError ?? JWKSError("the key document could not be read: \(error)")
            let kept = state.withLock { $0.end(nil, at: clock.nanoseconds()) }
            if !Task.isCancelled { report(.failed(error.description, keptKeys: kept)) }
            return error
        }
    }

    private func bytes() async throws -> [UInt8] {
        switch source {
        case .url(let url): return try await fetch(url)
        case .file(let path):
            let attributes: [FileAttributeKey: Any]
            do {
                attributes = try FileManager.default.attributesOfItem(
                    atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path
                )
            } catch {
                throw JWKSError("\(path): the key document cannot be read")
            }
            // Anything else could be without end, or keep its reader waiting.
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw JWKSError("\(path): the key document is no file")
            }
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw JWKSError("\(path): the key document cannot be read")
            }
            defer { try? handle.close() }
            return Array(try handle.read(upToCount: JWKS.longest + 1) ?? Data())
        }
    }

    private func resumeWaiting() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension JWKSKeys {
    /// What a look for a key found.
    private enum Found {
        /// A key; `isOld` where its document should be read again, `isRetry` where that failed the last time.
        case key(SigningKey, isOld: Bool, isRetry: Bool)
        case unknown
        /// There are no keys, or none young enough.
        case none

        var isOld: Bool {
            if case .key(_, isOld: true, _) = self { true } else { false }
        }
    }

    /// Times are the clock's nanoseconds.
    private struct State {
        private var keys: [String: SigningKey] = [:]
        private var readAt: Int64 = 0
        private var triedAt: Int64?
        private var hasFailed = false
        private(set) var isReading = false
        var isRunning = false
        var waiting: [CheckedContinuation<Void, Never>] = []

        func usableKeys(at now: Int64) -> [String: SigningKey]? {
            keys.isEmpty || now - readAt >= nanoseconds(usableSeconds) ? nil : keys
        }

        func find(_ id: String, at now: Int64) -> Found {
            guard let keys = usableKeys(at: now) else { return .none }
            guard let key = keys[id] else { return .unknown }
            return .key(key, isOld: now - readAt >= nanoseconds(freshSeconds), isRetry: hasFailed)
        }

        func isDue(at now: Int64) -> Bool {
            guard let triedAt else { return true }
            return now - triedAt
                >= nanoseconds(usableKeys(at: now) == nil ? pauseWithoutKeysSeconds : pauseSeconds)
        }

        /// Takes the continuation where a reading is under way or is to begin now.
        mutating func wait(_ continuation: CheckedContinuation<Void, Never>, at now: Int64) -> Bool {
            guard isRunning, isReading || isDue(at: now), waiting.count < mostWaiting else { return false }
            waiting.append(continuation)
            return true
        }

        /// Whether a reading may begin; if so, it has.
        mutating func begin(at now: Int64) -> Bool {
            guard !isReading, isDue(at: now) else { return false }
            (isReading, triedAt) = (true, now)
            return true
        }

        /// Takes what was read, nil where that failed. Returns how many keys there are now.
        mutating func end(_ new: [String: SigningKey]?, at now: Int64) -> Int {
            isReading = false
            hasFailed = new == nil
            if let new { (keys, readAt) = (new, now) }
            return usableKeys(at: now)?.count ?? 0
        }

        private func nanoseconds(_ seconds: Int) -> Int64 {
            Int64(seconds) * 1_000_000_000
        }
    }
}
