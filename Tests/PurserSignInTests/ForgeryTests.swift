import PurserAWS
import PurserCore
import Testing

@testable import PurserSignIn

/// Tokens made without the pool's private key, or that exploit how tokens are read.
@Suite struct ForgeryTests {
    @Test("a signature by another key or of other bytes, or one that is cut, empty or swapped, is refused")
    func signatures() async throws {
        let fixture = try await SignInFixture()
        let good = try fixture.token(SignInFixture.idClaims())
        #expect(await fixture.fault(good) == nil)
        let parts = good.split(separator: ".").map(String.init)
        let signed = parts[0] + "." + parts[1]
        let foreign = TestKey.base64URL(try fixture.other.sign(Array(signed.utf8)))
        #expect(await fixture.fault(signed + "." + foreign) == .signature)
        let payload = TestKey.base64URL(SignInFixture.idClaims(["sub": "somebody-else"]).description)
        #expect(await fixture.fault(parts[0] + "." + payload + "." + parts[2]) == .signature)
        let header = TestKey.base64URL(fixture.header(["typ": "JWT"]).description)
        #expect(await fixture.fault(header + "." + parts[1] + "." + parts[2]) == .signature)
        #expect(await fixture.fault(signed + "." + parts[2].prefix(340)) == .signature)
        #expect(await fixture.fault(signed + "." + TestKey.base64URL([UInt8](repeating: 0, count: 256))) == .signature)
        #expect(await fixture.fault(signed + ".") == .malformed("signature: not base64url"))
        // The right key, but a padding or digest other than RS256's.
        let pss = TestKey.base64URL(try fixture.key.signPSS(Array(signed.utf8)))
        let sha512 = TestKey.base64URL(try fixture.key.sign(Array(signed.utf8), .sha512))
        #expect(await fixture.fault(signed + "." + pss) == .signature)
        #expect(await fixture.fault(signed + "." + sha512) == .signature)
    }

    @Test("only RFC 8017's encoding of the digest is accepted, even if the pool's key signed another one")
    func encodings() async throws {
        let fixture = try await SignInFixture()
        let parts = try fixture.token(SignInFixture.idClaims()).split(separator: ".").map(String.init)
        let signed = parts[0] + "." + parts[1]
        func token(_ payload: Substring) throws -> String? {
            let payload = try WycheproofRSA.payload(payload, of: Array(signed.utf8))
            guard let encoded = WycheproofRSA.encoded(payload, count: 256) else { return nil }
            return signed + "." + TestKey.base64URL(try fixture.key.signEncoded(encoded))
        }
        let wellFormed = try #require(try token("3031 A 0420 H"))
        #expect(await fixture.fault(wellFormed) == nil)
        for line in WycheproofRSA.payloads.split(separator: "\n") {
            // Neither the unhashed message nor the longest object identifier fits.
            guard let token = try token(line.drop { $0 != " " }) else { continue }
            #expect(await fixture.fault(token) == .signature, "\(line)")
        }
    }

    @Test("a header signed by the pool's key is refused if it names another algorithm, key and extension")
    func signedHeader() async throws {
        let fixture = try await SignInFixture()
        let lax = try fixture.token(
            SignInFixture.idClaims(),
            header: ["kid": "unknown", "alg": "HS256", "crit": ["x"]]
        )
        #expect(await fixture.fault(lax) == .algorithm("HS256"))
        let critical = try fixture.token(SignInFixture.idClaims(), header: ["kid": "unknown", "crit": ["x"]])
        #expect(await fixture.fault(critical) == .headerMember("crit"))
        let unknown = try fixture.token(SignInFixture.idClaims(), header: ["kid": "unknown"])
        #expect(await fixture.fault(unknown) == .unknownKey("unknown"))
    }

    @Test(
        "only RS256 is accepted: not `none`, not an HMAC keyed with the public key, and no other RSA or EC algorithm"
    )
    func algorithms() async throws {
        let fixture = try await SignInFixture()
        let payload = TestKey.base64URL(SignInFixture.idClaims().description)
        func text(_ algorithm: JSONValue) -> String {
            TestKey.base64URL(fixture.header(["alg": algorithm]).description) + "." + payload
        }
        for name in ["none", "None", "NONE", "nOnE", "rs256", "RS256 ", "", "RSA-OAEP", "\u{0}"] {
            #expect(await fixture.fault(text(.string(name)) + ".") == .algorithm(name))
            #expect(await fixture.fault(text(.string(name)) + ".AAAA") == .algorithm(name))
        }
        for secret in [fixture.key.publicPEM, fixture.key.publicPEM + "\n", fixture.key.modulus] {
            let key = Array(secret.utf8)
            let signature = TestKey.base64URL(HMACSHA256.code(text("HS256"), key: key))
            #expect(await fixture.fault(text("HS256") + "." + signature) == .algorithm("HS256"))
            // The same under the allowed name.
            let renamed = TestKey.base64URL(HMACSHA256.code(text("RS256"), key: key))
            #expect(await fixture.fault(text("RS256") + "." + renamed) == .signature)
        }
        for (name, digest) in [("RS384", TestKey.Digest.sha384), ("RS512", .sha512)] {
            let input = text(.string(name))
            let signature = TestKey.base64URL(try fixture.key.sign(Array(input.utf8), digest))
            #expect(await fixture.fault(input + "." + signature) == .algorithm(name))
        }
        let pss = TestKey.base64URL(try fixture.key.signPSS(Array(text("PS256").utf8)))
        #expect(await fixture.fault(text("PS256") + "." + pss) == .algorithm("PS256"))
        let elliptic = try PrivateKey.elliptic().signES256(Array(text("ES256").utf8))
        let signature = TestKey.base64URL(elliptic)
        #expect(await fixture.fault(text("ES256") + "." + signature) == .algorithm("ES256"))
        for value: JSONValue in [1, ["RS256"], true, nil] {
            #expect(await fixture.fault(text(value) + ".AAAA") == .malformed("header: alg is needed"))
        }
    }

