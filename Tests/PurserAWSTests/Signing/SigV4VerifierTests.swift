import PurserAWS
import PurserCore
import PurserHTTP
import Testing

/// A request to Converse, signed by our own signer.
struct SignedExample {
    static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    static let time = Timestamp(year: 2026, month: 11, day: 23, hour: 14)
    static let body = Array(#"{"messages":[{"role":"user","content":[{"text":"hello"}]}]}"#.utf8)

    var head: SignedRequestHead
    var body = Self.body

    init(
        path: String = "/model/us.amazon.nova-lite-v1%3A0/converse",
        service: String = "bedrock",
        region: String = "eu-west-1",
        headers: [HTTPHeader] = [],
        token: String? = nil,
        time: Timestamp = Self.time
    ) throws {
        let credentials = AWSCredentials(
            accessKeyID: "PSRAAAABBBBCCCCDDDD2",
            secretAccessKey: Self.secret,
            sessionToken: token
        )
        let request = HTTPRequest(
            method: "POST",
            url: try HTTPURL("http://purser.example:8080" + path),
            headers: [HTTPHeader("Content-Type", "application/json")] + headers,
            body: Self.body
        )
        let signed = SigV4Signer(credentials: credentials, service: service, region: region).sign(request, at: time)
        head = SignedRequestHead(
            method: "POST",
            path: signed.url.path,
            query: signed.url.query,
            headers: signed.headers
        )
    }

    subscript(name: String) -> String? {
        get { head.headers.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            head.headers.removeAll { $0.name.lowercased() == name.lowercased() }
            if let newValue { head.headers.append(HTTPHeader(name, newValue)) }
        }
    }

    /// Returns the verifier's refusal; nil if it accepts the request.
    func refusal(
        _ verifier: SigV4Verifier = SigV4Verifier(),
        at now: Timestamp = Self.time,
        secret: String = Self.secret
    ) -> SigV4Refusal? {
        do throws(SigV4Refusal) {
            let signature = try verifier.signature(of: head, at: now)
            let key = verifier.signingKey(signature.claim, secret: secret)
            try verifier.verify(signature, head, body: body, key: key)
            return nil
        } catch {
            return error
        }
    }
}

@Suite struct SigV4VerifierTests {
    @Test("the signatures of the published test suite are accepted", arguments: SuiteCase.all.filter { !$0.isEncoded })
    func suite(example: SuiteCase) throws {
        let parts = example.target.split(separator: "?", maxSplits: 1)
        let names = Set(["host", "x-amz-date"] + example.headers.map { $0.name.lowercased() }).sorted()
        var request = try SignedExample()
        request.head = SignedRequestHead(
            method: example.method,
            path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : nil,
            headers: example.headers + [
                HTTPHeader("Host", "example.amazonaws.com"), HTTPHeader("X-Amz-Date", "20150830T123600Z"),
                HTTPHeader(
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                        + "SignedHeaders=\(names.joined(separator: ";")),Signature=\(example.signature)"
                ),
            ]
        )
        request.body = Array(example.body.utf8)
        let verifier = SigV4Verifier(service: "service", region: "us-east-1")
        let time = Timestamp(year: 2015, month: 8, day: 30, hour: 12, minute: 36)
        #expect(request.refusal(verifier, at: time) == nil)
        #expect(request.refusal(verifier, at: time, secret: "another") == .mismatch)
    }

    @Test("a signature is valid for five minutes before and after the clock, and not a millisecond longer")
    func time() throws {
        let request = try SignedExample()
        for (milliseconds, isExpired) in [(300_000, true), (-300_000, false)] as [(Int64, Bool)] {
            let last = Timestamp(milliseconds: SignedExample.time.milliseconds + milliseconds)
            #expect(request.refusal(at: last) == nil)
            let past = Timestamp(milliseconds: last.milliseconds + milliseconds.signum())
            let refusal = try #require(request.refusal(at: past))
            // SDKs recognize clock skew by this prefix.
            #expect(refusal.message.hasPrefix(isExpired ? "Signature expired" : "Signature not yet current"))
            #expect(refusal.code == "InvalidSignatureException" && refusal.status == 403)
        }
    }

    @Test("a signature around midnight is valid for the day of its own date")
    func midnight() throws {
        let midnight = Timestamp(year: 2026, month: 11, day: 24)
        let request = try SignedExample(time: midnight - 1)
        #expect(request.refusal(at: midnight + 60) == nil)
        var moved = request
        moved["X-Amz-Date"] = "20261124T000000Z"
        guard case .wrongScope = moved.refusal(at: midnight) else {
            Issue.record("the scope's day was not compared")
            return
        }
    }

    @Test("any well-formed region is accepted, or only the configured one")
    func region() throws {
        let request = try SignedExample(region: "ap-southeast-4")
        #expect(request.refusal() == nil)
        #expect(request.refusal(SigV4Verifier(region: "ap-southeast-4")) == nil)
        #expect(request.refusal(SigV4Verifier(region: "us-east-1"))?.code == "InvalidSignatureException")
        let other = try SignedExample(service: "execute-api").refusal()
        #expect(other?.message == "The Credential is for the service execute-api; it must be for bedrock.")
    }

