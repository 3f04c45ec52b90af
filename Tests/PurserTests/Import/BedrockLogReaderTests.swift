import ChatService
import Foundation
import PurserCore
import PurserImport
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct BedrockLogReaderTests {
    /// Returns a line as Bedrock writes it, including the text of the conversation.
    static func line(
        _ id: String,
        model: String = "us.amazon.nova-lite-v1:0",
        time: String? = nil,
        input: String = #""inputTokenCount":1000,"cacheReadInputTokenCount":200,"cacheWriteInputTokenCount":0"#,
        output: String =
            #""outputTokenCount":500,"outputBodyJson":{"output":{"message":{"content":[{"text":"UNSPEAKABLE"}]}},"metrics":{"latencyMs":302}}"#,
        more: String = ""
    ) -> String {
        let time = time ?? (ImportFixture.now - 600).iso8601()
        return
            #"{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"\#(time)","accountId":"111122223333","#
            + #""identity":{"arn":"arn:aws:iam::111122223333:user/ann"},"region":"us-east-1","requestId":"\#(id)","#
            + #""operation":"Converse","modelId":"\#(model)",\#(more)"input":{"inputContentType":"application/json","#
            + #""inputBodyJson":{"messages":[{"role":"user","content":[{"text":"UNSPEAKABLE"}]}]},\#(input)},"#
            + #""output":{\#(output)}}"#
    }

    private func ledger(_ fixture: ImportFixture) throws -> [LedgerEntry] {
        try fixture.store.requests(.newest, from: Timestamp(seconds: 0), to: ImportFixture.now + 1, limit: 100)
    }

    @Test("a call is entered at its price and counted in the chat service's metrics, and none of its text is kept")
    func call() throws {
        let fixture = try ImportFixture(.bedrockLog)
        let (result, faults) = try fixture.run("2026-11-16T18:00:00Z " + Self.line("r1") + "\nnothing\n{\"a\":1}\n")
        #expect(faults == [])
        #expect((result.calls, result.knownCalls, result.lines, result.skipped) == (1, 0, 3, 2))
        let entry = try #require(try ledger(fixture).first)
        // 1,000 x $0.06, 200 x $0.015 and 500 x $0.24 per million.
        #expect(entry.cost == Picodollars(183_000_000))
        #expect(entry.caller.user == "arn:aws:iam::111122223333:user/ann")
        #expect(entry.usage == TokenUsage(input: 1000, output: 500, cacheRead: 200))
        #expect(entry.outcome == "success" && entry.latencyMilliseconds == 302)
        for dimensions in [[], [PurserCore.Dimension("ModelId", "us.amazon.nova-lite-v1:0")]] {
            for (metric, sum) in [
                ("Invocations", 1.0), ("Errors", 0), ("ServerErrors", 0), ("InputTokens", 1000), ("OutputTokens", 500),
                ("CacheReadInputTokens", 200), ("Latency", 0.302), ("EstimatedCost", 0.000183),
                // 200 tokens at $0.045 a million less.
                ("CacheSavings", 0.000009),
            ] {
                let total = try fixture.total("ChatService", metric, dimensions)
                #expect(total.count == 1 && total.sum == sum, "\(metric)")
            }
        }
        #expect(try fixture.store.health().faults == [])
        for suffix in ["", "-wal"] {
            let bytes = try #require(FileManager.default.contents(atPath: fixture.store.path + suffix))
            #expect(!String(decoding: bytes, as: UTF8.self).contains("UNSPEAKABLE"))
        }
    }

    @Test("a call is entered once, whichever file it is in and however often it is imported")
    func once() throws {
        let fixture = try ImportFixture(.bedrockLog)
        _ = try fixture.run(Self.line("r1") + "\n" + Self.line("r2") + "\n" + Self.line("r1") + "\n")
        #expect(try ledger(fixture).count == 2)
        let (again, _) = try fixture.run()
        #expect((again.calls, again.knownCalls) == (0, 3))
        let (grown, _) = try fixture.run(Self.line("r3") + "\n" + Self.line("r2") + "\n")
        #expect((grown.calls, grown.knownCalls) == (1, 1))
        #expect(try fixture.total("ChatService", "Invocations").count == 3)
        #expect(try fixture.store.monthTotal(CalendarMonth(containing: ImportFixture.now)).requests == 3)
        #expect(try fixture.store.health().faults == [])
    }

    @Test("a call that no budget has room for is entered all the same, and leaves the live budget alone")
    func overBudget() throws {
        let fixture = try ImportFixture(.bedrockLog)
        let month = CalendarMonth(containing: ImportFixture.now)
        for scope in [BudgetScope.all, .user("arn:aws:iam::111122223333:user/ann")] {
            try fixture.store.setBudget(Picodollars(1), for: scope, at: ImportFixture.now)
        }
        let (result, _) = try fixture.run(Self.line("r1"))
        #expect((result.calls, result.knownCalls) == (1, 0))
        #expect(try ledger(fixture).map(\.source) == [.imported])
        #expect(try fixture.store.budgets(month).map(\.spent) == [.zero, .zero])
        let lines = try fixture.store.budgetLines(at: ImportFixture.now, limit: nil, quota: nil)
        #expect(lines.map(\.nonLive.imported) == Array(repeating: Picodollars(183_000_000), count: 2))
        #expect(try fixture.store.health().faults == [])
    }

    @Test("a call through purserd that Bedrock logged as well, with each of its attempts, is not entered again")
    func ownCalls() throws {
        let fixture = try ImportFixture(.bedrockLog)
        let price = try #require(try TestPrices.catalog().price(for: "us.amazon.nova-lite-v1:0", at: ImportFixture.now))
        let reservation = Reservation(
            requestId: "OWN",
            time: ImportFixture.now - 600,
            caller: Caller(team: "crew"),
            modelId: price.modelId,
            correlationId: nil,
            price: price,
            hold: Picodollars(1000),
            limit: nil,
            quota: nil
        )
        #expect(try fixture.store.reserve(reservation).isReserved)
        let stamp = #""requestMetadata":{"requestId":"OWN","team":"crew"},"#
        let other = #""requestMetadata":{"requestId":"ANOTHER","team":"crew"},"#
        let lines = [Self.line("a1", more: stamp), Self.line("a2", more: stamp), Self.line("b", more: other)]
        let (result, _) = try fixture.run(lines.joined(separator: "\n"))
        #expect((result.calls, result.knownCalls) == (1, 2))
        #expect(try ledger(fixture).map(\.requestId).sorted() == ["OWN", "b"])
        #expect(try fixture.total("ChatService", "Invocations").count == 1)
    }

    @Test("two concurrent imports of one file enter every call once")
    func together() async throws {
        let fixture = try ImportFixture(.bedrockLog)
        try fixture.write((0..<300).map { Self.line("r\($0)") + "\n" }.joined())
        let prices = try TestPrices.catalog()
        let (path, storePath) = (fixture.path, fixture.store.path)
        let results = try await withThrowingTaskGroup(of: MetricImport.Result.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let store = try Store(path: storePath, .existing)
                    let now = ImportFixture.now
                    return try MetricImport(format: .bedrockLog, prices: prices, now: { now }, linesPerBatch: 7)
                        .run(file: path, in: store)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.map(\.calls).reduce(0, +) == 300)
        #expect(results.map(\.knownCalls).reduce(0, +) == 300)
        #expect(try fixture.total("ChatService", "Invocations").count == 300)
        #expect(try fixture.store.health().faults == [])
    }

    @Test("errors, streamed answers, profiles and callers are read correctly")
    func forms() throws {
        let fixture = try ImportFixture(.bedrockLog)
        let events =
            #""outputTokenCount":7,"outputBodyJson":[{"messageStart":{"role":"assistant"}},"#
            + #"{"metadata":{"usage":{"cacheDetails":[{"ttl":"1h","inputTokens":30},{"ttl":"5m","inputTokens":10}]},"#
            + #""metrics":{"latencyMs":1500}}}]"#
        let claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
        let lines = [
            Self.line("throttled", output: "", more: #""errorCode":"ThrottlingException","#),
            Self.line(
                "streamed",
                model: "arn:aws:bedrock:us-east-1:111122223333:inference-profile/" + claude,
                input: #""inputTokenCount":1,"cacheWriteInputTokenCount":40"#,
                output: events,
                more:
                    #""requestMetadata":{"Team":"support","application":"bot","user":"bea","session":"s1","env":"prod"},"#
            ),
        ]
        let (result, faults) = try fixture.run(lines.joined(separator: "\n") + "\n")
        #expect(faults == [] && result.calls == 2)
        let entries = Dictionary(uniqueKeysWithValues: try ledger(fixture).map { ($0.requestId, $0) })
        #expect(entries["throttled"]?.outcome == "ThrottlingException")
        #expect(entries["throttled"]?.latencyMilliseconds == nil)
        let streamed = try #require(entries["streamed"])
        #expect(streamed.modelId == claude)
        #expect(streamed.usage == TokenUsage(input: 1, output: 7, cacheWrite5m: 10, cacheWrite1h: 30))
        #expect(
            streamed.caller
                == Caller(
                    user: "bea",
                    team: "support",
                    application: "bot",
                    session: "s1",
                    tags: CallTags(["env": "prod"])
                )
        )
        #expect(streamed.latencyMilliseconds == 1500)
        #expect(try fixture.total("ChatService", "Throttles").sum == 1)
        #expect(try fixture.total("ChatService", "Errors").sum == 1)
        #expect(try fixture.total("ChatService", "Latency").count == 1)
    }

    @Test("a call costs what its tier costs; one of a tier without a price is a fault")
    func tiers() throws {
        let fixture = try ImportFixture(.bedrockLog)
        func line(_ id: String, _ answer: String, model: String = "us.amazon.nova-pro-v1:0") -> String {
            Self.line(id, model: model, output: #""outputTokenCount":500,"outputBodyJson":{\#(answer)}"#)
        }
        let lines = [
            line("flex", #""serviceTier":{"type":"flex"}"#), line("default", #""serviceTier":{"type":"default"}"#),
            line("optimized", #""performanceConfig":{"latency":"optimized"}"#),
            line("reserved", #""serviceTier":{"type":"reserved"}"#),
        ]
        let (result, faults) = try fixture.run(lines.joined(separator: "\n") + "\n")
        #expect(result.calls == 2 && faults.count == 2, "\(faults)")
        #expect(faults[0].contains("no price for the tier `optimized`"), "\(faults)")
        #expect(faults[1].contains("is not entered: the tier `reserved` of us.amazon.nova-pro"), "\(faults)")
        let entries = Dictionary(uniqueKeysWithValues: try ledger(fixture).map { ($0.requestId, $0) })
        #expect(entries["flex"]?.tier == .flex && entries["default"]?.tier == .standard)
        let costs = [entries["flex"]?.cost, entries["default"]?.cost].compactMap(\.self)
        // 1,000 input, 200 cached and 500 output tokens; cached tokens have one price.
        #expect(costs == [Picodollars(1_240_000_000), Picodollars(2_440_000_000)], "\(costs)")
    }

    @Test("an unpriced call is not a $0 call: it is a fault, and is entered once its model has a price")
    func unpriced() throws {
        let fixture = try ImportFixture(.bedrockLog)
        let (result, faults) = try fixture.run(Self.line("r1", model: "us.amazon.nova-lite") + "\n")
        #expect(result.calls == 0 && result.faults == 1)
        #expect(faults[0].hasPrefix("in:1: modelId: the model us.amazon.nova-lite has no price"), "\(faults)")
        #expect(faults[0].contains("similar: us.amazon.nova-lite-v1:0"))
        #expect(try ledger(fixture).isEmpty && fixture.store.series().isEmpty)
    }

    @Test("a call costs what the row of the log's Region says, or the one of the Region in its ARN")
    func regions() throws {
        let arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
        let map = try ARNMap(csv: "arn,model_id\n\(arn),x.y\n", file: "arns.csv")
        let prices = try TestPriceFile.catalog(
            ("x.y", "", "1", "1"),
            ("x.y", "us-east-1", "2", "2"),
            ("x.y", "eu-west-1", "3", "3"),
            ("z.only", "eu-west-1", "1", "1"),
            arns: map
        )
        let reader = BedrockLogReader(prices: prices)
        func call(_ model: String) -> LineReading { reader.read(Self.line("r", model: model), at: "in:1") }
        #expect(call("x.y").calls.first?.price.input == 2_000_000)
        let profile = call("arn:aws:bedrock:eu-west-1:111122223333:inference-profile/x.y").calls.first
        #expect(profile?.price.input == 3_000_000 && profile?.modelId == "x.y")
        let own = call(arn).calls.first
        #expect(own?.price.input == 3_000_000 && own?.modelId == arn)
        #expect(
            call("z.only").faults.first?.description.hasPrefix(
                "in:1: modelId: the model z.only has no price in us-east-1, only in eu-west-1; the call of "
            ) == true
        )
    }

    @Test(
        "a fault names its line and key, and the other calls are entered",
        arguments: [
            (
                Self.line("", model: "m"),
                "requestId: must be a string of 1 to 1024 characters without control characters"
            ),
            (Self.line("x", time: "yesterday"), "timestamp: must be a time such as 2026-11-24T12:00:00Z"),
            (
                Self.line("x", time: "1990-01-01T00:00:00Z"),
                "timestamp: 1990-01-01T00:00:00Z is not between five years ago and two hours ahead (it is \(ImportFixture.now))"
            ),
            (
                Self.line("x", input: #""inputTokenCount":-1"#),
                "input.inputTokenCount: must be a whole number from 0 to 1000000000"
            ),
            (
                Self.line("x", output: #""outputTokenCount":1.5"#),
                "output.outputTokenCount: must be a whole number from 0 to 1000000000"
            ),
        ]
    )
    func wrong(line: String, fault: String) throws {
        let fixture = try ImportFixture(.bedrockLog)
        let (result, faults) = try fixture.run(Self.line("good") + "\n" + line + "\n" + String(line.dropLast(9)) + "\n")
        #expect(result.calls == 1)
        #expect(faults.first == "in:2: " + fault)
        #expect(faults.count == 2 && faults[1].hasPrefix("in:3: "), "\(faults)")
    }
}
