import ChatService
import PurserAWS
package import PurserCore
import PurserHTTP

/// Which tokens are accepted.
package struct CognitoSettings: Sendable, Equatable {
    /// Exactly as in `iss`: `https://cognito-idp.REGION.amazonaws.com/POOL`.
    package let issuer: String
    /// The app clients whose tokens are accepted.
    package let clientIDs: [String]
    package let keys: JWKSKeys.Source
    /// The employees' domain; nil accepts any address, or none.
    package let emailDomain: EmailDomain?

    /// The last part of the issuer's path.
    var poolID: String {
        issuer.split(separator: "/").last.map(String.init) ?? issuer
    }

    /// Reads `PURSERD_COGNITO_ISSUER`, `PURSERD_COGNITO_CLIENT_IDS`, `PURSERD_JWKS` and `PURSERD_EMAIL_DOMAIN`; throws
    /// ``Diagnostics`` that name every invalid one.
    package init(environment: [String: String]) throws(Diagnostics) {
        var reader = EnvironmentReader(environment)
        let issuer = reader.value(
            "PURSERD_COGNITO_ISSUER",
            "a user pool's URL like https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example, without a / at its end",
            isRequired: true,
            Self.issuer
        )
        let clients = reader.value(
            "PURSERD_COGNITO_CLIENT_IDS",
            "a list of app clients' ids with commas between",
            isRequired: true,
            Self.clients
        )
        let keys = reader.value("PURSERD_JWKS", "an https URL or the path of a file", Self.source)
        emailDomain = reader.value("PURSERD_EMAIL_DOMAIN", "a domain like example.com", EmailDomain.init)
        guard reader.faults.isEmpty, let issuer, let clients else { throw Diagnostics(reader.faults) }
        self.issuer = issuer
        self.clientIDs = clients
        self.keys = keys ?? .url(issuer + "/.well-known/jwks.json")
    }

    private static func issuer(_ text: String) -> String? {
        guard let url = safeURL(text), url.query == nil, !text.hasSuffix("/"), !text.contains("#") else { return nil }
        return text
    }

    private static func clients(_ text: String) -> [String]? {
        let ids = text.split(separator: ",", omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let areGood = ids.allSatisfy { id in
            (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        }
        return areGood ? ids : nil
    }

    private static func source(_ text: String) -> JWKSKeys.Source? {
        guard text.contains("://") else { return .file(text) }
        return safeURL(text) == nil ? nil : .url(text)
    }

    /// Returns the URL if its answer cannot be changed on the way: https, or http to this machine.
    private static func safeURL(_ text: String) -> HTTPURL? {
        guard let url = try? HTTPURL(text) else { return nil }
        if url.scheme == "https" { return url }
        let host = url.host.filter { $0 != "[" && $0 != "]" }
        return host == "localhost" || IPAddress(host)?.isLoopback == true ? url : nil
    }
}
