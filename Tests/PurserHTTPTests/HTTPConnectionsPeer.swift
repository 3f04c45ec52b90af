import Foundation
import PurserCore
import PurserHTTP
import TestSupport
import Testing

/// Ports of `http_connections.py` that only one test uses, and connections that trust them.
struct ConnectionsPeer {
    private struct Certificate: Decodable {
        let certificate: String
    }

    private struct Ports: Decodable {
        let listener: Int
        let port: Int
        let tlsPort: Int
        let tls1Port: Int
    }

    /// The server's counts since it was last asked.
    struct Counts: Decodable, Equatable {
        var connections: Int
        var requests: [String: Int]
        /// Responses in flight.
        var open: Int
        /// The highest number of responses in flight at the same time.
        var most: Int
        /// Responses that the client did not wait for.
        var closed: Int
        /// Bytes of bodies.
        var sent: Int
    }

    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case plain
        case http2
        case tls1

        var testDescription: String { rawValue }
    }

    private let peer: PeerProcess
    private let ports: Ports
    let certificate: String

    static func with(_ body: (ConnectionsPeer) async throws -> Void) async throws {
        let peer = try PeerProcess.shared("http_connections.py")
        let certificate = try await peer.ready(Certificate.self).certificate
        let ports = try await peer.ask(["listen": true], for: Ports.self)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(ConnectionsPeer(peer: peer, ports: ports, certificate: certificate)))
        } catch {
            result = .failure(error)
        }
        _ = try await peer.ask(["close": .integer(ports.listener)])
        try result.get()
    }

    func connections(responseLimitBytes: Int = 1 << 20, mostConnections: Int = 512) -> HTTPConnections {
        HTTPConnections(
            connectTimeoutSeconds: PeerProcess.patienceSeconds,
            responseLimitBytes: responseLimitBytes,
            mostConnections: mostConnections,
            // On a busy machine, minutes may pass between two requests of a test.
            keptSeconds: 3600,
            certificateBundle: certificate
        )
    }

    func url(_ kind: Kind, _ path: String) throws -> HTTPURL {
        switch kind {
        case .plain: try HTTPURL("http://127.0.0.1:\(ports.port)\(path)")
        case .http2: try HTTPURL("https://localhost:\(ports.tlsPort)\(path)")
        case .tls1: try HTTPURL("https://localhost:\(ports.tls1Port)\(path)")
        }
    }

    func post(_ kind: Kind, _ path: String, _ body: String = "hello") throws -> HTTPRequest {
        HTTPRequest(method: "POST", url: try url(kind, path), body: Array(body.utf8))
    }

    /// Waits until `open` responses are in flight, the client has ended `closed` streams and `sent` bytes have been
    /// sent; returns the counts since the last time.
    func counts(open: Int? = nil, closed: Int? = nil, sent: Int? = nil) async throws -> Counts {
        var question: [JSONValue.Member] = [.init("counts", .integer(ports.listener))]
        for (name, value) in [("open", open), ("closed", closed), ("sent", sent)] {
            if let value { question.append(.init(name, .integer(value))) }
        }
        return try await peer.ask(.object(question), for: Counts.self)
    }
}
