import Foundation
import JWTKit
import PurserCore

/// A key that verifies tokens with RS256 and nothing else, whatever a token or a key document says.
struct SigningKey: Sendable {
    /// jwt-kit's RSASSA-PKCS1-v1_5 with SHA-256.
    private let algorithm: any JWTAlgorithm

    /// Takes a public key by its two numbers; nil where it has fewer than 2,048 bits or is no RSA key.
    init?(modulus: String, exponent: String) async {
        guard let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent) else { return nil }
        // A collection of one key for one algorithm: jwt-kit takes a collection's default key for an id that it does
        // not know, and a key document's or a token's algorithm where the key names none.
        let collection = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256)
        guard let algorithm = try? await collection.getKey(), algorithm.name == "RS256" else { return nil }
        self.algorithm = algorithm
    }

    func verifies(_ token: CompactToken) -> Bool {
        (try? algorithm.verify(token.signature, signs: token.signed)) ?? false
    }
}

/// What is wrong with a key document as a whole, or with getting it.
public struct JWKSError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A JSON Web Key Set (RFC 7517): those of its keys that can verify a token of Cognito, by id.
struct JWKS: Sendable {
    static let longest = 256 << 10
    static let mostKeys = 64

    let keys: [String: SigningKey]
    /// How many keys the document has besides: of other kinds, for other uses, or too short.
    let ignored: Int

    init(_ bytes: [UInt8]) async throws(JWKSError) {
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
        guard let list = document["keys"]?.array else { throw JWKSError("the key document has no list `keys`") }
        guard list.count <= Self.mostKeys else {
            throw JWKSError("the key document has \(list.count) keys; at most \(Self.mostKeys) are allowed")
        }
        var keys: [String: SigningKey] = [:]
        for item in list {
            guard let (id, modulus, exponent) = Self.candidate(item),
                let key = await SigningKey(modulus: modulus, exponent: exponent)
            else { continue }
            // Which of the two signs is not for us to guess.
            guard keys.updateValue(key, forKey: id) == nil else {
                throw JWKSError("the key document has two keys of the id `\(id)`")
            }
        }
        guard !keys.isEmpty else {
            throw JWKSError("the key document has no RSA key of 2,048 bits or more for signatures with RS256")
        }
        self.keys = keys
        self.ignored = list.count - keys.count
    }

    /// The id and the numbers of an RSA key for RS256; nil for any other key.
    private static func candidate(_ key: JSONValue) -> (id: String, modulus: String, exponent: String)? {
        guard key["kty"]?.string == "RSA", allows(key["use"], "sig"), allows(key["alg"], "RS256"),
            let id = key["kid"]?.string, CompactToken.isKeyID(id),
            let modulus = key["n"]?.string, let exponent = key["e"]?.string,
            let modulusBytes = Base64URL.bytes(modulus.utf8), let exponentBytes = Base64URL.bytes(exponent.utf8),
            // Numbers of any length would make verification as slow as their writer likes.
            modulusBytes.count <= 1024 + 1, (1...5).contains(exponentBytes.count)
        else { return nil }
        if let operations = key["key_ops"], operations.array?.contains("verify") != true { return nil }
        return (id, modulus, exponent)
    }

    private static func allows(_ value: JSONValue?, _ wanted: String) -> Bool {
        value == nil || value?.string == wanted
    }
}
