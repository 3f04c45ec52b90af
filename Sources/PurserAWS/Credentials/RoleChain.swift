import PurserCore
import PurserHTTP

/// Credentials of roles, which STS issues to callers that may assume them.
struct RoleChain {
    private let chain: CredentialChain
    private let profiles: SharedProfiles

    private static let timeoutSeconds = 10.0
    private static let longestChain = 10

    init(_ chain: CredentialChain, _ profiles: SharedProfiles) {
        self.chain = chain
        self.profiles = profiles
    }

    /// Returns the credentials of the role that a profile names, or nil if it names none.
    func credentials(_ profile: String, _ found: [SharedProfiles.Found]) throws -> AWSCredentials? {
        try credentials(profile, found, path: [])
    }

    private func credentials(
        _ profile: String,
        _ found: [SharedProfiles.Found],
        path: [String]
    ) throws -> AWSCredentials? {
        // The credentials file takes precedence over the config file for each setting.
        let settings = found.reversed().reduce(into: [:]) { all, place in all.merge(place.settings) { $1 } }
        guard let arn = settings["role_arn"], let place = found.first(where: { $0.settings["role_arn"] != nil })?.place
        else { return nil }
        func fail(_ detail: String) -> CredentialChainError { CredentialChainError(detail: "\(place): \(detail)") }
        if settings["mfa_serial"] != nil {
            throw fail("mfa_serial is not supported, because a code cannot be entered")
        }
        if let file = settings["web_identity_token_file"] {
            return try webIdentity(tokenFile: file, arn: arn, session: settings["role_session_name"])
        }
        let source: AWSCredentials
        switch (settings["source_profile"], settings["credential_source"]) {
        case (nil, nil): throw fail("role_arn needs source_profile, credential_source or web_identity_token_file")
        case (_?, _?): throw fail("source_profile and credential_source cannot be combined")
        case (let name?, nil): source = try self.source(name, of: profile, place, path: path + [profile])
        case (nil, "Environment"): source = try AWSCredentials(environment: chain.environment)
        case (nil, "EcsContainer"):
            guard let own = try MetadataCredentials(chain).container() else {
                throw fail("credential_source is EcsContainer, but no container provides credentials")
            }
            source = own
        case (nil, "Ec2InstanceMetadata"):
            var tried: [String] = []
            guard let own = try MetadataCredentials(chain).instance(&tried) else {
                throw fail("credential_source is Ec2InstanceMetadata: " + tried.joined(separator: "; "))
            }
            source = own
        case (nil, let other?):
            throw fail(
                "credential_source `\(other)` is not allowed; allowed: Environment, Ec2InstanceMetadata, EcsContainer"
            )
        }
        var form = [("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", arn)]
        form.append(("RoleSessionName", settings["role_session_name"] ?? sessionName))
        if let id = settings["external_id"] { form.append(("ExternalId", id)) }
        if let seconds = settings["duration_seconds"] {
            guard let value = Int(seconds), (900...43_200).contains(value) else {
                throw fail("duration_seconds `\(seconds)` is not allowed; allowed: 900 to 43200")
            }
            form.append(("DurationSeconds", seconds))
        }
        return try ask(form, signedWith: source, role: arn)
    }

    /// Returns the credentials with which a role is assumed.
    private func source(_ name: String, of profile: String, _ place: String, path: [String]) throws -> AWSCredentials {
        var missing: [String] = []
        let found = profiles.find(name, missing: &missing)
        guard !found.isEmpty else {
            let detail = "\(place): source_profile `\(name)` does not exist: " + missing.joined(separator: "; ")
            throw CredentialChainError(detail: detail)
        }
        // Keys take precedence over a role here, so a profile may name itself to use its own keys.
        for place in found {
            if let keys = try CredentialChain.keys(place.settings, place: place.place) { return keys }
        }
        guard !path.contains(name), path.count < Self.longestChain else {
            let chain = (path + [name]).joined(separator: " -> ")
            throw CredentialChainError(detail: "\(place): source_profile leads back to itself: \(chain)")
        }
        guard let credentials = try credentials(name, found, path: path) else {
            throw CredentialChainError(detail: "\(found[0].place) has neither keys nor a role")
        }
        return credentials
    }

    /// Returns the credentials of a role that is assumed with another service's identity token, which needs no
    /// signature.
    func webIdentity(tokenFile: String, arn: String?, session: String?) throws -> AWSCredentials {
        guard let arn else { throw CredentialChainError(detail: "AWS_WEB_IDENTITY_TOKEN_FILE needs AWS_ROLE_ARN") }
        let bytes: [UInt8]?
        do {
            bytes = try chain.readFile(tokenFile)
        } catch {
            throw CredentialChainError(detail: "the web identity token file \(tokenFile) cannot be read")
        }
        guard let bytes else {
            throw CredentialChainError(detail: "the web identity token file \(tokenFile) does not exist")
        }
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", arn),
            ("RoleSessionName", session ?? sessionName),
            ("WebIdentityToken", String(decoding: bytes, as: UTF8.self)),
        ]
        return try ask(form, signedWith: nil, role: arn)
    }

    private var sessionName: String {
        "purser-\(chain.now().seconds)"
    }

    private func ask(
        _ form: [(String, String)],
        signedWith source: AWSCredentials?,
        role: String
    ) throws -> AWSCredentials {
        let region = profiles.region ?? "us-east-1"
        let endpoint = try AWSEndpoint(service: "sts", region: region, environment: chain.environment)
        let body = form.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }.joined(separator: "&")
        let request = HTTPRequest(
            method: "POST",
            url: endpoint.url,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(body.utf8)
        )
        let send = { (request: HTTPRequest) throws in try chain.send(request, Self.timeoutSeconds, false) }
        let response: HTTPResponse
        if let source {
            var call = SignedCall(request, service: "sts", region: region, source, chain.clock)
            response = try call.response(at: chain.now, by: send)
        } else {
            response = try send(request)
        }
        let text = response.text
        func value(_ name: String) -> String? { AnswerElement.text(name, in: text, longest: 8192) }
        guard (200..<300).contains(response.status), let id = value("AccessKeyId"),
            let secret = value("SecretAccessKey"),
            let token = value("SessionToken"), let end = value("Expiration").flatMap({ Timestamp(iso8601: $0) })
        else {
            let fault = AWSFault(response)
            let reason = [fault?.code ?? "HTTP status \(response.status)", fault?.message ?? ""]
                .filter { !$0.isEmpty }.joined(separator: ": ")
            throw CredentialChainError(detail: "STS did not issue credentials for role \(role): \(reason)")
        }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: end)
    }
}
