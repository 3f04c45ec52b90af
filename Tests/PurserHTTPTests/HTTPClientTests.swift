import Foundation
import PurserCore
import PurserHTTP
import Synchronization
import TestSupport
import Testing

private struct Ports: Decodable {
    let port: Int
    let tlsPort: Int
}

/// A request as the peer received it.
private struct Echo: Decodable {
    let method: String
    let path: String
    let headers: [[String]]
    let body: String

    func values(_ name: String) -> [String] {
        headers.filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] }
    }
}

@Suite struct HTTPClientTests {
    @Test("a call to a closed port fails to connect, and may be retried")
    func closedPort() throws {
        let request = HTTPRequest(url: try HTTPURL("http://127.0.0.1:1/path?secret"))
        let error = #expect(throws: HTTPError.self) { try HTTPClient().send(request) }
        #expect(error?.reason == .notConnected)
        #expect(error?.isRetryable == true)
        #expect(error?.description.hasPrefix("127.0.0.1: no connection") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("a call to a host without an address may be retried")
    func unresolved() throws {
        let client = HTTPClient(connectTimeoutSeconds: 3, timeoutSeconds: 3)
        let request = HTTPRequest(url: try HTTPURL("http://nowhere.invalid/"))
        let error = #expect(throws: HTTPError.self) { try client.send(request) }
        // Some resolvers do not answer at all for a name that they do not know.
        #expect(error?.reason == .unresolvedHost || error?.reason == .timedOut)
        #expect(error?.isRetryable == true)
    }

    @Test(
        "a request with an invalid header is not sent",
        arguments: [
            HTTPHeader("X-Amz-Security-Token", "a\r\nX-Evil: 1"), HTTPHeader("A", "b\nc"), HTTPHeader("A", "b\0"),
            HTTPHeader("A:", "b"), HTTPHeader("A B", "c"), HTTPHeader("", "b"),
        ]
    )
    func brokenHeader(header: HTTPHeader) throws {
        let request = HTTPRequest(url: try HTTPURL("http://127.0.0.1:1/"), headers: [header])
        let error = #expect(throws: HTTPError.self) { try HTTPClient().send(request) }
        #expect(error?.reason == .invalidRequest)
        #expect(error?.isRetryable == false)
    }

    @Test("only transient errors are worth another attempt")
    func retryable() {
        let reasons: [(HTTPError.Reason, Bool)] = [
            (.unresolvedHost, true), (.notConnected, true), (.timedOut, true), (.connectionLost, true),
            (.tlsHandshake, true), (.malformedAnswer, true), (.failed, true), (.untrustedCertificate, false),
            (.answerTooLong(limitBytes: 1), false), (.invalidRequest, false),
        ]
        for (reason, isRetryable) in reasons {
            #expect(HTTPError(host: "h", reason: reason).isRetryable == isRetryable)
        }
    }
}

@Suite(.blocking, .needsPeers)
struct HTTPClientPeerTests {
    private func withPeer(_ body: (_ url: (String) throws -> HTTPURL, Ports) throws -> Void) throws {
        let ports = try PeerProcess.shared("http_faults.py").ready(Ports.self)
        try body({ try HTTPURL("http://127.0.0.1:\(ports.port)\($0)") }, ports)
    }

    private func echo(_ client: HTTPClient, _ request: HTTPRequest) throws -> Echo {
        let response = try client.send(request)
        #expect(response.status == 200)
        return try JSONDecoder().decode(Echo.self, from: Data(response.body))
    }

    @Test("the method, path, headers and body arrive unchanged, and nothing that alters them is added")
    func sent() throws {
        try withPeer { url, ports in
            let client = HTTPClient.patient
            let body = (0...255).map { UInt8($0) } + Array("äö".utf8)
            let headers = [
                HTTPHeader("Content-Type", "text/plain"), HTTPHeader("X-Two", "1"), HTTPHeader("X-Two", "2"),
                HTTPHeader("X-Empty", ""),
            ]
            for method in ["POST", "PUT", "DELETE", "GET"] {
                let target = "/echo/a//../%20?b=%2F&c"
                let seen = try echo(client, HTTPRequest(method: method, url: url(target), headers: headers, body: body))
                #expect(seen.method == method && seen.path == target)
                #expect(Data(base64Encoded: seen.body) == Data(body))
                #expect(seen.values("content-type") == ["text/plain"] && seen.values("x-two") == ["1", "2"])
                #expect(seen.values("x-empty") == [""] && seen.values("expect") == [])
                #expect(seen.values("host") == ["127.0.0.1:\(ports.port)"])
            }
            let plain = try echo(client, HTTPRequest(url: url("/echo")))
            #expect(plain.method == "GET" && plain.body == "" && plain.values("content-type") == [])
            // Without a body libcurl would read one from standard input.
            let empty = try echo(client, HTTPRequest(method: "POST", url: url("/echo")))
            #expect(empty.values("content-length") == ["0"] && empty.values("content-type") == [])
        }
    }

