public import PurserAWS
public import PurserCore
import PurserStore
import Synchronization

/// Tells who signed a request with an issued access key.
///
/// Keys are read from the store and kept for a second, so that a revoked one ends within that time.
public final class AccessKeys: Sendable {
    /// How long a key is believed without another look at the store.
    public static let keptNanoseconds: Int64 = 1_000_000_000
    /// The most keys that are kept at once.
    static let mostKept = 1024
    /// A key's signing keys that are kept: one for each region and day that is in use.
    private static let mostScopes = 4

    private struct Entry {
        var principal: Principal
        var secret: String
        /// Those that verified a signature, by day and region: nobody but the key's owner can add one.
        var signingKeys: [String: [UInt8]] = [:]
        var lastUsedDay: Timestamp?
        /// On the clock that never runs backward.
        var read: Int64
    }

    private let verifier: SigV4Verifier
    private let seal: SecretSeal
    private let clock: ServiceClock
    private let lookUp: @Sendable (String) async throws -> AccessKeyRecord?
    private let noteUse: @Sendable (String, Timestamp) async throws -> Void
    private let reportError: @Sendable (any Error) -> Void
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameters:
    ///   - lookUp: Finds the access key of an id.
    ///   - noteUse: Hears once a day of each key that is used, from a process that does not know it yet.
    ///   - reportError: Hears of each key that could not be read or opened; the caller is told no reason.
    public init(
        verifier: SigV4Verifier = SigV4Verifier(),
        seal: SecretSeal,
        clock: ServiceClock,
        lookUp: @escaping @Sendable (String) async throws -> AccessKeyRecord?,
        noteUse: @escaping @Sendable (String, Timestamp) async throws -> Void = { _, _ in },
        reportError: @escaping @Sendable (any Error) -> Void
    ) {
        self.verifier = verifier
        self.seal = seal
        self.clock = clock
        self.lookUp = lookUp
        self.noteUse = noteUse
        self.reportError = reportError
    }

    /// Whose key signed this request, and what he may call; throws ``ChatRefusal/signature(_:)`` where nobody's did.
    public func authenticate(_ head: SignedRequestHead, body: [UInt8]) async throws(ChatRefusal) -> Principal {
        let signature = try Self.refusing { () throws(SigV4Refusal) in try verifier.signature(of: head, at: clock.now())
        }
        let id = signature.claim.accessKeyID
        guard IssuedKey.isID(id), let entry = try await entry(id) else { throw .signature(.unknownKey) }
        let scope = signature.claim.day + signature.claim.region
        let kept = entry.signingKeys[scope]
        let key = kept ?? verifier.signingKey(signature.claim, secret: entry.secret)
        try Self.refusing { () throws(SigV4Refusal) in try verifier.verify(signature, head, body: body, key: key) }
        if kept == nil || entry.lastUsedDay != clock.now().day { await noteUse(of: id, key, scope) }
        return entry.principal
    }

    /// After a signature that was right: nobody else makes this process remember or write anything.
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
            // The call itself is as it should be.
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

    /// The key of an id that works; nil where there is none.
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
            // A secret never changes, so what was derived from it does not either.
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
    /// The beginning of its day in UTC.
    fileprivate var day: Timestamp {
        floored(toSeconds: 86_400)
    }
}
