import ChatService
import CoreMetrics
import PurserAWS
import PurserCore
import PurserHTTP
import PurserStore
import Synchronization
import TestSupport
import Testing

/// A queue in memory with SQS's JSON protocol, without other readers.
private final class QueueInMemory: Sendable {
    struct State {
        var visible: [(id: String, body: String)] = []
        var hidden: [String: (id: String, body: String)] = [:]
        var receives: [String: Int] = [:]
        var refusesDeletion = false
    }

    let state = Mutex(State())

    init(_ bodies: [String]) {
        state.withLock { $0.visible = bodies.enumerated().map { ("m-\($0.offset)", $0.element) } }
    }

    var visible: [String] {
        state.withLock { $0.visible.map(\.id) }
    }

    func client() throws -> SQSClient {
        SQSClient(
            queue: try SQSQueue("https://sqs.eu-west-1.amazonaws.com/1/letters", environment: [:]),
            AWSSession(
                keys: { AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret") },
                send: { [self] in try answer($0) }
            )
        )
    }

    private func answer(_ request: HTTPRequest) throws -> HTTPResponse {
        let input = try JSONValue(parsing: String(decoding: request.body, as: UTF8.self))
        let operation = request.headers.first { $0.name == "X-Amz-Target" }?.value ?? ""
        let receipt = input["ReceiptHandle"]?.string ?? ""
        return state.withLock { state in
            var output: JSONValue = [:]
            switch operation {
            case "AmazonSQS.ReceiveMessage" where !state.visible.isEmpty:
                let message = state.visible.removeFirst()
                state.hidden[message.id] = message
                let count = (state.receives[message.id] ?? 0) + 1
                state.receives[message.id] = count
                output = [
                    "Messages": [
                        [
                            "MessageId": .string(message.id), "ReceiptHandle": .string(message.id),
                            "Body": .string(message.body),
                            "Attributes": ["ApproximateReceiveCount": .string(String(count))],
                        ]
                    ]
                ]
            case "AmazonSQS.DeleteMessage":
                if state.refusesDeletion {
                    return HTTPResponse(
                        status: 403,
                        body: Array("{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}".utf8)
                    )
                }
                state.hidden[receipt] = nil
            case "AmazonSQS.ChangeMessageVisibility":
                if let message = state.hidden.removeValue(forKey: receipt) { state.visible.append(message) }
            default: break
            }
            return HTTPResponse(status: 200, body: Array(output.text().utf8))
        }
    }
}

@Suite struct DeadLetterRedriveTests {
    private static let failure = ChatFailure(
        error: ModelError(.throttling, "busy"),
        modelId: "us.amazon.nova-lite-v1:0",
        retries: 3,
        cost: .zero
    )

    private static func letter(
        _ id: String = "r-1",
        message: String = "Hello?",
        keepsText: Bool = true
    ) -> DeadLetter {
        let request = ChatRequest(
            requestId: id,
            correlationId: "c-" + id,
            caller: Caller(user: "ada", team: "support"),
            message: message
        )
        return DeadLetter(request, failure, at: ChatFixture.start, keepsText: keepsText)
    }

    private func run(_ fixture: ChatFixture, _ letters: [DeadLetter]) async throws -> [Redriven] {
        for letter in letters {
            try fixture.store.keep(letter)
        }
        var done: [Redriven] = []
        try await DeadLetterRedrive(store: fixture.store, service: fixture.service)
            .run(try fixture.store.deadLetters(limit: 99)) { done.append($0) }
        return done
    }

    @Test("an answered letter is its own call, charged to the original caller, and is removed")
    func answered() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        let done = try await run(fixture, [Self.letter()])
        guard case .answered(let answer) = done.first?.outcome else {
            Issue.record("not answered: \(done)")
            return
        }
        let entry = try #require(try fixture.entry("r-1/redrive-1"))
        #expect(entry.correlationId == "c-r-1" && entry.caller.user == "ada" && entry.caller.team == "support")
        #expect(entry.cost == answer.cost && answer.cost > .zero)
        #expect(try fixture.store.deadLetterTotals() == DeadLetterTotals())
    }

