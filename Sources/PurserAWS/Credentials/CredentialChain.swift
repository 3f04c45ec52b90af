import Foundation

/// Finds credentials where the AWS tools look: the environment, then the shared files' profile.
///
/// As in botocore, keys in the environment come before AWS_PROFILE, and the credentials file before the config file.
public struct CredentialChain: Sendable {
    private let environment: [String: String]
    private let readFile: @Sendable (String) throws -> [UInt8]?

    /// - Parameter readFile: A file's bytes, nil where there is none; throws where it cannot be read.
    public init(
        environment: [String: String],
        readFile: @escaping @Sendable (String) throws -> [UInt8]? = Self.read
    ) {
        self.environment = environment
        self.readFile = readFile
    }

    /// Reads a file from the disk.
    public static let read: @Sendable (String) throws -> [UInt8]? = { path in
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The first place's credentials; throws what is wrong, or every place tried and why it had nothing.
    ///
    /// The files are read each time, so that keys that were replaced are found without a restart.
    public func credentials() throws -> AWSCredentials {
        // An empty variable counts as not set; a key without its secret is a mistake and no reason to look further.
        if let id = environment["AWS_ACCESS_KEY_ID"], !id.isEmpty {
            return try AWSCredentials(environment: environment)
        }
        var tried = ["AWS_ACCESS_KEY_ID is not set"]
        let named = environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        let profile = named ?? "default"
        var found: [(place: String, settings: [String: String])] = []
        for place in places(profile) {
            guard let path = place.path else {
                tried.append("\(place.variable) and HOME are not set")
                continue
            }
            guard let file = try file(path) else {
                tried.append("\(path) is not there")
                continue
            }
            guard let settings = place.sections.lazy.compactMap({ file.sections[$0] }).first else {
                tried.append("\(path) has no profile \"\(profile)\"")
                continue
            }
            found.append(("\(path), profile \"\(profile)\"", settings))
        }
        // Botocore takes these before keys beside them, wherever they stand: other keys than meant would sign.
        for (place, settings) in found { try Self.refuse(Self.beforeKeys, settings, place: place) }
        for (place, settings) in found {
            if let keys = try Self.keys(settings, place: place) { return keys }
            try Self.refuse(Self.afterKeys, settings, place: place)
            tried.append("\(place) has no aws_access_key_id")
        }
        throw CredentialChainError(detail: tried.joined(separator: "; "))
    }

    private func places(_ profile: String) -> [(variable: String, path: String?, sections: [String])] {
        [
            ("AWS_SHARED_CREDENTIALS_FILE", path("AWS_SHARED_CREDENTIALS_FILE", "credentials"), [profile]),
            (
                "AWS_CONFIG_FILE", path("AWS_CONFIG_FILE", "config"),
                profile == "default" ? ["profile default", "default"] : ["profile " + profile]
            ),
        ]
    }

    private func path(_ variable: String, _ name: String) -> String? {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = environment[variable], !path.isEmpty else { return home.map { $0 + "/.aws/" + name } }
        guard path.hasPrefix("~/"), let home else { return path }
        return home + path.dropFirst()
    }

    private func file(_ path: String) throws -> ProfileFile? {
        let bytes: [UInt8]?
        do {
            bytes = try readFile(path)
        } catch {
            throw CredentialChainError(detail: "\(path) cannot be read")
        }
        return try bytes.map { try ProfileFile(String(decoding: $0, as: UTF8.self), path: path) }
    }

    private static let beforeKeys = ["role_arn", "web_identity_token_file", "sso_session", "sso_start_url"]
    private static let afterKeys = ["credential_process", "mfa_serial", "source_profile", "credential_source"]

    private static func refuse(_ unsupported: [String], _ settings: [String: String], place: String) throws {
        guard let key = unsupported.first(where: { settings[$0] != nil }) else { return }
        let allowed = "allowed are aws_access_key_id, aws_secret_access_key and aws_session_token"
        throw CredentialChainError(detail: "\(place): \(key) is not supported; \(allowed)")
    }

    private static func keys(_ settings: [String: String], place: String) throws -> AWSCredentials? {
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
