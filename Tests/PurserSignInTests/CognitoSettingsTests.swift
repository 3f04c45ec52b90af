import PurserCore
import Testing

@testable import PurserSignIn

@Suite struct CognitoSettingsTests {
    static let good = [
        "PURSERD_COGNITO_ISSUER": SignInFixture.issuer, "PURSERD_COGNITO_CLIENT_IDS": "abc, def",
    ]

    @Test("the keys are the issuer's unless another URL or a file is named")
    func reading() throws {
        let settings = try CognitoSettings(environment: Self.good)
        #expect(settings.clientIDs == ["abc", "def"] && settings.emailDomain == nil)
        #expect(settings.keys == .url(SignInFixture.issuer + "/.well-known/jwks.json"))
        let changes = ["PURSERD_JWKS": "keys/jwks.json", "PURSERD_EMAIL_DOMAIN": "Example.COM"]
        let changed = try CognitoSettings(environment: Self.good.merging(changes) { $1 })
        #expect(changed.keys == .file("keys/jwks.json") && changed.emailDomain?.description == "example.com")
    }

    @Test("all invalid values are reported together")
    func faults() throws {
        do {
            _ = try CognitoSettings(environment: ["PURSERD_JWKS": "http://example.com/", "PURSERD_EMAIL_DOMAIN": "@x"])
            Issue.record("the settings were accepted")
        } catch {
            #expect(
                error.all.map(\.key) == [
                    "PURSERD_COGNITO_ISSUER", "PURSERD_COGNITO_CLIENT_IDS", "PURSERD_JWKS", "PURSERD_EMAIL_DOMAIN",
                ]
            )
        }
    }

    @Test(
        "an invalid value is refused",
        arguments: [
            ("PURSERD_COGNITO_ISSUER", "http://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example"),
            ("PURSERD_COGNITO_ISSUER", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example/"),
            ("PURSERD_COGNITO_ISSUER", "https://a.test/x?y"), ("PURSERD_COGNITO_ISSUER", "us-east-1_Example"),
            ("PURSERD_COGNITO_ISSUER", "http://127.0.0.1.evil.test/x"), ("PURSERD_COGNITO_CLIENT_IDS", "a,,b"),
            ("PURSERD_COGNITO_CLIENT_IDS", ","), ("PURSERD_COGNITO_CLIENT_IDS", "a b"),
            ("PURSERD_JWKS", "ftp://example.com/x"), ("PURSERD_JWKS", "http://localhost.evil.test/"),
            ("PURSERD_EMAIL_DOMAIN", "example"), ("PURSERD_EMAIL_DOMAIN", "-a.com"),
            ("PURSERD_EMAIL_DOMAIN", "a..com"), ("PURSERD_EMAIL_DOMAIN", "a.com."),
            ("PURSERD_EMAIL_DOMAIN", "bücher.de"),
            ("PURSERD_EMAIL_DOMAIN", "a.com,b.com"),
        ]
    )
    func wrongValues(name: String, value: String) {
        #expect(throws: Diagnostics.self) {
            try CognitoSettings(environment: Self.good.merging([name: value]) { $1 })
        }
    }

    @Test("plain http is accepted only for this machine", arguments: ["localhost", "127.0.0.1:9000", "[::1]:9000"])
    func loopback(host: String) throws {
        let changes = ["PURSERD_COGNITO_ISSUER": "http://\(host)/pool"]
        let settings = try CognitoSettings(environment: Self.good.merging(changes) { $1 })
        #expect(settings.keys == .url("http://\(host)/pool/.well-known/jwks.json"))
    }
}
