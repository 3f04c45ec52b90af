@testable import ChatService
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct ConverseDocumentTests {
    private static func document(_ more: String = "", content: String = #"{"text":"Hello"}"#) throws -> ConverseDocument
    {
        let text = #"{"messages":[{"role":"user","content":[\#(content)]}]\#(more.isEmpty ? "" : "," + more)}"#
        return try ConverseDocument(parsing: Array(text.utf8))
    }

    private static func request(_ document: ConverseDocument, modelId: String) -> ChatRequest {
        ChatRequest(
            requestId: "1",
            correlationId: "1",
            caller: Caller(team: "a", accessKey: "PRSR1"),
            content: .converse(document, modelId: modelId)
        )
    }

    @Test("a body with its own token limit is passed on byte for byte; one without gets the service's limit")
    func limits() throws {
        let own =
            #"{"inferenceConfig":{"maxTokens":64,"temperature":0.30},  "messages":[{"role":"user","content":[{"text":"é"}]}]}"#
        let document = try ConverseDocument(parsing: Array(own.utf8))
        #expect(document.maxTokens == 64 && String(decoding: document.body(maxTokens: 64), as: UTF8.self) == own)
        let other = try Self.document(#""inferenceConfig":{"topP":0.5},"system":[{"text":"Be kind."}]"#)
        #expect(other.maxTokens == nil)
        let body = try JSONValue(parsing: String(decoding: other.body(maxTokens: 1000), as: UTF8.self))
        #expect(
            body["inferenceConfig"]?["maxTokens"]?.integer == 1000 && body["inferenceConfig"]?["topP"]?.double == 0.5
        )
        #expect(body["system"] != nil && body["messages"] != nil)
    }

    @Test(
        "a field without a known price or bound is refused by its name",
        arguments: [
            (#""guardrailConfig":{}"#, "guardrailConfig"), (#""promptVariables":{}"#, "promptVariables"),
            (#""performanceConfig":{"latency":"ultra"}"#, "performanceConfig.latency"),
            (#""serviceTier":{"type":"flex"},"performanceConfig":{"latency":"optimized"}"#, "serviceTier.type"),
            (#""serviceTier":{"Type":"priority"}"#, "serviceTier: an object"),
            (#""serviceTier":{"type":"default","Type":"priority"}"#, "serviceTier: an object"),
            (#""serviceTier":"priority""#, "serviceTier: an object"),
            (#""serviceTier":{"type":["priority"]}"#, "serviceTier: an object"),
            (#""performanceConfig":{"Latency":"optimized"}"#, "performanceConfig: an object"),
            (#""additionalModelRequestFields":{"Service-Tier":{}}"#, "additionalModelRequestFields.Service-Tier"),
            (#""serviceTier":{"type":"reserved"}"#, "serviceTier.type"), (#""novelty":1"#, "novelty"),
            (#""inferenceConfig":{"maxTokens":0}"#, "inferenceConfig.maxTokens"),
            (#""inferenceConfig":{"maxTokens":1.5}"#, "inferenceConfig.maxTokens"),
            (#""additionalModelRequestFields":{"a":{"Max_Tokens":9}}"#, "additionalModelRequestFields.a.Max_Tokens"),
            (
                #""additionalModelRequestFields":{"max_output_tokens":9}"#,
                "additionalModelRequestFields.max_output_tokens"
            ),
            (#""additionalModelRequestFields":{"num_generations":5}"#, "additionalModelRequestFields.num_generations"),
            (#""toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}"#, "toolConfig.tools[0].systemTool"),
            (#""additionalModelRequestFields":{"n":2}"#, "additionalModelRequestFields.n"),
            (
                #""additionalModelRequestFields":{"toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}}"#,
                "additionalModelRequestFields.toolConfig"
            ),
            (#""additionalModelRequestFields":{"system":[]}"#, "additionalModelRequestFields.system"),
            (#""additionalModelRequestFields":{"guardrailConfig":{}}"#, "additionalModelRequestFields.guardrailConfig"),
            (
                #""additionalModelRequestFields":{"tools":[{"type":"custom"},{"type":"web_search_20250305"}]}"#,
                "additionalModelRequestFields.tools[1].type"
            ),
            (#""additionalModelRequestFields":{"tools":[{"type":7}]}"#, "additionalModelRequestFields.tools[0].type"),
            (
                #""additionalModelRequestFields":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}"#,
                "additionalModelRequestFields.tools[0].systemTool"
            ),
            (#""additionalModelRequestFields":{"tools":{}}"#, "additionalModelRequestFields.tools"),
            (#""additionalModelRequestFields":{"Tools":[]}"#, "additionalModelRequestFields.Tools"),
            (
                #""additionalModelRequestFields":{"service_tier":"priority"}"#,
                "additionalModelRequestFields.service_tier"
            ),
            (#""additionalModelRequestFields":{"serviceTier":{}}"#, "additionalModelRequestFields.serviceTier"),
            (#""additionalModelRequestFields":{"best_of":3}"#, "additionalModelRequestFields.best_of"),
        ]
    )
    func refused(more: String, name: String) throws {
        let refusal = #expect(throws: ChatRefusal.self) { try Self.document(more) }
        #expect(refusal?.message.hasPrefix(name) == true, "\(refusal?.message ?? "")")
    }

    @Test("fields at the usual price are passed on")
    func passedOn() throws {
        _ = try Self.document(#""performanceConfig":{"latency":"standard"},"serviceTier":{"type":"default"}"#)
        _ = try Self.document(#""additionalModelRequestFields":{"n":1,"top_k":5}"#)
        _ = try Self.document(#""toolConfig":{"tools":[]},"requestMetadata":{"a":"b"},"outputConfig":{}"#)
        #expect(throws: ChatRefusal.self) { try ConverseDocument(parsing: Array(#"{"messages":[]}"#.utf8)) }
        #expect(throws: ChatRefusal.self) { try ConverseDocument(parsing: Array(#"{"system":[]}"#.utf8)) }
    }

    @Test("the bound of input tokens covers every byte of text, and media by their kind")
    func bounds() throws {
        let short = try Self.document()
        let long = try Self.document(content: #"{"text":"\#(String(repeating: "é", count: 5000))"}"#)
        #expect(try long.mostInputTokens() - short.mostInputTokens() >= 9990)
        let escaped = try Self.document(content: #"{"text":"\u00e9\ud83d\ude00"}"#)
        #expect(try escaped.mostInputTokens() >= short.mostInputTokens())
        let bytes = String(repeating: "A", count: 400_000)
        let image = try Self.document(content: #"{"image":{"format":"png","source":{"bytes":"\#(bytes)"}}}"#)
        #expect(try (16_384...17_000).contains(image.mostInputTokens()))
        let stored = try Self.document(
            content: #"{"image":{"format":"png","source":{"s3Location":{"uri":"s3://a/b"}}}}"#
        )
        #expect(try stored.mostInputTokens() > 1_000_000)
        let paper = try Self.document(content: #"{"document":{"format":"pdf","name":"a","source":{"bytes":"AAAA"}}}"#)
        #expect(try paper.mostInputTokens() > 1_000_000)
        // Only the context window bounds what a model reads from a PDF; a verified window bounds every request.
        #expect(try paper.mostInputTokens(window: 10_000_000) == 10_000_000)
        #expect(try paper.mostInputTokens(window: 200_000) == 200_000)
        #expect(try image.mostInputTokens(window: 10_000_000) == image.mostInputTokens())
        #expect(try image.mostInputTokens(window: 4000) == image.mostInputTokens())
        #expect(try image.mostInputTokens(window: 4000, status: .verified) == 4000)
        let larger = try Self.document(
            #""additionalModelRequestFields":{"anthropic_beta":["context-1m-2025-08-07"]}"#,
            content: #"{"document":{"format":"pdf","name":"a","source":{"bytes":"AAAA"}}}"#
        )
        #expect(try larger.mostInputTokens(window: 200_000) == 1_000_000)
        // Inside a tool result it is also a document; text with that key is not.
        let nested = try Self.document(
            content: #"{"toolResult":{"toolUseId":"1","content":[{"document":{"source":{}}}]}}"#
        )
        #expect(try nested.mostInputTokens() > 1_000_000)
        let tools = try Self.document(#""toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{}}}}]}"#)
        #expect(try tools.mostInputTokens() > short.mostInputTokens() + 1000)
        #expect(try Self.document(content: #"{"text":"a"},{"cachePoint":{"type":"default"}}"#).mayWriteCache)
        #expect(!short.mayWriteCache)
    }

    /// The model reads free-form documents as text, so no key in one may make a megabyte count as an image or nothing.
    @Test(
        "a long text counts in full, at any place and under any key",
        arguments: [
            #"{"cachePoint":{"type":"@"}}"#, #"{"cachePoint":"@"}"#,
            #"{"toolUse":{"toolUseId":"1","name":"a","input":{"cachePoint":"@"}}}"#,
            #"{"toolUse":{"toolUseId":"1","name":"a","input":{"image":{"source":{"bytes":"@"}}}}}"#,
            #"{"toolUse":{"toolUseId":"1","name":"a","input":[{"a":{"image":{"source":{"bytes":"@"}}}}]}}"#,
            #"{"toolResult":{"toolUseId":"1","content":[{"json":{"image":{"source":{"bytes":"@"}}}}]}}"#,
            #"{"toolResult":{"toolUseId":"1","content":[{"json":{"cachePoint":{"a":"@"}}}]}}"#,
            #"{"image":{"format":"@","source":{"bytes":"AAAA"}}}"#,
            #"{"image":{"format":"png","source":{"bytes":"AAAA","other":"@"}}}"#,
            #"{"text":"a"}],"@":[{"text":"a"}"#,
        ]
    )
    func longText(content: String) throws {
        let text = String(repeating: "tokens ", count: 50_000)
        let document = try Self.document(content: content.replacing("@", with: text))
        #expect(try document.mostInputTokens() > text.utf8.count)
    }

    /// A model gets a document as JSON, and it is not known how that JSON is formatted.
    @Test(
        "in a document, a number counts as its literal and a character as its escaped form",
        arguments: [
            ("0.@", "7", 100_000), ("[@0]", "1e300,", 120_000), ("\"@\"", #"\u0001"#, 120_000),
            ("\"@\"", "語", 120_000), ("\"@\"", "😀", 240_000), ("\"@\"", #"\""#, 40_000),
        ]
    )
    func literals(form: String, piece: String, tokens: Int) throws {
        let pieces = piece == "7" ? 100_000 : 20_000
        let literal = form.replacing("@", with: String(repeating: piece, count: pieces))
        let document = try Self.document(content: #"{"toolUse":{"toolUseId":"1","name":"a","input":\#(literal)}}"#)
        #expect(try document.mostInputTokens() >= tokens)
        #expect(try document.mostInputTokens() < 5 * tokens)
        // An image next to it does not reduce that count.
        let image = #"{"image":{"format":"png","source":{"bytes":"\#(String(repeating: "A", count: 200_000))"}}}"#
        let both = try Self.document(content: #"{"toolUse":{"toolUseId":"1","input":\#(literal)}},\#(image)"#)
        #expect(try both.mostInputTokens() - document.mostInputTokens() >= 16_384 - 100)
    }

    @Test("tools built into a model count with their own descriptions")
    func ownTools() throws {
        let (none, one) = (
            try Self.document(#""additionalModelRequestFields":{"tools":[]}"#),
            try Self.document(#""additionalModelRequestFields":{"tools":[{"type":"bash_20250124","name":"bash"}]}"#)
        )
        #expect(try one.mostInputTokens() >= none.mostInputTokens() + 4000)
        let form = try Self.document(#""outputConfig":{}"#)
        #expect(try form.mostInputTokens() >= Self.document().mostInputTokens() + 1000)
        let cached = #""additionalModelRequestFields":{"tools":[{"cache_control":{"type":"ephemeral"}}]}"#
        #expect(try Self.document(cached).mayWriteCache)
    }

    @Test(
        "a long text in the fields next to the messages counts in full too",
        arguments: [
            #""toolConfig":{"tools":[{"toolSpec":{"inputSchema":{"json":{"image":{"source":{"bytes":"@"}}}}}}]}"#,
            #""toolConfig":{"toolChoice":{"image":{"source":{"bytes":"@"}}}}"#,
            #""toolConfig":{"tools":[{"cachePoint":{"type":"@"}}]}"#,
            #""additionalModelRequestFields":{"image":{"source":{"bytes":"@"}}}"#,
            #""additionalModelRequestFields":{"cachePoint":"@"}"#,
            #""outputConfig":{"image":{"source":{"bytes":"@"}}}"#, #""system":[{"cachePoint":{"type":"@"}}]"#,
        ]
    )
    func longTextBeside(more: String) throws {
        let text = String(repeating: "tokens ", count: 50_000)
        #expect(try Self.document(more.replacing("@", with: text)).mostInputTokens() > text.utf8.count)
        #expect(try Self.document(#""toolConfig":{"tools":[{"cachePoint":{"type":"default"}}]}"#).mayWriteCache)
    }

    @Test("the hold for a document to a model with ten million tokens covers the cost of all of them")
    func largestContext() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        let paper = #"{"document":{"format":"docx","name":"a","source":{"bytes":"AAAA"}}}"#
        let model = "us.meta.llama4-scout-17b-instruct-v1:0"
        let request = Self.request(try Self.document(content: paper), modelId: model)
        guard case .answered = await fixture.service.answer(request) else {
            Issue.record("not answered")
            return
        }
        let price = try #require(TestPrices.catalog().price(for: model, at: ChatFixture.start))
        #expect(price.maxInputTokens == 10_000_000)
        let hold = try #require(try fixture.entry()).hold
        #expect(try hold >= price.worstCase(inputTokens: 10_000_000, maxOutputTokens: 1000).total)
    }

    @Test("a caller of Converse pays for the model that it names, with its own token limit")
    func charged() async throws {
        let fixture = try ChatFixture([.success(ChatServiceTests.answer)])
        let request = Self.request(
            try Self.document(#""inferenceConfig":{"maxTokens":5000}"#),
            modelId: "us.amazon.nova-pro-v1:0"
        )
        guard case .answered(let answer) = await fixture.service.answer(request) else {
            Issue.record("not answered")
            return
        }
        #expect(answer.modelId == "us.amazon.nova-pro-v1:0")
        let sent = try #require(fixture.model.requests.withLock { $0.last })
        #expect(sent.maxTokens == 5000 && sent.modelId == "us.amazon.nova-pro-v1:0")
        #expect(try fixture.entry()?.modelId == "us.amazon.nova-pro-v1:0")
    }
}

extension ConverseDocument {
    fileprivate func mostInputTokens(window: Int? = nil, status: Price.Status = .listed) throws -> Int {
        let row = "a,1,1,\(status.rawValue),test,2026-11-15,\(window.map(String.init) ?? "")"
        let columns = "model_id,input,output,status,source,retrieved,max_input_tokens"
        let catalog = try PriceCatalog(csv: columns + "\n" + row + "\n", file: "test")
        return bound.mostTokens(at: try #require(catalog.prices.first))
    }
}
