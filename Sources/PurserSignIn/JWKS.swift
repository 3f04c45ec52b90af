import PurserCore

/// What is wrong with a key document as a whole, or with reading it.
package struct JWKSError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The keys of a JSON Web Key Set (RFC 7517) that can verify a Cognito token, by id.
struct JWKS: Sendable {
    static let longest = 256 << 10
    static let mostKeys = 64

    let keys: [String: SigningKey]
    /// The number of other keys in the document: of other kinds, for other uses, or too short.
    let ignored: Int

    init(_ bytes: [UInt8]) throws(JWKSError) {
        guard bytes.count <= Self.longest else {
            throw JWKSError("the key document is longer than \(Self.longest) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JWKSError("the key document is not UTF-8")
        }
        let document: JSONValue
        do {
            document = try JSONValue(parsing: text)
        } catch {
            throw JWKSError("the key document is not JSON: \(error)")
        }
        guard let list = document["keys"]?.array else { throw JWKSError("the key document has no `keys` list") }
        guard list.count <= Self.mostKeys else {
            throw JWKSError("the key document has \(list.count) keys; at most \(Self.mostKeys) are allowed")
        }
        var keys: [String: SigningKey] = [:]
        for item in list {
            guard let (id, modulus, exponent) = Self.candidate(item),
                let key = SigningKey(modulus: modulus, exponent: exponent)
            else { continue }
            // There is no way to know which of the two is used for signing.
            guard keys.updateValue(key, forKey: id) == nil else {
                throw JWKSError("the key document has two keys with the id `\(id)`")
            }
        }
        guard !keys.isEmpty else {
            throw JWKSError("the key document has no RSA key of 2,048 bits or more for RS256 signatures")
        }
        self.keys = keys
        self.ignored = list.count - keys.count
    }

    /// Returns the id and the numbers of an RSA key for RS256, or nil for any other key.
    private static func candidate(_ key: JSONValue) -> (id: String, modulus: [UInt8], exponent: [UInt8])? {
        guard key["kty"]?.string == "RSA", allows(key["use"], "sig"), allows(key["alg"], "RS256"),
            let id = key["kid"]?.string, CompactToken.isKeyID(id),
            let modulus = (key["n"]?.string).flatMap({ Base64URL.bytes($0.utf8) }),
            let exponent = (key["e"]?.string).flatMap({ Base64URL.bytes($0.utf8) }),
            // Some writers put a zero before the modulus (RFC 7518, section 6.3.1.1).
            modulus.count <= SigningKey.modulusBits.upperBound / 8 + 1, (1...5).contains(exponent.count)
        else { return nil }
        if let operations = key["key_ops"], operations.array?.contains("verify") != true { return nil }
        return (id, modulus, exponent)
    }

    private static func allows(_ value: JSONValue?, _ wanted: String) -> Bool {
        value == nil || value?.string == wanted
    }
}