    @Test("a letter passes the same admission: a used-up team budget or an attack is refused, and the rest continues")
    func refused() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        try fixture.store.setBudget(Picodollars(1), for: .team("sales"), at: ChatFixture.start)
        var poor = Self.letter("r-1")
        poor.caller = Caller(user: "ada", team: "sales")
        let done = try await run(fixture, [poor, Self.letter("r-2", message: "' or 1=1 --"), Self.letter("r-3")])
        guard case .refused(.budgetExceeded(let refusal)) = done.first?.outcome, refusal.scope == .team("sales") else {
            Issue.record("not refused: \(done)")
            return
        }
        #expect(done.map(\.isDone) == [false, false, true] && done[1].outcome == .refused(.blocked))
        #expect(try fixture.store.deadLetters(limit: 9).map(\.requestId) == ["r-1", "r-2"])
    }

    @Test("a letter that fails again stays, causes no second letter, and its next attempt has another id")
    func failed() async throws {
        let fixture = try ChatFixture([.failure(ModelError(.accessDenied, "no")), .success(ChatServiceTests.answer)])
        let first = try await run(fixture, [Self.letter()])
        #expect(first.map(\.isDone) == [false])
        #expect(try fixture.store.deadLetters(limit: 9).map(\.redrives) == [1])
        #expect(try await run(fixture, []).map(\.isDone) == [true])
        #expect(try fixture.entry("r-1/redrive-2")?.outcome == "success")
    }

    @Test("a letter without text is reported as such and stays, and the model is not called")
    func withoutText() async throws {
        let fixture = try ChatFixture([])
        let done = try await run(fixture, [Self.letter(keepsText: false)])
        #expect(done == [Redriven("r-1", .withoutText)])
        #expect(try fixture.store.deadLetters(limit: 9).map(\.redrives) == [0])
        #expect(fixture.model.requests.withLock { $0.isEmpty })
    }

    @Test("a letter that was answered just before the process crashed is removed, and not paid for twice")
    func diedBetween() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        #expect(try await run(fixture, [Self.letter()]).map(\.isDone) == [true])
        try fixture.store.keep(Self.letter())
        #expect(try fixture.store.beginRedrive("r-1") == 1)
        #expect(try await run(fixture, []) == [Redriven("r-1", .answeredBefore)])
        #expect(fixture.model.requests.withLock { $0.count } == 1)
        #expect(try fixture.store.deadLetterTotals() == DeadLetterTotals())
    }

    @Test("while another process holds the letters, nothing is tried, and after twenty seconds that is reported")
    func busy() async throws {
        let fixture = try ChatFixture([])
        let redrive = DeadLetterRedrive(store: fixture.store, service: fixture.service)
        let other = try Store(path: fixture.store.path, .existing)
        let held: Void? = try await other.whileAlone(in: .deadLetters) {
            await #expect(throws: DeadLettersBusy.self) { try await redrive.run([Self.letter()]) { _ in } }
        }
        #expect(held != nil && fixture.clock.sleeps.count == 99)
        #expect(fixture.model.requests.withLock { $0.isEmpty })
    }

    @Test("a queue's answered letters are deleted; letters without text or answer and other messages are released")
    func queue() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer), .failure(ModelError(.accessDenied, "no"))])
        let letters = [Self.letter("r-1"), Self.letter("r-2", keepsText: false), Self.letter("r-3")]
        let queue = QueueInMemory(letters.map { $0.json.text() } + ["hello"])
        let redrive = DeadLetterRedrive(store: fixture.store, service: fixture.service)
        var done: [Redriven] = []
        try await redrive.run(from: try queue.client(), atMost: 9) { done.append($0) }
        #expect(
            done.map(\.requestId) == ["r-1", "r-2", "r-3", "m-3"] && done.map(\.isDone) == [true, false, false, false]
        )
        #expect(done[1].outcome == .withoutText && done[3].outcome == .foreign)
        #expect(queue.visible == ["m-1", "m-2", "m-3"])
        #expect(queue.state.withLock { $0.hidden.isEmpty })
    }

    @Test("a letter whose deletion from the queue failed is not paid for twice")
    func queueDeletion() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        let queue = QueueInMemory([Self.letter().json.text()])
        let redrive = DeadLetterRedrive(store: fixture.store, service: fixture.service)
        queue.state.withLock { $0.refusesDeletion = true }
        let client = try queue.client()
        await #expect(throws: SQSError.self) { try await redrive.run(from: client, atMost: 9) { _ in } }
        #expect(queue.visible == ["m-0"])
        queue.state.withLock { $0.refusesDeletion = false }
        var done: [Redriven] = []
        try await redrive.run(from: client, atMost: 9) { done.append($0) }
        #expect(done == [Redriven("r-1", .answeredBefore)])
        #expect(queue.visible.isEmpty && fixture.model.requests.withLock { $0.count } == 1)
    }
}
