package import PurserCore
import Synchronization

/// Credentials for callers that may block: they are searched for when none are kept, or when those kept are near their end.
package final class CredentialCache: Sendable {
    private let find: @Sendable () throws -> AWSCredentials
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(KeptCredentials())

    package init(
        now: @escaping @Sendable () -> Timestamp = WallClock.now,
        find: @escaping @Sendable () throws -> AWSCredentials
    ) {
        self.now = now
        self.find = find
    }

    /// The kept credentials, or new ones. If new ones cannot be found, the old ones serve to their very end.
    package func credentials() throws -> AWSCredentials {
        let time = now()
        return try state.withLock { kept in
            var old: AWSCredentials?
            switch kept.next(at: time) {
            case .use(let credentials): return credentials
            case .useAndSearch(let credentials): old = credentials
            case .search: break
            case .fail(let error): throw error
            }
            let result = Result { try find() }
            kept.keep(result, at: time)
            if case .failure = result, let old { return old }
            return try result.get()
        }
    }
}