    @Test("a signed Date header dates a signature without x-amz-date")
    func dateHeader() throws {
        // Signed with Date by botocore 1.43.11.
        var request = try SignedExample()
        request.head = SignedRequestHead(
            method: "POST",
            path: "/model/m/converse",
            headers: [
                HTTPHeader("Host", "purser.example"), HTTPHeader("Date", "Mon, 23 Nov 2026 14:00:00 GMT"),
                HTTPHeader(
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=PSRAAAABBBBCCCCDDDD2/20261123/us-east-1/bedrock/aws4_request, "
                        + "SignedHeaders=date;host, "
                        + "Signature=514b90ec64197d27bf8264cf5526058999a8b48e96b4998d03c36841ceb60284"
                ),
            ]
        )
        request.body = Array("{}".utf8)
        #expect(request.refusal() == nil)
        request["Date"] = "Mon, 23 Nov 2026 14:00:01 GMT"
        #expect(request.refusal() == .mismatch)
        request["Date"] = "yesterday"
        #expect(request.refusal()?.code == "IncompleteSignatureException")
    }

    @Test("a model id's `:` may be unencoded in the path if it was signed that way; another spelling is another path")
    func colon() throws {
        let raw = "/model/us.amazon.nova-lite-v1:0/converse"
        var request = try SignedExample(path: raw)
        #expect(request.refusal() == nil)
        request.head.path = "/model/us.amazon.nova-lite-v1%3A0/converse"
        #expect(request.refusal() == .mismatch)
        request = try SignedExample()
        request.head.path = raw
        #expect(request.refusal() == .mismatch)
    }

    @Test("a body's hash must be correct, and the body must be signed")
    func payload() throws {
        func refusal(_ hash: String) throws -> SigV4Refusal? {
            try SignedExample(headers: [HTTPHeader("X-Amz-Content-Sha256", hash)]).refusal()
        }
        #expect(try refusal(SHA256.hex(SignedExample.body)) == nil)
        for hash in [
            SHA256.hex("another"), "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "STREAMING-AWS4-HMAC-SHA256-EVENTS", "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        ] {
            guard case .payload = try refusal(hash) else {
                Issue.record("\(hash) was not refused as a payload")
                continue
            }
        }
        for hash in ["", "0", SHA256.hex(SignedExample.body).uppercased()] {
            #expect(try refusal(hash)?.code == "IncompleteSignatureException")
        }
    }

    /// A change to a request, and the code and status of its refusal.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let status: Int
        let change: @Sendable (inout SignedExample) -> Void

        init(
            _ what: String,
            _ code: String,
            _ status: Int = 403,
            _ change: @escaping @Sendable (inout SignedExample) -> Void
        ) {
            testDescription = what
            self.code = code + "Exception"
            self.status = status
            self.change = change
        }

        static func authorization(
            _ what: String,
            _ code: String = "IncompleteSignature",
            _ status: Int = 400,
            _ change: @escaping @Sendable (String) -> String
        ) -> Wrong {
            Wrong(what, code, status) { $0["Authorization"] = change($0["Authorization"] ?? "") }
        }
    }

