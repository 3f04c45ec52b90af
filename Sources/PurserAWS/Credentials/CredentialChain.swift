import Foundation
public import PurserCore
public import PurserHTTP

/// Finds credentials where the AWS tools look: the environment, the shared files' profile, the container, the instance.
///
/// As in botocore, keys in the environment come before AWS_PROFILE, a role before keys beside it, and the credentials file
/// before the config file.
public struct CredentialChain: Sendable {
    /// Sends a request with a limit in seconds, by way of a proxy or directly; throws ``HTTPError`` where there is no answer.
    public typealias Send = @Sendable (HTTPRequest, _ timeoutSeconds: Double, _ isDirect: Bool) throws -> HTTPResponse

    let environment: [String: String]
    let send: Send
    let now: @Sendable () -> Timestamp
    let clock: AWSClock
    let readFile: @Sendable (String) throws -> [UInt8]?

    /// - Parameters:
    ///   - send: By libcurl unless something else is given.
    ///   - now: This machine's time, by which requests to STS are signed.
    ///   - clock: What is known of AWS's time.
    ///   - readFile: A file's bytes, nil where there is none; throws where it cannot be read.
    public init(
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
    public static let read: @Sendable (String) throws -> [UInt8]? = { path in
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

    /// The first place's credentials; throws what is wrong, or every place tried and why it had nothing.
    ///
    /// The files are read each time, so that keys that were replaced are found without a restart.
    public func credentials() throws -> AWSCredentials {
        // An empty variable counts as not set; a key without its secret is a mistake and no reason to look further.
        if value("AWS_ACCESS_KEY_ID") != nil { return try AWSCredentials(environment: environment) }
        var tried = ["AWS_ACCESS_KEY_ID is not set"]
        let profiles = try SharedProfiles(environment, readFile: readFile)
        let profile = profiles.named ?? "default"
        let found = profiles.find(profile, missing: &tried)
        // Botocore takes these before keys beside them, wherever they stand: other keys than meant would sign.
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
        // Who names a profile means it: the machine's own role must not stand in for it.
        guard profiles.named == nil else { throw CredentialChainError(detail: tried.joined(separator: "; ")) }
        let metadata = MetadataCredentials(self)
        if let credentials = try metadata.container() { return credentials }
        tried.append("no container names its credentials")
        if let credentials = try metadata.instance(&tried) { return credentials }
        throw CredentialChainError(detail: tried.joined(separator: "; "))
    }

    /// A variable; an empty one counts as not set.
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
            throw CredentialChainError(detail: "\(place): \(key) is empty or holds a character no key has")
        }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }
}

/// Why no place gave credentials; never a secret.
public struct CredentialChainError: Error, Equatable, CustomStringConvertible {
    public let detail: String

    public var description: String {
        "no credentials: " + detail
    }
}
