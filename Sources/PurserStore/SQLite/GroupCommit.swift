import Foundation
import GRDB

/// Commits the work of many concurrent callers together: one transaction, and so one disk sync, serves all callers that
/// are waiting.
///
/// ``perform(mayBeRefused:_:)`` returns its result once the transaction is durable, and never before. A single call is
/// committed immediately. Calls that arrive in the meantime are collected for the next transaction, so the groups are
/// as large as the load requires and no call waits for others to arrive. The work runs in order of arrival on a
/// dedicated thread, which sleeps while there is nothing to do. Other processes can write between two groups.
package final class GroupCommit: Sendable {
    /// The default maximum number of calls in a transaction. More would not make a call cheaper, and would block other
    /// processes for longer.
    package static let usualMostInGroup = 128
    /// The default maximum number of waiting calls: as many as a slow disk commits in about a second.
    package static let usualMostWaiting = 4096

    private let queue: GroupQueue

    /// Starts the thread that commits to a store.
    ///
    /// While `mostWaiting` calls are waiting, new calls are refused unless they must not be.
    package init(
        _ store: Store,
        mostInGroup: Int = usualMostInGroup,
        mostWaiting: Int = usualMostWaiting
    ) {
        let queue = GroupQueue(path: store.path, mostWaiting: mostWaiting)
        self.queue = queue
        let thread = Thread {
            while let group = queue.awaitGroup(atMost: max(1, mostInGroup)) {
                store.commit(group)
            }
        }
        thread.name = "purser.commit"
        thread.start()
    }

    deinit {
        // No call can be waiting, because a waiting caller holds a reference to this object.
        queue.close(nil)
    }

    /// Runs `work` in a transaction shared with other callers, and returns its result once the transaction is durable.
    ///
    /// All of the store's methods that `work` calls are part of the transaction. If `work` throws, only its own changes
    /// are undone, not those of the other callers. If the transaction cannot be committed, every caller gets that error
    /// and nothing is stored. Cancelling the caller has no effect: otherwise the caller would not know whether its work
    /// was stored.
    ///
    /// `work` should be short, and must not wait for another caller. Throws ``StoreError`` of the kind `overloaded` if
    /// too many calls are waiting, unless the call must not be refused, and `closed` after ``close()``.
    package func perform<Value: Sendable>(
        mayBeRefused: Bool = true,
        _ work: @escaping @Sendable (Store) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let member = GroupMember(
                work: { store in
                    let value = try work(store)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) }
            )
            if let refusal = queue.add(member, mayBeRefused: mayBeRefused) { continuation.resume(throwing: refusal) }
        }
    }

    /// Runs `work` as ``perform(mayBeRefused:_:)`` does, but returns its result as soon as it is part of a transaction,
    /// before the transaction is durable.
    ///
    /// This is for work that may be lost without harm, because what it replaces errs on the safe side. Such a call is
    /// never refused because too many calls are waiting. `lost` is called with the error if the transaction could not
    /// be committed after the result was returned.
    package func performAhead<Value: Sendable>(
        lost: @escaping @Sendable (any Error) -> Void,
        _ work: @escaping @Sendable (Store) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let member = GroupMember(
                work: { store in
                    let value = try work(store)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) },
                lost: lost
            )
            if let refusal = queue.add(member, mayBeRefused: false) { continuation.resume(throwing: refusal) }
        }
    }

    /// Stops accepting calls, and returns when all waiting calls are committed and the thread has ended.
    package func close() async {
        await withCheckedContinuation { continuation in
            queue.close { continuation.resume() }
        }
    }

    /// How many calls wait for their transaction to begin.
    package var waiting: Int {
        queue.count
    }

    /// The number of transactions begun, and of the calls in them.
    package struct Tally: Sendable, Equatable {
        package var groups: Int
        package var calls: Int

        package init(groups: Int = 0, calls: Int = 0) {
            self.groups = groups
            self.calls = calls
        }
    }

    package var tally: Tally {
        queue.tally
    }
}

/// One caller's part of a group.
struct GroupMember: Sendable {
    /// Does the work inside the transaction, and returns a closure that reports the result to the caller.
    let work: @Sendable (Store) throws -> @Sendable () -> Void
    /// Reports to a caller that is still waiting for a result that none of its work is stored.
    let fail: @Sendable (any Error) -> Void
    /// Called if the work is not stored after all, for a caller that gets its result before the commit; nil for one
    /// that gets its result afterwards.
    var lost: (@Sendable (any Error) -> Void)?
}

extension Store {
    /// Commits the members' work in one transaction, and reports to each member the result of its work.
    func commit(_ group: [GroupMember]) {
        // How each member learns that the whole transaction has failed.
        var failures = group.map(\.fail)
        do {
            // Results are reported before the log is checkpointed, so no caller has to wait for the checkpoint.
            _ = try write(committed: { (endings: [@Sendable () -> Void]) in for end in endings { end() } }) { db in
                try group.enumerated().map { index, member in
                    let end: @Sendable () -> Void
                    do {
                        end = try transaction { try member.work(self) }
                    } catch {
                        // Some disk errors end the whole transaction; anything that ran now would be outside it.
                        guard db.isInsideTransaction else { throw error }
                        return { member.fail(error) }
                    }
                    guard let lost = member.lost else { return end }
                    end()
                    failures[index] = lost
                    return {}
                }
            }
        } catch {
            for fail in failures { fail(error) }
        }
    }
}
