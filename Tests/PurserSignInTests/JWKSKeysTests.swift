import Foundation
import PurserCore
import Synchronization
import TestSupport
import Testing

@testable import PurserSignIn

/// A server of key documents that has scripted responses and counts the requests.
final class TestPool: Sendable {
    enum Answer: Sendable {
        case document([UInt8])
        case failure
        /// The document, once ``TestPool/release()`` is called.
        case held([UInt8])
    }

    struct Down: Error {}

    private let state = Mutex((answer: Answer.failure, fetches: 0, reports: [JWKSKeys.Report]()))
    private let gate: AsyncStream<Void>
    private let open: AsyncStream<Void>.Continuation

    init(_ answer: Answer) {
        (gate, open) = AsyncStream.makeStream()
        state.withLock { $0.answer = answer }
    }

    var fetches: Int { state.withLock { $0.fetches } }
    var reports: [JWKSKeys.Report] { state.withLock { $0.reports } }

    func set(_ answer: Answer) {
        state.withLock { $0.answer = answer }
    }

    func release() {
        open.yield()
    }

    func keys(_ clock: MovedClock, source: JWKSKeys.Source = .url("https://pool.test/jwks")) -> JWKSKeys {
        JWKSKeys(
            source: source,
            clock: clock.clock,
            fetch: { url in
                #expect(url == "https://pool.test/jwks")
                let answer = self.state.withLock { state in
                    state.fetches += 1
                    return state.answer
                }
                switch answer {
                case .document(let bytes): return bytes
                case .failure: throw Down()
                case .held(let bytes):
                    for await _ in self.gate { break }
                    return bytes
                }
            },
            report: { report in self.state.withLock { $0.reports.append(report) } }
        )
    }
}

