import Foundation
import PurserCore
import PurserHTTP
import TestSupport
import Testing

@testable import PurserAWS

/// The signature that botocore computes for a request.
private struct PeerSignature: Decodable, Equatable {
    let canonicalRequest: String
    let stringToSign: String
    let authorization: String
}

/// A random request, and how to sign it.
private struct RandomCase {
    var request: HTTPRequest
    let credentials: AWSCredentials
    let service: String
    let region: String
    let time: Timestamp
    let isS3: Bool

    init(using random: inout SplitMix64) throws {
        let isS3 = Int.random(in: 0..<4, using: &random) == 0
        let path = Self.path(isEncoded: isS3, using: &random)
        let url = Self.host(using: &random) + path + Self.query(using: &random)
        request = HTTPRequest(
            method: ["GET", "POST", "PUT", "DELETE", "HEAD"].randomElement(using: &random) ?? "GET",
            url: try HTTPURL(url),
            headers: (0..<Int.random(in: 0...5, using: &random)).map { _ in Self.header(using: &random) },
            body: (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        )
        credentials = AWSCredentials(
            accessKeyID: Self.word("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 20, using: &random),
            secretAccessKey: Self.word(Self.base64, 40, using: &random),
            sessionToken: Bool.random(using: &random) ? Self.word(Self.base64, 300, using: &random) : nil
        )
        service = ["sns", "sqs", "bedrock-runtime", "ssm"].randomElement(using: &random) ?? "sns"
        region = ["us-east-1", "eu-central-1", "cn-north-1"].randomElement(using: &random) ?? "us-east-1"
        time = Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random))
        self.isS3 = isS3
    }

    private static let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

    private static func word(_ letters: String, _ count: Int, using random: inout SplitMix64) -> String {
        String((0..<count).map { _ in letters.randomElement(using: &random) ?? "x" })
    }

    private static func host(using random: inout SplitMix64) -> String {
        [
            "https://sns.us-east-1.amazonaws.com", "http://127.0.0.1:5000", "http://localhost:80",
            "https://example.com:8443", "http://[::1]:4566",
        ].randomElement(using: &random) ?? ""
    }

    /// Returns a random path. botocore makes S3's paths nonempty, encodes everything, and signs the result unchanged.
    private static func path(isEncoded: Bool, using random: inout SplitMix64) -> String {
        let parts =
            ["a", "B-_.~", "%20", "%E1%88%B4", ".", "..", "", "%2F", "v2%3A0"]
            + (isEncoded ? [] : ["x:y", "m@n", "$&'()*+,;=", "!"])
        let count = Int.random(in: (isEncoded ? 1 : 0)...6, using: &random)
        return (0..<count).map { _ in "/" + (parts.randomElement(using: &random) ?? "") }.joined()
    }

    private static func query(using random: inout SplitMix64) -> String {
        let parts = ["a", "A", "a-b", "a1", "Param", "%20", "%26", "%C3%A4", "~", "0", "b.c", "%3D"]
        let pairs = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            let name = parts.randomElement(using: &random) ?? ""
            let value = parts.randomElement(using: &random) ?? ""
            return [name, name + "=", name + "=" + value].randomElement(using: &random) ?? name
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    private static func header(using random: inout SplitMix64) -> HTTPHeader {
        let names = [
            "Content-Type", "X-Amz-Target", "My-Header", "my-header", "Accept", "User-Agent", "Expect", "A-B", "A",
        ]
        let values = ["", "x", "  two  words ", "\ttab\t\ttab", "a,b", "\"a   b\"", "äöü", "x=y; z"]
        return HTTPHeader(names.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
    }

    var question: JSONValue {
        [
            "method": .string(request.method),
            "url": .string(request.url.text),
            "headers": .array(request.headers.map { [.string($0.name), .string($0.value)] }),
            "body": .string(Data(request.body).base64EncodedString()),
            "timestamp": .string(time.floored(toSeconds: 1).iso8601().filter { $0 != "-" && $0 != ":" }),
            "region": .string(region),
            "service": .string(service),
            "accessKey": .string(credentials.accessKeyID),
            "secretKey": .string(credentials.secretAccessKey),
            "token": JSONValue(credentials.sessionToken),
            "isS3": .bool(isS3),
        ]
    }

    func signature() -> PeerSignature {
        let signer = SigV4Signer(
            credentials: credentials,
            service: service,
            region: region,
            encodesPathTwice: !isS3
        )
        let signed = signer.sign(request, at: time)
        let canonical = signer.canonicalRequest(signed).text
        let dateTime = time.basicISO8601
        let scope = SigV4Scope(day: String(dateTime.prefix(8)), region: region, service: service)
        return PeerSignature(
            canonicalRequest: canonical,
            stringToSign: scope.stringToSign(canonical, dateTime: dateTime),
            authorization: signed.headers.last?.value ?? ""
        )
    }
}

@Suite(.blocking) struct SigV4PeerTests {
    @Test(
        "random requests are signed as botocore signs them",
        .needsPeers
    )
    func botocore() throws {
        let seed: UInt64 = 20_150_830
        var random = SplitMix64(seed: seed)
        let peer = try PeerProcess.shared("sigv4.py")
        for number in 0..<500 {
            let example = try RandomCase(using: &random)
            let expected = try peer.ask(example.question, for: PeerSignature.self)
            // Stop at the first difference.
            try #require(example.signature() == expected, "seed \(seed), request \(number)")
        }
    }
}
