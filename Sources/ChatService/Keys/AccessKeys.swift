package import PurserAWS
package import PurserCore
import Synchronization

/// Authenticates requests that are signed with an issued access key.
///
/// Keys are read from the store and cached for a second, so a revoked key stops working within that time.
package final class AccessKeys: Sendable {
    /// How long a key is used before it is read from the store again.
    package static let keptNanoseconds: Int64 = 1_000_000_000
    /// The maximum number of cached keys.
    static let mostKept = 1024
    /// The maximum number of signing keys cached for one access key: one for each region and day in use.
    private static let mostScopes = 4

    private struct Entry {
        var principal: Principal
        var secret: String
        /// Signing keys that verified a signature, by day and region: only the key's owner can add one.
        var signingKeys: [String: [UInt8]] = [:]
        var lastUsedDay: Timestamp?
        /// When the key was read, on the monotonic clock.
        var read: Int64
    }

    private let verifier: SigV4Verifier
    private let region: String?
    private let seal: SecretSeal
    private let clock: ServiceClock
    private let lookUp: @Sendable (String) async throws -> AccessKeyRecord?
    private let noteUse: @Sendable (String, Timestamp) async throws -> Void
    private let reportError: @Sendable (any Error) -> Void
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameters:
    ///   - region: The Region that requests must be signed for; nil allows any.
    ///   - lookUp: Finds an access key by its id.
    ///   - noteUse: Called on a key's first use of the day, unless this process already knows of a use that day.
    ///   - reportError: Called with the error of each key that could not be read or opened; the caller does not learn
    ///     the reason.
    package init(
        verifier: SigV4Verifier = SigV4Verifier(),
        seal: SecretSeal,
        region: String? = nil,
        clock: ServiceClock,
        lookUp: @escaping @Sendable (String) async throws -> AccessKeyRecord?,
        noteUse: @escaping @Sendable (String, Timestamp) async throws -> Void = { _, _ in },
        reportError: @escaping @Sendable (any Error) -> Void
    ) {
        self.verifier = verifier
        self.seal = seal
        self.region = region
        self.clock = clock
        self.lookUp = lookUp
        self.noteUse = noteUse
        self.reportError = reportError
    }

    /// Checks everything about a request's signature that does not need its body, and returns the owner of the key, the
    /// models it may call, and the check of the signature itself; throws ``ChatRefusal/signature(_:)`` if no key can have
    /// signed the request.
    package func authenticate(_ head: SignedRequestHead) async throws(ChatRefusal) -> Claim {
        let signature = try Self.refusing { () throws(SigV4Refusal) in try verifier.signature(of: head, at: clock.now())
        }
        let id = signature.claim.accessKeyID
        guard IssuedKey.isID(id), let entry = try await entry(id) else { throw .signature(.unknownKey) }
        return Claim(entry.principal) { [self] body throws(ChatRefusal) in
            try await verify(signature, head, body, id, entry)
        }
    }

    private func verify(
        _ signature: SigV4Verifier.Signature,
        _ head: SignedRequestHead,
        _ body: [UInt8],
        _ id: String,
        _ entry: Entry
    ) async throws(ChatRefusal) {
        let scope = signature.claim.day + signature.claim.region
        let kept = entry.signingKeys[scope]
        let key = kept ?? verifier.signingKey(signature.claim, secret: entry.secret)
        try Self.refusing { () throws(SigV4Refusal) in try verifier.verify(signature, head, body: body, key: key) }
        // Only the key's owner learns the Region.
        try Self.check(signature.claim, isFor: region)
        if kept == nil || entry.lastUsedDay != clock.now().day { await noteUse(of: id, key, scope) }
    }

    /// Throws ``ChatRefusal/otherRegion(signed:served:)`` if a request was signed for another Region than `region`.
    package static func check(_ claim: SigV4Claim, isFor region: String?) throws(ChatRefusal) {
        guard let region, claim.region != region else { return }
        throw .otherRegion(signed: claim.region, served: region)
    }

    /// Called only after a valid signature, so that other requests cannot make this process store or write anything.
    private func noteUse(of id: String, _ key: [UInt8], _ scope: String) async {
        let now = clock.now()
        let isNewDay = entries.withLock { entries in
            guard var entry = entries[id] else { return false }
            let isNewDay = entry.lastUsedDay.map { $0 < now.day } ?? true
            if isNewDay { entry.lastUsedDay = now.day }
            if entry.signingKeys.count >= Self.mostScopes { entry.signingKeys = [:] }
            entry.signingKeys[scope] = key
            entries[id] = entry
            return isNewDay
        }
        guard isNewDay else { return }
        do {
            try await noteUse(id, now)
        } catch {
            // The call itself is valid.
            reportError(error)
        }
    }

    private static func refusing<Value>(_ body: () throws(SigV4Refusal) -> Value) throws(ChatRefusal) -> Value {
        do {
            return try body()
        } catch {
            throw .signature(error)
        }
    }

    /// Returns the active key with this id; nil if there is none.
    private func entry(_ id: String) async throws(ChatRefusal) -> Entry? {
        let now = clock.nanoseconds()
        if let entry = entries.withLock({ $0[id] }), now - entry.read < Self.keptNanoseconds { return entry }
        let entry: Entry
        do {
            guard let record = try await lookUp(id), record.revoked == nil else {
                entries.withLock { _ = $0.removeValue(forKey: id) }
                return nil
            }
            let secret = try seal.open(record.sealedSecret, id: id)
            let caller = Caller(user: record.user, team: record.team, accessKey: id)
            let principal = Principal(caller: caller, allowedModels: record.models)
            entry = Entry(principal: principal, secret: secret, lastUsedDay: record.lastUsedDay, read: now)
        } catch {
            reportError(error)
            throw .storeUnavailable(String(describing: error))
        }
        return entries.withLock { entries in
            var entry = entry
            // A secret never changes, so the keys derived from it do not either.
            if let known = entries[id], known.secret == entry.secret { entry.signingKeys = known.signingKeys }
            if entries.count >= Self.mostKept, entries[id] == nil {
                entries = entries.filter { now - $0.value.read < Self.keptNanoseconds }
                if entries.count >= Self.mostKept { entries = [:] }
            }
            entries[id] = entry
            return entry
        }
    }
}

extension Timestamp {
    /// The start of its day in UTC.
    fileprivate var day: Timestamp {
        floored(toSeconds: 86_400)
    }
}
