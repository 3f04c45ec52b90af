import Foundation
import PurserAWS
import TestSupport
import Testing

/// The server of `http_connections.py`, and connections that trust it.
struct ConnectionsPeer {
    private struct Ports: Decodable {
        let port: Int
        let tlsPort: Int
        let tls1Port: Int
    }

    /// What the server saw since it was last asked.
    struct Counts: Decodable, Equatable {
        var connections: Int
        var requests: [String: Int]
        /// Answers that are under way now.
        var open: Int
        /// The most answers that were under way at once.
        var most: Int
        /// Answers that the client did not wait for.
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
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let peer = try PeerProcess("http_connections.py", [folder.path])
        defer { peer.stop() }
        try await body(
            ConnectionsPeer(
                peer: peer,
                ports: try peer.readJSON(Ports.self),
                certificate: folder.appendingPathComponent("certificate.pem").path
            )
        )
    }

    func connections(responseLimitBytes: Int = 1 << 20, mostConnections: Int = 512) -> HTTPConnections {
        HTTPConnections(
            responseLimitBytes: responseLimitBytes,
            mostConnections: mostConnections,
            // Between two requests of a test there may be minutes, on a machine that does other things too.
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

    func counts() throws -> Counts {
        try peer.write("")
        return try peer.readJSON(Counts.self)
    }

    /// Asks until the server has seen what it should; what it counted is added up.
    func counts(until isSeen: (Counts) -> Bool) async throws -> Counts {
        var all = try counts()
        for _ in 0..<500 where !isSeen(all) {
            try await Task.sleep(for: .milliseconds(10))
            let more = try counts()
            all.connections += more.connections
            all.requests.merge(more.requests, uniquingKeysWith: +)
            all.open = more.open
            all.most = max(all.most, more.most)
            all.closed += more.closed
            all.sent += more.sent
        }
        return all
    }
}
