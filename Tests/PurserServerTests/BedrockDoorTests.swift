import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserHTTP
import PurserStore
import TestSupport
import Testing

/// boto3's client, pointed at purserd, which calls a fake Bedrock that verifies signatures.
@Suite(.blocking, .needsPeers)
struct BedrockDoorTests {
    /// The result of one call, as the script reports it.
    struct Outcome: Decodable {
        var text: String
        var events: [String]
        var stopReason: String?
        var input: Int?
        var output: Int?
        var error: String?
        var code: String?
        var status: Int?
        var message: String?
    }

    static let secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    struct IssuedKey: Decodable {
        var accessKeyId: String
        var secretAccessKey: String
    }

    /// A daemon in front of a fake Bedrock, and a key that `purser keys create` created in its store.
    struct Fixture {
        let folder: TemporaryFolder
        let fake: FakeBedrockProcess
        let daemon: PurserdProcess
        let key: IssuedKey

        init(_ faults: [String] = [], environment: [String: String] = [:], keyOptions: [String] = []) throws {
            folder = try TemporaryFolder()
            let path = folder.path("purser.db")
            let purser = PurserProgram(store: path, environment: [SecretSeal.variable: secret])
            let made = try purser.run(["keys", "create", "--team", "support"] + keyOptions)
            try #require(made.status == 0, "\(made.errors)")
            key = try JSONDecoder().decode(IssuedKey.self, from: Data(made.output.utf8))
            fake = try FakeBedrockProcess(["--output-tokens", "64"] + faults, journal: folder.path("journal"))
            daemon = try PurserdProcess(
                store: path,
                bedrock: fake,
                environment: [SecretSeal.variable: secret].merging(environment) { $1 }
            )
        }

        /// Stops the daemon and opens its store, because an answer does not wait for its settlement to be committed.
        func settledStore() throws -> Store {
            #expect(daemon.stop() == 0)
            return try Store(path: folder.path("purser.db"), .existing)
        }

        func calls(_ lines: [JSONValue], key other: IssuedKey? = nil) throws -> [Outcome] {
            let key = other ?? key
            let signed: [JSONValue.Member] = [
                .init("endpoint", .string(daemon.url(""))), .init("key", .string(key.accessKeyId)),
                .init("secret", .string(key.secretAccessKey)),
            ]
            let peer = try PeerProcess.shared("bedrock_client.py")
            let outcomes = try lines.map { line in
                try peer.ask(.object((line.members ?? []) + signed), for: Outcome.self)
            }
            _ = try peer.ask(["operation": "close", "endpoint": .string(daemon.url(""))])
            return outcomes
        }

        func stop() {
            #expect(daemon.stop() == 0)
            fake.stop()
        }
    }

    private static func call(_ operation: String, maxTokens: Int = 200) -> JSONValue {
        ["operation": .string(operation), "text": "What is a purser?", "maxTokens": .integer(maxTokens)]
    }

    @Test("converse and converse_stream are answered through purserd, and the ledger matches what Bedrock served")
    func answers() throws {
        let fixture = try Fixture()
        defer { fixture.stop() }
        let outcomes = try fixture.calls([Self.call("converse"), Self.call("converse_stream")])
        for outcome in outcomes {
            #expect(outcome.error == nil, "\(outcome)")
            #expect(!outcome.text.isEmpty && outcome.output == 64 && outcome.stopReason == "end_turn")
        }
        #expect(
            outcomes[1].events == ["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]
        )
        let journal = try fixture.fake.journal()
        #expect(journal.count == 2 && journal.allSatisfy { $0.isDelivered })
        let price = try #require(try TestPrices.catalog().price(for: "amazon.nova-lite-v1:0", at: .now))
        let expected = try journal.reduce(Picodollars.zero) { try $0 + price.cost(of: $1.usage) }
        let total = try fixture.settledStore().monthTotal(CalendarMonth(containing: .now))
        #expect(total.requests == 2 && total.held == .zero && total.spent == expected)
    }

    @Test("a wrong secret and an unknown key get AccessDenied, and neither reaches Bedrock")
    func denied() throws {
        let fixture = try Fixture()
        defer { fixture.stop() }
        let wrong = IssuedKey(accessKeyId: fixture.key.accessKeyId, secretAccessKey: "wrong")
        let unknown = IssuedKey(accessKeyId: "PSRAAAAAAAAAAAAAAAAA", secretAccessKey: "wrong")
        for key in [wrong, unknown] {
            let outcome = try fixture.calls([Self.call("converse")], key: key)[0]
            #expect(outcome.error == "AccessDeniedException" && outcome.status == 403, "\(outcome)")
        }
        #expect(try fixture.fake.journal().isEmpty)
    }

    @Test("a call that is signed for another Region is refused with both names, and does not reach Bedrock")
    func otherRegion() throws {
        let fixture = try Fixture(environment: ["AWS_REGION": "eu-central-1"])
        defer { fixture.stop() }
        let outcome = try fixture.calls([Self.call("converse")])[0]
        #expect(outcome.error == "ValidationException" && outcome.status == 400, "\(outcome)")
        #expect(outcome.message?.contains("us-east-1") == true && outcome.message?.contains("eu-central-1") == true)
        #expect(try fixture.fake.journal().isEmpty)
    }

