import Foundation
package import PurserCore
import Synchronization

/// Credentials for any number of callers. Callers that may block search for them on their own threads; for tasks, a
/// separate thread does it once for all of them.
///
/// Temporary credentials are used until they expire; from ten minutes before that, new ones are looked up while the old
/// ones stay in use. Those that do not expire are looked up again once a minute.
package final class CredentialSource: Sendable {
    private struct State {
        var kept = KeptCredentials()
        var isSearching = false
        var waiting: [CheckedContinuation<Result<AWSCredentials, any Error>, Never>] = []
    }

    private let find: @Sendable () throws -> AWSCredentials
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())
    private let blockingSearch = Mutex(())

    /// Looks where the AWS tools look; see ``CredentialChain``.
    package convenience init(environment: [String: String], clock: AWSClock) {
        self.init { try CredentialChain(environment: environment, clock: clock).credentials() }
    }

    /// - Parameters:
    ///   - now: This machine's time.
    ///   - find: May block.
    package init(
        now: @escaping @Sendable () -> Timestamp = WallClock.now,
        find: @escaping @Sendable () throws -> AWSCredentials
    ) {
        self.now = now
        self.find = find
    }

    /// Returns the kept credentials or new ones; throws the reason if there are none.
    package func credentials() async throws -> AWSCredentials {
        let time = now()
        if let kept = keptOrSearched(time) { return try kept.get() }
        let found = await withCheckedContinuation { waiting in
            // Another call's search may have ended in the meantime.
            if let kept = keptOrSearched(time, waiting) { waiting.resume(returning: kept) }
        }
        return try found.get()
    }

    /// Does the same as ``credentials()``, for callers that may block. If no new credentials can be found, the old ones
    /// are used until they expire.
    package func blockingCredentials() throws -> AWSCredentials {
        // One search at a time; the others wait for it and use its result.
        try blockingSearch.withLock { _ in
            switch state.withLock({ $0.kept.next(at: now()) }) {
            case .use(let credentials): credentials
            case .useAndSearch(let credentials): (try? searched().get()) ?? credentials
            case .search: try searched().get()
            case .fail(let error): throw error
            }
        }
    }

    /// Returns credentials other than these, which AWS rejected as expired or unknown; nil if there are none.
    func replacement(for refused: AWSCredentials) async -> AWSCredentials? {
        drop(refused)
        guard let new = try? await credentials(), new != refused else { return nil }
        return new
    }

    /// Does the same as ``replacement(for:)``, for callers that may block.
    func blockingReplacement(for refused: AWSCredentials) -> AWSCredentials? {
        drop(refused)
        guard let new = try? blockingCredentials(), new != refused else { return nil }
        return new
    }

    private func drop(_ refused: AWSCredentials) {
        let time = now()
        state.withLock { $0.kept.drop(refused, at: time) }
    }

    private func searched() -> Result<AWSCredentials, any Error> {
        let result = Result { try find() }
        state.withLock { $0.kept.keep(result, at: now()) }
        return result
    }

    /// Returns the result if it is known immediately; otherwise returns nil and resumes `waiting` when the search ends.
    private func keptOrSearched(
        _ time: Timestamp,
        _ waiting: CheckedContinuation<Result<AWSCredentials, any Error>, Never>? = nil
    ) -> Result<AWSCredentials, any Error>? {
        state.withLock { state -> Result<AWSCredentials, any Error>? in
            let kept = kept(&state, time)
            if kept == nil, let waiting { state.waiting.append(waiting) }
            return kept
        }
    }

    /// Returns the result if it is known immediately; otherwise starts a search, unless one is running, and returns
    /// nil.
    private func kept(_ state: inout State, _ time: Timestamp) -> Result<AWSCredentials, any Error>? {
        switch state.kept.next(at: time) {
        case .use(let credentials): return .success(credentials)
        case .useAndSearch(let credentials):
            search(&state)
            return .success(credentials)
        case .search: return search(&state)
        case .fail(let error): return .failure(error)
        }
    }

    @discardableResult
    private func search(_ state: inout State) -> Result<AWSCredentials, any Error>? {
        guard !state.isSearching else { return nil }
        state.isSearching = true
        Thread.detachNewThread {
            let result = Result { try self.find() }
            // In one step: otherwise a call between the two could wait for a search that has already ended, and get
            // credentials that have since expired.
            let waiting = self.state.withLock { state in
                state.kept.keep(result, at: self.now())
                state.isSearching = false
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiter in waiting { waiter.resume(returning: result) }
        }
        return nil
    }
}
