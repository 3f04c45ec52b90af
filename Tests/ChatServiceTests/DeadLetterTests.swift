import ChatService
import CoreMetrics
import PurserAWS
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

private let time = ChatFixture.start

private func failure(_ name: ModelError.Name = .throttling, retries: Int = 3) -> ChatFailure {
    let error = ModelError(name, "You said: s3cret")
    return ChatFailure(error: error, modelId: "us.amazon.nova-lite-v1:0", retries: retries, cost: .zero)
}

private func request(_ id: String = "r-1", message: String = "s3cret ä") -> ChatRequest {
    var request = ChatRequest(
        requestId: id,
        correlationId: "c-" + id,
        caller: Caller(user: "ada", team: "support", application: "desk", accessKey: "PK1"),
        message: message,
        conversation: [ChatMessage(.user, "hello"), ChatMessage(.assistant, "hi")],
        maxTokens: 77
    )
    request.allowedModels = ["us.amazon.nova-lite-v1:0"]
    return request
}

/// A queue with scripted answers that records the messages it accepted.
private final class ScriptedQueue: Sendable {
    let taken = Mutex<[(body: String, id: String)]>([])
    let attempts = Mutex(0)
    let error: Mutex<SQSError?>

    init(_ error: SQSError? = nil) {
        self.error = Mutex(error)
    }

    func send(_ body: String, _ id: String, _: Timestamp) throws(SQSError) {
        attempts.withLock { $0 += 1 }
        if let error = error.withLock({ $0 }) { throw error }
        taken.withLock { $0.append((body, id)) }
    }
}

private func forwarder(_ store: Store, _ queue: ScriptedQueue?, days: Int = 14) -> DeadLetterForwarder {
    var send: DeadLetterForwarder.Send?
    if let queue { send = { body, id, time throws(SQSError) in try queue.send(body, id, time) } }
    return DeadLetterForwarder(store: store, days: days, send: send)
}

@Suite struct DeadLetterSettingsTests {
    @Test("by default no text is kept, and no queue is used")
    func defaults() throws {
        let settings = try DeadLetterSettings(environment: ["PURSERD_DEADLETTER_TEXT": ""])
        #expect(settings == DeadLetterSettings() && !settings.keepsText && settings.queue == nil && settings.days == 14)
    }

    @Test("settings are read, and every invalid value is named")
    func read() throws {
        let url = "https://sqs.eu-west-1.amazonaws.com/111122223333/letters.fifo"
        let settings = try DeadLetterSettings(environment: [
            "PURSERD_DEADLETTER_TEXT": "on", "PURSERD_DEADLETTER_DAYS": "3", "PURSERD_DEADLETTER_QUEUE_URL": url,
        ])
        #expect(settings.keepsText && settings.days == 3 && settings.queue?.region == "eu-west-1")
        let wrong = [
            "PURSERD_DEADLETTER_TEXT": "yes", "PURSERD_DEADLETTER_DAYS": "0", "PURSERD_DEADLETTER_QUEUE_URL": "letters",
        ]
        let error = #expect(throws: Diagnostics.self) { try DeadLetterSettings(environment: wrong) }
        #expect(error?.all.compactMap(\.key).sorted() == wrong.keys.sorted())
    }
}

