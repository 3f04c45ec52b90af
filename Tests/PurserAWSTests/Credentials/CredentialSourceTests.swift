import PurserAWS
import PurserCore
import Synchronization
import TestSupport
import Testing

struct NoCredentials: Error {}

/// A search for credentials that counts its calls and reports when its result is kept.
private final class Search: Sendable {
    struct State {
        var time = scriptedTime
        var count = 0
        var fails = false
        var endSeconds: Int? = 3600
        /// Whether the source has not asked for the time since the last search; it does so when it keeps the result.
        var isToBeKept = false
    }

    let state = Mutex(State())
    private let kept = AsyncStream<Int>.makeStream()

    func find() throws -> AWSCredentials {
        try state.withLock { state in
            state.count += 1
            state.isToBeKept = true
            if state.fails { throw NoCredentials() }
            return AWSCredentials(
                accessKeyID: "K\(state.count)",
                secretAccessKey: "s",
                expiration: state.endSeconds.map { state.time + $0 }
            )
        }
    }

    var source: CredentialSource {
        CredentialSource(now: { self.now() }, find: { try self.find() })
    }

    private func now() -> Timestamp {
        state.withLock { state in
            if state.isToBeKept { kept.continuation.yield(state.count) }
            state.isToBeKept = false
            return state.time
        }
    }

    /// Waits until the result of the search with this number is kept.
    func awaitResult(_ number: Int) async {
        for await count in kept.stream where count >= number { return }
    }

    func pass(_ seconds: Int) {
        state.withLock { $0.time = $0.time + seconds }
    }

    var count: Int { state.withLock { $0.count } }
}

@Suite struct CredentialSourceTests {
    @Test("a hundred concurrent callers wait for one search")
    func together() async throws {
        let search = Search()
        let source = search.source
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await source.credentials().accessKeyID } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids == ["K1"] && search.count == 1)
    }

    @Test("temporary keys that expire soon are used while new ones are looked up; expired keys are not used")
    func renewal() async throws {
        let search = Search()
        let source = search.source
        #expect(try await source.credentials().accessKeyID == "K1")
        search.pass(2999)
        #expect(try await source.credentials().accessKeyID == "K1" && search.count == 1)
        search.pass(1)
        #expect(try await source.credentials().accessKeyID == "K1")
        await search.awaitResult(2)
        #expect(try await source.credentials().accessKeyID == "K2" && search.count == 2)

        search.state.withLock { $0.fails = true }
        search.pass(3000)
        #expect(try await source.credentials().accessKeyID == "K2")
        await search.awaitResult(3)
        search.pass(600)
        await #expect(throws: NoCredentials.self) { try await source.credentials() }
        let count = search.count
        await #expect(throws: NoCredentials.self) { try await source.credentials() }
        #expect(search.count == count, "a failure is remembered for half a minute")
        search.state.withLock { $0.fails = false }
        search.pass(30)
        #expect(try await source.credentials().accessKeyID == "K\(count + 1)")
    }

    @Test("keys without an expiration are looked up again once a minute")
    func endless() async throws {
        let search = Search()
        search.state.withLock { $0.endSeconds = nil }
        let source = search.source
        for (seconds, id) in [(0, "K1"), (59, "K1"), (1, "K2"), (59, "K2")] as [(Int, String)] {
            search.pass(seconds)
            #expect(try await source.credentials().accessKeyID == id)
        }
    }
}
