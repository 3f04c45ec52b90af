import CCrypto
import PurserAWS
import Testing

@testable import PurserSignIn

/// Verifies single signatures: published vectors and our own forgeries.
@Suite struct SigningKeyTests {
    private func publicKey(_ key: PrivateKey) throws -> SigningKey {
        let modulus = try key.number(OSSL_PKEY_PARAM_RSA_N)
        let exponent = try key.number(OSSL_PKEY_PARAM_RSA_E)
        return try #require(SigningKey(modulus: modulus, exponent: exponent))
    }

    @Test(
        "only Project Wycheproof's valid vectors are accepted, not those that it calls acceptable",
        arguments: WycheproofRSA.lists
    )
    func wycheproof(_ list: WycheproofRSA.List) throws {
        let privateKey = try list.key()
        let vectors = try list.vectors(privateKey)
        #expect(vectors.count == list.count)
        #expect(SHA256.hex(vectors.flatMap(\.signature)) == list.signatures)
        let key = try publicKey(privateKey)
        for vector in vectors {
            #expect(key.verifies(vector.signature, of: vector.message) == vector.isValid, "vector \(vector.number)")
        }
    }

    @Test("Project Wycheproof's vectors with the exponent 3 are accepted")
    func smallExponents() throws {
        for vector in WycheproofRSA.smallExponents {
            let signature = try WycheproofRSA.bytes(vector.signature)
            let padded = [UInt8](repeating: 0, count: vector.bits / 8 - signature.count) + signature
            let message = try WycheproofRSA.bytes(vector.message)
            let modulus = try WycheproofRSA.bytes(vector.modulus)
            let key = try #require(SigningKey(modulus: modulus, exponent: [3]))
            #expect(key.verifies(padded, of: message), "\(vector.bits) bits, vector \(vector.number)")
            #expect(!key.verifies(signature, of: message) || signature.count == padded.count)
        }
    }

    @Test("the example of RFC 7515, appendix A.2, is accepted")
    func exampleOfRFC7515() throws {
        let modulus = """
            ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ\
            S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2\
            R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD\
            TW9gb54h4FRWyuXpoQ
            """
        let message = """
            eyJhbGciOiJSUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ
            """
        let signature = """
            cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU\
            Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d\
            O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig\
            cN_IoypGlUPQGe77Rw
            """
        let number = try #require(Base64URL.bytes(modulus.utf8))
        let key = try #require(SigningKey(modulus: number, exponent: [1, 0, 1]))
        let bytes = try #require(Base64URL.bytes(signature.utf8))
        #expect(key.verifies(bytes, of: Array(message.utf8)))
        #expect(!key.verifies(bytes, of: Array(message.utf8) + [0]))
    }

    @Test("a signature of an encoded message with any byte changed is refused")
    func everyByte() throws {
        let privateKey = try PrivateKey(bits: 2048, exponent: 65_537)
        let (key, message) = (try publicKey(privateKey), Array("message".utf8))
        let payload = try WycheproofRSA.payload("3031 A 0420 H", of: message)
        let encoded = try #require(WycheproofRSA.encoded(payload, count: 256))
        #expect(key.verifies(try privateKey.signEncoded(encoded), of: message))
        for position in encoded.indices {
            var changed = encoded
            changed[position] ^= 1
            #expect(!key.verifies(try privateKey.signEncoded(changed), of: message), "byte \(position)")
        }
        // PKCS #1's block types for encryption and for zero padding.
        for type: UInt8 in [0, 2] {
            var changed = encoded
            changed[1] = type
            if type == 0 { changed.replaceSubrange(2..<204, with: repeatElement(0, count: 202)) }
            #expect(!key.verifies(try privateKey.signEncoded(changed), of: message), "block type \(type)")
        }
    }

    @Test("if a key has the exponent 3, a cube root is not a signature (Bleichenbacher's forgery)")
    func cubeRoot() throws {
        let privateKey = try PrivateKey(bits: 2048, exponent: 3)
        let (key, message) = (try publicKey(privateKey), Array("message".utf8))
        #expect(key.verifies(try privateKey.sign(message, EVP_sha256()), of: message))
        // A lax reader requires eight bytes of padding; the rest of the cube is garbage after the digest.
        let payload = try WycheproofRSA.payload("3031 A 0420 H", of: message)
        let start = [0, 1] + [UInt8](repeating: 0xff, count: 8) + [0] + payload
        let forged = try CubeRoot(atLeast: start + [UInt8](repeating: 0, count: 256 - start.count))
        #expect(forged.cube.starts(with: start))
        #expect(!key.verifies(forged.root, of: message))
    }

    @Test("a key outside the limits is refused, and one at a limit is accepted")
    func limits() {
        func isKey(_ bits: Int, last: UInt8 = 0xa5, exponent: [UInt8] = [1, 0, 1], zeros: Int = 0) -> Bool {
            var modulus = [UInt8](repeating: 0xa5, count: (bits + 7) / 8)
            modulus[0] = bits.isMultiple(of: 8) ? 0x80 : 1 << UInt8(bits % 8 - 1)
            modulus[modulus.count - 1] = last
            return SigningKey(modulus: [UInt8](repeating: 0, count: zeros) + modulus, exponent: exponent) != nil
        }
        #expect(isKey(2048) && isKey(2049) && isKey(4096) && isKey(8192) && isKey(2048, zeros: 1))
        #expect(!isKey(1024) && !isKey(2047) && !isKey(8193) && !isKey(16_384) && !isKey(1024, zeros: 128))
        #expect(!isKey(2048, last: 0xa4))
        for exponent: [UInt8] in [[3], [0, 3], [17], [1, 255, 255, 255, 255]] {
            #expect(isKey(2048, exponent: exponent), "\(exponent)")
        }
        for exponent: [UInt8] in [
            [], [0], [1], [2], [0, 1], [1, 0, 2], [2, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1],
            [UInt8](repeating: 0xff, count: 256),
        ] {
            #expect(!isKey(2048, exponent: exponent), "\(exponent)")
        }
        #expect(SigningKey(modulus: [], exponent: [3]) == nil && SigningKey(modulus: [0], exponent: [3]) == nil)
    }

    @Test("a refusal leaves libcrypto's error queue unchanged")
    func queueOfErrors() throws {
        let privateKey = try PrivateKey(bits: 2048, exponent: 65_537)
        let (key, message) = (try publicKey(privateKey), Array("message".utf8))
        ERR_clear_error()
        let bad = [UInt8](repeating: 1, count: 256)
        #expect(!key.verifies(bad, of: message) && ERR_peek_error() == 0)
        #expect(EVP_PKEY_CTX_new_from_name(nil, "no such algorithm", nil) == nil)
        let (first, last) = (ERR_peek_error(), ERR_peek_last_error())
        #expect(first != 0)
        #expect(!key.verifies(bad, of: message))
        #expect(ERR_peek_error() == first && ERR_peek_last_error() == last)
        ERR_clear_error()
    }

    @Test("many threads can use one key concurrently")
    func threads() async throws {
        let privateKey = try PrivateKey(bits: 2048, exponent: 65_537)
        let key = try publicKey(privateKey)
        let signatures = try (0..<8).map { try privateKey.sign([$0], EVP_sha256()) }
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { round in
                        let message = UInt8((number + round) % 8)
                        return key.verifies(signatures[number], of: [message]) == (message == number)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
