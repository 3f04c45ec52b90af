/// Why a signed request is rejected, with the code and the status that AWS returns.
///
/// No message contains the correct signature or a secret.
package enum SigV4Refusal: Error, Sendable, Equatable {
    /// The request is not signed at all.
    case notSigned
    /// The `Authorization` header does not use Signature Version 4; it has, for example, a bearer token or another
    /// algorithm.
    case otherScheme
    /// The signature is in the query, as in presigned URLs.
    case presigned
    /// Something that a signature needs is missing or malformed.
    case malformed(String)
    /// The credentials are temporary, which the keys of this service never are.
    case sessionToken
    /// There is no key with that id, or it was revoked.
    case unknownKey
    /// The signature is for another service, region or day.
    case wrongScope(String)
    /// The request was signed too long ago, or its signer's clock is behind.
    case expired(signed: String, now: String)
    /// The signer's clock is ahead.
    case notYetCurrent(signed: String, now: String)
    /// A header that a signature must cover is not among the signed ones.
    case unsignedHeader(String)
    /// The body does not match the signature, or is not covered by it.
    case payload(String)
    /// The request does not match the signature: the secret is wrong, or the request was changed.
    case mismatch

    /// The name of AWS's exception, as `x-amzn-errortype` carries it.
    package var code: String {
        switch self {
        case .notSigned, .otherScheme: "MissingAuthenticationTokenException"
        case .presigned, .malformed: "IncompleteSignatureException"
        case .sessionToken, .unknownKey: "UnrecognizedClientException"
        case .wrongScope, .expired, .notYetCurrent, .unsignedHeader, .payload, .mismatch:
            "InvalidSignatureException"
        }
    }

    /// The HTTP status of the response.
    package var status: Int {
        switch self {
        case .presigned, .malformed: 400
        default: 403
        }
    }

    /// One sentence for the caller.
    package var message: String {
        switch self {
        case .notSigned: "The request is not signed: it has no Authorization header."
        case .otherScheme: "The Authorization header does not use Signature Version 4 (AWS4-HMAC-SHA256)."
        case .presigned: "A signature in the query is not accepted; sign in the Authorization header."
        case .malformed(let what): what
        case .sessionToken: "The security token in the request is invalid: keys of this service do not use one."
        case .unknownKey: "The access key in the request is unknown or revoked."
        case .wrongScope(let what): what
        // SDKs look for this prefix and then correct their clock from the response's Date header.
        case .expired(let signed, let now): "Signature expired: \(signed) is too long before \(now)."
        case .notYetCurrent(let signed, let now): "Signature not yet current: \(signed) is still later than \(now)."
        case .unsignedHeader(let name): "The header \(name) must be signed."
        case .payload(let what): what
        case .mismatch:
            "The signature does not match the request; check the secret access key, and that no intermediary changes "
                + "the request's path, query or signed headers."
        }
    }
}