    static let wrongs = [
        Wrong("no Authorization", "MissingAuthenticationToken") { $0["Authorization"] = nil },
        .authorization("a bearer token", "MissingAuthenticationToken", 403) { _ in "Bearer bedrock-api-key-x" },
        .authorization("basic authentication", "MissingAuthenticationToken", 403) { _ in "Basic dTpw" },
        .authorization("another algorithm", "MissingAuthenticationToken", 403) {
            $0.replacing("SHA256", with: "SHA512")
        },
        .authorization("nothing in it", "MissingAuthenticationToken", 403) { _ in "" },
        .authorization("only the algorithm") { _ in "AWS4-HMAC-SHA256" },
        .authorization("no signature") { String($0.prefix { $0 != "," }) },
        .authorization("a part twice") { $0 + ", Signature=" + String(repeating: "0", count: 64) },
        .authorization("a part of no meaning") { $0 + ", Extra=1" },
        .authorization("a comma at its end") { $0 + "," },
        .authorization("a signature in capitals") { $0.replacing(/Signature=.*/) { $0.output.uppercased() } },
        .authorization("a short signature") { String($0.dropLast()) },
        .authorization("a long credential") { $0.replacing("/bedrock/", with: "/bedrock/x/") },
        .authorization("another end of the scope") { $0.replacing("aws4_request", with: "aws4") },
        .authorization("a region of capitals") { $0.replacing("eu-west-1", with: "EU") },
        .authorization("an empty region") { $0.replacing("eu-west-1", with: "") },
        .authorization("a key id with a space") { $0.replacing("PSRAAAA", with: "PSR AAA") },
        .authorization("an empty key id") { $0.replacing("PSRAAAABBBBCCCCDDDD2", with: "") },
        .authorization("headers out of order") { $0.replacing("content-type;host", with: "host;content-type") },
        .authorization("a header twice") { $0.replacing("host;", with: "host;host;") },
        .authorization("a header in capitals") { $0.replacing("host;", with: "Host;") },
        .authorization("a signed header that is not there") { $0.replacing("host;", with: "host;missing;") },
        .authorization("a long header") { $0 + String(repeating: " ", count: 5000) },
        .authorization("many headers") {
            $0.replacing("host;", with: (100...199).map { "h\($0);" }.joined() + "host;")
        },
        .authorization("another service", "InvalidSignature", 403) { $0.replacing("/bedrock/", with: "/sns/") },
        .authorization("another day", "InvalidSignature", 403) { $0.replacing("/20261123/", with: "/20261122/") },
        .authorization("host not signed", "InvalidSignature", 403) { $0.replacing("host;", with: "") },
        .authorization("x-amz-date not signed", "InvalidSignature", 403) { $0.replacing(";x-amz-date", with: "") },
        .authorization("a signature of zeros", "InvalidSignature", 403) {
            $0.replacing(/Signature=.*/) { _ in "Signature=" + String(repeating: "0", count: 64) }
        },
        Wrong("Authorization twice", "IncompleteSignature", 400) {
            $0.head.headers.append(HTTPHeader("authorization", $0["Authorization"] ?? ""))
        },
        Wrong("x-amz-date twice", "IncompleteSignature", 400) {
            $0.head.headers.append(HTTPHeader("x-amz-date", $0["X-Amz-Date"] ?? ""))
        },
        Wrong("Host twice", "IncompleteSignature", 400) { $0.head.headers.append(HTTPHeader("host", "other")) },
        Wrong("no Host", "IncompleteSignature", 400) { $0["Host"] = nil },
        Wrong("no date", "IncompleteSignature", 400) { $0["X-Amz-Date"] = nil },
        Wrong("a date of another form", "IncompleteSignature", 400) { $0["X-Amz-Date"] = "2026-11-23T14:00:00Z" },
        Wrong("a day that is none", "IncompleteSignature", 400) { $0["X-Amz-Date"] = "20260231T140000Z" },
        Wrong("a session token", "UnrecognizedClient") { $0["X-Amz-Security-Token"] = "token" },
        Wrong("an unsigned x-amz header", "InvalidSignature") { $0["X-Amz-Target"] = "Other" },
        Wrong("a signature in the query", "IncompleteSignature", 400) { $0.head.query = "X-Amz-Signature=0" },
        Wrong("a signature in the query, hidden", "IncompleteSignature", 400) {
            $0.head.query = "a=b&%78-amz-algorithm"
        },
        Wrong("a header with a line break", "IncompleteSignature", 400) { $0["Content-Type"] = "a\nhost:b" },
        Wrong("a header name of no token", "IncompleteSignature", 400) { $0["x-amz-\u{301}"] = "a" },
        Wrong("a path outside ASCII", "IncompleteSignature", 400) { $0.head.path = "/ሴ" },
        Wrong("an empty path", "IncompleteSignature", 400) { $0.head.path = "" },
        Wrong("a path with its query", "IncompleteSignature", 400) { $0.head.path += "?a" },
        Wrong("a long path", "IncompleteSignature", 400) { $0.head.path += String(repeating: "/a", count: 5000) },
        Wrong("a long query", "IncompleteSignature", 400) { $0.head.query = String(repeating: "&", count: 9000) },
        Wrong("a method that is none", "IncompleteSignature", 400) { $0.head.method = "P\nST" },
        Wrong("many headers", "IncompleteSignature", 400) {
            $0.head.headers += (0..<200).map { HTTPHeader("h\($0)", "") }
        },
        Wrong("large headers", "IncompleteSignature", 400) { $0["x"] = String(repeating: "x", count: 70_000) },
        Wrong("another method", "InvalidSignature") { $0.head.method = "PUT" },
        Wrong("a query that was not signed", "InvalidSignature") { $0.head.query = "a=b" },
        Wrong("another body", "InvalidSignature") { $0.body.append(0x20) },
        Wrong("another content type", "InvalidSignature") { $0["Content-Type"] = "text/plain" },
    ]

    @Test("each invalid request is refused with AWS's code, and no message shows the signature", arguments: wrongs)
    func refusals(wrong: Wrong) throws {
        var request = try SignedExample()
        #expect(request.refusal() == nil)
        wrong.change(&request)
        let refusal = try #require(request.refusal())
        #expect(refusal.code == wrong.code && refusal.status == wrong.status, "\(refusal)")
        #expect(!refusal.message.contains(/[0-9a-f]{64}/) && refusal.message.utf8.count < 300)
    }

    @Test("credentials with a session token are refused")
    func sessionToken() throws {
        #expect(try SignedExample(token: "token").refusal() == .sessionToken)
    }

    @Test("the parts of the header may be separated by no spaces or by several")
    func spaces() throws {
        let request = try SignedExample()
        for comma in [",", " ,  ", "\t,"] {
            var copy = request
            copy["Authorization"] = request["Authorization"]?.replacing(", ", with: comma)
            #expect(copy.refusal() == nil)
        }
    }
}
