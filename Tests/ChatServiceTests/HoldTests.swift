@testable import ChatService
import Foundation
import PurserCore
import Synchronization
import TestSupport
import Testing

/// The hold must cover every usage that the model's limits allow, and not much more.
@Suite struct HoldTests {
    /// The longest of a text's forms in bytes: at most so many tokens does a byte-level tokenizer make of it.
    private static func longestForm(_ text: String) -> Int {
        [
            text, text.precomposedStringWithCanonicalMapping, text.decomposedStringWithCanonicalMapping,
            text.precomposedStringWithCompatibilityMapping, text.decomposedStringWithCompatibilityMapping,
        ].map(\.utf8.count).max() ?? 0
    }

    @Test("no scalar of Unicode becomes longer in any normalization form than its bound")
    func everyScalar() {
        for value in UInt32(0x80)...0x10_ffff {
            // Private scalars and those of no script have no decompositions, and there are a million of them.
            guard let scalar = Unicode.Scalar(value),
                ![.unassigned, .privateUse].contains(scalar.properties.generalCategory)
            else { continue }
            let text = String(scalar)
            let most = NormalisedText.mostBytes(text)
            let longest = Self.longestForm(text)
            if most < longest { Issue.record("U+\(String(value, radix: 16)): \(most) < \(longest)") }
        }
    }

    @Test("no text becomes longer in any normalization form than its bound", arguments: [UInt64(1), 2, 3])
    func randomTexts(seed: UInt64) {
        var random = TestRandom(seed)
        for _ in 0..<300 {
            let text = Self.text(&random, scalars: Int.random(in: 0...60, using: &random))
            #expect(NormalisedText.mostBytes(text) >= Self.longestForm(text), "seed \(seed): \(text.debugDescription)")
        }
    }

    @Test("plain ASCII counts as its bytes, and the expansion that is known as the largest in full")
    func known() {
        #expect(NormalisedText.mostBytes("Hello, world.") == 13)
        #expect(NormalisedText.mostBytes("\u{fdfa}") == 33)
        #expect((6...9).contains(NormalisedText.mostBytes("\u{fb9}")))
        #expect(NormalisedText.mostBytes("日本語") == 9)
    }

    /// Returns random scalars from all planes, with the combining and the expanding ones more often.
    private static func text(_ random: inout TestRandom, scalars: Int) -> String {
        var text = String.UnicodeScalarView()
        while text.count < scalars {
            let range: ClosedRange<UInt32> =
                switch Int.random(in: 0...5, using: &random) {
                case 0: 0x20...0x7e
                case 1: 0xc0...0x36f
                case 2: 0xac00...0xd7a3
                case 3: 0xf900...0xffef
                case 4: 0x1e00...0x1fff
                default: 0...0x10_ffff
                }
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }

    /// A random Converse request, and the most tokens of its text that a tokenizer can make.
    private static func request(_ random: inout TestRandom) throws -> (
        document: ConverseDocument, text: Int, media: Bool
    ) {
        var content: [JSONValue] = []
        var tokens = 0
        var hasMedia = false
        for _ in 0...Int.random(in: 0...3, using: &random) {
            let text = Self.text(&random, scalars: Int.random(in: 0...200, using: &random))
            switch Int.random(in: 0...7, using: &random) {
            case 0:
                content.append(["image": ["format": "png", "source": ["bytes": "AAAA"]]])
                hasMedia = true
            case 1:
                content.append(["document": ["format": "pdf", "name": "a", "source": ["bytes": "AAAA"]]])
                hasMedia = true
            case 2:
                content.append(["video": ["format": "mp4", "source": ["s3Location": ["uri": "s3://a/b"]]]])
                hasMedia = true
            case 3:
                let bytes = Data(text.utf8).base64EncodedString()
                content.append(["document": ["format": "txt", "name": "a", "source": ["bytes": .string(bytes)]]])
                tokens += longestForm(text)
            case 4:
                content.append(["toolUse": ["toolUseId": "1", "name": "a", "input": ["a": .string(text), "b": 1]]])
                tokens += longestForm(text)
            default:
                content.append(["text": .string(text)])
                tokens += longestForm(text)
            }
        }
        let value: JSONValue = [
            "messages": [["role": "user", "content": .array(content)]],
            "inferenceConfig": ["maxTokens": .integer(Int.random(in: 1...400_000, using: &random))],
        ]
        return (try ConverseDocument(parsing: value.utf8()), tokens, hasMedia)
    }

    @Test(
        "for every priced model, the hold covers any usage that the model's limits allow",
        arguments: [UInt64(1), 2, 3]
    )
    func holds(seed: UInt64) throws {
        var random = TestRandom(seed)
        for price in try TestPrices.catalog().prices {
            for _ in 0..<3 {
                let (document, text, hasMedia) = try Self.request(&random)
                let worst = try price.worstCase(
                    inputTokens: document.bound.mostTokens(at: price),
                    maxOutputTokens: document.maxTokens ?? 1000,
                    mayWriteCache: document.mayWriteCache
                )
                // A document may use the whole window.
                let unbounded = document.bound.unbounded > 0
                let input = max(text, unbounded ? price.maxInputTokens ?? 1_000_000 : 0)
                let output = min(document.maxTokens ?? 1000, price.maxOutputTokens ?? .max)
                let note = Comment(rawValue: "seed \(seed), \(price.modelId), media \(hasMedia)")
                #expect(try price.cost(of: TokenUsage(input: input, output: output)) <= worst.total, note)
                #expect(
                    try price.cost(of: TokenUsage(input: input / 2, output: output, cacheRead: input - input / 2))
                        <= worst.total,
                    note
                )
            }
        }
    }

