import Foundation
public import PurserCore
import Synchronization

/// Credentials for tasks, which must not wait for disks and other services themselves: a thread of its own finds them, once
/// for all who wait.
///
/// Temporary ones are used to their end; from ten minutes before it new ones are looked for while the old ones go on. Those
/// that do not end are looked for anew once a minute.
public final class CredentialSource: Sendable {
    private struct State {
        var credentials: AWSCredentials?
        /// When the credentials were found.
        var time: Timestamp?
        var failure: (error: any Error, time: Timestamp)?
        var isSearching = false
        var waiting: [CheckedContinuation<Result<AWSCredentials, any Error>, Never>] = []
    }

    // As early as botocore must have new ones.
    private static let renewalSeconds = 600
    private static let endlessSeconds = 60
    // A chain that found nothing may have waited for a machine that does not answer: not once more for every call.
    private static let failureSeconds = 30

    private let find: @Sendable () throws -> AWSCredentials
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// Looks where the AWS tools look, see ``CredentialChain``.
    public convenience init(environment: [String: String], clock: AWSClock) {
        self.init { try CredentialChain(environment: environment, clock: clock).credentials() }
    }

    /// - Parameters:
    ///   - now: This machine's time.
    ///   - find: May block.
    public init(
        now: @escaping @Sendable () -> Timestamp = CredentialChain.now,
        find: @escaping @Sendable () throws -> AWSCredentials
    ) {
        self.now = now
        self.find = find
    }

    /// The kept credentials, or new ones; throws why there are none.
    public func credentials() async throws -> AWSCredentials {
        let time = now()
        if let kept = keptOrSearched(time) { return try kept.get() }
        let found = await withCheckedContinuation { waiting in
            // Another call's search may have ended meanwhile.
            if let kept = keptOrSearched(time, waiting) { waiting.resume(returning: kept) }
        }
        return try found.get()
    }

    /// Other credentials than these, which AWS refused as ended or unknown; nil where there are none.
    func replacement(for refused: AWSCredentials) async -> AWSCredentials? {
        let time = now()
        state.withLock { state in
            // Credentials that are wrong stay wrong: they are not looked for at every call.
            guard state.credentials == refused, let found = state.time, time >= found + Self.failureSeconds else {
                return
            }
            state.credentials = nil
        }
        guard let new = try? await credentials(), new != refused else { return nil }
        return new
    }

    /// What can be told at once; else `waiting` is told when the search ends.
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

    /// What can be told at once; nil where a search must end first, which this begins.
    private func kept(_ state: inout State, _ time: Timestamp) -> Result<AWSCredentials, any Error>? {
        let failure = state.failure.flatMap { time < $0.time + Self.failureSeconds ? $0.error : nil }
        if let credentials = state.credentials, let found = state.time {
            guard let end = credentials.expiration else {
                if time < found + Self.endlessSeconds { return .success(credentials) }
                return failure.map { .failure($0) } ?? search(&state)
            }
            if time < end - Self.renewalSeconds { return .success(credentials) }
            if time < end {
                if failure == nil { search(&state) }
                return .success(credentials)
            }
        }
        return failure.map { .failure($0) } ?? search(&state)
    }

    @discardableResult
    private func search(_ state: inout State) -> Result<AWSCredentials, any Error>? {
        guard !state.isSearching else { return nil }
        state.isSearching = true
        Thread.detachNewThread {
            let result = Result { try self.find() }
            let waiting = self.state.withLock { state in
                state.isSearching = false
                switch result {
                case .success(let credentials):
                    state.credentials = credentials
                    state.time = self.now()
                    state.failure = nil
                case .failure(let error): state.failure = (error, self.now())
                }
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiter in waiting { waiter.resume(returning: result) }
        }
        return nil
    }
}
