import Foundation
package import PurserCore
package import PurserHTTP

/// Finds credentials where the AWS tools look: the environment, the shared files' profile, the container, the instance.
///
/// As in botocore, keys in the environment take precedence over AWS_PROFILE, a role over keys in the same profile, and
/// the credentials file over the config file.
package struct CredentialChain: Sendable {
    /// Sends a request with a time limit in seconds, through a proxy or directly; throws ``HTTPError`` if there is no
    /// response.
    package typealias Send = @Sendable (HTTPRequest, _ timeoutSeconds: Double, _ isDirect: Bool) throws -> HTTPResponse

    let environment: [String: String]
    let send: Send
    let now: @Sendable () -> Timestamp
    let clock: AWSClock
    let readFile: @Sendable (String) throws -> [UInt8]?

    /// - Parameters:
    ///   - send: Uses libcurl by default.
    ///   - now: This machine's time, with which requests to STS are signed.
    ///   - clock: The known offset of AWS's clock.
    ///   - readFile: Returns a file's bytes, or nil if there is no such file; throws if it cannot be read.
    package init(
        environment: [String: String],
        send: Send? = nil,
        now: @escaping @Sendable () -> Timestamp = WallClock.now,
        clock: AWSClock = AWSClock(),
        readFile: @escaping @Sendable (String) throws -> [UInt8]? = Self.read
    ) {
        self.environment = environment
        self.send = send ?? Self.send(certificateBundle: HTTPClient.certificateBundle(environment))
        self.now = now
        self.clock = clock
        self.readFile = readFile
    }

    /// Reads a file from the disk.
    package static let read: @Sendable (String) throws -> [UInt8]? = { path in
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func send(certificateBundle: String?) -> Send {
        { request, seconds, isDirect in
            let client = HTTPClient(
                connectTimeoutSeconds: min(5, seconds),
                timeoutSeconds: seconds,
                certificateBundle: certificateBundle,
                usesProxy: !isDirect
            )
            return try client.send(request)
        }
    }

    /// Returns the credentials from the first place that has any; throws an error that says what is wrong, or why each
    /// of the places had none.
    ///
    /// The files are read each time, so that replaced keys are found without a restart.
    package func credentials() throws -> AWSCredentials {
        // An empty variable counts as not set. A key without its secret is a mistake, so do not look further.
        if value("AWS_ACCESS_KEY_ID") != nil { return try AWSCredentials(environment: environment) }
        var tried = ["AWS_ACCESS_KEY_ID is not set"]
        let profiles = try SharedProfiles(environment, readFile: readFile)
        let profile = profiles.named ?? "default"
        let found = profiles.find(profile, missing: &tried)
        // Botocore prefers these settings to keys in the same profile, whichever file they are in: signing with the
        // keys would use credentials other than those intended.
        for place in found { try refuse(["sso_session", "sso_start_url"], place) }
        let role = RoleChain(self, profiles)
        if let credentials = try role.credentials(profile, found) { return credentials }
        if let file = value("AWS_WEB_IDENTITY_TOKEN_FILE") {
            return try role.webIdentity(
                tokenFile: file,
                arn: value("AWS_ROLE_ARN"),
                session: value("AWS_ROLE_SESSION_NAME")
            )
        }
        for place in found {
            if let keys = try Self.keys(place.settings, place: place.place) { return keys }
            try refuse(["credential_process", "mfa_serial", "source_profile", "credential_source"], place)
            tried.append("\(place.place) has no aws_access_key_id")
        }
        // If a profile is named, the machine's own role must not be used in its place.
        guard profiles.named == nil else { throw CredentialChainError(detail: tried.joined(separator: "; ")) }
        let metadata = MetadataCredentials(self)
        if let credentials = try metadata.container() { return credentials }
        tried.append("no container provides credentials")
        if let credentials = try metadata.instance(&tried) { return credentials }
        throw CredentialChainError(detail: tried.joined(separator: "; "))
    }

    /// Returns a variable's value; an empty one counts as not set.
    func value(_ variable: String) -> String? {
        environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func refuse(_ unsupported: [String], _ place: SharedProfiles.Found) throws {
        guard let key = unsupported.first(where: { place.settings[$0] != nil }) else { return }
        let allowed =
            "allowed are keys (aws_access_key_id) and roles (role_arn with source_profile or credential_source)"
        throw CredentialChainError(detail: "\(place.place): \(key) is not supported; \(allowed)")
    }

    static func keys(_ settings: [String: String], place: String) throws -> AWSCredentials? {
        guard let id = settings["aws_access_key_id"] else { return nil }
        guard let secret = settings["aws_secret_access_key"] else {
            throw CredentialChainError(detail: "\(place): aws_secret_access_key is missing")
        }
        let token = settings["aws_session_token"] ?? settings["aws_security_token"]
        let values = [
            ("aws_access_key_id", id), ("aws_secret_access_key", secret), ("aws_session_token", token ?? "-"),
        ]
        for (key, value) in values
        where value.isEmpty || !value.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
            throw CredentialChainError(detail: "\(place): \(key) is empty or contains a character that no key has")
        }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }
}

/// Why no credentials were found; never contains a secret.
package struct CredentialChainError: Error, Equatable, CustomStringConvertible {
    package let detail: String

    package var description: String {
        "no credentials: " + detail
    }
}
