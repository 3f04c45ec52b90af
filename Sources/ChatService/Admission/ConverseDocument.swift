import PurserCore

/// A request for Bedrock's Converse or ConverseStream as the caller wrote it. Only the parts that affect its worst-case
/// cost are read.
///
/// All other parts are passed on unchanged, for Bedrock to validate.
package struct ConverseDocument: Sendable, Equatable {
    /// `inferenceConfig.maxTokens`; nil if the caller leaves it to the service.
    package let maxTokens: Int?
    /// An upper bound on the request's input tokens, excluding its media.
    private let textTokens: Int
    /// The number of documents, videos, audio files and objects in S3.
    private let media: Int
    /// Whether it has a `cachePoint`.
    let mayWriteCache: Bool
    private let value: JSONValue
    /// The request as received.
    let bytes: [UInt8]

    /// The maximum tokens of an image: the largest is 4,096 by 4,096 pixels, and a model may count 32 by 32 pixels as
    /// one token.
    private static let tokensOfImage = 16_384
    /// The minimum number of tokens to assume for a document, a video, an audio file or an object in S3, because its
    /// real size is unknown here.
    private static let leastTokensOfMedia = 1_000_000
    /// Tokens that a model's own template adds for the list of tools or for the output format.
    private static let tokensOfTemplate = 1000
    /// Tokens that the description of a model's built-in tool (`computer`, `bash`) adds.
    private static let tokensOfOwnTool = 3000
    private static let tokensOfTurn = 32

    private static let passedOn: Set<String> = [
        "messages", "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields",
        "additionalModelResponseFieldPaths", "requestMetadata", "outputConfig",
    ]
    /// Fields that change the price in a way that the price rows do not cover.
    private static let unpriced = ["guardrailConfig", "promptVariables"]
    /// Model-specific fields that set a token limit.
    private static let limitNames: Set<String> = [
        "maxtokens", "max_tokens", "maxtokencount", "max_gen_len", "max_new_tokens", "max_completion_tokens",
        "max_tokens_to_sample", "maxoutputtokens", "max_output_tokens", "maxnewtokens",
    ]
    /// Converse's own fields, which Bedrock also accepts among the model-specific ones. There they would be counted as
    /// text.
    private static let fieldsOfRoot: Set<String> = ["messages", "system", "toolconfig", "guardrailconfig"]
    /// Type prefixes of a model's built-in tools that the caller runs. Other tools are run by the model's provider and
    /// read content that is not in the request.
    private static let typesOfCallersTools = ["custom", "function", "bash_", "computer_", "text_editor_", "memory_"]
    /// Model-specific fields that set the number of answers, each of which may be as long as the limit.
    private static let countNames: Set<String> = ["n", "num_generations", "numresults"]

    /// Reads the body of a request; throws ``ChatRefusal/invalidRequest(_:)``, which says what is wrong and where.
    package init(parsing bytes: [UInt8]) throws(ChatRefusal) {
        let value = try JSONBody.object(bytes)
        for member in value.members ?? [] where !Self.passedOn.contains(member.key) {
            try Self.checkOther(member)
        }
        guard let messages = value["messages"]?.array, !messages.isEmpty else {
            throw .invalidRequest("messages: a list of at least one message is needed.")
        }
        var limit: Int?
        if let given = value["inferenceConfig"]?["maxTokens"], given != .null {
            guard let number = given.integer, (1...1_000_000).contains(number) else {
                throw .invalidRequest("inferenceConfig.maxTokens: a whole number from 1 to 1000000 is needed.")
            }
            limit = number
        }
        let fields = value["additionalModelRequestFields"]
        try Self.checkFields(fields)
        try Self.checkTools(value["toolConfig"])
        var count = InputCount()
        for key in ["system", "messages"] { count.add(value[key] ?? .null, as: .content) }
        for key in ["toolConfig", "additionalModelRequestFields", "outputConfig"] {
            count.add(value[key] ?? .null, as: .document)
        }
        // A number's literal may be longer than what is counted for its value.
        var tokens = max(count.tokens, bytes.count - count.imageBytes) + Self.tokensOfImage * count.images
        let ownTools = fields?["tools"]?.array ?? []
        let forms = [value["outputConfig"], fields?["output_config"], fields?["output_format"]].contains { $0 != nil }
        if value["toolConfig"] != nil || !ownTools.isEmpty || forms { tokens += Self.tokensOfTemplate }
        tokens += Self.tokensOfOwnTool * ownTools.count { $0["type"] != nil }
        tokens += Self.tokensOfTurn * (1 + messages.count)
        maxTokens = limit
        textTokens = tokens
        media = count.media
        mayWriteCache = count.hasCachePoint
        self.value = value
        self.bytes = bytes
    }

    /// Returns an upper bound on the input tokens. `most` is the maximum that the model accepts, or nil if unknown: a
    /// single media file may use all of it.
    func mostInputTokens(modelTakes most: Int?) -> Int {
        textTokens + media * max(Self.leastTokensOfMedia, most ?? 0)
    }

    /// Returns the body with this token limit, unchanged if it already has that limit.
    func body(maxTokens limit: Int) -> [UInt8] {
        if limit == maxTokens { return bytes }
        var members = value.members ?? []
        var inference = (value["inferenceConfig"]?.members ?? []).filter { $0.key != "maxTokens" }
        inference.append(.init("maxTokens", .integer(limit)))
        members.removeAll { $0.key == "inferenceConfig" }
        members.append(.init("inferenceConfig", .object(inference)))
        return JSONValue.object(members).utf8()
    }

    private static func checkOther(_ member: JSONValue.Member) throws(ChatRefusal) {
        switch member.key {
        case "performanceConfig":
            let latency = member.value["latency"]?.string
            guard latency == nil || latency == "standard" else {
                throw .invalidRequest("performanceConfig.latency: only `standard` has a known price.")
            }
        case "serviceTier":
            let type = member.value["type"]?.string
            guard type == nil || type == "default" else {
                throw .invalidRequest("serviceTier.type: only `default` has a known price.")
            }
        case let key where unpriced.contains(key):
            throw .invalidRequest("\(key): its cost cannot be bounded, so it is not allowed here.")
        default:
            throw .invalidRequest("\(JSONBody.shown(member.key)): not a known field of Converse.")
        }
    }

    /// Rejects tools that Bedrock itself runs, because they read content that is not in the request.
    private static func checkTools(_ config: JSONValue?) throws(ChatRefusal) {
        for (index, tool) in (config?["tools"]?.array ?? []).enumerated() {
            for member in tool.members ?? [] where member.key != "toolSpec" && member.key != "cachePoint" {
                throw .invalidRequest(
                    "toolConfig.tools[\(index)].\(JSONBody.shown(member.key)): only toolSpec and cachePoint have a bounded cost."
                )
            }
        }
    }

    /// Rejects model-specific fields that would change what the call can cost.
    private static func checkFields(_ fields: JSONValue?) throws(ChatRefusal) {
        func refusal(_ name: String, _ why: String) -> ChatRefusal {
            .invalidRequest("additionalModelRequestFields.\(JSONBody.shown(name)): \(why).")
        }
        if let name = limitName(in: fields) {
            throw refusal(name, "the token limit belongs in inferenceConfig.maxTokens")
        }
        for member in fields?.members ?? [] {
            let key = member.key.lowercased()
            if fieldsOfRoot.contains(key) {
                throw refusal(member.key, "it belongs in the request itself")
            }
            if countNames.contains(key), member.value.integer != 1 {
                throw refusal(member.key, "only one answer has a known price")
            }
        }
        for (index, tool) in (fields?["tools"]?.array ?? []).enumerated() {
            guard let type = tool["type"] else { continue }
            guard let type = type.string, typesOfCallersTools.contains(where: type.hasPrefix) else {
                throw refusal("tools[\(index)].type", "only tools that the caller runs have a bounded cost")
            }
        }
    }

    private static func limitName(in fields: JSONValue?) -> String? {
        for member in fields?.members ?? [] {
            if limitNames.contains(member.key.lowercased()) { return member.key }
            if let inner = limitName(in: member.value) { return member.key + "." + inner }
        }
        return nil
    }

    /// Adds up the maximum number of input tokens that a request can have.
    private struct InputCount {
        /// How the model reads a value.
        enum Reading {
            /// As blocks, some of which are media.
            case content
            /// As the text of a JSON document, regardless of its keys and of how its strings are escaped.
            case document
        }

        var tokens = 0
        var images = 0
        /// The number of documents, videos, audio files and objects in S3.
        var media = 0
        /// At least this many bytes of the request are images.
        var imageBytes = 0
        var hasCachePoint = false

        mutating func add(_ value: JSONValue, as reading: Reading) {
            switch value {
            case .null, .bool: tokens += 5
            case .integer, .number: tokens += 24
            case .string(let text): add(text, as: reading)
            case .array(let values):
                for value in values { add(value, as: reading) }
                tokens += 2 + values.count
            case .object(let members):
                for member in members { add(member, as: reading) }
                tokens += 4
            }
        }

        private mutating func add(_ text: String, as reading: Reading) {
            tokens += 2 + text.utf8.count
            guard reading == .document else { return }
            for unit in text.utf16 {
                switch unit {
                case 0x22, 0x5c: tokens += 1
                case 0x20..<0x7f: break
                default: tokens += 5
                }
            }
        }

        private mutating func add(_ member: JSONValue.Member, as reading: Reading) {
            let source = reading == .content ? member.value["source"] : nil
            switch member.key {
            case "image" where source?["bytes"]?.string != nil: addImage(member.value)
            case "image" where source != nil, "document" where source != nil, "video" where source != nil,
                "audio" where source != nil:
                media += 1
            default:
                if member.key == "cachePoint" || member.key == "cache_control" { hasCachePoint = true }
                add(member.key, as: reading)
                tokens += 2
                // The input and the result of a tool, and the schema of its arguments, are documents of any shape.
                let isDocument = member.key == "input" || member.key == "json"
                add(member.value, as: isDocument ? .document : reading)
            }
        }

        /// Adds an image; everything in it except its bytes counts as a document.
        private mutating func addImage(_ image: JSONValue) {
            images += 1
            imageBytes += image["source"]?["bytes"]?.string?.utf8.count ?? 0
            for member in image.members ?? [] where member.key != "source" { add(member, as: .document) }
            for member in image["source"]?.members ?? [] where member.key != "bytes" { add(member, as: .document) }
        }
    }
}

/// Reads untrusted JSON.
enum JSONBody {
    /// Returns the object in the bytes; throws ``ChatRefusal/invalidRequest(_:)`` if they are not UTF-8, not JSON or
    /// not an object.
    static func object(_ bytes: [UInt8]) throws(ChatRefusal) -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidRequest("The body is not UTF-8.")
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw .invalidRequest("The body is not JSON: \(shown(error.description)).")
        }
        guard value.members != nil else { throw .invalidRequest("The body is not a JSON object.") }
        return value
    }

    /// Returns a piece of the caller's text in a form that is safe to quote in a message: short, and without control
    /// characters.
    static func shown(_ text: String) -> String {
        let printable = ChatService.withoutControlCharacters(text)
        return printable.count > 200 ? String(printable.prefix(200)) + "…" : printable
    }
}