@Suite struct DeadLetterTests {
    @Test("a letter has the caller, model and reason, and by default none of the text, not even in the model's message")
    func metadata() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try DeadLetters(store: store, settings: DeadLetterSettings()).keep(request(), failure(), at: time)
        let letter = try #require(try store.deadLetters(limit: 2).first)
        #expect(letter.requestId == "r-1" && letter.correlationId == "c-r-1" && letter.time == time)
        #expect(letter.caller == request().caller && letter.modelId == "us.amazon.nova-lite-v1:0")
        #expect(letter.code == "model_unavailable" && letter.error == "ThrottlingException")
        #expect(letter.attempts == 4 && letter.characters == 15 && letter.content == nil)
        #expect(try letter.request(id: "x") == nil)
        #expect(!letter.json.text().contains("s3cret"))
        #expect(!"\(letter)".contains("s3cret"))
    }

    @Test("if texts are kept, the same request can be made again, from the table and from a queue")
    func text() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var settings = DeadLetterSettings()
        settings.keepsText = true
        let letters = DeadLetters(store: store, settings: settings)
        try letters.keep(request(message: "s3cret \u{FFFE}\u{FFFF}\u{0}\"\\"), failure(), at: time)
        let document =
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"1.50\"}]}], \"inferenceConfig\":{\"temperature\":1.0}}"
        let converse = ChatRequest(
            requestId: "r-2",
            correlationId: "c",
            content: .converse(try ConverseDocument(parsing: Array(document.utf8)), modelId: "m")
        )
        try letters.keep(converse, failure(), at: time)
        let queue = ScriptedQueue()
        let stored = try store.deadLetters(limit: 9)
        #expect(try forwarder(store, queue).forwardDue(at: time) == Forwarded(sent: 2))
        let bodies = queue.taken.withLock { $0.map(\.body) }
        let schema = try JSONSchema(file: "docs/schemas/purser.dead-letter.1.json")
        for body in bodies {
            let faults = schema.verdict(on: try JSONValue(parsing: body)).faults
            #expect(faults.isEmpty, "\(body): \(faults)")
        }
        // A message has no characters that SQS would refuse.
        #expect(!bodies[0].unicodeScalars.contains("\u{FFFE}") && !bodies[0].unicodeScalars.contains("\u{FFFF}"))
        let queued = try bodies.map { try #require(DeadLetter(queueBody: $0)) }
        #expect(queued == stored)
        let again = try #require(try queued[0].request(id: "r-1/redrive-1"))
        #expect(again.requestId == "r-1/redrive-1" && again.correlationId == "c-r-1" && again.maxTokens == 77)
        #expect(again.caller == request().caller && again.allowedModels == ["us.amazon.nova-lite-v1:0"])
        guard case .message(let text, let conversation) = again.content else {
            Issue.record("no message")
            return
        }
        #expect(
            text == "s3cret \u{FFFE}\u{FFFF}\u{0}\"\\"
                && conversation == [ChatMessage(.user, "hello"), ChatMessage(.assistant, "hi")]
        )
        guard case .converse(let copy, "m") = try #require(try queued[1].request(id: "x")).content else {
            Issue.record("no document")
            return
        }
        #expect(try copy == ConverseDocument(parsing: Array(document.utf8)))
    }

    @Test(
        "a foreign or damaged queue message is not a letter; a letter with damaged content is an invalid request",
        arguments: ["", "{}", "[1]", "{\"schema\":\"purser.dead-letter/2\",\"requestId\":\"1\"}", "hello"]
    )
    func foreign(body: String) throws {
        #expect(DeadLetter(queueBody: body) == nil)
        var letter = DeadLetter(request(), failure(), at: time, keepsText: true)
        letter.content = body.isEmpty ? "{\"message\":1}" : body
        #expect(throws: ChatRefusal.self) { try letter.request(id: "x") }
    }

    @Test(
        "a letter of a queue with a count that none can have is not a letter",
        arguments: ["redrives", "attempts", "characters"]
    )
    func counts(key: String) throws {
        let letter = DeadLetter(request(), failure(), at: time, keepsText: true)
        for count in [-1, 1_000_000_001, Int.max] {
            let members = (letter.json.members ?? []).map { $0.key == key ? .init(key, .integer(count)) : $0 }
            #expect(DeadLetter(queueBody: JSONValue.object(members).text()) == nil)
        }
        #expect(DeadLetter(queueBody: letter.queueBody) != nil)
    }

    @Test("the service's failures are kept before the caller gets them; refusals and answers are not kept")
    func service() async throws {
        let fixture = try ChatFixture([.failure(ModelError(.accessDenied, "no")), .success(ChatServiceTests.answer)])
        let letters = DeadLetters(store: fixture.store, settings: DeadLetterSettings())
        let service = try fixture.service { request, failure, time in
            #expect(throws: Never.self) { try letters.keep(request, failure, at: time) }
        }
        _ = await service.answer(request("r-1"))
        #expect(try fixture.store.deadLetters(limit: 9).map(\.requestId) == ["r-1"])
        _ = await service.answer(request("r-2"))
        _ = await service.answer(request("r-3", message: " "))
        #expect(try fixture.store.deadLetters(limit: 9).map(\.requestId) == ["r-1"])
    }
}

@Suite struct DeadLetterForwarderTests {
    private func store(_ folder: TemporaryFolder, letters count: Int) throws -> Store {
        let store = try folder.store()
        let letters = DeadLetters(store: store, settings: DeadLetterSettings())
        for number in 0..<count {
            try letters.keep(request("r-\(number)"), failure(), at: time)
        }
        return store
    }

