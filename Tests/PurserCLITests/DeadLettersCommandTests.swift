import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct DeadLettersCommandTests {
    /// Creates a store with one letter with its text and one without.
    private static func store(_ folder: borrowing TemporaryFolder) throws -> Store {
        let store = try folder.store()
        for (id, content) in [("r-1", #"{"message":"What is s3cret?","conversation":[]}"#), ("r-2", nil)] {
            try store.keep(
                DeadLetter(
                    requestId: id,
                    correlationId: "c-" + id,
                    time: Timestamp(milliseconds: .init(Date().timeIntervalSince1970 * 1000)),
                    caller: Caller(user: "ada", team: "support\u{1b}[31m"),
                    modelId: "us.amazon.nova-lite-v1:0",
                    code: "model_unavailable",
                    error: "ThrottlingException",
                    message: "The model is busy; try again in a minute.",
                    attempts: 4,
                    characters: 15,
                    content: content
                )
            )
        }
        return store
    }

    private static func purser(
        _ folder: borrowing TemporaryFolder,
        _ environment: [String: String] = [:]
    ) -> PurserProgram {
        let own = ["PURSERD_MODEL": "embedded", "AWS_REGION": "eu-central-1"]
        return PurserProgram(store: folder.path("purser.db"), environment: own.merging(environment) { $1 })
    }

    @Test("list shows the letters without their texts or control characters, and what was lost")
    func list() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        try store.keep(try #require(try store.deadLetters(of: "r-2").first), atMost: 2)
        let purser = Self.purser(folder)
        let text = try purser.run("deadletters", "list")
        let rows = text.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
        #expect(text.status == 0 && rows.map { $0[1] } == ["r-1", "r-2"] && rows.map { $0[6] } == ["yes", "no"])
        #expect(!text.output.contains("s3cret") && !text.output.contains("\u{1b}"))
        let list = try purser.run("deadletters", "list", "--format", "json", "--limit", "1")
        let json = try JSONValue(parsing: list.output)
        #expect(
            json["schema"] == "purser.deadletters-list/1" && json["kept"] == 2 && json["letters"]?.array?.count == 1
        )
        let letter = try #require(json["letters"]?.array?.first)
        #expect(letter["requestId"] == "r-1" && letter["hasText"] == true && letter["content"] == nil)
        #expect(letter["error"] == "ThrottlingException" && letter["attempts"] == 4 && letter["characters"] == 15)
    }

    @Test("redrive answers letters with a text and reports those without, and the ledger has the call")
    func redrive() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let purser = Self.purser(folder)
        let result = try purser.run("deadletters", "redrive", "--all")
        #expect(result.status == 3, "\(result)")
        #expect(result.output.contains("r-1 answered: us.amazon.nova-lite-v1:0, 100 tokens in, 400 out, $0.0"))
        #expect(result.output.contains("r-2 without_text: its text was not kept (PURSERD_DEADLETTER_TEXT)"))
        #expect(try store.deadLetters(limit: 9).map(\.requestId) == ["r-2"])
        let requests = try JSONValue(parsing: try purser.run("requests", "--format", "json").output)["requests"]
        let call = try #require(requests?.array?.first)
        #expect(call["requestId"] == "r-1/redrive-1" && call["user"] == "ada" && call["outcome"] == "success")
        let metric = try purser.run("metrics", "list")
        #expect(metric.output.contains("EstimatedCost"))
    }

    @Test("redrive in JSON has the answer, by either id, and exits with 0 if all were answered")
    func json() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let result = try Self.purser(folder).run("deadletters", "redrive", "c-r-1", "--format", "json")
        #expect(result.status == 0, "\(result)")
        let letter = try #require(try JSONValue(parsing: result.output)["letters"]?.array?.first)
        #expect(letter["result"] == "answered" && letter["answer"]?.string?.isEmpty == false)
        // A result is printed on its own line as soon as it is known.
        #expect(result.output.split(separator: "\n").count == 3 && letter["document"] == .null)
        #expect(try store.deadLetterTotals().kept == 1)
    }

    @Test("the environment's limits apply: if the budget is used up, the redrive is refused and the letter stays")
    func budget() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let result = try Self.purser(folder, ["PURSERD_BUDGET_USD": "0.000001"])
            .run("deadletters", "redrive", "r-1")
        #expect(result.status == 3 && result.output.contains("r-1 budget_exceeded: "), "\(result)")
        #expect(try store.deadLetterTotals().kept == 2)
    }

    @Test("drop removes letters; if an id is unknown, it removes nothing")
    func drop() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let purser = Self.purser(folder)
        let wrong = try purser.run("deadletters", "drop", "r-1", "r-9")
        #expect(wrong.status == 3 && wrong.errors.contains("there is no letter with the id r-9; nothing was done"))
        #expect(try store.deadLetterTotals().kept == 2)
        let right = try purser.run("deadletters", "drop", "r-1", "c-r-1")
        #expect(right.status == 0 && right.output == "dropped: r-1\n")
        #expect(try store.deadLetterTotals().kept == 1)
    }

    @Test(
        "a usage error is distinguished from a failure",
        arguments: [
            ["redrive"], ["redrive", "--all", "r-1"], ["redrive", "r-1", "--queue", "x"], ["drop"],
            ["list", "--limit", "0"], ["list", "--queue", "letters"], ["forward"],
        ]
    )
    func usage(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        _ = try Self.store(folder)
        let script = (["\"$PURSER\" deadletters"] + arguments).joined(separator: " ")
        let result = try Self.purser(folder).shell(script)
        #expect(result.status == 64, "\(result)")
    }

    @Test("if the queue does not answer, the letters stay in the store, and forward says so")
    func unreachable() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let purser = Self.purser(
            folder,
            [
                "PURSERD_DEADLETTER_QUEUE_URL": "http://127.0.0.1:1/0/letters", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "secret",
            ]
        )
        let result = try purser.run("deadletters", "forward")
        #expect(result.status == 3 && result.output == "0 sent, 0 refused\n", "\(result)")
        #expect(result.errors.contains("the letters stay in the store"))
        #expect(try store.deadLetterTotals().kept == 2)
    }
}

extension DeadLettersCommandTests {
    @Test(
        "letters are forwarded, listed and redriven through moto's queue",
        .needsPeers,
        arguments: [false, true]
    )
    func queue(isFIFO: Bool) throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let peer = try MotoPeer.shared()
        let url = try peer.makeQueue(MotoPeer.name("letters", isFIFO: isFIFO))
        let purser = Self.purser(
            folder,
            [
                "PURSERD_DEADLETTER_QUEUE_URL": url, "AWS_ENDPOINT_URL": peer.endpoint,
                "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
            ]
        )
        let forward = try purser.run("deadletters", "forward")
        #expect(forward.status == 0 && forward.output == "2 sent, 0 refused\n", "\(forward)")
        #expect(try store.deadLetterTotals().kept == 0)
        for _ in 1...2 {
            let list = try purser.run("deadletters", "list", "--queue", url, "--format", "json")
            let letters = try JSONValue(parsing: list.output)["letters"]?.array ?? []
            #expect(Set(letters.compactMap { $0["requestId"]?.string }) == ["r-1", "r-2"], "\(list)")
        }
        let redrive = try purser.run("deadletters", "redrive", "--all", "--queue", url)
        #expect(redrive.status == 3 && redrive.output.contains("r-1 answered: "), "\(redrive)")
        #expect(redrive.output.contains("r-2 without_text: "))
        let rest = try purser.run("deadletters", "list", "--queue", url)
        #expect(rest.output.contains("r-2") && !rest.output.contains("r-1"), "\(rest)")
    }
}
