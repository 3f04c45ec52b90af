import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Attacks from OWASP's lists, sent to a running daemon: each gets a clear answer, and the daemon stays up.
@Suite(.blocking, .needsPeers)
struct HostileClientsTests {
    /// The result of one request.
    struct Answer: Decodable, Equatable {
        var status: Int?
        var code: String?
        var message: String?
        var correlationId: Bool?
        var closed: Bool?
        var exception: String?
        var connection: String?
        var allowedOrigin: String?

        enum CodingKeys: String, CodingKey {
            case status, code, message, correlationId, closed, connection
            case exception = "x-amzn-errortype"
            case allowedOrigin = "access-control-allow-origin"
        }
    }

    static let limitBytes = 65_536

    /// Starts a daemon, runs the hostile clients against it, stops it, and checks its output and its store.
    ///
    /// - Parameters:
    ///   - limitSeconds: The time limit for a head or a body. Quick clients have more than the slowest machine needs.
    ///   - question: Returns the request to the client script for the daemon's port.
    static func answers(
        limitSeconds: Int = 600,
        environment: [String: String] = [:],
        to question: (Int) -> JSONValue
    ) throws -> [String: Answer] {
        let folder = try TemporaryFolder()
        var all = [
            "PURSERD_MAX_BODY_BYTES": String(limitBytes), "PURSERD_REQUEST_TIMEOUT_SECONDS": String(limitSeconds),
            "PURSERD_ALLOWED_ORIGIN": "https://chat.example.com", "PURSERD_RATE_PER_ADDRESS": "10000",
        ]
        all.merge(environment) { _, new in new }
        let server = try PurserdProcess.embedded(store: folder.path("purser.db"), environment: all)
        let answers = try PeerProcess.shared("hostile_clients.py")
            .ask(question(server.portNumber), for: [String: Answer].self)
        #expect(server.stop() == 0)
        #expect(server.server.errorText.isEmpty)
        // If a client could write into the log, a line would not be JSON.
        for line in server.server.outputText.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        let health = try Store(path: folder.path("purser.db"), .existing).health()
        #expect(health.faults.isEmpty && health.openReservations == 0)
        return answers
    }

    /// Returns the request to the client script for quick clients.
    private static func quick(keyFolder: String? = nil) -> (Int) -> JSONValue {
        { port in
            [
                "kind": "quick", "port": .integer(port), "bodyLimit": .integer(limitBytes),
                "keyFolder": JSONValue(keyFolder),
            ]
        }
    }

