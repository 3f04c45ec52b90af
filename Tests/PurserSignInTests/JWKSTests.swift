import PurserCore
import Testing

@testable import PurserSignIn

@Suite struct JWKSTests {
    @Test("keys of other kinds, for other uses or too weak are left out")
    func ignoredKeys() throws {
        let (first, second) = try SignInFixture.keys.get()
        func changed(_ changes: JSONValue) -> JSONValue { SignInFixture.changed(second.jwk, changes) }
        func number(_ bytes: Int, first: UInt8) -> JSONValue {
            .string(TestKey.base64URL([first] + [UInt8](repeating: 0xa5, count: bytes - 1)))
        }
        let others: [JSONValue] = [
            changed(["use": "enc"]), changed(["kty": "EC"]), changed(["kty": "oct", "k": "AAAA"]),
            changed(["kty": nil]),
            changed(["alg": "RS384"]), changed(["alg": "HS256"]), changed(["use": 1]), changed(["kid": nil]),
            changed(["kid": ""]), changed(["kid": "é"]), changed(["key_ops": ["encrypt"]]),
            changed(["key_ops": "verify"]),
            changed(["n": nil]), changed(["n": "=="]), changed(["n": ""]), changed(["e": nil]), changed(["e": "AQ"]),
            changed(["e": "Ag"]), changed(["e": "AAAAAAAAAAE"]), changed(["e": "AQAB="]),
            // 0, 65,538, and the smallest odd number of 34 bits.
            changed(["e": "AA"]), changed(["e": "AQAC"]), changed(["e": "AgAAAAE"]),
            // 1,024 and 2,047 bits, 1,024 padded with zeros to 2,048, and far too many.
            changed(["n": number(128, first: 0xa5)]), changed(["n": number(256, first: 0x7f)]),
            changed([
                "n": .string(
                    TestKey.base64URL([UInt8](repeating: 0, count: 128) + [UInt8](repeating: 0xa5, count: 128))
                )
            ]),
            changed(["n": number(2000, first: 0xa5)]), [], 1, "x",
        ]
        let set = try JWKS(TestKey.document(others + [first.jwk]))
        #expect(Array(set.keys.keys) == [first.id] && set.ignored == others.count)
        for other in others {
            #expect(throws: JWKSError.self, "\(other)") { try JWKS(TestKey.document([other])) }
        }
        let optional = try JWKS(TestKey.document([changed(["use": nil, "alg": nil, "key_ops": ["verify"]])]))
        #expect(optional.keys.count == 1)
    }

    @Test("a document that is ambiguous or too large is refused as a whole")
    func refusedDocuments() throws {
        let (first, second) = try SignInFixture.keys.get()
        let cases: [([UInt8], String)] = [
            ([], "not JSON"), (Array("{}".utf8), "no `keys` list"), (Array("[]".utf8), "no `keys` list"),
            ([0xff], "UTF-8"),
            (Array(#"{"keys":[],"keys":[]}"#.utf8), "twice"), (TestKey.document([]), "no RSA key"),
            (TestKey.document([first.jwk, SignInFixture.changed(second.jwk, ["kid": .string(first.id)])]), "two keys"),
            (TestKey.document([JSONValue](repeating: first.jwk, count: 65)), "at most 64"),
            ([UInt8](repeating: 0x20, count: 262_145), "longer"),
        ]
        for (bytes, what) in cases {
            #expect { try JWKS(bytes) } throws: { "\($0)".contains(what) }
        }
    }
}
