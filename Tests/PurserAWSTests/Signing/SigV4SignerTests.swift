import PurserCore
import PurserHTTP
import Testing

@testable import PurserAWS

/// The keys and the time of the examples that AWS publishes.
private let exampleCredentials = AWSCredentials(
    accessKeyID: "AKIDEXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)
private let exampleTime = Timestamp(year: 2015, month: 8, day: 30, hour: 12, minute: 36)

extension HTTPRequest {
    fileprivate var authorization: String {
        headers.last { $0.name == "Authorization" }?.value ?? ""
    }

    fileprivate var signature: Substring {
        authorization.split(separator: "Signature=").last ?? ""
    }

    fileprivate var signedNames: Substring {
        authorization.split(separator: "SignedHeaders=").last?.split(separator: ",").first ?? ""
    }
}

/// A request of the Signature Version 4 test suite, with the signature published for it.
struct SuiteCase: Sendable, CustomTestStringConvertible {
    let name: String
    var method = "GET"
    var target = "/"
    var headers: [HTTPHeader] = []
    var body = ""
    /// The suite lists unencoded paths; if that makes a difference, the target here is already encoded once.
    var isEncoded = false
    let signature: String

    var testDescription: String { name }

    private static let unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private static let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    private static let form = HTTPHeader("Content-Type", "application/x-www-form-urlencoded")

    static let all: [SuiteCase] = basic + queries + posts + paths

    private static let basic = [
        SuiteCase(name: "get-vanilla", signature: vanilla),
        SuiteCase(
            name: "get-header-key-duplicate",
            headers: ["value2", "value2", "value1"].map { HTTPHeader("My-Header1", $0) },
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"
        ),
        SuiteCase(
            name: "get-header-value-order",
            headers: ["value4", "value1", "value3", "value2"].map { HTTPHeader("My-Header1", $0) },
            signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"
        ),
        SuiteCase(
            name: "get-header-value-trim",
            headers: [HTTPHeader("My-Header1", " value1"), HTTPHeader("My-Header2", " \"a   b   c\"")],
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        ),
        SuiteCase(
            name: "get-unreserved",
            target: "/" + unreserved,
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"
        ),
        SuiteCase(
            name: "get-utf8",
            target: "/%E1%88%B4",
            isEncoded: true,
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
        ),
    ]

    private static let queries = [
        SuiteCase(
            name: "get-vanilla-empty-query-key",
            target: "/?Param1=value1",
            signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"
        ),
        SuiteCase(
            name: "get-vanilla-query-order-key",
            target: "/?Param1=value2&Param1=Value1",
            signature: "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"
        ),
        SuiteCase(
            name: "get-vanilla-query-order-key-case",
            target: "/?Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
        SuiteCase(
            name: "get-vanilla-query-order-value",
            target: "/?Param1=value2&Param1=value1",
            signature: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"
        ),
        SuiteCase(
            name: "get-vanilla-query-unreserved",
            target: "/?\(unreserved)=\(unreserved)",
            signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"
        ),
        SuiteCase(
            name: "get-vanilla-utf8-query",
            target: "/?%e1%88%b4=bar",
            signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"
        ),
    ]

    private static let posts = [
        SuiteCase(
            name: "post-vanilla",
            method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        SuiteCase(
            name: "post-header-key-sort",
            method: "POST",
            headers: [HTTPHeader("My-Header1", "value1")],
            signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"
        ),
        SuiteCase(
            name: "post-header-value-case",
            method: "POST",
            headers: [HTTPHeader("My-Header1", "VALUE1")],
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"
        ),
        SuiteCase(
            name: "post-vanilla-query",
            method: "POST",
            target: "/?Param1=value1",
            signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"
        ),
        SuiteCase(
            name: "post-x-www-form-urlencoded",
            method: "POST",
            headers: [form],
            body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        ),
        SuiteCase(
            name: "post-x-www-form-urlencoded-parameters",
            method: "POST",
            headers: [HTTPHeader("Content-Type", form.value + "; charset=utf8")],
            body: "Param1=value1",
            signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"
        ),
    ]

    private static let paths = [
        SuiteCase(name: "get-relative", target: "/example/..", signature: vanilla),
        SuiteCase(name: "get-relative-relative", target: "/example1/example2/../..", signature: vanilla),
        SuiteCase(name: "get-slash", target: "//", signature: vanilla),
        SuiteCase(name: "get-slash-dot-slash", target: "/./", signature: vanilla),
        SuiteCase(
            name: "get-slash-pointless-dot",
            target: "/./example",
            signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"
        ),
        SuiteCase(
            name: "get-slashes",
            target: "//example//",
            signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"
        ),
        SuiteCase(
            name: "get-space",
            target: "/example%20space/",
            isEncoded: true,
            signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"
        ),
    ]
}

@Suite struct SigV4SignerTests {
    private func request(_ target: String = "/", method: String = "GET") throws -> HTTPRequest {
        HTTPRequest(method: method, url: try HTTPURL("https://example.amazonaws.com" + target))
    }

    @Test("the documented IAM ListUsers request has the documented hash, key and signature")
    func listUsers() throws {
        let signer = SigV4Signer(credentials: exampleCredentials, service: "iam", region: "us-east-1")
        let request = HTTPRequest(
            url: try HTTPURL("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
            headers: [HTTPHeader("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
        )
        let signed = signer.sign(request, at: exampleTime)
        let canonical = signer.canonicalRequest(signed).text
        let scope = SigV4Scope(day: "20150830", region: "us-east-1", service: "iam")
        let key = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
        #expect(SHA256.hex(canonical) == "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59")
        #expect(scope.signingKey(secret: exampleCredentials.secretAccessKey).hexadecimal == key)
        #expect(
            signed.authorization
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        )
    }

    @Test("the requests of the published test suite get the published signatures", arguments: SuiteCase.all)
    func suite(example: SuiteCase) throws {
        let signer = SigV4Signer(
            credentials: exampleCredentials,
            service: "service",
            region: "us-east-1",
            encodesPathTwice: !example.isEncoded
        )
        var request = try request(example.target, method: example.method)
        request.headers = example.headers
        request.body = Array(example.body.utf8)
        #expect(signer.sign(request, at: exampleTime).signature == example.signature)
    }

    @Test("a session token is signed, and one added afterwards changes nothing")
    func sessionToken() throws {
        let token =
            "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUu"
            + "wthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQ"
            + "cHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR"
            + "/oLxBA=="
        let temporary = AWSCredentials(
            accessKeyID: exampleCredentials.accessKeyID,
            secretAccessKey: exampleCredentials.secretAccessKey,
            sessionToken: token
        )
        let signer = SigV4Signer(credentials: temporary, service: "service", region: "us-east-1")
        let before = signer.sign(try request(method: "POST"), at: exampleTime)
        #expect(before.signature == "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")
        #expect(before.signedNames == "host;x-amz-date;x-amz-security-token")
        #expect(before.headers.contains(HTTPHeader("X-Amz-Security-Token", token)))

        let plain = SigV4Signer(credentials: exampleCredentials, service: "service", region: "us-east-1")
        let after = plain.sign(try request(method: "POST"), at: exampleTime)
        #expect(after.signature == "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
        #expect(after.signedNames == "host;x-amz-date")
    }

    @Test("a request that is signed again later keeps nothing of its first signature")
    func signedAgain() throws {
        let signer = SigV4Signer(credentials: exampleCredentials, service: "service", region: "us-east-1")
        let later = exampleTime + 61
        let again = signer.sign(signer.sign(try request(), at: exampleTime), at: later)
        #expect(again.signature == signer.sign(try request(), at: later).signature)
        #expect(again.headers.map(\.name).sorted() == ["Authorization", "Host", "X-Amz-Date"])
        #expect(again.headers.contains(HTTPHeader("X-Amz-Date", "20150830T123701Z")))
    }

    @Test("the signing time is truncated to the second")
    func milliseconds() throws {
        let signer = SigV4Signer(credentials: exampleCredentials, service: "service", region: "us-east-1")
        let signed = signer.sign(try request(), at: Timestamp(milliseconds: exampleTime.milliseconds + 999))
        #expect(signed.signature == signer.sign(try request(), at: exampleTime).signature)
    }

    @Test("the host is signed as it is sent: with its port, unless that is the scheme's default")
    func host() throws {
        let signer = SigV4Signer(credentials: exampleCredentials, service: "service", region: "us-east-1")
        for (url, host) in [
            ("http://127.0.0.1:5000/", "127.0.0.1:5000"), ("http://localhost:80/", "localhost"),
            ("https://localhost:443/", "localhost"), ("https://localhost:80/", "localhost:80"),
            ("http://[::1]:4566/", "[::1]:4566"),
        ] {
            let signed = signer.sign(HTTPRequest(url: try HTTPURL(url)), at: exampleTime)
            #expect(signed.headers.first == HTTPHeader("Host", host))
        }
    }
}
