import CCrypto

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
    /// Returns the 32-byte code of a message under a key.
    package static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: SHA256.byteCount)
        let result = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil)
        precondition(result != nil, "libcrypto could not compute an HMAC")
        return code
    }

    /// Returns the 32-byte code of a text's UTF-8 under a key.
    package static func code(_ message: String, key: [UInt8]) -> [UInt8] {
        code(Array(message.utf8), key: key)
    }
}