    @Test("a token that contains or names a key, or that requires an extension, is refused")
    func headerMembers() async throws {
        let fixture = try await SignInFixture()
        for member in ["jku", "x5u", "jwk", "x5c", "crit", "b64", "zip", "enc"] {
            let value: JSONValue = member == "jwk" ? fixture.other.jwk : ["https://evil.test/"]
            let token = try fixture.token(SignInFixture.idClaims(), header: [member: value])
            #expect(await fixture.fault(token) == .headerMember(member))
        }
    }

    @Test("a key's id is only looked up, whatever it looks like")
    func keyIDs() async throws {
        let fixture = try await SignInFixture()
        for id in [
            "../../../../dev/null", "/etc/passwd", "' or '1'='1", "kid2", "https://evil.test/jwks", "%s%n", "kid/1",
            "KID/1+=", String(repeating: "k", count: 256),
        ] where !id.contains(" ") {
            let token = try fixture.token(SignInFixture.idClaims(), header: ["kid": .string(id)])
            #expect(await fixture.fault(token) == .unknownKey(id))
        }
        for id: JSONValue in [
            nil, "", 1, ["kid/1+="], "' or '1'='1", "kid/1+=\u{0}", "\u{212a}id2",
            .string(String(repeating: "k", count: 257)),
        ] {
            let token = try fixture.token(SignInFixture.idClaims(), header: ["kid": id])
            #expect(await fixture.fault(token) == .keyId, "\(id)")
        }
    }

    @Test(
        "a token with a duplicate key in the header or the claims is refused, even if the key is written differently"
    )
    func duplicateKeys() async throws {
        let fixture = try await SignInFixture()
        let claims = SignInFixture.idClaims().description
        let header = fixture.header().description
        let open = String(claims.dropLast())
        let twice: [(String, String)] = [
            (#"{"alg":"none","alg":"RS256","kid":"kid/1+="}"#, claims),
            (#"{"kid":"x","kid":"kid/1+=","alg":"RS256"}"#, claims),
            (#"{"alg":"RS256","kid":"kid/1+=","a\u006cg":"none"}"#, claims),
            (header, #"{"sub":"mallory","# + claims.dropFirst()),
            (header, open + #","exp":99999999999}"#), (header, open + #","\u0061ud":"x"}"#),
        ]
        for (header, payload) in twice {
            let token = try fixture.token(header: header, payload: payload)
            guard case .malformed(let what) = await fixture.fault(token) else {
                Issue.record("accepted, or refused for another reason: \(header) \(payload)")
                continue
            }
            #expect(what.contains("twice"))
        }
    }

    @Test("a token that is not three parts of base64url is refused")
    func forms() async throws {
        let fixture = try await SignInFixture()
        let good = try fixture.token(SignInFixture.idClaims())
        let parts = good.split(separator: ".").map(String.init)
        let signed = parts[0] + "." + parts[1] + "."
        #expect(await fixture.fault("") == .noToken)
        for (text, count) in [("abc", 1), ("a.b", 2), (good + ".", 4), ("." + good, 4), ("a.b.c.d.e", 5)] {
            #expect(await fixture.fault(text) == .parts(count))
        }
        #expect(await fixture.fault(String(repeating: ".", count: 16_385)) == .tooLong(bytes: 16_385))
        // Padding, the other alphabet, white space, and unused bits.
        let last = try #require(parts[2].last)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let place = try #require(alphabet.firstIndex(of: last))
        for text in [
            good + "==", good + "\n", " " + good, signed + parts[2].dropLast() + "+", signed + "A",
            signed + parts[2].dropLast() + String(alphabet[place + 1]), good + "\u{0}", signed + "é",
        ] {
            guard case .malformed = await fixture.fault(text) else {
                Issue.record("accepted, or refused for another reason: \(text)")
                continue
            }
        }
    }

    @Test("a payload that is not one JSON object in UTF-8 is refused, even if the pool's key signed it")
    func payloads() async throws {
        let fixture = try await SignInFixture()
        for payload in ["", "[]", "null", "{", "{}x", "\u{feff}{}", String(repeating: "[", count: 5000)] {
            let token = try fixture.token(header: fixture.header().description, payload: payload)
            guard case .malformed = await fixture.fault(token) else {
                Issue.record("accepted, or refused for another reason: \(payload)")
                continue
            }
        }
        let header = TestKey.base64URL(fixture.header().description)
        let text = header + "." + TestKey.base64URL([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
        let notText = text + "." + TestKey.base64URL(try fixture.key.sign(Array(text.utf8)))
        #expect(await fixture.fault(notText) == .malformed("payload: not UTF-8"))
    }
}
