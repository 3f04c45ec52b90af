import CCrypto

/// SHA-256 (FIPS 180-4) of bytes in memory, or of a file fed in pieces.
///
/// ```swift
/// var hash = SHA256()
/// while let piece = readPiece() { hash.update(piece) }
/// let digest = hash.finalize()
/// ```
///
/// libcrypto fails here only if it has no memory or is not completely installed. A wrong digest would sign or compare
/// the wrong thing, so the process stops instead.
package struct SHA256: ~Copyable {
    /// The length of a digest in bytes.
    package static let byteCount = 32

    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("libcrypto has no memory for a digest") }
        self.context = context
        precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto has no SHA-256")
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        precondition(EVP_DigestUpdate(context, bytes, bytes.count) == 1, "libcrypto could not add to a digest")
    }

    /// Returns the 32-byte digest of everything added.
    package consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1, "libcrypto could not finish a digest")
        return digest
    }

    /// Returns the digest of these bytes.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// Returns the digest of these bytes in 64 lower-case hexadecimal digits.
    package static func hex(_ bytes: [UInt8]) -> String {
        digest(bytes).hexadecimal
    }

    /// Returns the digest of the text's UTF-8 in 64 lower-case hexadecimal digits.
    package static func hex(_ text: String) -> String {
        hex(Array(text.utf8))
    }
}

extension [UInt8] {
    /// Two lower-case hexadecimal digits per byte.
    package var hexadecimal: String {
        String(unsafeUninitializedCapacity: 2 * count) { text in
            for (position, byte) in enumerated() {
                text[2 * position] = Self.digit(byte >> 4)
                text[2 * position + 1] = Self.digit(byte & 15)
            }
            return 2 * count
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
