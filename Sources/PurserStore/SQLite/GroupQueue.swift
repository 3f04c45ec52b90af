import Foundation
import Synchronization

/// The calls that wait for the thread of a ``GroupCommit``, first in, first out.
final class GroupQueue: Sendable {
    private struct State {
        var waiting: [GroupMember] = []
        var tally = GroupCommit.Tally()
        /// Whether the thread sleeps until it is woken.
        var isAsleep = false
        var isClosed = false
        var hasEnded = false
        /// Called when all calls are committed.
        var closers: [@Sendable () -> Void] = []
    }

    private let path: String
    private let mostWaiting: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(path: String, mostWaiting: Int) {
        self.path = path
        self.mostWaiting = mostWaiting
    }

    var count: Int {
        state.withLock { $0.waiting.count }
    }

    var tally: GroupCommit.Tally {
        state.withLock { $0.tally }
    }

    /// Adds a call at the end; returns the reason if it is refused.
    func add(_ member: GroupMember, mayBeRefused: Bool) -> StoreError? {
        let (refusal, mustWake) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosed { return (StoreError(.closed, path: path), false) }
            if mayBeRefused, state.waiting.count >= mostWaiting {
                return (StoreError(.overloaded, path: path, detail: "\(state.waiting.count) calls are waiting"), false)
            }
            state.waiting.append(member)
            defer { state.isAsleep = false }
            return (nil, state.isAsleep)
        }
        if mustWake { wake.signal() }
        return refusal
    }

    /// Returns the next calls, once there are any; nil when the queue is closed and empty.
    func awaitGroup(atMost count: Int) -> [GroupMember]? {
        while true {
            switch next(atMost: count) {
            case .group(let group): return group
            case .end(let closers):
                for closer in closers { closer() }
                return nil
            case .nothing: wake.wait()
            }
        }
    }

    private enum Next {
        case group([GroupMember])
        case nothing
        case end([@Sendable () -> Void])
    }

    private func next(atMost count: Int) -> Next {
        state.withLock { state in
            if !state.waiting.isEmpty {
                let group = Array(state.waiting.prefix(count))
                state.waiting.removeFirst(group.count)
                state.tally.groups += 1
                state.tally.calls += group.count
                return .group(group)
            }
            state.isAsleep = !state.isClosed
            if !state.isClosed { return .nothing }
            state.hasEnded = true
            defer { state.closers = [] }
            return .end(state.closers)
        }
    }

    /// Stops accepting calls; `whenEmpty` is called when all waiting calls are committed.
    func close(_ whenEmpty: (@Sendable () -> Void)?) {
        let (mustWake, hasEnded) = state.withLock { state in
            state.isClosed = true
            if let whenEmpty, !state.hasEnded { state.closers.append(whenEmpty) }
            defer { state.isAsleep = false }
            return (state.isAsleep, state.hasEnded)
        }
        if mustWake { wake.signal() }
        if hasEnded { whenEmpty?() }
    }
}
