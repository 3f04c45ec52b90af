import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct RefusedRequestTests {
    private static let time = LedgerTests.november

    private static func request(_ number: Int, isSignedIn: Bool = true) -> RefusedRequest {
        RefusedRequest(
            requestId: "r-\(number)",
            correlationId: "c-\(number % 2)",
            time: time + number,
            isSignedIn: isSignedIn,
            caller: isSignedIn ? Caller(user: "ann", team: "support", application: "ide", accessKey: "A") : Caller(),
            modelId: isSignedIn ? "m" : nil,
            code: "budget_exceeded",
            reason: "budget of a team"
        )
    }

    @Test("a refused request is found by its request id and by its correlation id")
    func lookUp() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let requests = [Self.request(1), Self.request(2, isSignedIn: false), Self.request(3)]
        try store.keep(requests)
        #expect(try store.refusedRequests(of: "r-2", limit: 9) == [requests[1]])
        #expect(try store.refusedRequests(of: "c-1", limit: 9) == [requests[0], requests[2]])
        #expect(try store.refusedRequests(of: "c-1", limit: 1) == [requests[0]])
        #expect(try store.refusedRequests(of: "r-9", limit: 9) == [])
    }

    @Test("the oldest are removed when there is no room, and strangers displace no callers")
    func bounds() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.keep((1...3).map { Self.request($0) }, atMost: 6)
        for number in stride(from: 10, to: 50, by: 2) {
            try store.keep((0..<2).map { Self.request(number + $0, isSignedIn: false) }, dropped: 5, atMost: 6)
        }
        #expect(try store.refusedRequests(of: "r-1", limit: 9).count == 1)
        #expect(try store.refusedRequests(of: "r-46", limit: 9) == [])
        #expect(try store.refusedRequests(of: "r-49", limit: 9).count == 1)
        let totals = RefusedRequestTotals(kept: 6, overflowed: 37, expired: 0, dropped: 100)
        #expect(try store.refusedRequestTotals() == totals)
        try store.keep([Self.request(99)], atMost: 6)
        #expect(try store.refusedRequests(of: "r-1", limit: 9) == [])
    }

    @Test("they expire by their age, some at a time")
    func expiry() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.keep((1...5).map { Self.request($0, isSignedIn: $0 != 2) })
        #expect(try store.expireRefusedRequests(before: Self.time) == 0)
        #expect(try store.expireRefusedRequests(before: Self.time + 4, limit: 2) == 2)
        #expect(try store.expireRefusedRequests(before: Self.time + 4, limit: 2) == 1)
        #expect(try store.expireRefusedRequests(before: Self.time + 4, limit: 2) == 0)
        #expect(try store.refusedRequestTotals() == RefusedRequestTotals(kept: 2, expired: 3))
    }
}
