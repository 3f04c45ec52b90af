import CCrypto
import Foundation
import JWTKit
import PurserCore

/// An RSA key made for the tests, which signs whatever it is given.
struct TestKey: Sendable {
    let id: String
    /// The public key, as a forger has it.
    let publicPEM: String
    let modulus: String
    let exponent: String
    private let privateKey: Insecure.RSA.PrivateKey

    init(_ id: String, bits: Int = 2048) throws {
        self.id = id
        privateKey = try Insecure.RSA.PrivateKey(pem: Self.generate(bits: bits))
        publicPEM = privateKey.publicKey.pemRepresentation
        let numbers = try privateKey.publicKey.getKeyPrimitives()
        modulus = Self.base64URL(Array(numbers.modulus))
        exponent = Self.base64URL(Array(numbers.publicExponent))
    }

    func sign(_ bytes: [UInt8], _ digest: DigestAlgorithm = .sha256) async throws -> [UInt8] {
        try await JWTKeyCollection().add(rsa: privateKey, digestAlgorithm: digest).getKey().sign(bytes)
    }

    func signPSS(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await JWTKeyCollection().add(pss: privateKey, digestAlgorithm: .sha256).getKey().sign(bytes)
    }

    /// The key as a user pool shows it.
    var jwk: JSONValue {
        [
            "alg": "RS256", "e": .string(exponent), "kid": .string(id), "kty": "RSA", "n": .string(modulus),
            "use": "sig",
        ]
    }

    static func document(_ keys: [JSONValue]) -> [UInt8] {
        Array((["keys": .array(keys)] as JSONValue).description.utf8)
    }

    static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func base64URL(_ text: String) -> String {
        base64URL(Array(text.utf8))
    }

    struct GenerationError: Error {}

    private static func generate(bits: Int) throws -> String {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { throw GenerationError() }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_ctrl_str(context, "rsa_keygen_bits", String(bits)) == 1,
            EVP_PKEY_generate(context, &key) == 1
        else { throw GenerationError() }
        defer { EVP_PKEY_free(key) }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_PrivateKey(key, &bytes)
        guard count > 0, let bytes else { throw GenerationError() }
        defer { CRYPTO_free(bytes, nil, 0) }
        let text = Data(bytes: bytes, count: Int(count)).base64EncodedString(options: .lineLength64Characters)
        return "-----BEGIN RSA PRIVATE KEY-----\n\(text)\n-----END RSA PRIVATE KEY-----\n"
    }
}
