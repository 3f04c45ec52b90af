import Foundation
import GRDB
import PurserCore
@testable import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct GroupCommitTests {
    private static let month = CalendarMonth(containing: LedgerTests.november)

    private struct Refused: Error {}

    /// Blocks the committing thread until it is opened, and signals when the thread has arrived.
    private struct Gate: Sendable {
        private let opening = DispatchSemaphore(value: 0)
        private let arrivals = AsyncStream<Void>.makeStream()

        /// Must be called only on the committing thread.
        func pass() {
            arrivals.continuation.yield()
            opening.wait()
        }

        func open() {
            opening.signal()
        }

        func awaitArrival() async {
            for await _ in arrivals.stream { return }
        }
    }

    private final class Told: Sendable {
        let isTrue = Mutex(false)
    }

    private final class Count: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    private static func ids(_ store: Store) throws -> [String] {
        try store.requests(.newest, from: month.start, to: month.end, limit: 100_000).map(\.requestId)
    }

    /// Waits until `count` calls wait for their transaction.
    private static func awaitWaiting(_ count: Int, _ commit: GroupCommit) async {
        while commit.waiting < count { await Task.yield() }
    }

    @Test("a caller that gets a result finds it in the file, and a thousand calls share few transactions")
    func durable() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let other = try folder.store()
        let commit = GroupCommit(store)
        let calls = 1000
        let template = try LedgerTests.reservation("", hold: Picodollars(100))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<calls {
                group.addTask {
                    let id = "\(number)"
                    let reservation = template.with(id)
                    let result = try await commit.perform { try $0.reserve(reservation) }
                    #expect(result.isReserved)
                    let stored = try other.hold(of: id)
                    #expect(stored == Picodollars(100))
                }
            }
            try await group.waitForAll()
        }
        let tally = commit.tally
        #expect(tally.calls == calls && tally.groups < calls / 4, "\(tally)")
        #expect(try store.monthTotal(Self.month) == MonthTotal(requests: calls, held: Picodollars(100_000)))
        #expect(try store.health().faults == [])
    }

    @Test("no caller gets its result before the last call of the group has run and the whole group is committed")
    func together() async throws {
        let folder = try TemporaryFolder()
        let (store, other) = (try folder.store(), try folder.store())
        let commit = GroupCommit(store)
        let (first, last) = (Gate(), Gate())
        let told = Told()
        let reservation = try LedgerTests.reservation("1", hold: Picodollars(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await commit.perform { _ in first.pass() } }
            await first.awaitArrival()
            group.addTask {
                _ = try await commit.perform { try $0.reserve(reservation) }
                told.isTrue.withLock { $0 = true }
            }
            await Self.awaitWaiting(1, commit)
            group.addTask { try await commit.perform { _ in last.pass() } }
            await Self.awaitWaiting(2, commit)
            first.open()
            await last.awaitArrival()
            for _ in 0..<100 { await Task.yield() }
            #expect(!told.isTrue.withLock { $0 })
            #expect(try other.hold(of: "1") == nil)
            last.open()
            try await group.waitForAll()
        }
        #expect(try other.hold(of: "1") == Picodollars(1))
        #expect(commit.tally.groups == 2)
    }

    @Test("a call that fails is rolled back entirely, and those before and after it in the group are not")
    func oneFails() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let commit = GroupCommit(store)
        let gate = Gate()
        let outcomes = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            group.addTask {
                try await commit.perform { _ in gate.pass() }
                return (-1, true)
            }
            await gate.awaitArrival()
            for number in 0..<9 {
                let reservation = try LedgerTests.reservation("\(number)", hold: Picodollars(1))
                group.addTask {
                    do {
                        try await commit.perform { store in
                            _ = try store.reserve(reservation)
                            if number % 3 == 1 { throw Refused() }
                        }
                        return (number, true)
                    } catch is Refused {
                        return (number, false)
                    }
                }
                await Self.awaitWaiting(number + 1, commit)
            }
            gate.open()
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(commit.tally.groups == 2)
        for number in 0..<9 { #expect(outcomes[number] == (number % 3 != 1)) }
        // In order of arrival, newest first.
        #expect(try Self.ids(store) == ["8", "6", "5", "3", "2", "0"])
        #expect(try store.monthTotal(Self.month).held == Picodollars(6))
        #expect(try store.health().faults == [])
    }

    @Test("of a thousand concurrent reservations, exactly those that fit into the budget are granted")
    func budget() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let ledger = GroupCommit(store)
        try store.setBudget(Picodollars(1234), for: .team("support"), at: LedgerTests.november)
        let template = try LedgerTests.reservation("", hold: Picodollars(10))
        let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<1000 {
                let reservation = template.with("\(number)")
                group.addTask { try await ledger.perform { try $0.reserve(reservation) }.isReserved }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(granted == 123)
        #expect(try store.budgets(Self.month).map(\.held) == [Picodollars(1230)])
    }

    @Test("beyond the limit of waiting calls, a call is refused immediately, unless it must not be refused")
    func bound() async throws {
        let folder = try TemporaryFolder()
        let commit = GroupCommit(try folder.store(), mostWaiting: 2)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await commit.perform { _ in gate.pass() }
                return 0
            }
            await gate.awaitArrival()
            for number in 1...2 { group.addTask { try await commit.perform { _ in number } } }
            await Self.awaitWaiting(2, commit)
            let error = await #expect(throws: StoreError.self) { try await commit.perform { _ in 3 } }
            #expect(error?.kind == .overloaded)
            group.addTask { try await commit.perform(mayBeRefused: false) { _ in 4 } }
            await Self.awaitWaiting(3, commit)
            gate.open()
            let sum = try await group.reduce(0, +)
            #expect(sum == 7)
        }
    }

    @Test("a cancelled caller still gets the result, which would otherwise be unknown")
    func cancelled() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let commit = GroupCommit(store)
        let gate = Gate()
        let reservation = try LedgerTests.reservation("1", hold: Picodollars(1))
        let result = try await withThrowingTaskGroup(of: ReservationResult?.self) { group in
            group.addTask {
                try await commit.perform { store in
                    gate.pass()
                    return try store.reserve(reservation)
                }
            }
            await gate.awaitArrival()
            group.cancelAll()
            gate.open()
            return try await group.next() ?? nil
        }
        #expect(result == .reserved(nil))
        #expect(try store.hold(of: "1") == Picodollars(1))
    }

    @Test("a call that may return early returns before the commit, and the others in its group do not")
    func ahead() async throws {
        let folder = try TemporaryFolder()
        let (store, other) = (try folder.store(), try folder.store())
        let commit = GroupCommit(store)
        let (first, last) = (Gate(), Gate())
        let reservation = try LedgerTests.reservation("1", hold: Picodollars(1))
        let lost = Told()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await commit.perform { _ in first.pass() } }
            await first.awaitArrival()
            group.addTask {
                let result = try await commit.performAhead(lost: { _ in lost.isTrue.withLock { $0 = true } }) {
                    try $0.reserve(reservation)
                }
                // Its transaction is open: no other connection sees it, and the last call of the group still waits.
                #expect(result == .reserved(nil))
                #expect(try other.hold(of: "1") == nil)
                last.open()
            }
            await Self.awaitWaiting(1, commit)
            group.addTask { try await commit.perform { _ in last.pass() } }
            await Self.awaitWaiting(2, commit)
            first.open()
            try await group.waitForAll()
        }
        await commit.close()
        #expect(try other.hold(of: "1") == Picodollars(1))
        #expect(!lost.isTrue.withLock { $0 })
        let error = await #expect(throws: StoreError.self) { try await commit.performAhead(lost: { _ in }) { _ in 1 } }
        #expect(error?.kind == .closed)
    }

    @Test("if the transaction is lost, all callers are notified, including one that got its result early")
    func lost() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let commit = GroupCommit(store)
        let gate = Gate()
        let (losses, failures) = (Count(), Count())
        let reservation = try LedgerTests.reservation("1", hold: Picodollars(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await commit.perform { _ in gate.pass() } }
            await gate.awaitArrival()
            group.addTask {
                let result = try? await commit.performAhead(lost: { _ in losses.add() }) {
                    try $0.reserve(reservation)
                }
                #expect(result == .reserved(nil))
            }
            await Self.awaitWaiting(1, commit)
            for (number, ends) in [false, true, false].enumerated() {
                group.addTask {
                    do {
                        try await commit.perform { store in
                            // As SQLite itself does if the disk is full.
                            if ends { try store.queue.unsafeReentrantWrite { try $0.execute(sql: "ROLLBACK") } }
                        }
                    } catch {
                        failures.add()
                    }
                }
                await Self.awaitWaiting(number + 2, commit)
            }
            gate.open()
        }
        #expect(losses.value == 1 && failures.value == 3)
        #expect(try store.hold(of: "1") == nil)
        // The next transaction works as usual.
        _ = try await commit.perform { try $0.reserve(reservation) }
        #expect(try store.hold(of: "1") == Picodollars(1))
    }

    @Test("closing commits the waiting calls and accepts no more, and may be repeated")
    func closing() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let commit = GroupCommit(store, mostInGroup: 2)
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await commit.perform { _ in gate.pass() } }
            await gate.awaitArrival()
            for number in 0..<5 {
                let reservation = try LedgerTests.reservation("\(number)", hold: Picodollars(1))
                group.addTask { _ = try await commit.perform { try $0.reserve(reservation) } }
            }
            await Self.awaitWaiting(5, commit)
            group.addTask {
                await commit.close()
                let stored = try Self.ids(store).count
                #expect(stored == 5)
            }
            gate.open()
            try await group.waitForAll()
        }
        await commit.close()
        let error = await #expect(throws: StoreError.self) { try await commit.perform(mayBeRefused: false) { _ in 1 } }
        #expect(error?.kind == .closed)
        #expect(commit.tally == GroupCommit.Tally(groups: 4, calls: 6))
    }
}

extension Reservation {
    /// Returns a copy with another id, because looking up the price a thousand times is slow.
    func with(_ requestId: String) -> Reservation {
        var copy = self
        copy.requestId = requestId
        return copy
    }
}