    @Test("invalid bodies, heads, models and origins are each refused, and cost nothing")
    func everybody() throws {
        let answers = try Self.answers(to: Self.quick())
        func expect(_ name: String, _ status: Int?, _ code: String? = nil, closes: Bool? = nil) {
            let answer = answers[name]
            #expect(answer != nil && answer?.status == status && answer?.code == code, "\(name): \(answer as Any)")
            if let closes { #expect(answer?.closed == closes, "\(name) leaves the connection open") }
        }
        for name in ["declared too long", "chunked too long"] { expect(name, 413, "invalid_request", closes: true) }
        for name in [
            "empty body", "bad UTF-8", "surrogates", "duplicate keys", "a list", "another field", "a number",
            "control characters only", "a system turn",
        ] {
            expect(name, 400, "invalid_request")
        }
        // 200,000 bytes are above the limit of this daemon; the JSON reader's own tests check the depth.
        expect("deep JSON", 413, "invalid_request")
        expect("too long a message", 400, "message_too_long")
        expect("SQL", 403, "blocked")

        // Four answers, one after another.
        expect("a whole request behind others", 4, closes: true)
        for name in ["header flood", "a giant header", "no HTTP", "two lengths", "length and chunks"] {
            expect(name, 400, closes: true)
        }
        expect("two hosts", 400, "invalid_request")
        expect("a correlation id with a line break", 200)
        expect("an id that would break the log", 200)
        expect("another method", 405, "method_not_allowed")
        expect("an unknown path", 404, "not_found")

        for name in [
            "dots", "dots in the open", "a NUL", "encoded twice", "a query in the id", "a line break", "no UTF-8",
        ] {
            expect("model: " + name, 404)
            #expect(answers["model: " + name]?.exception == "UnknownOperationException")
        }
        expect("model: too long an id", 404)
        expect("model: an unpriced model", 400)
        #expect(answers["model: an unpriced model"]?.exception == "ValidationException")

        for name in ["origin", "origin null", "origin suffix", "preflight of another origin"] {
            expect(name, 403, "origin_not_allowed")
            #expect(answers[name]?.allowedOrigin == nil)
        }
        expect("refused half", 403, "origin_not_allowed", closes: true)
        #expect(answers["refused half"]?.connection == "close")
        #expect(answers["refused whole"]?.status == 403 && answers["refused whole"]?.connection != "close")
        expect("after refused whole", 200)
        expect("expects", 100)
        expect("after continue", 200)
        expect("expects and is refused", 403, "origin_not_allowed", closes: true)
        expect("closes", 200, closes: true)
        expect("origin allowed", 200)
        #expect(answers["origin allowed"]?.allowedOrigin == "https://chat.example.com")
        expect("preflight", 204)
        // A client that asks for help can name its request.
        for name in ["bad UTF-8", "SQL", "an unknown path", "model: dots", "origin"] {
            #expect(answers[name]?.correlationId == true, "\(name) has no correlation id")
        }
    }

    @Test("a client that is slow with a head, a body or reading an answer is disconnected")
    func slow() throws {
        let folder = try TemporaryFolder()
        let patient = try PurserdProcess.embedded(
            store: folder.path("purser.db"),
            environment: ["PURSERD_REQUEST_TIMEOUT_SECONDS": "600"]
        )
        let answers = try Self.answers(limitSeconds: 1) { port in
            ["kind": "slow", "port": .integer(port), "patientPort": .integer(patient.portNumber)]
        }
        #expect(answers["slow body"]?.status == 408 && answers["slow body"]?.code == "invalid_request")
        for name in ["slow head", "slow body", "silent", "a slow body behind others", "takes no answer"] {
            #expect(answers[name]?.closed == true, "\(name) leaves the connection open")
        }
        #expect(answers["slow head"]?.status == nil)
        // The limit ends them: a daemon with a longer limit still waits for clients that connected earlier.
        #expect(answers["elsewhere"]?.closed == false)
        #expect(patient.stop() == 0)
    }

    @Test("SQL in a message is harmless if the rule is off")
    func harmless() throws {
        let answers = try Self.answers(environment: ["PURSERD_BLOCK_INJECTION": "off"], to: Self.quick())
        #expect(answers["SQL"]?.status == 200)
    }

    @Test("forged, expired and tricky tokens are refused, and a good one is accepted")
    func tokens() throws {
        let folder = try TemporaryFolder()
        _ = try PeerProcess.shared("pool_keys.py").ask(.string(folder.url.path))
        let answers = try Self.answers(
            environment: [
                "PURSERD_AUTH": "cognito", "PURSERD_JWKS": folder.path("jwks.json"),
                "PURSERD_COGNITO_ISSUER": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Test",
                "PURSERD_COGNITO_CLIENT_IDS": "client", "PURSERD_EMAIL_DOMAIN": "example.com",
            ],
            to: Self.quick(keyFolder: folder.url.path)
        )
        let tokens = answers.filter { $0.key.hasPrefix("token: ") }
        #expect(tokens.count == 17)
        #expect(tokens["token: good"]?.status == 200)
        for (name, answer) in tokens where name != "token: good" {
            let isForbidden = ["token: another domain", "token: an unverified address"].contains(name)
            #expect(answer.status == (isForbidden ? 403 : 401), "\(name): \(answer)")
            #expect(answer.code == (isForbidden ? "forbidden" : "unauthenticated"), "\(name): \(answer)")
        }
        #expect(answers["dash: good"]?.status == 200 && answers["dash: another domain"]?.status == 403)
        // Without its own access keys, the Bedrock API is closed.
        #expect(answers["model: an unpriced model"]?.exception == "AccessDeniedException")
    }
}
