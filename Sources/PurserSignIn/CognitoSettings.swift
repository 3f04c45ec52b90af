package import ChatService
import PurserAWS
package import PurserCore
import PurserHTTP

/// Which tokens are accepted.
package struct CognitoSettings: Sendable, Equatable, Configurable {
    /// Exactly as in `iss`: `https://cognito-idp.REGION.amazonaws.com/POOL`.
    package private(set) var issuer = ""
    /// The app clients whose tokens are accepted.
    package private(set) var clientIDs: [String] = []
    package var keys: JWKSKeys.Source {
        ownKeys ?? .url(issuer + "/.well-known/jwks.json")
    }

    private var ownKeys: JWKSKeys.Source?
    /// The employees' domain; nil accepts any address, and tokens without one.
    package private(set) var emailDomain: EmailDomain?

    package init() {}

    /// The last part of the issuer's path.
    var poolID: String {
        issuer.split(separator: "/").last.map(String.init) ?? issuer
    }

    /// Reads `PURSERD_COGNITO_ISSUER`, `PURSERD_COGNITO_CLIENT_IDS`, `PURSERD_JWKS` and `PURSERD_EMAIL_DOMAIN`; throws
    /// ``Diagnostics`` that name every invalid one.
    package init(environment: [String: String]) throws(Diagnostics) {
        self.init()
        var reader = EnvironmentReader(environment)
        reader.read(into: &self)
        guard reader.faults.isEmpty else { throw Diagnostics(reader.faults) }
    }

    package static let settings: [ConfigurationSetting<CognitoSettings>] = ConfigurationSetting.group(
        .signIn,
        [
            .value(
                "PURSERD_COGNITO_ISSUER",
                "The user pool's URL; needed with cognito.",
                "a URL like https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example, without a final /",
                isRequired: true,
                issuer
            ) { $0.issuer = $1 },
            .value(
                "PURSERD_COGNITO_CLIENT_IDS",
                "The app clients whose tokens are accepted; needed with cognito.",
                "a list of app clients' ids with commas between",
                isRequired: true,
                clients
            ) { $0.clientIDs = $1 },
            .value(
                "PURSERD_JWKS",
                "The pool's keys.",
                "an https URL or the path of a file",
                "ISSUER/.well-known/jwks.json",
                source
            ) { $0.ownKeys = $1 },
            .value(
                "PURSERD_EMAIL_DOMAIN",
                "The employees' domain.",
                "a domain like example.com",
                "any",
                EmailDomain.init
            ) {
                $0.emailDomain = $1
            },
        ]
    )

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

    /// Returns the URL if its response cannot be changed in transit: https, or http to this machine.
    private static func safeURL(_ text: String) -> HTTPURL? {
        guard let url = try? HTTPURL(text) else { return nil }
        if url.scheme == "https" { return url }
        let host = url.host.filter { $0 != "[" && $0 != "]" }
        return host == "localhost" || IPAddress(host)?.isLoopback == true ? url : nil
    }
}
