import CCrypto

/// An RSA public key that verifies signatures with RS256 and nothing else, whatever a token or a key document says.
///
/// RS256 is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3). A signature is verified as in RFC 8017, section
/// 8.2.2: it is as long as the modulus, less than it, and decodes to the only valid encoding of the digest. libcrypto
/// builds that encoding and compares bytes; it does not parse ASN.1, and a DigestInfo without its NULL is rejected.
///
/// `@unchecked Sendable` is safe: the EVP_PKEY is complete when created, never changes, and is freed only by `deinit`.
/// libcrypto lets threads share such a key, and each verification has its own context.
final class SigningKey: @unchecked Sendable {
    /// RFC 7518 requires at least 2,048 bits; above 8,192, a key's author could make verification arbitrarily slow.
    static let modulusBits = 2048...8192
    /// Odd numbers of 2 to 33 bits: 1 or an even number is not an RSA exponent, and a long one makes verification slow.
    static let exponents = UInt64(3)...(1 << 33) - 1

    private let key: OpaquePointer
    private let byteCount: Int

    /// Creates a public key from its two numbers, big-endian; nil if they do not form an RSA key or are not within the
    /// limits.
    init?(modulus: [UInt8], exponent: [UInt8]) {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        guard let first = modulus.first, let last = modulus.last, !last.isMultiple(of: 2),
            Self.modulusBits.contains(modulus.count * 8 - first.leadingZeroBitCount),
            exponent.count <= 5, case let value = exponent.reduce(UInt64(0), { $0 << 8 | UInt64($1) }),
            !value.isMultiple(of: 2), Self.exponents.contains(value),
            let key = Self.key(modulus: modulus, exponent: exponent)
        else { return nil }
        self.key = key
        self.byteCount = modulus.count
    }

    deinit {
        EVP_PKEY_free(key)
    }

    func verifies(_ token: CompactToken) -> Bool {
        verifies(token.signature, of: token.signed)
    }

    /// Returns whether these bytes are the signature of a message under this key.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == byteCount else { return false }
        // A failure leaves its reasons in the thread's queue, where the next caller of libcrypto would take them for
        // its own.
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        // Owned by the context and freed with it.
        var parameters: OpaquePointer?
        return EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), nil, key) == 1
            && EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// Returns a new EVP_PKEY, which the caller must free, or nil if libcrypto rejects the numbers.
    private static func key(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
        // libcrypto's builder keeps the addresses of the names, so they must live until the key is made.
        OSSL_PKEY_PARAM_RSA_N.withCString { modulusName in
            OSSL_PKEY_PARAM_RSA_E.withCString { exponentName in
                key([(modulusName, modulus), (exponentName, exponent)])
            }
        }
    }

    private static func key(_ numbers: [(name: UnsafePointer<CChar>, value: [UInt8])]) -> OpaquePointer? {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        let values: [OpaquePointer?] = numbers.map { BN_bin2bn($0.value, Int32($0.value.count), nil) }
        let builder = OSSL_PARAM_BLD_new()
        defer {
            OSSL_PARAM_BLD_free(builder)
            for value in values { BN_free(value) }
        }
        guard builder != nil,
            zip(numbers, values).allSatisfy({ $1 != nil && OSSL_PARAM_BLD_push_BN(builder, $0.name, $1) == 1 }),
            let parameters = OSSL_PARAM_BLD_to_param(builder)
        else { return nil }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, CCRYPTO_PUBLIC_KEY, parameters) == 1
        else { return nil }
        return key
    }
}