    @Test("a revoked key gets AccessDenied with the reason, and no call reaches Bedrock")
    func revoked() throws {
        // A process uses a key for a second after reading it; this one has not read it.
        let fixture = try Fixture()
        defer { fixture.stop() }
        let purser = PurserProgram(store: fixture.folder.path("purser.db"))
        #expect(try purser.run("keys", "revoke", fixture.key.accessKeyId).status == 0)
        let outcome = try fixture.calls([Self.call("converse")])[0]
        #expect(outcome.error == "AccessDeniedException" && outcome.message?.contains("revoked") == true, "\(outcome)")
        #expect(try fixture.fake.journal().isEmpty)
    }

    @Test("a key over its budget gets ServiceQuotaExceeded with Purser's message; another model is denied")
    func budget() throws {
        let fixture = try Fixture(keyOptions: ["--budget", "0.00026", "--models", "amazon.nova-lite-v1:0"])
        defer { fixture.stop() }
        let outcomes = try fixture.calls([
            Self.call("converse", maxTokens: 1000), Self.call("converse", maxTokens: 1000),
            ["operation": "converse", "text": "Hello", "model": "amazon.nova-pro-v1:0"],
        ])
        #expect(outcomes[0].error == nil, "\(outcomes[0])")
        #expect(outcomes[1].error == "ServiceQuotaExceededException" && outcomes[1].status == 400, "\(outcomes[1])")
        #expect(
            outcomes[1].message?.contains("budget of this access key of $0.00026: it can cost up to $0.00025 (")
                == true,
            "\(outcomes[1])"
        )
        #expect(outcomes[2].error == "AccessDeniedException", "\(outcomes[2])")
    }

    @Test("with keys only, programs are served and /chat is closed; the ledger has Bedrock's id of each call")
    func keysOnly() throws {
        let fixture = try Fixture(environment: ["PURSERD_AUTH": "keys"])
        defer { fixture.stop() }
        let outcomes = try fixture.calls([Self.call("converse", maxTokens: 10)])
        #expect(outcomes[0].error == nil, "\(outcomes[0])")
        let chat = try fixture.daemon.post("/chat", ["message": "Hello"])
        #expect(chat.status == 403 && String(decoding: chat.body, as: UTF8.self).contains("PURSERD_AUTH=keys"))
        let rows = try fixture.settledStore().requests(.newest, from: Timestamp(seconds: 0), to: .now + 60, limit: 9)
        #expect(rows.count == 1 && rows[0].upstreamRequestId?.count == 32, "\(rows)")
        // The model's own log of the call names it as the ledger does.
        let billed = try #require(fixture.fake.journal().first)
        #expect(billed.requestMetadata["requestId"]?.string == rows[0].requestId)
        #expect(billed.requestMetadata["team"] == "support")
    }

    @Test("the model's errors have Bedrock's names, and a stream that breaks off is charged its full hold")
    func modelErrors() throws {
        // If a stream arrives piece by piece, some of it has been read before it breaks, so it is not retried.
        let fixture = try Fixture(["--script", "validation", "--piece-ms", "20"])
        defer { fixture.stop() }
        var outcomes = try fixture.calls([Self.call("converse")])
        // On a busy machine, all pieces may arrive together. The stream is then retried, so all attempts are cut.
        try fixture.fake.setFaults(script: ["cut", "cut", "cut", "cut"])
        outcomes += try fixture.calls([Self.call("converse_stream")])
        try fixture.fake.setFaults(script: [])
        outcomes += try fixture.calls([Self.call("converse")])
        #expect(outcomes[0].error == "ValidationException", "\(outcomes[0])")
        #expect(outcomes[1].error != nil, "\(outcomes[1])")
        #expect(outcomes[2].error == nil, "\(outcomes[2])")
        let store = try fixture.settledStore()
        let health = try store.health()
        #expect(health.openReservations == 0 && health.ledgerRows == 3)
        let billed = try fixture.fake.journal()
        let price = try #require(try TestPrices.catalog().price(for: "amazon.nova-lite-v1:0", at: .now))
        let least = try billed.reduce(Picodollars.zero) { try $0 + price.cost(of: $1.usage) }
        #expect(try store.monthTotal(CalendarMonth(containing: .now)).spent >= least)
    }

    @Test("a question to /chat takes the same path, as JSON and as events")
    func chat() throws {
        let fixture = try Fixture()
        defer { fixture.stop() }
        let answer = try fixture.daemon.post(
            "/chat",
            ["message": "What is a purser?"],
            headers: [HTTPHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
        )
        let value = try JSONValue(parsing: answer.text)
        #expect(answer.status == 200 && value["usage"]?["outputTokens"]?.integer == 64)
        #expect(answer.header("X-Budget-Remaining") != nil && answer.header("X-Correlation-Id") != nil)
        let events = try fixture.daemon.post(
            "/chat",
            ["message": "What is a purser?"],
            headers: [HTTPHeader("Accept", "text/event-stream")]
        )
        #expect(events.header("Content-Type") == "text/event-stream")
        #expect(events.text.hasPrefix("event: delta\ndata: {\"text\":") && events.text.contains("\nevent: done\n"))
        let health = try fixture.daemon.get("/health")
        #expect(health.status == 200 && health.text.contains("\"model\":{\"status\":\"ok\"}"))
        let head = try HTTPClient.patient.send(HTTPRequest(method: "HEAD", url: HTTPURL(fixture.daemon.url("/health"))))
        let length = head.header("Content-Length").flatMap { Int($0) } ?? 0
        #expect(head.status == 200 && head.body.isEmpty && length > 20)
        #expect(fixture.daemon.server.outputText.contains("0af7651916cd43dd8448eb211c80319c"))
    }
}
