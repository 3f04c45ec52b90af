package import ChatService
package import PurserCore

/// A signed-in user, as described by the token.
package struct SignedIn: Sendable, Equatable {
    package enum TokenUse: String, Sendable {
        case id
        case access
    }

    package var principal: Principal
    package var tokenUse: TokenUse
    /// When the token expires.
    package var expires: Timestamp
}

/// Verifies the ID and access tokens of one Cognito user pool.
///
/// The rules are those of AWS's guide "Verifying JSON web tokens" and of RFC 8725: one algorithm, only the pool's keys,
/// and every claim that says whom the token is for. No token is remembered: each is verified every time.
package struct CognitoVerifier: Sendable {
    /// The clock skew that is allowed between the pool and this machine.
    package static let leewaySeconds = 60

    private let settings: CognitoSettings
    private let keys: JWKSKeys
    private let now: @Sendable () -> Timestamp

    package init(settings: CognitoSettings, keys: JWKSKeys, clock: ServiceClock) {
        self.settings = settings
        self.keys = keys
        self.now = clock.now
    }

    /// Verifies the token in a request's `Authorization` headers, of which there must be exactly one.
    package func verify(authorization headers: [String]) async throws(SignInFault) -> SignedIn {
        guard let header = headers.first else { throw .noToken }
        let words = header.split(separator: " ", omittingEmptySubsequences: true)
        guard headers.count == 1, words.count == 2, words[0].lowercased() == "bearer" else { throw .notBearer }
        return try await verify(String(words[1]))
    }

    /// Verifies a token.
    package func verify(_ text: String) async throws(SignInFault) -> SignedIn {
        let token = try CompactToken(text)
        guard try await keys.key(token.keyID).verifies(token) else { throw .signature }
        return try signedIn(try token.claims())
    }

    /// Checks the claims of a token whose signature is valid.
    func signedIn(_ claims: JSONValue) throws(SignInFault) -> SignedIn {
        guard let issuer = claims["iss"]?.string, issuer.isSame(settings.issuer) else { throw .issuer }
        guard let use = claims["token_use"]?.string.flatMap(SignedIn.TokenUse.init) else { throw .tokenUse }
        let client = try client(claims, use)
        let expires = try checkTimes(claims, at: now())
        guard let subject = claims["sub"]?.string, Self.isName(subject, longest: 128) else { throw .claim("sub") }
        if let domain = settings.emailDomain { try Self.check(claims, domain, use) }
        let caller = Caller(user: subject, team: try team(claims), application: client)
        return SignedIn(principal: Principal(caller: caller), tokenUse: use, expires: expires)
    }

    /// Returns the app client that the token was issued to, which must be one of those allowed.
    private func client(_ claims: JSONValue, _ use: SignedIn.TokenUse) throws(SignInFault) -> String {
        let named: [JSONValue?]
        switch use {
        case .id: named = claims["aud"]?.array ?? [claims["aud"]]
        case .access: named = [claims["client_id"]]
        }
        let names = named.compactMap { $0?.string }
        guard let client = settings.clientIDs.first(where: { id in names.contains { $0.isSame(id) } }) else {
            throw .audience
        }
        return client
    }

    private func checkTimes(_ claims: JSONValue, at now: Timestamp) throws(SignInFault) -> Timestamp {
        let leeway = Self.leewaySeconds
        guard let expires = try Self.time(claims, "exp") else { throw .claim("exp") }
        if now >= expires + leeway { throw .expired(expires) }
        if let start = try Self.time(claims, "nbf"), start > now + leeway { throw .notYetValid }
        if let issued = try Self.time(claims, "iat"), issued > now + leeway { throw .issuedInFuture }
        return expires
    }

    /// Returns a time in whole seconds since 1970, or nil if the token has no claim of this name.
    private static func time(_ claims: JSONValue, _ name: String) throws(SignInFault) -> Timestamp? {
        guard let value = claims[name] else { return nil }
        // Up to the year 9999, so that no sum overflows.
        guard let seconds = value.integer, (0...253_402_300_799).contains(seconds) else { throw .claim(name) }
        return Timestamp(seconds: Int64(seconds))
    }

    private static func check(
        _ claims: JSONValue,
        _ domain: EmailDomain,
        _ use: SignedIn.TokenUse
    ) throws(SignInFault) {
        guard let address = claims["email"]?.string else { throw .noEmail(isAccessToken: use == .access) }
        // Cognito writes true for its own users and "true" if the attribute comes from another identity provider.
        guard claims["email_verified"]?.boolean == true || claims["email_verified"]?.string == "true" else {
            throw .emailNotVerified
        }
        guard domain.contains(address) else { throw .emailDomain }
    }

    /// Returns the team: the first of the groups by name, because Cognito does not guarantee an order.
    ///
    /// Cognito puts every user of another identity provider in a group `POOL_PROVIDER`, which is not a team.
    private func team(_ claims: JSONValue) throws(SignInFault) -> String? {
        guard let value = claims["cognito:groups"] else { return nil }
        guard let groups = value.array else { throw .claim("cognito:groups") }
        let names = groups.compactMap(\.string).filter { name in
            Self.isName(name, longest: 128) && !name.hasPrefix(settings.poolID + "_")
        }
        return names.min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Returns whether a text can be a name in the ledger: not empty or too long, and without control characters.
    private static func isName(_ text: String, longest: Int) -> Bool {
        (1...longest).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
