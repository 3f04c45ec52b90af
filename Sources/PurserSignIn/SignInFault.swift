package import ChatService
package import PurserCore

/// Why a token was rejected: a word and a detail for the log, and a refusal for the caller.
///
/// The refusal says what an honest caller can do. It never reveals which of our keys exist or what a forger got nearly
/// right; only the log has that.
package enum SignInFault: Error, Sendable, Equatable {
    case noToken
    case notBearer
    case tooLong(bytes: Int)
    /// The number of parts if it is not three; a token with five is encrypted, such as Cognito's refresh tokens.
    case parts(Int)
    /// What is wrong with the token's text, and in which part.
    case malformed(String)
    /// Any algorithm except RS256, including `none`.
    case algorithm(String)
    /// A member of the header that would take the key from the token itself, or change how the token is read.
    case headerMember(String)
    /// The token does not say in a readable form which key signed it.
    case keyId
    case unknownKey(String)
    case signature
    /// There are no keys to check a signature with.
    case noKeys(retryAfterSeconds: Int)
    case issuer
    case tokenUse
    case audience
    case expired(Timestamp)
    case notYetValid
    case issuedInFuture
    /// A claim that is missing or has the wrong type.
    case claim(String)
    /// The token has no e-mail address, and the employees' domain is required; access tokens never have one.
    case noEmail(isAccessToken: Bool)
    case emailNotVerified
    case emailDomain

    /// The word for the log, which stays the same in later versions.
    package var reason: String {
        switch self {
        case .noToken: "no_token"
        case .notBearer: "not_bearer"
        case .tooLong: "too_long"
        case .parts: "parts"
        case .malformed: "malformed"
        case .algorithm: "algorithm"
        case .headerMember: "header_member"
        case .keyId: "key_id"
        case .unknownKey: "unknown_key"
        case .signature: "signature"
        case .noKeys: "no_keys"
        case .issuer: "issuer"
        case .tokenUse: "token_use"
        case .audience: "audience"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        case .issuedInFuture: "issued_in_future"
        case .claim: "claim"
        case .noEmail: "no_email"
        case .emailNotVerified: "email_not_verified"
        case .emailDomain: "email_domain"
        }
    }

    /// Details for the log in addition to the word, short and in printable ASCII; nil if the word says everything.
    package var detail: String? {
        switch self {
        case .tooLong(let bytes): "\(bytes) bytes"
        case .parts(let count): "\(count) parts"
        case .malformed(let what), .algorithm(let what), .headerMember(let what), .unknownKey(let what),
            .claim(let what):
            Self.printable(what)
        case .expired(let time): "at \(time)"
        default: nil
        }
    }

    /// The refusal that the caller receives.
    package var refusal: ChatRefusal {
        switch self {
        case .noToken: .unauthenticated("Sign in, and send the token as `Authorization: Bearer TOKEN`.")
        case .notBearer: .unauthenticated("The token must be sent in a single header `Authorization: Bearer TOKEN`.")
        case .tooLong:
            .unauthenticated("The token is longer than \(CompactToken.longest) bytes; send an ID or access token.")
        case .parts(5): .unauthenticated("This is an encrypted or refresh token; send the ID or access token.")
        case .parts, .malformed, .keyId, .headerMember, .claim:
            .unauthenticated("The token is not an ID or access token of Amazon Cognito; sign in again.")
        case .algorithm: .unauthenticated("The token is not signed with RS256, as Amazon Cognito's are; sign in again.")
        case .unknownKey, .signature:
            .unauthenticated("The token was not signed by this service's user pool; sign in again.")
        case .noKeys(let seconds): .signInUnavailable(retryAfterSeconds: seconds)
        case .issuer: .unauthenticated("The token is from another user pool; sign in to this service.")
        case .tokenUse: .unauthenticated("Only ID and access tokens are accepted; send one of these.")
        case .audience: .unauthenticated("The token was issued to another application; sign in to this service.")
        case .expired: .unauthenticated("The token has expired; sign in again or refresh it.")
        case .notYetValid, .issuedInFuture:
            .unauthenticated("The token is not valid yet; sign in again, and check the clock if this persists.")
        case .noEmail(isAccessToken: true):
            .forbidden("An access token does not contain the user's e-mail address; send the ID token.")
        case .noEmail(isAccessToken: false):
            .forbidden("The token has no e-mail address, which this service requires; sign in with one.")
        case .emailNotVerified: .forbidden("The e-mail address is not verified; verify it and sign in again.")
        case .emailDomain: .forbidden("The e-mail address does not belong to this service's organization.")
        }
    }

    /// Returns an untrusted text in a form that is safe and short enough for one field of a log.
    private static func printable(_ text: String) -> String {
        let characters = text.unicodeScalars.prefix(80).map { (0x20...0x7e).contains($0.value) ? Character($0) : "?" }
        return String(characters)
    }
}