    @Test("for plain text, the hold is at most three times the price of the largest possible usage")
    func notTooMuch() throws {
        var random = TestRandom(4)
        for price in try TestPrices.catalog().prices {
            // A template's tokens weigh more than those of a text of a few words.
            let text = Self.text(&random, scalars: Int.random(in: 100...2000, using: &random))
            let value: JSONValue = [
                "messages": [["role": "user", "content": [["text": .string(text)]]]],
                "inferenceConfig": ["maxTokens": 1000],
            ]
            let document = try ConverseDocument(parsing: value.utf8())
            let worst = try price.worstCase(
                inputTokens: document.bound.mostTokens(at: price),
                maxOutputTokens: 1000
            )
            let largest = TokenUsage(
                input: Self.longestForm(text),
                output: min(1000, price.maxOutputTokens ?? .max)
            )
            let cost = try price.cost(of: largest)
            #expect(worst.total.rawValue <= 3 * cost.rawValue, "\(price.modelId)")
        }
    }

    @Test(
        "a text document is bounded like the same text in a text block",
        arguments: ["txt", "csv", "html", "md"],
        ["text", "bytes", "content"]
    )
    func textDocuments(format: String, form: String) throws {
        let text = String(repeating: "Hello, wörld. ", count: 500)
        let source: JSONValue =
            switch form {
            case "text": ["text": .string(text)]
            case "bytes": ["bytes": .string(Data(text.utf8).base64EncodedString())]
            default: ["content": [["text": .string(text)]]]
            }
        func tokens(_ block: JSONValue) throws -> Int {
            let value: JSONValue = ["messages": [["role": "user", "content": [block]]]]
            return try ConverseDocument(parsing: value.utf8()).bound.textTokens
        }
        let plain = try tokens(["text": .string(text)])
        let document: JSONValue = [
            "document": ["format": .string(format), "name": "note", "source": source]
        ]
        #expect(try (plain...(plain + 200)).contains(tokens(document)))
        let cited: JSONValue = [
            "document": [
                "format": .string(format), "name": "note", "source": source, "citations": ["enabled": true],
            ]
        ]
        #expect(try tokens(cited) > 2 * plain)
    }

    @Test("text in an unknown encoding, and a document in a format that is not text, count as more than their bytes")
    func otherDocuments() throws {
        func bound(_ format: String, _ bytes: [UInt8]) throws -> InputBound {
            let value: JSONValue = [
                "messages": [
                    [
                        "role": "user",
                        "content": [
                            [
                                "document": [
                                    "format": .string(format), "name": "a",
                                    "source": ["bytes": .string(Data(bytes).base64EncodedString())],
                                ]
                            ]
                        ],
                    ]
                ]
            ]
            return try ConverseDocument(parsing: value.utf8()).bound
        }
        #expect(try bound("txt", Array(repeating: 0xff, count: 1000)).textTokens > 10_000)
        for format in ["pdf", "docx", "xlsx", "doc", "xls", "novel"] {
            #expect(try bound(format, [0x25]).unbounded == 1, "\(format)")
        }
    }

