import ChatService
import PurserCore
import PurserStore
import Testing

@testable import PurserSignIn

@Suite struct CognitoVerifierTests {
    @Test("an ID token and an access token of the pool identify the caller, the application and the expiration")
    func goodTokens() async throws {
        let fixture = try await SignInFixture()
        let id = try await fixture.verifier.verify(authorization: ["Bearer " + fixture.token(SignInFixture.idClaims())])
        let caller = Caller(user: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", application: SignInFixture.client)
        let expires = SignInFixture.now + 3600
        #expect(id == SignedIn(principal: Principal(caller: caller), tokenUse: .id, expires: expires))
        let access = try await fixture.verifier.verify(
            authorization: ["bearer  " + fixture.token(SignInFixture.accessClaims())]
        )
        #expect(access.principal == id.principal && access.tokenUse == .access)
        // Several audiences, one of which is ours; an unknown header member; a time with a fraction of zero.
        let token = try fixture.token(
            SignInFixture.idClaims(["aud": ["x", "other"], "nbf": .number(1_795_000_000)]),
            header: ["typ": "JWT", "new": 1]
        )
        #expect(await fixture.fault(token) == nil)
    }

    @Test("exactly one header with the scheme Bearer is required")
    func headers() async throws {
        let fixture = try await SignInFixture()
        let token = try fixture.token(SignInFixture.idClaims())
        let cases: [([String], SignInFault)] = [
            ([], .noToken), (["Bearer \(token)", "Bearer \(token)"], .notBearer), ([token], .notBearer),
            (["Basic dTpw"], .notBearer), (["Bearer"], .notBearer), (["Bearer \(token) \(token)"], .notBearer),
            (["Bearer\t\(token)"], .notBearer), (["Bearer \(token),\(token)"], .parts(5)),
        ]
        for (headers, expected) in cases {
            await #expect(throws: expected) { try await fixture.verifier.verify(authorization: headers) }
        }
    }

    @Test("every wrong claim is refused under its own name")
    func claims() async throws {
        let fixture = try await SignInFixture()
        let now = Int(SignInFixture.now.seconds)
        let cases: [(JSONValue, SignInFault)] = [
            (["iss": .string(SignInFixture.issuer + "/")], .issuer),
            (["iss": .string(SignInFixture.issuer.replacing("Example", with: "Evil"))], .issuer),
            (["iss": .string(SignInFixture.issuer.uppercased())], .issuer), (["iss": nil], .issuer),
            (["iss": [.string(SignInFixture.issuer)]], .issuer),
            (["token_use": "refresh"], .tokenUse), (["token_use": nil], .tokenUse), (["token_use": "ID"], .tokenUse),
            (["aud": "x"], .audience), (["aud": nil], .audience), (["aud": []], .audience), (["aud": 1], .audience),
            (["aud": .string(SignInFixture.client + "x")], .audience),
            // Each token use has its own claim; the other one does not count.
            (["aud": nil, "client_id": .string(SignInFixture.client)], .audience),
            (["token_use": "access"], .audience),
            (["exp": nil], .claim("exp")), (["exp": "1795003600"], .claim("exp")), (["exp": 1e300], .claim("exp")),
            (["exp": -1], .claim("exp")), (["exp": 1_795_003_600.5], .claim("exp")),
            (["exp": .integer(.max)], .claim("exp")), (["exp": 99_999_999_999_999_999_999.0], .claim("exp")),
            (["exp": .integer(now - 60)], .expired(SignInFixture.now - 60)),
            (["exp": 0], .expired(Timestamp(seconds: 0))),
            (["nbf": .integer(now + 61)], .notYetValid), (["nbf": "x"], .claim("nbf")),
            (["iat": .integer(now + 61)], .issuedInFuture), (["iat": true], .claim("iat")),
            (["sub": nil], .claim("sub")), (["sub": ""], .claim("sub")), (["sub": 7], .claim("sub")),
            (["sub": "a\u{0}b"], .claim("sub")), (["sub": .string(String(repeating: "a", count: 129))], .claim("sub")),
            (["cognito:groups": "admins"], .claim("cognito:groups")),
        ]
        for (changes, expected) in cases {
            #expect(try await fixture.fault(SignInFixture.idClaims(changes)) == expected, "\(changes)")
        }
        let wrongClient = SignInFixture.accessClaims(["client_id": "x", "aud": .string(SignInFixture.client)])
        #expect(try await fixture.fault(wrongClient) == .audience)
        // Letters that look alike are not equal: this is a Kelvin sign.
        let kelvin = try await SignInFixture(domain: "kelvin.example")
        for address in ["a@\u{212a}elvin.example", "a@kelvin\u{ff0e}example"] {
            #expect(try await kelvin.fault(SignInFixture.idClaims(["email": .string(address)])) == .emailDomain)
        }
    }

    @Test("clocks may differ by up to a minute, but not by more")
    func leeway() async throws {
        let fixture = try await SignInFixture()
        let now = Int(SignInFixture.now.seconds)
        let edges: JSONValue = [
            "exp": .integer(now - 59), "nbf": .integer(now + 60), "iat": .integer(now + 60),
        ]
        #expect(try await fixture.fault(SignInFixture.idClaims(edges)) == nil)
        let token = try fixture.token(SignInFixture.idClaims())
        fixture.clock.advance(seconds: 3600 + 59)
        #expect(await fixture.fault(token) == nil)
        fixture.clock.advance(seconds: 1)
        #expect(await fixture.fault(token) == .expired(SignInFixture.now + 3600))
    }

    @Test("the team is the first group by name that does not come from an identity provider")
    func teams() async throws {
        let fixture = try await SignInFixture()
        func team(_ groups: JSONValue) async throws -> String? {
            let claims = SignInFixture.idClaims(["cognito:groups": groups])
            return try await fixture.verifier.verify(fixture.token(claims)).principal.caller.team
        }
        #expect(try await team(["support", "billing"]) == "billing")
        #expect(try await team(["billing", "support"]) == "billing")
        #expect(try await team(["us-east-1_Example_Google", "zoo"]) == "zoo")
        #expect(try await team(["us-east-1_Example_Google"]) == nil)
        #expect(try await team([]) == nil)
        #expect(try await team(["", "a\nb", 7, .string(String(repeating: "a", count: 129))]) == nil)
    }

    @Test("with a domain, only verified addresses of exactly this domain are accepted")
    func emailDomain() async throws {
        let fixture = try await SignInFixture(domain: "Example.com")
        func fault(_ changes: JSONValue) async throws -> SignInFault? {
            try await fixture.fault(SignInFixture.idClaims(changes))
        }
        for address in ["ann@example.com", "Ann.B+x@EXAMPLE.com"] {
            #expect(try await fault(["email": .string(address)]) == nil)
        }
        for address in [
            "a@evil-example.com", "a@example.com.evil.com", "a@example.com@evil.com", "a@evil.com@example.com",
            "a@mail.example.com", "a@example.com.", "@example.com", "example.com", "a@example.co", "a@xexample.com",
            "a b@example.com", "a@example.com ", "a\u{0}@example.com", "a@example.com\n", "",
            "\"a@evil.com\"@example.com",
            String(repeating: "a", count: 320) + "@example.com",
        ] {
            #expect(try await fault(["email": .string(address)]) == .emailDomain, "\(address)")
        }
        #expect(try await fault(["email_verified": "true"]) == nil)
        for value: JSONValue in [false, "false", "TRUE", 1, nil] {
            #expect(try await fault(["email_verified": value]) == .emailNotVerified, "\(value)")
        }
        #expect(try await fault(["email": nil]) == .noEmail(isAccessToken: false))
        let access = try await fixture.fault(SignInFixture.accessClaims())
        #expect(access == .noEmail(isAccessToken: true))
        #expect(access?.refusal.kind.status == 403 && access?.refusal.message.contains("ID token") == true)
        // A pool may add the claims to its access tokens.
        let added: JSONValue = ["email": "ann@example.com", "email_verified": "true"]
        #expect(try await fixture.fault(SignInFixture.accessClaims(added)) == nil)
    }

    @Test("every refusal has its status, one sentence for the caller, and a word for the log")
    func refusals() {
        let unauthenticated: [SignInFault] = [
            .noToken, .notBearer, .tooLong(bytes: 20_000), .parts(1), .parts(5), .malformed("header: \u{1b}[31mé"),
            .algorithm("none"), .headerMember("jku"), .keyId, .unknownKey("k"), .signature, .issuer, .tokenUse,
            .audience, .expired(SignInFixture.now), .notYetValid, .issuedInFuture, .claim("exp"),
        ]
        let forbidden: [SignInFault] = [
            .noEmail(isAccessToken: true), .noEmail(isAccessToken: false), .emailNotVerified, .emailDomain,
        ]
        for fault in unauthenticated { #expect(fault.refusal.kind.status == 401, "\(fault)") }
        for fault in forbidden { #expect(fault.refusal.kind.status == 403, "\(fault)") }
        let busy = SignInFault.noKeys(retryAfterSeconds: 5)
        #expect(busy.refusal.kind.status == 503 && busy.refusal.retryAfterSeconds(at: SignInFixture.now) == 5)
        let all = unauthenticated + forbidden + [busy]
        for fault in all {
            #expect(fault.refusal.message.hasSuffix("."))
            #expect((fault.detail ?? "").utf8.allSatisfy { (0x20...0x7e).contains($0) }, "\(fault)")
        }
        #expect(Set(all.map(\.reason)).count == all.count - 2)
        // A forger must not learn how close a token was.
        #expect(SignInFault.unknownKey("k").refusal == SignInFault.signature.refusal)
    }
}
