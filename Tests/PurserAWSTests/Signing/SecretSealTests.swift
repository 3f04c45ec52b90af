import PurserAWS
import Testing

@Suite struct SecretSealTests {
    private static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    private static let id = "PSRAAAABBBBCCCCDDDD2"

    // Computed with HKDF and AESGCM of Python's cryptography 48.0.0.
    private static let known =
        "016465666768696a6b6c6d6e6f3ba0f48fffb79b9a301a951cb1fdeb0521fe41162fa2c17c412c35daf7a98453d3f1"
        + "9de41ca90792be3d0a74ab6ca1c8857643eb2df49d9b"

    @Test("another implementation of HKDF and AES-256-GCM seals to the same bytes")
    func knownBytes() throws {
        let seal = try SecretSeal(secret: Self.base64)
        let sealed = seal.seal(Self.secret, id: Self.id, nonce: Array(100..<112))
        #expect(sealed.hexadecimal == Self.known)
        #expect(try seal.open(sealed, id: Self.id) == Self.secret)
    }

    @Test(
        "base64 with or without padding and hexadecimal digits in either case give the same secret",
        arguments: [
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            " AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n",
        ]
    )
    func forms(text: String) throws {
        let sealed = try SecretSeal(secret: Self.base64).seal(Self.secret, id: Self.id)
        #expect(try SecretSeal(secret: text).open(sealed, id: Self.id) == Self.secret)
    }

    @Test(
        "a secret that is short or in no known form is refused; the message says how to make one, without showing it",
        arguments: [
            "x", "correct horse battery staple correct horse", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd", "äöü",
            String(repeating: "A", count: 10_000),
        ]
    )
    func malformed(text: String) throws {
        let error = try #require(throws: SecretSealError.self) { try SecretSeal(secret: text) }
        #expect(error == .malformed)
        #expect(error.description.contains("openssl rand -base64 32") && !error.description.contains(text + " "))
    }

    @Test("a variable that is unset or empty is reported as missing")
    func missing() {
        for environment in [[:], [SecretSeal.variable: ""]] {
            #expect(throws: SecretSealError.missing) { try SecretSeal(environment: environment) }
        }
    }

    @Test("a sealed secret does not open with another secret, for another key, or with any byte changed")
    func changed() throws {
        let seal = try SecretSeal(secret: Self.base64)
        let sealed = seal.seal(Self.secret, id: Self.id)
        let other = try SecretSeal(secret: String(repeating: "ab", count: 32))
        #expect(throws: SecretSealError.wrongSecret(id: Self.id)) { try other.open(sealed, id: Self.id) }
        #expect(throws: SecretSealError.wrongSecret(id: "PSR2")) { try seal.open(sealed, id: "PSR2") }
        for index in sealed.indices {
            var copy = sealed
            copy[index] ^= 1
            #expect(throws: SecretSealError.self) { try seal.open(copy, id: Self.id) }
        }
        for count in 0..<sealed.count {
            #expect(throws: SecretSealError.self) { try seal.open(Array(sealed.prefix(count)), id: Self.id) }
        }
    }

    @Test("the same secret is sealed to different bytes each time, and printing the seal does not show its key")
    func fresh() throws {
        let seal = try SecretSeal(secret: Self.base64)
        #expect(Set((0..<100).map { _ in seal.seal(Self.secret, id: Self.id) }).count == 100)
        var dumped = ""
        dump(seal, to: &dumped)
        #expect(!dumped.contains("key") && "\(seal)" == "seal of PURSERD_KEYS_SECRET")
    }
}
