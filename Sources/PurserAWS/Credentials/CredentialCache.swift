public import PurserCore
import Synchronization

/// Credentials kept until shortly before they end; those that do not end are found anew each time.
public final class CredentialCache: Sendable {
    private struct State {
        var credentials: AWSCredentials?
        var failure: (error: any Error, time: Timestamp)?
    }

    // As early as botocore must have new ones.
    private static let renewalSeconds = 600
    // A chain that found nothing may have waited for a machine that does not answer: not once more for every message.
    private static let failureSeconds = 30

    private let find: @Sendable () throws -> AWSCredentials
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    public init(
        now: @escaping @Sendable () -> Timestamp = CredentialChain.now,
        find: @escaping @Sendable () throws -> AWSCredentials
    ) {
        self.now = now
        self.find = find
    }

    /// The kept credentials, or new ones; where new ones cannot be had, the old ones to their very end.
    public func credentials() throws -> AWSCredentials {
        let time = now()
        return try state.withLock { state in
            let kept = state.credentials
            if let kept, let end = kept.expiration, time < end - Self.renewalSeconds { return kept }
            if let failure = state.failure, time < failure.time + Self.failureSeconds {
                if let kept, let end = kept.expiration, time < end { return kept }
                throw failure.error
            }
            do {
                let new = try find()
                state = State(credentials: new)
                return new
            } catch {
                state.failure = (error, time)
                if let kept, let end = kept.expiration, time < end { return kept }
                throw error
            }
        }
    }
}
