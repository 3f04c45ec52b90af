import PurserCore

/// A signed token as received: three parts separated by dots, none of them trusted yet (RFC 7515, section 3.1).
///
/// This is the only parser of tokens, and it is strict: exactly what it has checked is verified and used.
struct CompactToken {
    /// The longest token in bytes. Cognito's have about 1,000; some with many groups and claims have 4,000.
    static let longest = 16 << 10
    /// The longest key id in bytes; Cognito's have 44.
    static let longestKeyID = 256

    /// The id of the key that the token claims to be signed with: printable ASCII without spaces. It is only looked up.
    let keyID: String
    /// The bytes that the signature covers.
    let signed: [UInt8]
    let signature: [UInt8]
    private let payloadPart: ArraySlice<UInt8>

    init(_ text: String) throws(SignInFault) {
        guard !text.isEmpty else { throw .noToken }
        guard text.utf8.count <= Self.longest else { throw .tooLong(bytes: text.utf8.count) }
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .parts(parts.count) }
        let header = try Self.object(parts[0], "header")
        guard let algorithm = header["alg"]?.string else { throw .malformed("header: alg is needed") }
        guard algorithm == "RS256" else { throw .algorithm(algorithm) }
        for member in header.members ?? [] where Self.refusedMembers.contains(member.key) {
            throw .headerMember(member.key)
        }
        guard let keyID = header["kid"]?.string, Self.isKeyID(keyID) else { throw .keyId }
        guard let signature = Base64URL.bytes(parts[2]), !signature.isEmpty else {
            throw .malformed("signature: not base64url")
        }
        self.keyID = keyID
        self.signed = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
        self.payloadPart = parts[1]
    }

    /// Returns the claims; call it only once the signature is verified.
    func claims() throws(SignInFault) -> JSONValue {
        try Self.object(payloadPart, "payload")
    }

    /// Members that carry a key or say where to fetch one, and extensions that change what is signed; a Cognito token
    /// has none of them.
    ///
    /// `crit` names extensions that must be understood, and none is supported here (RFC 7515, section 4.1.11).
    private static let refusedMembers: Set<String> = [
        "crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc",
    ]

    static func isKeyID(_ text: String) -> Bool {
        (1...longestKeyID).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }

    private static func object(_ part: ArraySlice<UInt8>, _ name: String) throws(SignInFault) -> JSONValue {
        guard let bytes = Base64URL.bytes(part) else { throw .malformed("\(name): not base64url") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("\(name): not UTF-8") }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw .malformed("\(name): \(error.description)")
        }
        guard value.members != nil else { throw .malformed("\(name): no JSON object") }
        return value
    }
}
