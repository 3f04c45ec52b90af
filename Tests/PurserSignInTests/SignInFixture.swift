import ChatService
import PurserCore
import Synchronization
import Testing

@testable import PurserSignIn

/// A clock that moves only when a test advances it.
final class MovedClock: Sendable {
    private let passed = Mutex(Int64(0))

    func advance(seconds: Int) {
        passed.withLock { $0 += Int64(seconds) * 1_000_000_000 }
    }

    var clock: ServiceClock {
        ServiceClock(
            now: { Timestamp(milliseconds: SignInFixture.now.milliseconds + self.passed.withLock { $0 } / 1_000_000) },
            nanoseconds: { self.passed.withLock { $0 } },
            sleep: { _ in throw CancellationError() }
        )
    }
}

/// A user pool for tests: its keys, its tokens, and a verifier that knows them.
struct SignInFixture {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example"
    static let client = "1example23456789"
    static let keys = Result { (try TestKey("kid/1+="), try TestKey("kid2")) }

    let key: TestKey
    let other: TestKey
    let clock = MovedClock()
    let verifier: CognitoVerifier

    init(domain: String? = nil) async throws {
        (key, other) = try Self.keys.get()
        let document = TestKey.document([key.jwk])
        let keys = JWKSKeys(
            source: .url("https://pool.test/jwks"),
            clock: clock.clock,
            fetch: { _ in document },
            report: { _ in }
        )
        try await keys.start()
        var environment = [
            "PURSERD_COGNITO_ISSUER": Self.issuer, "PURSERD_COGNITO_CLIENT_IDS": "other, \(Self.client)",
        ]
        environment["PURSERD_EMAIL_DOMAIN"] = domain
        verifier = CognitoVerifier(
            settings: try CognitoSettings(environment: environment),
            keys: keys,
            clock: clock.clock
        )
    }

    /// Returns an ID token's claims with changes; null removes a claim.
    static func idClaims(_ changes: JSONValue = [:]) -> JSONValue {
        changed(
            [
                "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "iss": .string(issuer), "aud": .string(client),
                "token_use": "id", "email": "ann@example.com", "email_verified": true,
                "auth_time": .integer(Int(now.seconds)), "iat": .integer(Int(now.seconds)),
                "exp": .integer(Int(now.seconds) + 3600),
            ],
            changes
        )
    }

    /// Returns an access token's claims with changes.
    static func accessClaims(_ changes: JSONValue = [:]) -> JSONValue {
        changed(
            [
                "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "iss": .string(issuer), "client_id": .string(client),
                "token_use": "access", "scope": "openid", "iat": .integer(Int(now.seconds)),
                "exp": .integer(Int(now.seconds) + 3600), "username": "ann",
            ],
            changes
        )
    }

    static func changed(_ value: JSONValue, _ changes: JSONValue) -> JSONValue {
        var members = value.members ?? []
        for change in changes.members ?? [] {
            members.removeAll { $0.key == change.key }
            if change.value != .null { members.append(change) }
        }
        return .object(members)
    }

    func header(_ changes: JSONValue = [:]) -> JSONValue {
        Self.changed(["kid": .string(key.id), "alg": "RS256"], changes)
    }

    /// Returns a token with any header and payload and a valid signature by the pool's key.
    func token(header: String, payload: String) throws -> String {
        let text = TestKey.base64URL(header) + "." + TestKey.base64URL(payload)
        return text + "." + TestKey.base64URL(try key.sign(Array(text.utf8)))
    }

    func token(_ claims: JSONValue, header changes: JSONValue = [:]) throws -> String {
        try token(header: header(changes).description, payload: claims.description)
    }

    /// Returns why the token is refused; nil if it is accepted.
    func fault(_ token: String) async -> SignInFault? {
        do {
            _ = try await verifier.verify(token)
            return nil
        } catch {
            return error
        }
    }

    func fault(_ claims: JSONValue) async throws -> SignInFault? {
        await fault(try token(claims))
    }
}