@Suite struct JWKSKeysTests {
    /// Runs the keys' reader while `body` runs, and then ends it.
    private func running(_ keys: JWKSKeys, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await keys.run() }
            while !keys.isRunning { await Task.yield() }
            try await body()
            group.cancelAll()
        }
    }

    private func fault(_ keys: JWKSKeys, _ id: String) async -> SignInFault? {
        do {
            _ = try await keys.key(id)
            return nil
        } catch {
            return error
        }
    }

    @Test("a new key is found when a token names it, at most once a minute, and an old one is forgotten")
    func rotation() async throws {
        let (first, second) = try SignInFixture.keys.get()
        let (pool, clock) = (TestPool(.document(TestKey.document([first.jwk]))), MovedClock())
        let keys = pool.keys(clock)
        try await keys.start()
        #expect(pool.reports == [.read(keys: 1, ignored: 0)])
        try await running(keys) {
            #expect(await fault(keys, first.id) == nil)
            pool.set(.document(TestKey.document([second.jwk])))
            // A flood of ids within the minute causes no request.
            for number in 0..<1000 {
                #expect(await fault(keys, "forged\(number)") == .unknownKey("forged\(number)"))
            }
            #expect(pool.fetches == 1)
            clock.advance(seconds: 60)
            #expect(await fault(keys, second.id) == nil)
            #expect(await fault(keys, first.id) == .unknownKey(first.id))
            #expect(pool.fetches == 2)
        }
    }

    @Test("concurrent callers wait for one request")
    func oneReading() async throws {
        let (first, second) = try SignInFixture.keys.get()
        let (pool, clock) = (TestPool(.document(TestKey.document([first.jwk]))), MovedClock())
        let keys = pool.keys(clock)
        try await keys.start()
        pool.set(.held(TestKey.document([first.jwk, second.jwk])))
        clock.advance(seconds: 60)
        try await running(keys) {
            let found = await withTaskGroup(of: SignInFault?.self) { group in
                for number in 0..<100 {
                    group.addTask { await self.fault(keys, number.isMultiple(of: 2) ? second.id : "forged") }
                }
                while keys.waitingCount < 100 { await Task.yield() }
                // A known key does not wait.
                #expect(await self.fault(keys, first.id) == nil)
                pool.release()
                var found: [SignInFault?] = []
                for await fault in group { found.append(fault) }
                return found
            }
            #expect(found.count { $0 == nil } == 50 && found.count { $0 == .unknownKey("forged") } == 50)
            #expect(pool.fetches == 2)
        }
    }

    @Test("a cancelled caller does not end the request for the others")
    func cancelledCaller() async throws {
        let (first, second) = try SignInFixture.keys.get()
        let (pool, clock) = (TestPool(.document(TestKey.document([first.jwk]))), MovedClock())
        let keys = pool.keys(clock)
        try await keys.start()
        pool.set(.held(TestKey.document([second.jwk])))
        clock.advance(seconds: 60)
        try await running(keys) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = await self.fault(keys, second.id) }
                while keys.waitingCount < 1 { await Task.yield() }
                group.cancelAll()
                pool.release()
            }
            #expect(await fault(keys, second.id) == nil)
            #expect(pool.fetches == 2)
        }
    }

    @Test("keys are read again after an hour; if that fails, it is reported, and the old keys stay valid for a day")
    func outage() async throws {
        let (first, _) = try SignInFixture.keys.get()
        let (pool, clock) = (TestPool(.document(TestKey.document([first.jwk]))), MovedClock())
        let keys = pool.keys(clock)
        try await keys.start()
        try await running(keys) {
            clock.advance(seconds: 3599)
            #expect(await fault(keys, first.id) == nil)
            #expect(pool.fetches == 1)
            clock.advance(seconds: 1)
            #expect(await fault(keys, first.id) == nil)
            #expect(pool.fetches == 2)
            pool.set(.failure)
            clock.advance(seconds: 3600)
            #expect(await fault(keys, first.id) == nil)
            #expect(pool.fetches == 3)
            #expect(pool.reports.count == 3)
            guard case .failed(let why, keptKeys: 1) = pool.reports.last else {
                Issue.record("\(pool.reports)")
                return
            }
            #expect(why.contains("Down"))
            clock.advance(seconds: 86_400 - 3601)
            #expect(await fault(keys, first.id) == nil)
            while pool.fetches < 4 || keys.isReading { await Task.yield() }
            // A day after the last successful read.
            clock.advance(seconds: 1)
            #expect(await fault(keys, first.id) == .noKeys(retryAfterSeconds: 5))
            #expect(!keys.areUsable)
            pool.set(.document(TestKey.document([first.jwk])))
            clock.advance(seconds: 5)
            #expect(await fault(keys, first.id) == nil)
        }
    }

    @Test("without keys at the start, tokens get a retry time, and are accepted once the pool responds")
    func missingAtStart() async throws {
        let (first, _) = try SignInFixture.keys.get()
        let (pool, clock) = (TestPool(.failure), MovedClock())
        let keys = pool.keys(clock)
        try await keys.start()
        #expect(!keys.areUsable)
        try await running(keys) {
            #expect(await fault(keys, first.id) == .noKeys(retryAfterSeconds: 5))
            #expect(pool.fetches == 1)
            pool.set(.document(Array("<html>".utf8)))
            clock.advance(seconds: 5)
            #expect(await fault(keys, first.id) == .noKeys(retryAfterSeconds: 5))
            pool.set(.document(TestKey.document([first.jwk])))
            clock.advance(seconds: 5)
            #expect(await fault(keys, first.id) == nil)
            #expect(pool.fetches == 3 && keys.areUsable)
        }
        // After the reader has ended, no caller waits.
        clock.advance(seconds: 100_000)
        #expect(await fault(keys, first.id) == .noKeys(retryAfterSeconds: 5))
    }

    @Test("a file is read at the start, which throws any fault in it, and is then read again like a URL")
    func file() async throws {
        let (first, second) = try SignInFixture.keys.get()
        let (folder, clock, pool) = (try TemporaryFolder(), MovedClock(), TestPool(.failure))
        let path = folder.path("jwks.json")
        func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
        for (bytes, what) in [
            (Array("{".utf8), "not JSON"), (TestKey.document([]), "no RSA key"),
            ([UInt8](repeating: 0x20, count: 300_000), "longer than"),
        ] {
            try write(bytes)
            await #expect { try await pool.keys(clock, source: .file(path)).start() } throws: { "\($0)".contains(what) }
        }
        for wrong in [folder.path("missing"), folder.path(""), "/dev/zero"] {
            await #expect(throws: JWKSError.self) { try await pool.keys(clock, source: .file(wrong)).start() }
        }
        try write(TestKey.document([first.jwk]))
        let keys = pool.keys(clock, source: .file(path))
        try await keys.start()
        try await running(keys) {
            #expect(await fault(keys, first.id) == nil)
            try write(TestKey.document([second.jwk]))
            clock.advance(seconds: 60)
            #expect(await fault(keys, second.id) == nil)
            // A fault in the file does not affect the keys in use.
            try write(Array("{".utf8))
            clock.advance(seconds: 60)
            #expect(await fault(keys, "new") == .unknownKey("new"))
            #expect(await fault(keys, second.id) == nil)
        }
        #expect(pool.fetches == 0)
    }
}
