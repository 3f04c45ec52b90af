import PurserHTTP
import TestSupport
import Testing

private typealias Kind = ConnectionsPeer.Kind

/// Returns the error with which reading a stream ends; nil if it ends normally.
private func end(_ stream: HTTPStream, _ take: ([UInt8]) -> Void = { _ in }) async -> HTTPError? {
    do throws(HTTPError) {
        while let piece = try await stream.next() { take(piece) }
        return nil
    } catch {
        return error
    }
}

/// Whether these are the peer's numbered pieces, complete and in order.
private func isWhole(_ bytes: [UInt8], pieces: Int) -> Bool {
    guard bytes.count == pieces * 1000 else { return false }
    return (0..<pieces).allSatisfy { piece in
        let digits = bytes[piece * 1000..<piece * 1000 + 8]
        return digits.reduce(0) { $0 * 10 + Int($1) - 48 } == piece
    }
}

@Suite(.needsPeers)
struct HTTPStreamTests {
    @Test("a stream arrives whole and in order, and its connection is kept for the next", arguments: Kind.allCases)
    fileprivate func whole(kind: Kind) async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            for pieces in [0, 1, 1000] {
                let stream = try await connections.open(peer.post(kind, "/stream?\(pieces)"), timeoutSeconds: 120)
                #expect(stream.status == 200 && stream.header("X-Version") == "1.1")
                var bytes: [UInt8] = []
                #expect(await end(stream) { bytes += $0 } == nil)
                let whole = isWhole(bytes, pieces: pieces)
                #expect(whole)
                #expect(try await stream.next() == nil)
            }
            #expect(try await peer.counts().connections == 1)
        }
    }

    @Test("a slow reader makes the server wait, loses nothing, and does not delay other calls")
    func slowReader() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections(responseLimitBytes: 64 << 20)
            defer { connections.shutDown() }
            let pieces = 30_000
            let slow = try await connections.open(peer.post(.tls1, "/stream?\(pieces)"), timeoutSeconds: 300)
            var bytes = try #require(await slow.next())
            // The server sends until the machine's buffers are full; they hold less than the response.
            var sent = -1
            var total = try await peer.counts().sent
            while sent != total {
                sent = total
                #expect(try await connections.send(peer.post(.tls1, "/slow?0.2"), timeoutSeconds: 120).text == "hello")
                let other = try await connections.open(peer.post(.tls1, "/stream?500"), timeoutSeconds: 120)
                var others = 0
                #expect(await end(other) { others += $0.count } == nil)
                #expect(others == 500_000)
                total += try await peer.counts().sent - 500_005
            }
            #expect(total < pieces * 1000 * 3 / 4)
            #expect(await end(slow) { bytes += $0 } == nil)
            let whole = isWhole(bytes, pieces: pieces)
            #expect(whole)
        }
    }

    @Test("a stream ends at the server when it is cancelled or released, or when its reader's task is cancelled")
    func cancellation() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            let cancelled = try await connections.open(peer.post(.tls1, "/drip?0.02"), timeoutSeconds: 300)
            #expect(try await cancelled.next()?.isEmpty == false)
            cancelled.cancel()
            #expect(await end(cancelled)?.reason == .cancelled)
            cancelled.cancel()
            #expect(try await peer.counts(closed: 1).closed == 1)

            var forgotten: HTTPStream? = try await connections.open(peer.post(.tls1, "/drip?0.02"), timeoutSeconds: 300)
            #expect(forgotten?.status == 200)
            forgotten = nil
            #expect(try await peer.counts(closed: 1).closed == 1)

            let read = try await connections.open(peer.post(.plain, "/drip?30"), timeoutSeconds: 300)
            await withTaskGroup(of: HTTPError?.self) { group in
                group.addTask { await end(read) }
                #expect(await (try? peer.counts(sent: 4))?.open == 1)
                group.cancelAll()
                for await error in group { #expect(error?.reason == .cancelled) }
            }
            #expect(try await peer.counts(closed: 1).closed == 1)
        }
    }

    @Test("a stream that breaks off, pauses too long, or takes too long ends with an error", arguments: Kind.allCases)
    fileprivate func broken(kind: Kind) async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            let cut = try await connections.open(peer.post(kind, "/cut?10"), timeoutSeconds: 120)
            #expect(await end(cut)?.reason == .connectionLost)
            // A busy machine may need longer than the first limit for the response headers.
            var late: HTTPStream?
            for timeoutSeconds in [0.5, 5, 50] where late == nil {
                do {
                    late = try await connections.open(peer.post(kind, "/drip?0.05"), timeoutSeconds: timeoutSeconds)
                } catch let error as HTTPError where error.reason == .timedOut {}
            }
            let ended = await end(try #require(late))
            #expect(ended?.reason == .timedOut)
            let idle = try await connections.open(
                peer.post(kind, "/drip?30"),
                timeoutSeconds: 300,
                idleTimeoutSeconds: 3
            )
            #expect(await end(idle)?.reason == .timedOut)
            // The end of an HTTP/2 stream is sent with the connection's next request at the latest.
            _ = try await connections.send(peer.post(kind, "/echo"), timeoutSeconds: 120)
            #expect(try await peer.counts(open: 0).open == 0)
        }
    }

    @Test("a stream is accepted up to the size limit, and rejected above it")
    func limit() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections(responseLimitBytes: 100_000)
            defer { connections.shutDown() }
            let short = try await connections.open(peer.post(.plain, "/stream?100"), timeoutSeconds: 120)
            #expect(await end(short) == nil)
            let long = try await connections.open(peer.post(.plain, "/stream?101"), timeoutSeconds: 120)
            #expect(await end(long)?.reason == .answerTooLong(limitBytes: 100_000))
        }
    }

    @Test("a stream that gets no response on a kept-alive connection is not requested again")
    func resend() async throws {
        try await ConnectionsPeer.with { peer in
            let connections = peer.connections()
            defer { connections.shutDown() }
            let first = try await connections.open(peer.post(.tls1, "/once"), timeoutSeconds: 120)
            #expect(await end(first) == nil)
            let request = try peer.post(.tls1, "/once")
            let error = await #expect(throws: HTTPError.self) {
                try await connections.open(request, timeoutSeconds: 120)
            }
            #expect(error?.reason == .connectionLost)
            #expect(try await peer.counts().requests == ["/once": 2])
        }
    }
}
