import Foundation
import GRDB

/// Commits the work of many concurrent callers together: one transaction, and so one sync of the disk, serves all that wait
/// for it.
///
/// A caller of ``perform(mayBeRefused:_:)`` learns its result once the transaction is durable, and never before. A lone call is committed at once; while
/// that goes on, the calls that come are gathered for the next transaction, so that the groups are as large as the load
/// asks for and nobody ever waits for company. The work runs in the order in which it came, on a thread that does nothing
/// else and sleeps while there is none. Between two groups other processes get their turn to write.
public final class GroupCommit: Sendable {
    /// How many calls a transaction serves unless said otherwise: more would not make a call cheaper, and hold up other
    /// processes for longer.
    public static let usualMostInGroup = 128
    /// How many calls may wait unless said otherwise: what a slow disk commits in about a second.
    public static let usualMostWaiting = 4096

    private let queue: GroupQueue

    /// Starts the thread that commits to a store.
    ///
    /// Of the calls that come while `mostWaiting` wait, those that may be refused are.
    public init(
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
        // Nobody waits: who does has a reference.
        queue.close(nil)
    }

    /// Runs `work` in a transaction that other callers share, and gives its result once that is durable.
    ///
    /// All of the store's methods that `work` calls are part of the transaction. If it throws, what it did is undone and
    /// what the others did is not. If the transaction cannot be committed, every caller gets that error and nothing is
    /// stored. The caller's cancellation changes nothing: a result that nobody learned could be stored or not.
    ///
    /// `work` should be short, and must not wait for another caller. Throws ``StoreError`` of the kind `overloaded` where
    /// too many wait, unless the call must not be refused, and `closed` after ``close()``.
    public func perform<Value: Sendable>(
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

    /// Runs `work` as ``perform(mayBeRefused:_:)`` does, and gives its result as soon as it is part of a transaction, before
    /// that is durable: for work whose loss does no harm, because what it replaces errs on the safe side.
    ///
    /// Such a call is never refused for the number of those that wait. `lost` hears why, where the result was given and the
    /// transaction could not be committed after all.
    public func performAhead<Value: Sendable>(
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

    /// Takes nothing any more, and returns when all that waits is committed and the thread has ended.
    public func close() async {
        await withCheckedContinuation { continuation in
            queue.close { continuation.resume() }
        }
    }

    /// How many calls wait for their transaction to begin.
    public var waiting: Int {
        queue.count
    }

    /// How many transactions were begun, and for how many calls.
    public struct Tally: Sendable, Equatable {
        public var groups: Int
        public var calls: Int

        public init(groups: Int = 0, calls: Int = 0) {
            self.groups = groups
            self.calls = calls
        }
    }

    public var tally: Tally {
        queue.tally
    }
}

/// One caller's part of a group.
struct GroupMember: Sendable {
    /// Does the work inside the transaction; what it returns tells the caller.
    let work: @Sendable (Store) throws -> @Sendable () -> Void
    /// Tells a caller that knows nothing yet that nothing of it is stored.
    let fail: @Sendable (any Error) -> Void
    /// The caller is told before the commit; hears where nothing of it is stored after all. Nil where he is told after it.
    var lost: (@Sendable (any Error) -> Void)?
}

extension Store {
    /// Commits the members' work in one transaction, and tells each what became of its own.
    func commit(_ group: [GroupMember]) {
        // What is to be done with an error of the whole transaction.
        var failures = group.map(\.fail)
        do {
            // Told before the log is looked after, for which nobody has to wait.
            _ = try write(committed: { (endings: [@Sendable () -> Void]) in for end in endings { end() } }) { db in
                try group.enumerated().map { index, member in
                    let end: @Sendable () -> Void
                    do {
                        end = try transaction { try member.work(self) }
                    } catch {
                        // Some errors of the disk end the whole transaction; what would run now would be on its own.
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
