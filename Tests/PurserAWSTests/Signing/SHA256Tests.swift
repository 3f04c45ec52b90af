import PurserAWS
import Testing

@Suite struct SHA256Tests {
    @Test(
        "digests match the examples in FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
    )
    func examples(text: String, digest: String) {
        #expect(SHA256.hex(text) == digest)
        #expect(SHA256.digest(Array(text.utf8)).hexadecimal == digest)
    }

    @Test("a million bytes fed in uneven pieces give the published digest", arguments: [1, 63, 64, 65, 1000, 65_537])
    func pieces(size: Int) {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: size) {
            hash.update(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(hash.finalize().hexadecimal == digest)
    }

    @Test("an update with no bytes leaves the digest of the empty text")
    func empty() {
        var hash = SHA256()
        hash.update([])
        #expect(hash.finalize().hexadecimal == SHA256.hex(""))
    }
}

@Suite struct HMACSHA256Tests {
    @Test(
        "codes match RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
    )
    func examples(key: [UInt8], message: String, code: String) {
        #expect(HMACSHA256.code(message, key: key).hexadecimal == code)
    }

    @Test("an empty key and an empty message have the known code")
    func empty() {
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(HMACSHA256.code("", key: []).hexadecimal == code)
    }
}
