import Foundation
import PurserCore
import PurserHTTP
import TestSupport
import Testing

@testable import PurserServer

/// The dashboard of a running daemon.
@Suite(.blocking, .startsPrograms) struct DashDoorTests {
    private static func send(
        _ server: PurserdProcess,
        _ method: String,
        _ path: String,
        _ headers: [HTTPHeader] = []
    ) throws -> HTTPResponse {
        try HTTPClient.patient.send(
            HTTPRequest(method: method, url: HTTPURL(server.url(path)), headers: headers, body: [])
        )
    }

    @Test("the page and its JSON have their headers, a tag that gives 304, and an answer to HEAD")
    func headers() throws {
        let folder = try TemporaryFolder()
        let server = try PurserdProcess.embedded(store: folder.path("purser.db"))
        for (path, type) in [("/dash", "text/html; charset=utf-8"), ("/dash.json", "application/json")] {
            let page = try server.get(path)
            #expect(page.status == 200 && page.header("content-type") == type)
            #expect(page.header("content-security-policy") == DashPages.policy)
            #expect(page.header("cache-control") == "private, no-cache")
            #expect(page.header("x-content-type-options") == "nosniff")
            #expect(page.header("referrer-policy") == "no-referrer")
            // A write in between, of a heartbeat, makes a new frame.
            let isSame = try (0..<20).contains { _ in
                let tag = try #require(try server.get(path).header("etag"))
                let head = try Self.send(server, "HEAD", path)
                let again = try server.get(path, headers: [HTTPHeader("If-None-Match", tag)])
                let headAgain = try Self.send(server, "HEAD", path, [HTTPHeader("If-None-Match", tag)])
                #expect(head.status == 200 && head.body.isEmpty && head.header("content-type") == type)
                #expect(again.status != 304 || again.body.isEmpty && again.header("etag") == tag)
                return again.status == 304 && headAgain.status == 304 && head.header("etag") == tag
            }
            #expect(isSame)
            let post = try Self.send(server, "POST", path)
            #expect(post.status == 405 && post.header("allow") == "GET, HEAD")
        }
        #expect(try server.get("/dash.json").text.contains("\"schema\":\"purser.dash/1\""))
        #expect(try Self.send(server, "HEAD", "/dash/events").header("content-type") == "text/event-stream")
        #expect(try Self.send(server, "DELETE", "/dash/events").status == 405)
        #expect(try server.get("/dash/").status == 404 && server.get("/dash/other").status == 404)
        for (path, words) in [
            ("/dash?since=2h", "since must be one of 1h"), ("/dash.json?name=none", "the dashboards are chat"),
            ("/dash?namespace=none", "no metrics of the namespace"), ("/dash?x=1", "since, name and namespace"),
            ("/dash/events?x=1", "No query parameter"),
        ] {
            let answer = try server.get(path)
            #expect(answer.status == 400 && answer.text.contains(words), "\(path): \(answer.text)")
        }
        #expect(server.stop() == 0)
    }

    @Test("calls go on after a page was read and another program has opened and closed the store")
    func otherProgram() throws {
        let folder = try TemporaryFolder()
        let server = try PurserdProcess.embedded(store: folder.path("purser.db"))
        let purser = PurserProgram(store: folder.path("purser.db"))
        for count in 1...2 {
            #expect(try server.get("/dash.json").status == 200)
            #expect(try purser.run("mark", "v\(count)").status == 0)
            // A session that cannot be used is refused: a budget for each session would not limit the call.
            let unusable = HTTPHeader("X-Purser-Session", ["run 2", String(repeating: "x", count: 129)][count - 1])
            #expect(try server.post("/chat", ["message": "Hello?"], headers: [unusable]).status == 400)
            let session = HTTPHeader("X-Purser-Session", "run-\(count)")
            #expect(try server.post("/chat", ["message": "Hello?"], headers: [session]).status == 200)
            let requests = try JSONValue(parsing: try purser.run("requests", "--format", "json").output)
            #expect(requests["requests"]?.array?.count == count, "\(requests)")
            let sessions = requests["requests"]?.array?.map { $0["session"] ?? nil }
            #expect(sessions == [["run-1"], ["run-2", "run-1"]][count - 1], "\(requests)")
        }
        #expect(server.stop() == 0)
    }

