import ChatService
import PurserCore

@testable import PurserSignIn

extension FuzzedReader {
    private static let verifier: CognitoVerifier = {
        let environment = [
            "PURSERD_COGNITO_ISSUER": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example",
            "PURSERD_COGNITO_CLIENT_IDS": "client", "PURSERD_EMAIL_DOMAIN": "example.com",
        ]
        do {
            let settings = try CognitoSettings(environment: environment)
            let clock = ServiceClock(now: { now }, nanoseconds: { 0 }, sleep: { _ in })
            let keys = JWKSKeys(source: .file(""), clock: clock, fetch: { _ in [] }, report: { _ in })
            return CognitoVerifier(settings: settings, keys: keys, clock: clock)
        } catch {
            fatalError("the settings are invalid: \(error)")
        }
    }()

    /// Reads the first line as a token, and the whole input as a key document and as the claims of a verified token.
    static func token(_ text: String) {
        let keys = try? JWKS(Array(text.utf8))
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        if let token = try? CompactToken(line) {
            _ = try? verifier.signedIn(token.claims())
            _ = keys?.keys[token.keyID]?.verifies(token)
        }
        for key in keys?.keys.values ?? [:].values { _ = key.verifies(Array(text.utf8.prefix(256)), of: []) }
        if let claims = try? JSONValue(parsing: text), claims.members != nil { _ = try? verifier.signedIn(claims) }
    }
}
