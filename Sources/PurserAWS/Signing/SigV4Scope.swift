/// What a signature is valid for: a day, a region and a service.
///
/// Everything that the signer and the verifier must compute in the same way is here.
struct SigV4Scope: Sendable, Equatable {
    static let algorithm = "AWS4-HMAC-SHA256"
    /// The last part of every scope.
    static let end = "aws4_request"

    /// `20150830`.
    var day: String
    var region: String
    var service: String

    var text: String {
        [day, region, service, Self.end].joined(separator: "/")
    }

    /// Returns the key with which signatures of this scope are made.
    func signingKey(secret: String) -> [UInt8] {
        [day, region, service, Self.end].reduce(Array(("AWS4" + secret).utf8)) { key, part in
            HMACSHA256.code(part, key: key)
        }
    }

    /// Returns the text that the key signs; `dateTime` is `20150830T123600Z`.
    func stringToSign(_ canonicalRequest: String, dateTime: String) -> String {
        [Self.algorithm, dateTime, text, SHA256.hex(canonicalRequest)].joined(separator: "\n")
    }

    /// Returns the six parts of a request that both sides hash.
    ///
    /// - Parameters:
    ///   - headers: The lines of the signed headers, each with its line break.
    ///   - names: The headers' names, separated by `;`.
    static func canonicalRequest(
        method: String,
        path: String,
        query: String,
        headers: String,
        names: String,
        payloadHash: String
    ) -> String {
        [method, path, query, headers, names, payloadHash].joined(separator: "\n")
    }
}
