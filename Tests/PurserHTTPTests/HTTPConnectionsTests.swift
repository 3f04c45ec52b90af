import PurserHTTP
import TestSupport
import Testing

private typealias Kind = ConnectionsPeer.Kind

/// Returns the value or the error of a call.
private func outcome<Value>(_ body: () async throws(HTTPError) -> Value) async -> Result<Value, HTTPError> {
    do throws(HTTPError) {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

@Suite struct HTTPConnectionsTests {
    @Test("a request to a closed port is reported as not sent, and a bad header is rejected before anything else")
    func unreachable() async throws {
        let connections = HTTPConnections()
        defer { connections.shutDown() }
        let request = HTTPRequest(url: try HTTPURL("http://127.0.0.1:1/"))
        let refused = await outcome { () throws(HTTPError) in try await connections.send(request, timeoutSeconds: 5) }
        #expect(refused.failure?.reason == .notConnected && refused.failure?.wasSent == false)
        let stream = await outcome { () throws(HTTPError) in try await connections.open(request, timeoutSeconds: 5) }
        #expect(stream.failure?.reason == .notConnected)
        let nowhere = HTTPRequest(url: try HTTPURL("http://nowhere.invalid/"))
        let unknown = await outcome { () throws(HTTPError) in try await connections.send(nowhere, timeoutSeconds: 3) }
        #expect(unknown.failure?.reason == .unresolvedHost || unknown.failure?.reason == .timedOut)
        #expect(unknown.failure?.wasSent == false)
        let evil = HTTPRequest(url: request.url, headers: [HTTPHeader("A", "b\r\nC: d")])
        let bad = await outcome { () throws(HTTPError) in try await connections.send(evil, timeoutSeconds: 5) }
        #expect(bad.failure?.reason == .invalidRequest)
    }

    @Test("after a shutdown no request is accepted, and shutting down twice is allowed")
    func afterShutDown() async throws {
        let connections = HTTPConnections()
        connections.shutDown()
        connections.shutDown()
        let request = HTTPRequest(url: try HTTPURL("http://127.0.0.1:1/"))
        let call = await outcome { () throws(HTTPError) in try await connections.send(request, timeoutSeconds: 5) }
        #expect(call.failure?.reason == .cancelled && call.failure?.wasSent == false)
        #expect(call.failure?.isRetryable == false)
    }
}

@Suite(.needsPeers)
struct HTTPConnectionsPeerTests {
    @Test("calls are answered over HTTP/1.1 and HTTP/2, one after another on one connection", arguments: Kind.allCases)
    fileprivate func calls(kind: Kind) async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections(responseLimitBytes: 4 << 20)
            defer { connections.shutDown() }
            for size in [0, 1, 100_000, 3 << 20] {
                let body = [UInt8](repeating: UInt8(size % 251), count: size)
                let request = HTTPRequest(method: "POST", url: try peer.url(kind, "/echo"), body: body)
                let response = try await connections.send(request, timeoutSeconds: 120)
                #expect(response.status == 200 && response.body == body)
                #expect(response.header("x-version") == (kind == .http2 ? "2" : "1.1"))
            }
            let counts = try await peer.counts()
            #expect(counts.connections == 1 && counts.requests == ["/echo": 4])
        }
    }

    @Test("many concurrent calls share few HTTP/2 connections, and none waits for another's response")
    func multiplexing() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            // Each is answered when all have arrived.
            let requests = try (0..<90).map { _ in try peer.post(.http2, "/together?90") }
            let answers = try await answers(connections, requests)
            #expect(answers == Array(repeating: "hello", count: 90))
            let counts = try await peer.counts()
            #expect(counts.requests == ["/together?90": 90] && counts.most == 90)
            // The server allows 100 concurrent calls on a connection.
            #expect(counts.connections == 1)
        }
    }

    @Test("five hundred concurrent calls are answered without HTTP/2 too, within the connection limit")
    func many() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections(mostConnections: 100)
            defer { connections.shutDown() }
            let requests = try (0..<500).map { try peer.post(.plain, "/together?100", "\($0)") }
            let answers = try await answers(connections, requests)
            #expect(answers.sorted() == (0..<500).map { "\($0)" }.sorted())
            let counts = try await peer.counts()
            #expect(counts.requests == ["/together?100": 500] && counts.most == 100 && counts.connections <= 100)
        }
    }

    @Test("a request that gets no response on a kept-alive connection is not sent again", arguments: Kind.allCases)
    fileprivate func resend(kind: Kind) async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            for (body, method) in [("{\"a\":1}", "POST"), ("", "POST"), ("", "GET")] {
                let url = try peer.url(kind, "/once")
                let request = HTTPRequest(method: method, url: url, body: Array(body.utf8))
                #expect(try await connections.send(request, timeoutSeconds: 120).status == 200)
                // The connection is kept alive: the server reads the request on it and closes it.
                let lost = await outcome { () throws(HTTPError) in
                    try await connections.send(request, timeoutSeconds: 120)
                }
                #expect(lost.failure?.reason == .connectionLost && lost.failure?.wasSent == true)
                #expect(lost.failure?.isRetryable == true)
                #expect(try await peer.counts().requests == ["/once": 2])
            }
            #expect(try await connections.send(peer.post(kind, "/echo"), timeoutSeconds: 120).status == 200)
        }
    }

    @Test(
        "a cancelled call ends at the server, and its HTTP/2 connection stays open for others",
        arguments: Kind.allCases
    )
    fileprivate func cancellation(kind: Kind) async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            _ = try await connections.send(peer.post(kind, "/echo"), timeoutSeconds: 120)
            let request = try peer.post(kind, "/never")
            try await withThrowingTaskGroup(of: HTTPError?.self) { group in
                group.addTask {
                    await outcome { () throws(HTTPError) in
                        try await connections.send(request, timeoutSeconds: 300)
                    }.failure
                }
                #expect(try await peer.counts(open: 1).open == 1)
                group.cancelAll()
                let error = try await group.next() ?? nil
                #expect(error?.reason == .cancelled && error?.wasSent == true && error?.isRetryable == false)
            }
            // libcurl 7.88 notifies an HTTP/2 server of the end only with the connection's next request.
            _ = try await connections.send(peer.post(kind, "/echo"), timeoutSeconds: 120)
            let counts = try await peer.counts(open: 0, closed: 1)
            #expect(counts.closed == 1 && counts.open == 0)
            #expect(counts.connections == (kind == .http2 ? 0 : 1))
        }
    }

    @Test("a call from a task that is already cancelled is never sent")
    func cancelledBefore() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            let request = try peer.post(.plain, "/echo")
            let error = await withTaskGroup(of: HTTPError?.self) { group in
                group.cancelAll()
                group.addTask {
                    await outcome { () throws(HTTPError) in
                        try await connections.send(request, timeoutSeconds: 300)
                    }.failure
                }
                return await group.next() ?? nil
            }
            #expect(error?.reason == .cancelled && error?.wasSent == false)
            #expect(try await peer.counts().requests == [:])
        }
    }

    @Test("a call without a response times out, and is reported as sent", arguments: Kind.allCases)
    fileprivate func deadline(kind: Kind) async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            let request = try peer.post(kind, "/never")
            // A busy machine may need longer than the first limit to send it.
            for timeoutSeconds in [0.5, 5, 50] {
                let late = await outcome { () throws(HTTPError) in
                    try await connections.send(request, timeoutSeconds: timeoutSeconds)
                }
                #expect(late.failure?.reason == .timedOut)
                if late.failure?.wasSent == true { break }
            }
            _ = try await connections.send(peer.post(kind, "/echo"), timeoutSeconds: 120)
            // The server sees a request once if it was sent, and never if it was not.
            let counts = try await peer.counts(closed: 1)
            #expect(counts.closed == 1 && counts.requests == ["/never": 1, "/echo": 1])
        }
    }

    @Test("a call that times out while waiting for a connection is reported as not sent")
    func waiting() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections(mostConnections: 1)
            defer { connections.shutDown() }
            let request = try peer.post(.plain, "/never")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await connections.send(request, timeoutSeconds: 300) }
                #expect(await (try? peer.counts(open: 1))?.open == 1)
                let late = await outcome { () throws(HTTPError) in
                    try await connections.send(request, timeoutSeconds: 0.3)
                }
                #expect(late.failure?.reason == .timedOut && late.failure?.wasSent == false)
                group.cancelAll()
            }
            #expect(try await peer.counts().requests == [:])
        }
    }

    @Test("a response is accepted up to the size limit, and rejected above it", arguments: Kind.allCases)
    fileprivate func limit(kind: Kind) async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections(responseLimitBytes: 100_000)
            defer { connections.shutDown() }
            #expect(
                try await connections.send(peer.post(kind, "/big?100000"), timeoutSeconds: 120).body.count == 100_000
            )
            let request = try peer.post(kind, "/big?101000")
            let long = await outcome { () throws(HTTPError) in try await connections.send(request, timeoutSeconds: 120)
            }
            #expect(long.failure?.reason == .answerTooLong(limitBytes: 100_000) && long.failure?.isRetryable == false)
            #expect(try await connections.send(peer.post(kind, "/echo"), timeoutSeconds: 120).text == "hello")
        }
    }

    @Test("shutting down ends every request in flight, and waits for the threads")
    func shutDown() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            let stream = try await connections.open(peer.post(.tls1, "/drip?0.05"), timeoutSeconds: 300)
            let request = try peer.post(.http2, "/never")
            await withTaskGroup(of: HTTPError?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        await outcome { () throws(HTTPError) in
                            try await connections.send(request, timeoutSeconds: 300)
                        }.failure
                    }
                }
                group.addTask {
                    await outcome { () throws(HTTPError) in
                        while try await stream.next() != nil {}
                    }.failure
                }
                #expect(await (try? peer.counts(open: 21))?.open == 21)
                connections.shutDown()
                for await error in group { #expect(error?.reason == .cancelled) }
            }
            let late = await outcome { () throws(HTTPError) in try await connections.send(request, timeoutSeconds: 1) }
            #expect(late.failure?.reason == .cancelled && late.failure?.wasSent == false)
            #expect(try await peer.counts(open: 0).open == 0)
        }
    }

    private func answers(_ connections: HTTPConnections, _ requests: [HTTPRequest]) async throws -> [String] {
        try await withThrowingTaskGroup(of: String.self) { group in
            for request in requests {
                group.addTask { try await connections.send(request, timeoutSeconds: 120).text }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
