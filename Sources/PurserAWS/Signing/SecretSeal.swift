import CCrypto
import Foundation

/// Encrypts the secrets of issued access keys, so that reading the store's file is not enough to sign with them.
///
/// A hash would not do, because verifying a signature needs the secret in plain text. A secret is sealed with
/// AES-256-GCM under a random nonce, with its access key's id as associated data, so it cannot be opened for another
/// key. The encryption key is derived from PURSERD_KEYS_SECRET by HKDF-SHA256 (RFC 5869), so no other use of that
/// secret shares it.
package struct SecretSeal: Sendable {
    /// The environment variable that holds the secret.
    package static let variable = "PURSERD_KEYS_SECRET"
    /// The form that the secret must have.
    package static let form = "at least 32 bytes in base64 or hexadecimal digits"
    /// How to make one.
    package static let advice =
        "make one with `openssl rand -base64 32` and keep it: keys sealed with it cannot be opened with another"
    private static let leastBytes = 32
    private static let mostCharacters = 4096
    private static let label = "purser access keys, AES-256-GCM, 1"

    // version 1, nonce, ciphertext, tag
    private static let version: UInt8 = 1
    private static let nonceBytes = 12
    private static let tagBytes = 16
    private static let mostSealedBytes = 4096

    private let key: [UInt8]

    /// Reads PURSERD_KEYS_SECRET; an empty variable counts as not set.
    package init(environment: [String: String]) throws(SecretSealError) {
        guard let text = environment[Self.variable], !text.isEmpty else { throw .missing }
        try self.init(secret: text)
    }

    /// - Parameter text: At least 32 bytes in hexadecimal digits or in base64, with or without its padding; leading and
    ///   trailing spaces and line breaks are ignored. A text that could be either is hexadecimal.
    package init(secret text: String) throws(SecretSealError) {
        guard text.utf8.count <= Self.mostCharacters, let secret = Self.bytes(text), secret.count >= Self.leastBytes
        else {
            throw .malformed
        }
        // HKDF's two steps, without salt: one block of output is all that is needed.
        let extracted = HMACSHA256.code(secret, key: [UInt8](repeating: 0, count: SHA256.byteCount))
        key = HMACSHA256.code(Array(Self.label.utf8) + [1], key: extracted)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if let bytes = [UInt8](lowercaseHexadecimal: text.lowercased()) { return bytes }
        let unpadded = text.hasSuffix("=") ? text : text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: unpadded).map { [UInt8]($0) }
    }

    /// Seals a secret for the access key with this id; the bytes differ each time.
    package func seal(_ secret: String, id: String) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: Self.nonceBytes)
        precondition(RAND_bytes(&nonce, Int32(nonce.count)) == 1, "libcrypto has no random numbers")
        return seal(secret, id: id, nonce: nonce)
    }

    /// Seals a secret with the caller's nonce, which must never be used twice.
    package func seal(_ secret: String, id: String, nonce: [UInt8]) -> [UInt8] {
        let plain = Array(secret.utf8)
        var cipher = [UInt8](repeating: 0, count: plain.count)
        var tag = [UInt8](repeating: 0, count: Self.tagBytes)
        let isDone = withContext { context in
            var count: Int32 = 0
            return EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
                && EVP_EncryptUpdate(context, nil, &count, Array(id.utf8), Int32(id.utf8.count)) == 1
                && EVP_EncryptUpdate(context, &cipher, &count, plain, Int32(plain.count)) == 1
                && EVP_EncryptFinal_ex(context, nil, &count) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        }
        // This fails only if memory runs out or libcrypto is incomplete; never store a secret in plain text instead.
        precondition(isDone, "libcrypto could not seal a secret")
        return [Self.version] + nonce + cipher + tag
    }

    /// Returns the secret that was sealed for the access key with this id.
    package func open(_ sealed: [UInt8], id: String) throws(SecretSealError) -> String {
        guard (1 + Self.nonceBytes + Self.tagBytes...Self.mostSealedBytes).contains(sealed.count),
            sealed[0] == Self.version
        else { throw .unknownForm(id: id) }
        let nonce = Array(sealed[1...Self.nonceBytes])
        let cipher = Array(sealed[(1 + Self.nonceBytes)...].dropLast(Self.tagBytes))
        var tag = Array(sealed.suffix(Self.tagBytes))
        var plain = [UInt8](repeating: 0, count: cipher.count)
        let isGenuine = withContext { context in
            var count: Int32 = 0
            return EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
                && EVP_DecryptUpdate(context, nil, &count, Array(id.utf8), Int32(id.utf8.count)) == 1
                && EVP_DecryptUpdate(context, &plain, &count, cipher, Int32(cipher.count)) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
                && EVP_DecryptFinal_ex(context, nil, &count) == 1
        }
        guard isGenuine, let secret = String(validating: plain, as: UTF8.self) else { throw .wrongSecret(id: id) }
        return secret
    }

    private func withContext(_ body: (OpaquePointer) -> Bool) -> Bool {
        guard let context = EVP_CIPHER_CTX_new() else { return false }
        defer { EVP_CIPHER_CTX_free(context) }
        return body(context)
    }
}

extension SecretSeal: CustomStringConvertible, CustomReflectable {
    package var description: String {
        "seal of " + Self.variable
    }

    package var customMirror: Mirror {
        Mirror(self, children: [:])
    }
}

/// Why secrets of access keys cannot be sealed or opened.
package enum SecretSealError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing
    case malformed
    /// Sealed with another secret, for another key, or changed since.
    case wrongSecret(id: String)
    /// Not sealed by any version of this program.
    case unknownForm(id: String)

    package var description: String {
        switch self {
        case .missing: "\(SecretSeal.variable) is not set; \(SecretSeal.advice)"
        case .malformed:
            "\(SecretSeal.variable) must be \(SecretSeal.form); \(SecretSeal.advice)"
        case .wrongSecret(let id):
            "the secret of access key \(id) cannot be opened: it was sealed with another \(SecretSeal.variable), or "
                + "the store was changed"
        case .unknownForm(let id): "the secret of access key \(id) has a form that this program does not know"
        }
    }
}
