package import PurserCore
package import PurserHTTP
import Synchronization

/// Signs requests to one AWS service in one region with AWS Signature Version 4.
///
/// The rules are those of "Create a signed AWS API request" in the AWS IAM User Guide.
package struct SigV4Signer: Sendable {
    private let credentials: AWSCredentials
    private let service: String
    private let region: String
    private let encodesPathTwice: Bool

    /// - Parameter encodesPathTwice: True for every service except S3, whose paths also keep their `.`, `..` and
    ///   doubled slashes.
    package init(credentials: AWSCredentials, service: String, region: String, encodesPathTwice: Bool = true) {
        self.credentials = credentials
        self.service = service
        self.region = region
        self.encodesPathTwice = encodesPathTwice
    }

    /// Returns the request with `Host`, `X-Amz-Date`, `X-Amz-Security-Token` (with temporary credentials) and
    /// `Authorization`.
    ///
    /// Headers of an earlier signature are replaced, so that a retry can sign again with its own time.
    package func sign(_ request: HTTPRequest, at time: Timestamp) -> HTTPRequest {
        var signed = request
        signed.headers.removeAll {
            ["authorization", "x-amz-date", "x-amz-security-token"].contains($0.lowercasedName)
        }
        // The transport would send the same host, but the signed header must be exactly the one that is sent.
        if !signed.headers.contains(where: { $0.lowercasedName == "host" }) {
            signed.headers.append(HTTPHeader("Host", request.url.authority))
        }
        let dateTime = time.basicISO8601
        let scope = scope(dateTime)
        signed.headers.append(HTTPHeader("X-Amz-Date", dateTime))
        if let token = credentials.sessionToken {
            signed.headers.append(HTTPHeader("X-Amz-Security-Token", token))
        }
        let canonical = canonicalRequest(signed)
        let toSign = scope.stringToSign(canonical.text, dateTime: dateTime)
        let signature = HMACSHA256.code(toSign, key: key(scope)).hexadecimal
        signed.headers.append(
            HTTPHeader(
                "Authorization",
                "\(SigV4Scope.algorithm) Credential=\(credentials.accessKeyID)/\(scope.text), "
                    + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
            )
        )
        return signed
    }

    /// Returns the six parts that both sides hash, and the names of the headers among them; the request must already
    /// have its host and its date.
    func canonicalRequest(_ request: HTTPRequest) -> (text: String, signedHeaders: String) {
        let headers = Self.signedHeaders(request.headers)
        let text = SigV4Scope.canonicalRequest(
            method: request.method,
            path: Self.canonicalPath(request.url.path, encodesTwice: encodesPathTwice),
            query: Self.canonicalQuery(request.url.query ?? ""),
            headers: headers.lines,
            names: headers.names,
            payloadHash: SHA256.hex(request.body)
        )
        return (text, headers.names)
    }

    private func key(_ scope: SigV4Scope) -> [UInt8] {
        let secret = credentials.secretAccessKey
        return Self.lastKey.withLock { last in
            if let last, last.scope == scope, last.secret == secret { return last.key }
            let key = scope.signingKey(secret: secret)
            last = (scope, secret, key)
            return key
        }
    }

    /// The most recently derived signing key: a busy process signs for one service all day.
    private static let lastKey = Mutex<(scope: SigV4Scope, secret: String, key: [UInt8])?>(nil)

    private func scope(_ dateTime: String) -> SigV4Scope {
        SigV4Scope(day: String(dateTime.prefix(8)), region: region, service: service)
    }
}

extension SigV4Signer {
    /// Headers that a proxy or the transport may change or add on the way.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    private static func signedHeaders(_ headers: [HTTPHeader]) -> (lines: String, names: String) {
        let values = Dictionary(
            grouping: headers.filter { !unsigned.contains($0.lowercasedName) },
            by: \.lowercasedName
        )
        let names = values.keys.sorted()
        let lines = names.map { name in
            name + ":" + (values[name] ?? []).map { folded($0.value) }.joined(separator: ",") + "\n"
        }
        return (lines.joined(), names.joined(separator: ";"))
    }

    /// Returns the value without leading and trailing spaces, and with each run of spaces within reduced to one.
    static func folded(_ value: String) -> String {
        var last = UInt8(ascii: " ")
        let isFolded = value.utf8.allSatisfy { byte in
            defer { last = byte }
            return byte != UInt8(ascii: "\t") && (byte != UInt8(ascii: " ") || last != UInt8(ascii: " "))
        }
        // Nearly all values are folded already.
        if isFolded, last != UInt8(ascii: " ") || value.isEmpty { return value }
        return value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    static func canonicalQuery(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (recoded(parts[0]), parts.count > 1 ? recoded(parts[1]) : "")
        }
        return pairs.sorted { $0 < $1 }.map { $0.0 + "=" + $0.1 }.joined(separator: "&")
    }

    static func canonicalPath(_ path: String, encodesTwice: Bool) -> String {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard encodesTwice else { return segments.map(Self.recoded).joined(separator: "/") }
        var kept: [Substring] = []
        for segment in segments where !segment.isEmpty && segment != "." {
            if segment == ".." {
                _ = kept.popLast()
            } else {
                kept.append(segment)
            }
        }
        let end = path.hasSuffix("/") && !kept.isEmpty ? "/" : ""
        // The path is already encoded in the URL; this encodes it a second time.
        return "/" + kept.map { PercentEncoding.encode(String($0)) }.joined(separator: "/") + end
    }

    /// Returns the same bytes in the one form of escaping that AWS compares.
    static func recoded(_ text: Substring) -> String {
        PercentEncoding.encode(PercentEncoding.decode(text))
    }
}
