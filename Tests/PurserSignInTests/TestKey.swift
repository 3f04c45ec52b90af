import CCrypto
import Foundation
import PurserCore

/// An RSA key made for the tests, which signs any bytes.
struct TestKey: Sendable {
    let id: String
    /// The public key in the form that a forger has.
    let publicPEM: String
    let modulus: String
    let exponent: String
    private let key: PrivateKey

    init(_ id: String) throws {
        self.id = id
        key = try PrivateKey(bits: 2048, exponent: 65_537)
        publicPEM = try key.publicPEM()
        modulus = Self.base64URL(try key.number(OSSL_PKEY_PARAM_RSA_N))
        exponent = Self.base64URL(try key.number(OSSL_PKEY_PARAM_RSA_E))
    }

    func sign(_ bytes: [UInt8], _ digest: Digest = .sha256) throws -> [UInt8] {
        try key.sign(bytes, digest.algorithm) { EVP_PKEY_CTX_set_rsa_padding($0, RSA_PKCS1_PADDING) == 1 }
    }

    func signPSS(_ bytes: [UInt8]) throws -> [UInt8] {
        try key.sign(bytes, Digest.sha256.algorithm) {
            EVP_PKEY_CTX_set_rsa_padding($0, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen($0, RSA_PSS_SALTLEN_DIGEST) == 1
        }
    }

    /// Returns the result of RSA's private operation on an encoded message as long as the modulus, well formed or not.
    func signEncoded(_ message: [UInt8]) throws -> [UInt8] {
        try key.signEncoded(message)
    }

    /// The key as a user pool publishes it.
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

    enum Digest {
        case sha256
        case sha384
        case sha512

        var algorithm: OpaquePointer? {
            switch self {
            case .sha256: EVP_sha256()
            case .sha384: EVP_sha384()
            case .sha512: EVP_sha512()
            }
        }
    }
}
