import Foundation

/// The profiles of the AWS tools' two shared files.
struct SharedProfiles {
    /// A profile's settings in one of the files.
    struct Found {
        /// `/root/.aws/config, profile "ops"`.
        var place: String
        var settings: [String: String]
    }

    private let environment: [String: String]
    private let files: [(variable: String, path: String?, file: ProfileFile?)]

    /// Reads both files; a missing one has no profiles.
    init(_ environment: [String: String], readFile: (String) throws -> [UInt8]?) throws {
        self.environment = environment
        files = try [("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")].map {
            variable,
            name in
            guard let path = Self.path(environment, variable, name) else { return (variable, nil, nil) }
            let bytes: [UInt8]?
            do {
                bytes = try readFile(path)
            } catch {
                throw CredentialChainError(detail: "\(path) cannot be read")
            }
            return (variable, path, try bytes.map { try ProfileFile(String(decoding: $0, as: UTF8.self), path: path) })
        }
    }

    private static func path(_ environment: [String: String], _ variable: String, _ name: String) -> String? {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = environment[variable], !path.isEmpty else { return home.map { $0 + "/.aws/" + name } }
        guard path.hasPrefix("~/"), let home else { return path }
        return home + path.dropFirst()
    }

    /// The profile that AWS_PROFILE names; nil if it is not set.
    var named: String? {
        environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Returns where a profile is defined, the credentials file first; `missing` gets a note for each file without it.
    func find(_ profile: String, missing: inout [String]) -> [Found] {
        var found: [Found] = []
        for (index, (variable, path, file)) in files.enumerated() {
            guard let path else {
                missing.append("\(variable) and HOME are not set")
                continue
            }
            guard let file else {
                missing.append("\(path) does not exist")
                continue
            }
            // In the config file, `profile` precedes every name except `default`.
            let sections =
                index == 0 ? [profile] : profile == "default" ? ["profile default", "default"] : ["profile " + profile]
            guard let settings = sections.lazy.compactMap({ file.sections[$0] }).first else {
                missing.append("\(path) has no profile \"\(profile)\"")
                continue
            }
            found.append(Found(place: "\(path), profile \"\(profile)\"", settings: settings))
        }
        return found
    }

    /// The region that the environment or the profile names.
    var region: String? {
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[variable], !region.isEmpty { return region }
        }
        var missing: [String] = []
        return find(named ?? "default", missing: &missing).lazy.compactMap { $0.settings["region"] }.first
    }
}