    @Test("letters are removed from the store in order once the queue has them, a hundred in each pass")
    func sent() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, letters: 101)
        let queue = ScriptedQueue()
        let forwarder = forwarder(store, queue)
        #expect(try forwarder.forwardDue(at: time) == Forwarded(sent: 100))
        #expect(try forwarder.forwardDue(at: time) == Forwarded(sent: 1))
        #expect(try forwarder.forwardDue(at: time) == Forwarded())
        #expect(queue.taken.withLock { $0.map(\.id) } == (0..<101).map { "r-\($0)" })
        #expect(try store.deadLetterTotals() == DeadLetterTotals())
    }

    @Test("while a queue is down, letters stay and retries wait longer each time; later the queue gets them all")
    func down() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, letters: 3)
        let queue = ScriptedQueue(SQSError(.configuration, "AccessDenied"))
        let forwarder = forwarder(store, queue)
        var tries: [Int] = []
        for second in 0..<700 {
            let before = queue.attempts.withLock { $0 }
            _ = try forwarder.forwardDue(at: time + second)
            if queue.attempts.withLock({ $0 }) > before { tries.append(second) }
        }
        #expect(tries == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511])
        #expect(try store.deadLetterTotals() == DeadLetterTotals(kept: 3))
        #expect(try store.deadLetters(limit: 1).first?.forwardError == "AccessDenied")
        queue.error.withLock { $0 = nil }
        #expect(try forwarder.forwardDue(at: time + 811) == Forwarded(sent: 3))
        // After a success, the next failure starts with one second again.
        queue.error.withLock { $0 = SQSError(.passing, "503") }
        try DeadLetters(store: store, settings: DeadLetterSettings()).keep(request("new"), failure(), at: time)
        #expect(try forwarder.forwardDue(at: time + 812).error == "503")
        queue.error.withLock { $0 = nil }
        #expect(try forwarder.forwardDue(at: time + 813) == Forwarded(sent: 1))
    }

    @Test("if the store fails during a pass, the result has the number sent and the error")
    func failingStore() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, letters: 3)
        try store.breakForTest(
            """
            CREATE TRIGGER full BEFORE DELETE ON dead_letter WHEN OLD.request_id = 'r-1'
            BEGIN SELECT RAISE(ABORT, 'no room'); END
            """
        )
        let queue = ScriptedQueue()
        let done = try forwarder(store, queue).forwardDue(at: time)
        #expect(done.sent == 2 && done.error == nil && done.failure?.contains("no room") == true, "\(done)")
        #expect(queue.taken.withLock { $0.count } == 2)
    }

    @Test("a letter that the queue refuses stays and is not tried again; those after it are sent")
    func refused() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, letters: 2)
        let taken = ScriptedQueue()
        let forwarder = DeadLetterForwarder(store: store, days: 14) { (body, id, time) throws(SQSError) in
            if id == "r-0" { throw SQSError(.message, "too large") }
            try taken.send(body, id, time)
        }
        #expect(try forwarder.forwardDue(at: time) == Forwarded(sent: 1, refused: 1))
        #expect(try forwarder.forwardDue(at: time) == Forwarded())
        #expect(try store.deadLetterTotals() == DeadLetterTotals(kept: 1, refused: 1))
    }

    @Test("a letter whose removal was lost is sent again under the same id")
    func lostMarking() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, letters: 1)
        let queue = ScriptedQueue()
        // The process crashed after SQS accepted the letter.
        let letter = try #require(try store.deadLetters(limit: 1).first)
        try queue.send(letter.json.text(), letter.requestId, time)
        #expect(try forwarder(store, queue).forwardDue(at: time) == Forwarded(sent: 1))
        #expect(queue.taken.withLock { $0.map(\.id) } == ["r-0", "r-0"])
    }

    @Test("without a queue, letters stay for the configured days, and are then removed and counted")
    func retention() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, letters: 2)
        let forwarder = forwarder(store, nil, days: 3)
        #expect(try forwarder.forwardDue(at: time + 3 * 86_400) == Forwarded())
        #expect(try forwarder.forwardDue(at: time + 3 * 86_400 + 1) == Forwarded(expired: 2))
        #expect(try store.deadLetterTotals() == DeadLetterTotals(expired: 2))
    }

    @Test("two forwarders do not send a letter twice: while one works, the other reports that")
    func alone() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, letters: 1)
        let queue = ScriptedQueue()
        let other = forwarder(store, queue)
        let seen = Mutex<Forwarded?>(nil)
        let first = DeadLetterForwarder(store: store, days: 14) { (_, _, time) throws(SQSError) in
            let forwarded = try? other.forwardDue(at: time)
            seen.withLock { $0 = forwarded }
        }
        #expect(try first.forwardDue(at: time) == Forwarded(sent: 1))
        #expect(seen.withLock { $0 } == Forwarded(isBusy: true))
        #expect(queue.taken.withLock { $0.isEmpty })
    }
}