    @Test("without sign-in only this machine gets the dashboard: no other name, origin or proxy's client")
    func strangers() throws {
        let folder = try TemporaryFolder()
        let server = try PurserdProcess.embedded(store: folder.path("purser.db"))
        for path in ["/dash", "/dash.json", "/dash/events"] {
            for header in [
                HTTPHeader("Origin", "https://evil.example"), HTTPHeader("Origin", "null"),
                HTTPHeader("Host", "evil.example:\(server.port)"), HTTPHeader("X-Forwarded-For", "127.0.0.1"),
                HTTPHeader("Via", "1.1 proxy"), HTTPHeader("X-Real-IP", "127.0.0.1"),
            ] {
                let answer = try server.get(path, headers: [header])
                #expect(answer.status == 403, "\(path) \(header)")
                #expect(answer.header("content-security-policy") == "default-src 'none'; frame-ancestors 'none'")
            }
        }
        let own = [HTTPHeader("Origin", "http://\(server.address)")]
        #expect(try server.get("/dash.json", headers: own).status == 200)
        #expect(server.stop() == 0)
    }

    @Test("with sign-in the dashboard needs a token, and with access keys alone it is closed")
    func signIn() throws {
        let folder = try TemporaryFolder()
        // No token can be signed with it, which these requests do not need.
        let modulus = Data(repeating: 0xD5, count: 256).base64EncodedString().prefix { $0 != "=" }
        let key = #"{"kty":"RSA","alg":"RS256","use":"sig","kid":"k","e":"AQAB","n":"\#(modulus)"}"#
        try #"{"keys":[\#(key)]}"#.write(toFile: folder.path("jwks.json"), atomically: true, encoding: .utf8)
        let signedIn = try PurserdProcess.embedded(
            store: folder.path("purser.db"),
            environment: [
                "PURSERD_AUTH": "cognito", "PURSERD_JWKS": folder.path("jwks.json"),
                "PURSERD_COGNITO_ISSUER": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Test",
                "PURSERD_COGNITO_CLIENT_IDS": "client",
            ]
        )
        for path in ["/dash", "/dash.json", "/dash/events"] {
            let answer = try signedIn.get(path)
            #expect(answer.status == 401 && answer.header("www-authenticate") == "Bearer", "\(path)")
            #expect(try Self.send(signedIn, "HEAD", path).status == 401)
            #expect(try signedIn.get(path, headers: [HTTPHeader("Authorization", "Bearer x.y.z")]).status == 401)
        }
        #expect(signedIn.stop() == 0)
        let keys = try PurserdProcess.embedded(
            store: folder.path("keys.db"),
            environment: ["PURSERD_AUTH": "keys", "PURSERD_KEYS_SECRET": BedrockDoorTests.secret]
        )
        #expect(try keys.get("/dash").status == 403)
        #expect(keys.stop() == 0)
    }

    @Test("listeners get an event after a call, are limited, and do not hold up the shutdown")
    func events() async throws {
        let folder = try TemporaryFolder()
        let server = try PurserdProcess.embedded(
            store: folder.path("purser.db"),
            environment: ["PURSERD_SHUTDOWN_SECONDS": "600"]
        )
        let connections = HTTPConnections()
        let request = try HTTPRequest(url: HTTPURL(server.url("/dash/events")))
        var streams: [HTTPStream] = []
        for _ in 0..<DashEvents.most {
            // Longer than the whole suite takes on a slow machine: a stream that ends leaves its place to the next one.
            let stream = try await connections.open(request, timeoutSeconds: 3600)
            #expect(stream.status == 200 && stream.header("content-type") == "text/event-stream")
            streams.append(stream)
        }
        let refused = try await connections.open(request, timeoutSeconds: 3600)
        #expect(refused.status == 503 && refused.header("retry-after") == "10")
        var text = ""
        while !text.contains(": connected\n\n"), let bytes = try await streams[0].next() {
            text += String(decoding: bytes, as: UTF8.self)
        }
        #expect(text.hasPrefix("retry: 5000\n"))
        #expect(try server.post("/chat", ["message": "Hello?"]).status == 200)
        while !text.contains("event: change\ndata: {}\n\n"), let bytes = try await streams[0].next() {
            text += String(decoding: bytes, as: UTF8.self)
        }
        #expect(text.contains("event: change\n"))
        #expect(server.stop() == 0)
        // The stream ends with the server.
        while try await streams[0].next() != nil {}
    }
}