    @Test(
        "text that is not strictly base64 is not taken for the bytes that one reader finds in it",
        arguments: ["QQ==QUJD", "QQ==\n", "QUJ-", "QUJ_", "QUI", "QUJDRA"]
    )
    func looseBase64(bytes: String) throws {
        let value: JSONValue = [
            "messages": [
                [
                    "role": "user",
                    "content": [["document": ["format": "txt", "name": "a", "source": ["bytes": .string(bytes)]]]],
                ]
            ]
        ]
        #expect(try ConverseDocument(parsing: value.utf8()).bound.unbounded == 1)
    }

    @Test("the text of a tool's result counts as JSON writes it, and a document as if it were indented")
    func toolResults() throws {
        func tokens(_ block: JSONValue) throws -> Int {
            let value: JSONValue = ["messages": [["role": "user", "content": [block]]]]
            return try ConverseDocument(parsing: value.utf8()).bound.textTokens
        }
        let text = String(repeating: "\u{1}", count: 1000)
        let result: JSONValue = ["toolResult": ["toolUseId": "1", "content": [["text": .string(text)]]]]
        #expect(try tokens(result) >= 6000)
        let image: JSONValue = [
            "toolResult": ["toolUseId": "1", "content": [["image": ["source": ["bytes": "AAAA"]]]]]
        ]
        #expect(try tokens(image) < 200)
        var deep: JSONValue = .array(Array(repeating: "", count: 1000))
        for _ in 0..<100 { deep = .array([deep]) }
        #expect(try tokens(["toolUse": ["toolUseId": "1", "name": "a", "input": deep]]) > 20_000)
    }

    @Test("a request with more than the model's answer limit is sent and held with that limit")
    func answerLimit() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        let body = #"{"messages":[{"role":"user","content":[{"text":"?"}]}],"inferenceConfig":{"maxTokens":331999}}"#
        let model = "us.anthropic.claude-opus-4-1-20250805-v1:0"
        let request = ChatRequest(
            requestId: "1",
            correlationId: "1",
            content: .converse(try ConverseDocument(parsing: Array(body.utf8)), modelId: model)
        )
        _ = await fixture.service.answer(request)
        let most = try #require(try TestPrices.catalog().price(for: model, at: ChatFixture.start)?.maxOutputTokens)
        #expect(most < 331_999 && fixture.model.requests.withLock { $0.first?.maxTokens } == most)
        #expect(try #require(try fixture.entry()).hold < Picodollars(3 * Picodollars.dollar.rawValue))
    }

    @Test("a refusal names the call's worst case, its parts, and the longest answer that fits")
    func refusal() async throws {
        let fixture = try ChatFixture([]) { $0.budget = Picodollars(Picodollars.dollar.rawValue / 2) }
        let now = ChatFixture.start
        let body = #"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":64000}}"#
        let request = ChatRequest(
            requestId: "1",
            correlationId: "1",
            content: .converse(
                try ConverseDocument(parsing: Array(body.utf8)),
                modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
            )
        )
        guard case .refused(.budgetExceeded(let refusal)) = await fixture.service.answer(request) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.message.contains("$1.06") && refusal.message.contains("\(refusal.mostOutputTokens) tokens"))
        #expect((30_000...30_303).contains(refusal.mostOutputTokens))
        // It never fits; in a larger budget that is used up, it fits when that begins anew.
        #expect(ChatRefusal.budgetExceeded(refusal).retryAfterSeconds(at: now) == nil && refusal.neverFits)
        var spent = refusal
        (spent.limit, spent.spent) = (Picodollars(2 * Picodollars.dollar.rawValue), .dollar)
        #expect(try #require(ChatRefusal.budgetExceeded(spent).retryAfterSeconds(at: now)) > 1000)
        // Only running requests are in the way: it is worth asking again soon.
        var running = refusal
        (running.limit, running.held) = (Picodollars(2 * Picodollars.dollar.rawValue), .dollar)
        #expect(ChatRefusal.budgetExceeded(running).retryAfterSeconds(at: now) == 5)
        #expect(running.message.contains("when running requests have ended"))
    }
}
