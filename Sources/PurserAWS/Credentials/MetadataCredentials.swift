import PurserCore
import PurserHTTP

/// Credentials of the machine itself: those of its container, and those of its instance through IMDSv2.
struct MetadataCredentials {
    private let chain: CredentialChain

    // These services respond at once or not at all.
    private static let containerTimeoutSeconds = 2.0
    private static let instanceTimeoutSeconds = 1.0

    init(_ chain: CredentialChain) {
        self.chain = chain
    }

    /// Returns the credentials from the container's endpoint, or nil if no variable names one.
    func container() throws -> AWSCredentials? {
        let address: String
        if let path = chain.value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            address = "http://169.254.170.2" + path
        } else if let full = chain.value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            address = full
        } else {
            return nil
        }
        let url: HTTPURL
        do {
            url = try HTTPURL(address)
        } catch {
            throw CredentialChainError(detail: "the container's credentials: \(error)")
        }
        // A token is sent there, so plain HTTP is allowed only to this machine and to the addresses that ECS and EKS
        // document.
        guard address.lowercased().hasPrefix("https://") || Self.isLocal(url.host) else {
            let allowed = "https, or the loopback, 169.254.170.2, 169.254.170.23 or fd00:ec2::23"
            throw CredentialChainError(
                detail: "the container's credentials: \(url.host) is not allowed; allowed: \(allowed)"
            )
        }
        var headers: [HTTPHeader] = []
        if let token = try token() { headers.append(HTTPHeader("Authorization", token)) }
        return try read(
            HTTPRequest(url: url, headers: headers),
            Self.containerTimeoutSeconds,
            "the container's endpoint"
        )
    }

    private static func isLocal(_ host: String) -> Bool {
        let host = host.filter { $0 != "[" && $0 != "]" }.lowercased()
        if ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Returns the token. Its file is read each time, because it is replaced before the token expires.
    private func token() throws -> String? {
        guard let file = chain.value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            return chain.value("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        guard let bytes = try? chain.readFile(file) else {
            throw CredentialChainError(detail: "the container's token file \(file) cannot be read")
        }
        let end = bytes.lastIndex { $0 != 0x0a && $0 != 0x0d }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// Returns the credentials of the instance's role; nil, with a note in `tried`, if there is no instance or no role.
    func instance(_ tried: inout [String]) throws -> AWSCredentials? {
        guard chain.value("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else {
            tried.append("AWS_EC2_METADATA_DISABLED is true")
            return nil
        }
        let isIPv6 = chain.value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
        var base =
            chain.value("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            ?? (isIPv6 ? "http://[fd00:ec2::254]/" : "http://169.254.169.254/")
        if !base.hasSuffix("/") { base += "/" }
        do {
            let ttl = HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600")
            let token = try get("PUT", base + "latest/api/token", ttl)
            let header = HTTPHeader("X-aws-ec2-metadata-token", token)
            let list = base + "latest/meta-data/iam/security-credentials/"
            let role = try get("GET", list, header).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            let url = try HTTPURL(list + PercentEncoding.encode(role))
            let request = HTTPRequest(url: url, headers: [header])
            return try read(request, Self.instanceTimeoutSeconds, "the instance's metadata")
        } catch let error as CredentialChainError {
            throw error
        } catch {
            tried.append("the instance's metadata: \(error)")
            return nil
        }
    }

    private struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    private func get(_ method: String, _ address: String, _ header: HTTPHeader) throws -> String {
        let request = HTTPRequest(method: method, url: try HTTPURL(address), headers: [header])
        let response = try chain.send(request, Self.instanceTimeoutSeconds, true)
        // A token or a role that contains anything but printable ASCII is not from this service.
        guard response.status == 200, !response.text.isEmpty,
            response.text.utf8.allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0x0a })
        else { throw Refusal(description: "\(request.url.path) returned status \(response.status)") }
        return response.text
    }

    /// Reads the response, which has the same form for containers and instances.
    private func read(_ request: HTTPRequest, _ timeoutSeconds: Double, _ what: String) throws -> AWSCredentials {
        let response: HTTPResponse
        do {
            // Send it directly: a proxy is not on this machine and would see the token.
            response = try chain.send(request, timeoutSeconds, true)
        } catch {
            throw CredentialChainError(detail: "\(what) provided none: \(error)")
        }
        guard response.status == 200, let json = try? JSONValue(parsing: response.text) else {
            throw CredentialChainError(detail: "\(what) provided none: it returned status \(response.status)")
        }
        func text(_ key: String) -> String? {
            json[key]?.string.flatMap { value in
                value.utf8.allSatisfy { (0x21...0x7e).contains($0) } && !value.isEmpty ? value : nil
            }
        }
        guard let id = text("AccessKeyId"), let secret = text("SecretAccessKey") else {
            let code = json["Code"]?.string.map { " (\($0.prefix(100)))" } ?? ""
            throw CredentialChainError(
                detail: "\(what) provided none: its response lacks AccessKeyId or SecretAccessKey\(code)"
            )
        }
        let end = json["Expiration"]?.string.flatMap { Timestamp(iso8601: $0) }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: text("Token"), expiration: end)
    }
}
