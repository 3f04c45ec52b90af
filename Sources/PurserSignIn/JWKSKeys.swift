package import ChatService
import Foundation
import Synchronization

/// The keys of a user pool, kept in memory and read again when they are old or a token names an unknown key.
///
/// After ``start()`` only ``run()`` reads them, so a caller that disconnects does not stop a read that others are
/// waiting for, and many concurrent callers cause only one request. Returning a known, fresh key takes a lock and does
/// not suspend.
package final class JWKSKeys: Sendable {
    /// Gets the document at a URL within a time limit, without following redirects; throws if the status is not 200.
    package typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]

    package enum Source: Sendable, Equatable {
        case url(String)
        case file(String)
    }

    /// An event that the operator should know about.
    package enum Report: Sendable, Equatable {
        /// The number of keys that can verify tokens, and of others.
        case read(keys: Int, ignored: Int)
        /// Why there is no newer document, and how many keys are still used.
        case failed(String, keptKeys: Int)
    }

    /// The age at which a document is read again.
    static let freshSeconds = 3600
    /// The age at which keys are no longer used if no newer document could be read.
    static let usableSeconds = 86_400
    /// The minimum time between two reads, however many unknown keys are named.
    static let pauseSeconds = 60
    /// The minimum time between two reads while there are no keys at all.
    static let pauseWithoutKeysSeconds = 5
    /// The maximum number of callers that may wait for one read; further callers are asked to retry.
    static let mostWaiting = 4096

    private let source: Source
    private let clock: ServiceClock
    private let fetch: Fetch
    private let report: @Sendable (Report) -> Void
    private let state = Mutex(State())
    private let calls: AsyncStream<Void>
    private let call: AsyncStream<Void>.Continuation

    package init(
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

    /// Reads the keys before the first token arrives; throws if a file cannot be read or is malformed.
    ///
    /// A document that cannot be fetched is reported but is not fatal: until it can be fetched, tokens are answered
    /// with ``ChatRefusal/signInUnavailable(retryAfterSeconds:)``.
    package func start() async throws(JWKSError) {
        guard state.withLock({ $0.begin(at: clock.nanoseconds()) }) else { return }
        let error = await read()
        if let error, case .file = source { throw error }
    }

    /// Reads the keys whenever a read is due, until the task is cancelled. Without it, nothing is read after
    /// ``start()``.
    package func run() async {
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
    package var areUsable: Bool {
        state.withLock { $0.usableKeys(at: clock.nanoseconds()) != nil }
    }

    var isRunning: Bool { state.withLock { $0.isRunning } }
    var isReading: Bool { state.withLock { $0.isReading } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Returns the key with this id. Waits for a read if the id is unknown or the keys are old, and a read is due.
    func key(_ id: String) async throws(SignInFault) -> SigningKey {
        let now = clock.nanoseconds()
        let (first, isCalled) = state.withLock { state in
            let found = state.find(id, at: now)
            // If the last read failed, use old keys at once and do not wait for the next read.
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

    /// Reads the document once, as allowed by `State.begin`.
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
            // Anything else could be endless, or block the reader.
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw JWKSError("\(path): the key document is not a regular file")
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
    /// The result of looking up a key.
    private enum Found {
        /// A key; `isOld` if its document should be read again, `isRetry` if that failed the last time.
        case key(SigningKey, isOld: Bool, isRetry: Bool)
        case unknown
        /// There are no keys, or they are too old.
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

        /// Keeps the continuation and returns true if a read is in progress or is about to begin.
        mutating func wait(_ continuation: CheckedContinuation<Void, Never>, at now: Int64) -> Bool {
            guard isRunning, isReading || isDue(at: now), waiting.count < mostWaiting else { return false }
            waiting.append(continuation)
            return true
        }

        /// Begins a read if one may begin, and returns whether it did.
        mutating func begin(at now: Int64) -> Bool {
            guard !isReading, isDue(at: now) else { return false }
            (isReading, triedAt) = (true, now)
            return true
        }

        /// Stores the keys that were read; `new` is nil if that failed. Returns how many keys there are now.
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