    @Test("a body of several megabytes is sent whole, and the response to HEAD has no body")
    func large() throws {
        try withPeer { url, _ in
            let client = HTTPClient.patient(responseLimitBytes: 8 << 20)
            let body = [UInt8](repeating: 7, count: 3 << 20)
            let seen = try echo(client, HTTPRequest(method: "POST", url: url("/echo"), body: body))
            #expect(Data(base64Encoded: seen.body) == Data(body))
            #expect(try client.send(HTTPRequest(method: "HEAD", url: url("/big?1000"))).body == [])
        }
    }

    @Test("a response's headers are found regardless of case, and those of an interim response are left out")
    func headers() throws {
        try withPeer { url, _ in
            let response = try HTTPClient.patient.send(HTTPRequest(url: url("/interim")))
            #expect(response.status == 200 && response.text == "ok")
            #expect(response.header("x-TWICE") == "one" && response.header("X-Empty") == "")
            #expect(response.headers.filter { $0.name.lowercased() == "x-twice" }.map(\.value) == ["one", "two"])
            #expect(response.header("Link") == nil && response.header("missing") == nil)
        }
    }

    @Test("a response with any status is returned, and a redirect is not followed")
    func statuses() throws {
        try withPeer { url, _ in
            let client = HTTPClient.patient
            for status in [201, 403, 429, 500, 503] {
                let response = try client.send(HTTPRequest(method: "POST", url: url("/status/\(status)")))
                #expect(response.status == status && response.text == "told to")
            }
            let redirect = try client.send(HTTPRequest(url: url("/redirect")))
            #expect(redirect.status == 302 && redirect.header("location") == "/echo")
        }
    }

    @Test("a call to a server that never answers times out, and the client continues to work")
    func timeout() throws {
        try withPeer { url, _ in
            // At the same time, a request with a time limit two hundred times as long waits until it is released.
            let path = "/held/" + UUID().uuidString
            let held = HTTPRequest(url: try url(path))
            let answer = Mutex<Result<HTTPResponse, any Error>?>(nil)
            let isAnswered = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                let result = Result<HTTPResponse, any Error> { try HTTPClient(timeoutSeconds: 60).send(held) }
                answer.withLock { $0 = result }
                isAnswered.signal()
            }
            let client = HTTPClient(timeoutSeconds: 0.3)
            let request = HTTPRequest(url: try url("/slow"))
            let error = #expect(throws: HTTPError.self) { try client.send(request) }
            #expect(error?.reason == .timedOut && error?.isRetryable == true)
            #expect(answer.withLock { $0 == nil })
            _ = try PeerProcess.shared("http_faults.py").ask(.string(path))
            isAnswered.wait()
            #expect(try answer.withLock { try $0?.get().text } == "let go")
            #expect(try HTTPClient.patient.send(HTTPRequest(url: url("/status/200"))).status == 200)
        }
    }

    @Test("a broken connection is reported as lost", arguments: ["/close", "/partial", "/hangup"])
    func broken(path: String) throws {
        try withPeer { url, _ in
            let body = [UInt8](repeating: 7, count: 4 << 20)
            let request = HTTPRequest(method: "POST", url: try url(path), body: path == "/hangup" ? body : [])
            let error = #expect(throws: HTTPError.self) { try HTTPClient.patient.send(request) }
            #expect(error?.reason == .connectionLost && error?.isRetryable == true)
        }
    }

    @Test("a response that is not HTTP is malformed")
    func garbage() throws {
        try withPeer { url, _ in
            let request = HTTPRequest(url: try url("/garbage"))
            let error = #expect(throws: HTTPError.self) { try HTTPClient.patient.send(request) }
            #expect(error?.reason == .malformedAnswer)
        }
    }

    @Test("a response is accepted up to the size limit, and rejected above it")
    func tooLong() throws {
        try withPeer { url, _ in
            let client = HTTPClient.patient(responseLimitBytes: 100_000)
            #expect(try client.send(HTTPRequest(url: url("/big?100000"))).body.count == 100_000)
            let request = HTTPRequest(url: try url("/big?100001"))
            let error = #expect(throws: HTTPError.self) { try client.send(request) }
            #expect(error?.reason == .answerTooLong(limitBytes: 100_000) && error?.isRetryable == false)
            #expect(error?.description == "127.0.0.1: the response is longer than 100000 bytes")
            let megabyte = HTTPRequest(url: try url("/big?1048577"))
            #expect(throws: HTTPError.self) { try HTTPClient.patient.send(megabyte) }
        }
    }

    @Test("a self-signed certificate is not trusted, and the error is not retryable")
    func certificate() throws {
        try withPeer { _, ports in
            let request = HTTPRequest(url: try HTTPURL("https://localhost:\(ports.tlsPort)/echo"))
            let error = #expect(throws: HTTPError.self) { try HTTPClient.patient.send(request) }
            #expect(error?.reason == .untrustedCertificate && error?.isRetryable == false)
        }
    }

    @Test("TLS with a server that does not support it fails in the handshake")
    func handshake() throws {
        try withPeer { _, ports in
            let request = HTTPRequest(url: try HTTPURL("https://127.0.0.1:\(ports.port)/echo"))
            let error = #expect(throws: HTTPError.self) { try HTTPClient.patient.send(request) }
            #expect(error?.reason == .tlsHandshake && error?.isRetryable == true)
        }
    }
}
