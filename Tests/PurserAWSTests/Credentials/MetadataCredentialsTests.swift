import PurserAWS
import PurserCore
import PurserHTTP
import Testing

@Suite struct MetadataCredentialsTests {
    private static func json(_ id: String, _ extra: String = "") -> HTTPResponse {
        let text =
            #"{"AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-24T02:00:00Z"\#(extra)}"#
        return HTTPResponse(status: 200, body: Array(text.utf8))
    }

    @Test("a request to the container's endpoint carries the token, which is read from its file each time")
    func container() throws {
        let services = ScriptedServices { _ in Self.json("BOX") }
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:51679/v1/x",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
        ]
        let found = try scriptedChain(["/token": "abc\r\n"], variables, services).credentials()
        #expect(found.accessKeyID == "BOX" && found.sessionToken == "t")
        #expect(services.requests[0].headers == [HTTPHeader("Authorization", "abc")])
        let relative = try scriptedChain([:], ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/y"], services)
            .credentials()
        #expect(relative.accessKeyID == "BOX")
        #expect(services.requests[1].url.text == "http://169.254.170.2/v2/y")
    }

    @Test(
        "a token does not leave the machine over plain HTTP",
        arguments: [
            ("http://example.com/x", false), ("http://127.0.0.1.example.com/x", false), ("http://10.0.0.1/x", false),
            ("http://169.254.170.23/x", true), ("http://localhost:80/x", true), ("https://example.com/x", true),
            ("http://127.9.9.9/x", true), ("http://[fd00:ec2::23]/x", true), ("http://[::1]/x", true),
        ]
    )
    func hosts(address: String, isAllowed: Bool) {
        let services = ScriptedServices { _ in Self.json("BOX") }
        let found = try? scriptedChain([:], ["AWS_CONTAINER_CREDENTIALS_FULL_URI": address], services).credentials()
        #expect((found != nil) == isAllowed && services.requests.isEmpty != isAllowed)
    }

    @Test("the instance's role is read through IMDSv2 only: first a token, then the role, then its keys")
    func instance() throws {
        let services = ScriptedServices { request in
            switch (request.method, request.url.path) {
            case ("PUT", "/latest/api/token"): HTTPResponse(status: 200, body: Array("tok".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/"):
                HTTPResponse(status: 200, body: Array("my-role\n".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/my-role"): Self.json("EC2", #","Code":"Success""#)
            default: HTTPResponse(status: 404)
            }
        }
        #expect(try scriptedChain([:], [:], services).credentials().accessKeyID == "EC2")
        let requests = services.requests
        #expect(requests.map(\.url.host) == Array(repeating: "169.254.169.254", count: 3))
        #expect(requests[0].headers == [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600")])
        #expect(requests[2].headers == [HTTPHeader("X-aws-ec2-metadata-token", "tok")])
    }

    @Test("if no source has keys, every source is named; a named profile does not fall back to the machine's role")
    func nothing() {
        let services = ScriptedServices { request in
            throw HTTPError(host: request.url.host, reason: .timedOut, detail: "no answer")
        }
        let error = #expect(throws: CredentialChainError.self) { try scriptedChain([:], [:], services).credentials() }
        #expect(
            error?.description.contains("/h/.aws/config does not exist; no container provides credentials; ") == true
        )
        #expect(error?.description.contains("the instance's metadata: 169.254.169.254") == true, "\(error as Any)")
        #expect(services.requests.count == 1)
        #expect(throws: CredentialChainError.self) {
            try scriptedChain([:], ["AWS_PROFILE": "p"], services).credentials()
        }
        #expect(throws: CredentialChainError.self) { try scriptedChain([:], withoutInstance, services).credentials() }
        #expect(services.requests.count == 1)
    }

    @Test(
        "a response without credentials is an error that shows nothing of the response",
        arguments: ["", "hush", "{\"AccessKeyId\":\"A\"}"]
    )
    func malformed(body: String) {
        let services = ScriptedServices { _ in HTTPResponse(status: 200, body: Array(body.utf8)) }
        let variables = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"]
        let error = #expect(throws: CredentialChainError.self) {
            try scriptedChain([:], variables, services).credentials()
        }
        #expect(error?.description.contains("the container's endpoint provided none") == true)
        #expect(error?.description.contains("hush") == false)
    }
}
