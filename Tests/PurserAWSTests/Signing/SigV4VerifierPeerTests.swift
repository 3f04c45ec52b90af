import Foundation
import PurserAWS
import PurserCore
import PurserHTTP
import TestSupport
import Testing

/// A change to a request after which its signature must not be accepted.
private enum Mutation: CaseIterable {
    case method, path, pathEnd, query, queryPair, header, host, body, bodyEnd, date, signature, region, keyOfDay
}

/// A request as received over the wire.
private struct WireRequest {
    var head: SignedRequestHead
    var body: [UInt8]
    let secret: String

    func isBelieved(at now: Timestamp) -> Bool {
        let verifier = SigV4Verifier()
        do throws(SigV4Refusal) {
            let signature = try verifier.signature(of: head, at: now)
            let key = verifier.signingKey(signature.claim, secret: secret)
            try verifier.verify(signature, head, body: body, key: key)
            return true
        } catch {
            return false
        }
    }

    var authorization: String { value("Authorization") }

    private func value(_ name: String) -> String {
        head.headers.first { $0.name.lowercased() == name.lowercased() }?.value ?? ""
    }

    private mutating func set(_ name: String, _ value: String) {
        for index in head.headers.indices where head.headers[index].name.lowercased() == name.lowercased() {
            head.headers[index].value = value
        }
    }

    var dateTime: String { value("X-Amz-Date") }

