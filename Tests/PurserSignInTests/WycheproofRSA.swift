import CCrypto
import Testing

@testable import PurserAWS

/// Project Wycheproof's vectors for RSASSA-PKCS1-v1_5 with SHA-256, in our own form.
///
/// Source: <https://github.com/C2SP/wycheproof>, `testvectors_v1/rsa_signature_SIZE_sha256_test.json` for 2,048, 3,072
/// and 4,096 bits as of August 2026, 776 vectors in all. A signature follows from its encoded message and the private
/// key, so the encoded messages are kept and the signatures are made from them. The keys' primes are taken from
/// `rsa_oaep_SIZE_sha256_mgf1sha1_test.json`. ``List/signatures`` shows that the signatures are the published ones.
enum WycheproofRSA {
    struct List: Sendable, CustomTestStringConvertible {
        var bits: Int
        /// In hexadecimal digits.
        var primes: (String, String)
        /// The SHA-256 of all published signatures in order.
        var signatures: String
        var count: Int

        var testDescription: String { "\(bits) bits" }
    }

    struct Vector: Sendable {
        /// The vector's number in the list.
        var number: Int
        var isValid: Bool
        var message: [UInt8]
        var signature: [UInt8]
    }

    struct NotationError: Error {
        var token: String
    }

    static func bytes(_ digits: some StringProtocol) throws -> [UInt8] {
        guard let bytes = [UInt8](lowercaseHexadecimal: digits) else { throw NotationError(token: String(digits)) }
        return bytes
    }

    /// Returns the bytes that a line of ``payloads`` denotes for this message.
    static func payload(_ line: Substring, of message: [UInt8]) throws -> [UInt8] {
        try line.split(separator: " ").reduce(into: []) { bytes, token in
            switch token {
            case "A": bytes += try Self.bytes("300d06096086480165030402010500")
            case "O": bytes += try Self.bytes("0609608648016503040201")
            case "H": bytes += SHA256.digest(message)
            case "M": bytes += message
            case _ where token.hasPrefix("#"): bytes += try digest(message, String(token.dropFirst()))
            case _ where token.contains("x"):
                guard let count = Int(token.dropFirst(3)) else { throw NotationError(token: String(token)) }
                for _ in 0..<count { bytes += try Self.bytes(token.prefix(2)) }
            default: bytes += try Self.bytes(token)
            }
        }
    }

    private static func digest(_ message: [UInt8], _ name: String) throws -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard let algorithm = EVP_get_digestbyname(name),
            EVP_Digest(message, message.count, &digest, &count, algorithm, nil) == 1
        else { throw NotationError(token: name) }
        return Array(digest.prefix(Int(count)))
    }

    /// Returns 00 01 FF … FF 00 and the payload; nil if `count` bytes are too few for them.
    static func encoded(_ payload: [UInt8], count: Int) -> [UInt8]? {
        guard payload.count + 11 <= count else { return nil }
        return [0, 1] + [UInt8](repeating: 0xff, count: count - payload.count - 3) + [0] + payload
    }

    /// Returns the EMSA-PSS encoding with SHA-256 for the digest and for the mask (RFC 8017, section 9.1.1).
    static func encodedPSS(_ message: [UInt8], salt: [UInt8], count: Int) -> [UInt8] {
        let hash = SHA256.digest([UInt8](repeating: 0, count: 8) + SHA256.digest(message) + salt)
        let plain = [UInt8](repeating: 0, count: count - salt.count - 34) + [1] + salt
        let mask = (0...UInt8(plain.count / 32)).flatMap { SHA256.digest(hash + [0, 0, 0, $0]) }
        var block = zip(plain, mask).map { $0 ^ $1 }
        block[0] &= 0x7f
        return block + hash + [0xbc]
    }

    /// Returns the sum of two numbers of the same length, without its carry.
    static func sum(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        var carry = 0
        return zip(first, second).reversed().map { pair in
            carry += Int(pair.0) + Int(pair.1)
            defer { carry >>= 8 }
            return UInt8(carry & 255)
        }.reversed()
    }
}

extension WycheproofRSA.List {
    private var byteCount: Int { bits / 8 }

    func key() throws -> PrivateKey {
        try PrivateKey(primes: WycheproofRSA.bytes(primes.0), WycheproofRSA.bytes(primes.1), exponent: 65_537)
    }

    /// Returns the vectors of the list with the exponent 65,537, in order.
    func vectors(_ key: PrivateKey) throws -> [WycheproofRSA.Vector] {
        let message = Array("123400".utf8)
        let messages: [[UInt8]] = [
            [], [UInt8](repeating: 0, count: 20), Array("Test".utf8), message, Array("Message".utf8), Array("a".utf8),
            Array(0xe0...0xff),
        ]
        let valid = try messages.map { try key.signEncoded(encoded("3031 A 0420 H", of: $0) ?? []) }
        var vectors = zip(messages, valid).enumerated().map { index, pair in
            WycheproofRSA.Vector(number: index + 1, isValid: true, message: pair.0, signature: pair.1)
        }
        // One of the payloads does not fit the shortest keys.
        let malformed = try WycheproofRSA.payloads.split(separator: "\n")
            .compactMap { try encoded($0.drop { $0 != " " }, of: message) }.map(key.signEncoded)
        for signature in try malformed + others(key, message, good: valid[3]) {
            vectors.append(
                .init(number: vectors.count + 1, isValid: false, message: message, signature: signature)
            )
        }
        return vectors
    }

    private func encoded(_ line: Substring, of message: [UInt8]) throws -> [UInt8]? {
        WycheproofRSA.encoded(try WycheproofRSA.payload(line, of: message), count: byteCount)
    }

    /// Returns vectors 241 to 258 of the longer lists: other paddings, other numbers, and RSASSA-PSS.
    private func others(_ key: PrivateKey, _ message: [UInt8], good: [UInt8]) throws -> [[UInt8]] {
        let payload = try WycheproofRSA.payload("3031 A 0420 H", of: message)
        func ones(_ count: Int) -> [UInt8] { [UInt8](repeating: 0xff, count: count) }
        func sign(_ parts: [UInt8]...) throws -> [UInt8] { try key.signEncoded(Array(parts.joined())) }
        func number(_ value: UInt8) -> [UInt8] { [UInt8](repeating: 0, count: byteCount - 1) + [value] }
        let padding = ones(byteCount - payload.count - 4)
        let modulus = try key.number(OSSL_PKEY_PARAM_RSA_N)
        var signatures = try [
            sign([0, 1], padding, [0xee, 0], payload), sign([0, 1], ones(byteCount - 2)), message,
            sign([0, 0, 1], padding, [0], payload),
        ]
        signatures += [
            WycheproofRSA.sum(good, modulus),
            WycheproofRSA.sum(good, Array(modulus.dropFirst()) + [0]),
            Array(modulus.dropFirst(2)) + [0, 0],
            [], number(0), number(1), number(2),
            // n - 1, n, n + 1, and -1
            WycheproofRSA.sum(modulus, ones(byteCount)), modulus, WycheproofRSA.sum(modulus, number(1)),
            ones(byteCount),
        ]
        let salt = try WycheproofRSA.bytes("91e6c3e35a23e0eb258a1603e1089b8784d3a22adcefb244104e6ca86343edcd")
        for count in [0, 20, 32] {
            let encoded = WycheproofRSA.encodedPSS(message, salt: Array(salt.prefix(count)), count: byteCount)
            signatures.append(try key.signEncoded(encoded))
        }
        return signatures
    }
}
