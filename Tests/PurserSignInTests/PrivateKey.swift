import CCrypto
import Foundation

/// A failure of libcrypto to make a key or a signature.
struct CryptoError: Error {
    init(_ line: Int = #line) { self.line = line }

    let line: Int
}

/// A private key of libcrypto, owned by this object.
///
/// `@unchecked Sendable`: it never changes after it is made, and each signature has its own context.
final class PrivateKey: @unchecked Sendable {
    private let key: OpaquePointer

    private init(_ key: OpaquePointer?) throws {
        guard let key else { throw CryptoError() }
        self.key = key
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// Makes an RSA key.
    convenience init(bits: Int, exponent: Int) throws {
        try self.init(
            Self.generate("RSA", [("rsa_keygen_bits", String(bits)), ("rsa_keygen_pubexp", String(exponent))])
        )
    }

    /// Makes a key on the curve P-256.
    static func elliptic() throws -> PrivateKey {
        try PrivateKey(generate("EC", [("ec_paramgen_curve", "P-256")]))
    }

    private static func generate(_ type: String, _ options: [(name: String, value: String)]) throws -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { throw CryptoError() }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            options.allSatisfy({ EVP_PKEY_CTX_ctrl_str(context, $0.name, $0.value) == 1 }),
            EVP_PKEY_generate(context, &key) == 1
        else { throw CryptoError() }
        return key
    }

    /// Makes an RSA key from two primes, big-endian.
    convenience init(primes first: [UInt8], _ second: [UInt8], exponent: Int) throws {
        guard let context = BN_CTX_new() else { throw CryptoError() }
        BN_CTX_start(context)
        defer {
            BN_CTX_end(context)
            BN_CTX_free(context)
        }
        func number(_ bytes: [UInt8] = []) throws -> OpaquePointer {
            guard let number = BN_CTX_get(context), BN_bin2bn(bytes, Int32(bytes.count), number) != nil else {
                throw CryptoError()
            }
            return number
        }
        let (p, q, e) = try (number(first), number(second), number())
        let (lessP, lessQ, n, product) = try (number(first), number(second), number(), number())
        let (d, dP, dQ, inverse) = try (number(), number(), number(), number())
        guard BN_set_word(e, UInt(exponent)) == 1, BN_sub_word(lessP, 1) == 1, BN_sub_word(lessQ, 1) == 1,
            BN_mul(n, p, q, context) == 1, BN_mul(product, lessP, lessQ, context) == 1,
            BN_mod_inverse(d, e, product, context) != nil,
            BN_div(nil, dP, d, lessP, context) == 1, BN_div(nil, dQ, d, lessQ, context) == 1,
            BN_mod_inverse(inverse, q, p, context) != nil
        else { throw CryptoError() }
        try self.init(
            Self.key([
                (OSSL_PKEY_PARAM_RSA_N, n), (OSSL_PKEY_PARAM_RSA_E, e), (OSSL_PKEY_PARAM_RSA_D, d),
                ("rsa-factor1", p), ("rsa-factor2", q),
                ("rsa-exponent1", dP), ("rsa-exponent2", dQ), ("rsa-coefficient1", inverse),
            ])
        )
    }

    private static func key(_ numbers: [(name: String, value: OpaquePointer)]) throws -> OpaquePointer? {
        guard let builder = OSSL_PARAM_BLD_new() else { throw CryptoError() }
        defer { OSSL_PARAM_BLD_free(builder) }
        // The builder keeps the addresses of the names, so they must live until the key is made.
        let names = numbers.map { strdup($0.name) }
        defer { for name in names { free(name) } }
        guard zip(names, numbers).allSatisfy({ OSSL_PARAM_BLD_push_BN(builder, $0, $1.value) == 1 }),
            let parameters = OSSL_PARAM_BLD_to_param(builder)
        else { throw CryptoError() }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { throw CryptoError() }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, CCRYPTO_KEYPAIR, parameters) == 1
        else { throw CryptoError() }
        return key
    }

    /// Returns a number of the key, big-endian.
    func number(_ name: String) throws -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &number) == 1 else { throw CryptoError() }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(number)) + 7) / 8)
        guard BN_bn2binpad(number, &bytes, Int32(bytes.count)) == bytes.count else { throw CryptoError() }
        return bytes
    }

    func publicPEM() throws -> String {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(key, &bytes)
        guard count > 0, let bytes else { throw CryptoError() }
        defer { CRYPTO_free(bytes, nil, 0) }
        let text = Data(bytes: bytes, count: Int(count))
            .base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN PUBLIC KEY-----\n\(text)\n-----END PUBLIC KEY-----"
    }

    /// Hashes and signs the bytes.
    func sign(
        _ bytes: [UInt8],
        _ digest: OpaquePointer?,
        set: (_ parameters: OpaquePointer?) -> Bool = { _ in true }
    ) throws -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw CryptoError() }
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        var count = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSignInit(context, &parameters, digest, nil, key) == 1, set(parameters),
            EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1
        else { throw CryptoError() }
        return Array(signature.prefix(count))
    }

    /// Returns the result of RSA's private operation on a number as long as the modulus, without any padding.
    func signEncoded(_ message: [UInt8]) throws -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new(key, nil) else { throw CryptoError() }
        defer { EVP_PKEY_CTX_free(context) }
        var count = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: count)
        guard message.count == count, EVP_PKEY_sign_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1,
            EVP_PKEY_sign(context, &signature, &count, message, message.count) == 1
        else { throw CryptoError() }
        return signature
    }
}

extension PrivateKey {
    /// Returns an ES256 signature: two numbers of 32 bytes each (RFC 7518, section 3.4), by a key on the curve P-256.
    func signES256(_ bytes: [UInt8]) throws -> [UInt8] {
        let encoded = try sign(bytes, EVP_sha256())
        let pair = encoded.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_ECDSA_SIG(nil, &start, buffer.count)
        }
        defer { ECDSA_SIG_free(pair) }
        return try [ECDSA_SIG_get0_r(pair), ECDSA_SIG_get0_s(pair)].flatMap { number in
            var bytes = [UInt8](repeating: 0, count: 32)
            guard BN_bn2binpad(number, &bytes, 32) == 32 else { throw CryptoError() }
            return bytes
        }
    }
}
