import PurserAWS
import PurserCore

/// Verifies AWS Signature Version 4 by computing it again from the received request ("Create a signed AWS API request",
/// AWS IAM User Guide), without sharing any code with the signer.
struct SignatureCheck {
    /// The reason for refusing a request, with the service's name for it.
    struct Refusal {
        let name: String
        let message: String
    }

    private let credentials: AWSCredentials
    private let mostSkewSeconds: Int
    /// The last key and its scope; the key is the same for a day.
    private var derived: (scope: String, key: [UInt8]) = ("", [])

    init(_ credentials: AWSCredentials, mostSkewSeconds: Int) {
        self.credentials = credentials
        self.mostSkewSeconds = mostSkewSeconds
    }

    /// Returns why the request is refused; nil if the signature is correct. `now` is in seconds since 1970.
    mutating func refusal(of request: FakeRequest, now: Int) -> Refusal? {
        guard let header = request.header("authorization") else {
            return Refusal(name: "MissingAuthenticationTokenException", message: "There is no Authorization header.")
        }
        guard let signature = Signature(header), let date = request.header("x-amz-date") else {
            return Refusal(name: "IncompleteSignatureException", message: "The signature or its date is incomplete.")
        }
        let scope = signature.scope.split(separator: "/", omittingEmptySubsequences: false)
        guard scope.count == 4, scope[2] == "bedrock", scope[3] == "aws4_request", date.hasPrefix(scope[0] + "T") else {
            return Refusal(name: "InvalidSignatureException", message: "The credential's scope is wrong.")
        }
        guard signature.accessKeyID == credentials.accessKeyID,
            request.header("x-amz-security-token") == credentials.sessionToken
        else {
            return Refusal(
                name: "UnrecognizedClientException",
                message: "The access key or the session token is not known."
            )
        }
        guard let seconds = Self.seconds(date), abs(seconds - now) <= mostSkewSeconds else {
            return Refusal(
                name: "InvalidSignatureException",
                message: "Signature expired: \(date) is too far from now."
            )
        }
        let needed = ["host", "x-amz-date"] + (credentials.sessionToken == nil ? [] : ["x-amz-security-token"])
        guard needed.allSatisfy(signature.signedHeaders.contains) else {
            return Refusal(name: "InvalidSignatureException", message: "A header that must be signed is not signed.")
        }
        let bodyHash = SHA256.hex(request.body)
        if let told = request.header("x-amz-content-sha256"), told != bodyHash {
            return Refusal(name: "InvalidSignatureException", message: "The body is not the one that was hashed.")
        }
        let canonical = Self.canonical(request, signature.signedHeaders, bodyHash: bodyHash)
        let toSign = "AWS4-HMAC-SHA256\n\(date)\n\(signature.scope)\n\(SHA256.hex(canonical))"
        guard HMACSHA256.code(toSign, key: key(scope, signature.scope)).hexadecimal == signature.signature else {
            return Refusal(name: "InvalidSignatureException", message: "The signature does not match this request.")
        }
        return nil
    }

    private mutating func key(_ parts: [Substring], _ scope: String) -> [UInt8] {
        if derived.scope == scope { return derived.key }
        let secret = Array("AWS4".utf8) + Array(credentials.secretAccessKey.utf8)
        derived = (scope, parts.reduce(secret) { HMACSHA256.code(String($1), key: $0) })
        return derived.key
    }

    private static func canonical(_ request: FakeRequest, _ signed: [String], bodyHash: String) -> String {
        var text = request.method + "\n"
        // The received path is encoded once; the signature is for the path encoded twice.
        for segment in request.path.split(separator: "/") { text += "/" + encoded(segment.utf8) }
        if text.hasSuffix("\n") { text += "/" }
        text += "\n" + request.query.split(separator: "&").sorted().joined(separator: "&") + "\n"
        for name in signed {
            let values = request.headers.filter { $0.name == name }.map(\.value)
            text += name + ":" + values.map(folded).joined(separator: ",") + "\n"
        }
        return text + "\n" + signed.joined(separator: ";") + "\n" + bodyHash
    }

    private static func folded(_ value: String) -> String {
        value.utf8.contains(32) ? value.split(separator: " ").joined(separator: " ") : value
    }

    private static func encoded(_ bytes: Substring.UTF8View) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Returns the seconds since 1970 of `20150830T123600Z`.
    private static func seconds(_ text: String) -> Int? {
        let digits = text.utf8.compactMap { (48...57).contains($0) ? Int($0) - 48 : nil }
        guard digits.count == 14, text.utf8.count == 16 else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        let (month, day) = (number(4..<6), number(6..<8))
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let time = Timestamp(
            year: number(0..<4),
            month: month,
            day: day,
            hour: number(8..<10),
            minute: number(10..<12),
            second: number(12..<14)
        )
        return Int(time.milliseconds / 1000)
    }
}

/// The parts of an Authorization header.
private struct Signature {
    var accessKeyID = ""
    /// `20150830/us-east-1/bedrock/aws4_request`.
    var scope = ""
    var signedHeaders: [String] = []
    var signature = ""

    init?(_ header: String) {
        guard header.hasPrefix("AWS4-HMAC-SHA256 ") else { return nil }
        for part in header.dropFirst("AWS4-HMAC-SHA256 ".count).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            let value = pair[1]
            switch pair[0].filter({ $0 != " " }) {
            case "Credential":
                guard let slash = value.firstIndex(of: "/") else { return nil }
                accessKeyID = String(value[..<slash])
                scope = String(value[value.index(after: slash)...])
            case "SignedHeaders": signedHeaders = value.split(separator: ";").map(String.init)
            case "Signature": signature = String(value)
            default: return nil
            }
        }
        guard !accessKeyID.isEmpty, !scope.isEmpty, !signedHeaders.isEmpty, signature.count == 64 else { return nil }
    }
}