    /// Returns the request with one thing changed; nil if it has nothing of that kind.
    func mutated(_ mutation: Mutation, using random: inout SplitMix64) -> WireRequest? {
        var copy = self
        switch mutation {
        case .method: copy.head.method = head.method == "PUT" ? "POST" : "PUT"
        case .path:
            // A segment that `..` removes may be anything.
            guard !head.path.contains(".."), let path = Self.otherLetter(head.path, using: &random) else { return nil }
            copy.head.path = path
        case .pathEnd: copy.head.path += "x"
        case .query:
            guard let query = head.query, let other = Self.otherLetter(query, using: &random) else { return nil }
            copy.head.query = other
        case .queryPair: copy.head.query = (head.query.map { $0 + "&" } ?? "") + "q=1"
        case .header:
            let names = authorization.firstMatch(of: /SignedHeaders=([^,]+)/)?.1.split(separator: ";") ?? []
            guard let name = names.filter({ $0 != "host" && $0 != "x-amz-date" }).randomElement(using: &random) else {
                return nil
            }
            copy.set(String(name), value(String(name)) + " x")
        case .host: copy.set("Host", value("Host") + "0")
        case .body:
            guard let index = body.indices.randomElement(using: &random) else { return nil }
            copy.body[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .bodyEnd: copy.body.append(0)
        case .date:
            // Any other second of the same minute.
            let second = String((Int(dateTime.dropLast().suffix(2)) ?? 0) == 7 ? 8 : 7).leftPadded(to: 2)
            copy.set("X-Amz-Date", String(dateTime.dropLast(3)) + second + "Z")
        case .signature:
            var text = Array(authorization.utf8)
            let index = text.count - 1 - Int.random(in: 0..<64, using: &random)
            text[index] = text[index] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            copy.set("Authorization", String(decoding: text, as: UTF8.self))
        case .region: copy.set("Authorization", authorization.replacing(/\/([a-z]+-[a-z]+)-1\//) { "/\($0.1)-2/" })
        case .keyOfDay: return WireRequest(head: head, body: body, secret: secret + "x")
        }
        return copy
    }

    /// Returns the text with one letter changed, not just in case, because encodings may have either case.
    private static func otherLetter(_ text: String, using random: inout SplitMix64) -> String? {
        var bytes = Array(text.utf8)
        let letters = bytes.indices.filter { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[$0] | 0x20) }
        guard let index = letters.randomElement(using: &random) else { return nil }
        let letter = bytes[index] | 0x20
        bytes[index] = letter == UInt8(ascii: "z") ? UInt8(ascii: "y") : letter + 1
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite(.blocking) struct SigV4VerifierPeerTests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    private func check(_ request: WireRequest, _ place: String, using random: inout SplitMix64) throws {
        let now = try #require(Timestamp(iso8601: Self.extended(request.dateTime)))
        try #require(request.isBelieved(at: now), "\(place): \(request.head)")
        for mutation in Mutation.allCases {
            guard let changed = request.mutated(mutation, using: &random) else { continue }
            try #require(!changed.isBelieved(at: now), "\(place), \(mutation): \(changed.head)")
        }
    }

    private static func extended(_ text: String) -> String {
        text.replacing(/(....)(..)(..)T(..)(..)(..)Z/) { "\($0.1)-\($0.2)-\($0.3)T\($0.4):\($0.5):\($0.6)Z" }
    }

    private struct PeerSignature: Decodable {
        let authorization: String
    }

    @Test(
        "random requests signed by botocore are accepted unchanged, and not after a single change",
        .needsPeers
    )
    func botocore() throws {
        let seed: UInt64 = 2026
        var random = SplitMix64(seed: seed)
        let peer = try PeerProcess.shared("sigv4.py")
        for number in 0..<400 {
            let (question, unsigned) = try Self.random(using: &random)
            var request = unsigned
            let authorization = try peer.ask(question, for: PeerSignature.self).authorization
            request.head.headers.append(HTTPHeader("Authorization", authorization))
            try check(request, "seed \(seed), request \(number)", using: &random)
        }
    }

    private static func random(using random: inout SplitMix64) throws -> (question: JSONValue, request: WireRequest) {
        let parts = ["a", "B-_.~", "%20", "%E1%88%B4", ".", "..", "", "%2F", "v2%3A0", "x:y", "m@n", "$&'()*+,;=", "!"]
        let path = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            "/" + (parts.randomElement(using: &random) ?? "")
        }.joined()
        let names = ["a", "A", "a-b", "Param", "%20", "%26", "%C3%A4", "~", "b.c", "%3D"]
        let pairs = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            let name = names.randomElement(using: &random) ?? ""
            let value = names.randomElement(using: &random) ?? ""
            return [name, name + "=", name + "=" + value].randomElement(using: &random) ?? name
        }
        let headerNames = ["Content-Type", "X-Amz-Target", "My-Header", "my-header", "Accept", "User-Agent", "Expect"]
        let values = ["", "x", "  two  words ", "\ttab\t\ttab", "a,b", "\"a   b\"", "x=y; z"]
        let headers = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            HTTPHeader(headerNames.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
        }
        let body = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let time = Timestamp(seconds: Int64.random(in: 0...4_000_000_000, using: &random))
        let dateTime = time.iso8601().filter { $0 != "-" && $0 != ":" }
        let method = ["GET", "POST", "PUT", "DELETE", "HEAD"].randomElement(using: &random) ?? "GET"
        let query = pairs.isEmpty ? nil : pairs.joined(separator: "&")
        let question: JSONValue = [
            "method": .string(method),
            "url": .string("http://127.0.0.1:8080" + path + (query.map { "?" + $0 } ?? "")),
            "headers": .array(headers.map { [.string($0.name), .string($0.value)] }),
            "body": .string(Data(body).base64EncodedString()),
            "timestamp": .string(dateTime),
            "region": "eu-west-1",
            "service": "bedrock",
            "accessKey": "PSRAAAABBBBCCCCDDDD2",
            "secretKey": .string(secret),
            "token": JSONValue.null,
            "isS3": .bool(false),
        ]
        let head = SignedRequestHead(
            method: method,
            path: path,
            query: query,
            headers: headers + [HTTPHeader("host", "127.0.0.1:8080"), HTTPHeader("x-amz-date", dateTime)]
        )
        return (question, WireRequest(head: head, body: body, secret: secret))
    }

    private struct PeerRequest: Decodable {
        let method: String
        let target: String
        let headers: [[String]]
        let body: String
    }

    @Test(
        "boto3's requests to Converse are accepted unchanged, and not after a single change",
        .needsPeers
    )
    func converse() throws {
        let seed: UInt64 = 20_261_126
        var random = SplitMix64(seed: seed)
        let models = [
            "us.amazon.nova-lite-v1:0", "anthropic.claude-3-5-sonnet-20241022-v2:0", "amazon.titan-text-express-v1",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
            "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
        ]
        let peer = try PeerProcess.shared("converse_requests.py")
        for number in 0..<100 {
            let question: JSONValue = [
                "endpoint": number.isMultiple(of: 2) ? "http://127.0.0.1:8080" : "https://purser.example.com",
                "region": number.isMultiple(of: 3) ? "us-east-1" : "ap-southeast-1",
                "accessKey": "PSRAAAABBBBCCCCDDDD2",
                "secretKey": .string(Self.secret),
                "modelId": .string(models[number % models.count]),
                "text": .string(String(repeating: "Grüße \(number) ", count: number + 1)),
                "stream": .bool(number % 4 > 1),
            ]
            let sent = try peer.ask(question, for: PeerRequest.self)
            let target = sent.target.split(separator: "?", maxSplits: 1)
            let head = SignedRequestHead(
                method: sent.method,
                path: String(target[0]),
                query: target.count > 1 ? String(target[1]) : nil,
                headers: sent.headers.map { HTTPHeader($0[0], $0[1]) }
            )
            let body = [UInt8](try #require(Data(base64Encoded: sent.body)))
            let request = WireRequest(head: head, body: body, secret: Self.secret)
            try check(request, "seed \(seed), request \(number)", using: &random)
        }
    }
}
