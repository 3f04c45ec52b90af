package import PurserCore

/// A request for Bedrock's Converse or ConverseStream as the caller wrote it. Only the parts that affect its worst-case
/// cost are read.
///
/// All other parts are passed on unchanged, for Bedrock to validate.
package struct ConverseDocument: Sendable, Equatable {
    /// `inferenceConfig.maxTokens`; nil if the caller leaves it to the service.
    package let maxTokens: Int?
    /// An upper bound on the request's input tokens.
    let bound: InputBound
    /// Whether it has a `cachePoint`.
    let mayWriteCache: Bool
    /// The tier that `serviceTier` and `performanceConfig` ask for.
    let tier: ServiceTier
    /// What `requestMetadata` says about the call.
    package let names: LoggedNames
    /// Whether the caller gave a `requestMetadata`.
    private let hasMetadata: Bool
    /// The request as received. It may be large, so its values are not kept beside it.
    let bytes: [UInt8]

    /// Tokens that a model's own template adds for the list of tools or for the output format.
    private static let tokensOfTemplate = 1000
    /// Tokens that the description of a model's built-in tool (`computer`, `bash`) adds.
    private static let tokensOfOwnTool = 3000
    private static let passedOn: Set<String> = [
        "messages", "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields",
        "additionalModelResponseFieldPaths", "requestMetadata", "outputConfig", "serviceTier", "performanceConfig",
    ]
    /// The fields that the model reads, and how.
    private static let inputs: [(String, InputCount.Reading)] = [
        ("system", .content), ("messages", .content), ("toolConfig", .document),
        ("additionalModelRequestFields", .document), ("outputConfig", .document),
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
    private static let fieldsOfRoot: Set<String> = [
        "messages", "system", "toolconfig", "guardrailconfig", "performanceconfig", "servicetier", "prompt", "images",
        "documents",
    ]
    /// Model-specific fields that change the price, or let the model's vendor run something that is charged.
    private static let pricedFields: Set<String> = [
        "service_tier", "service-tier", "performance_config", "performance-config", "speed", "inference_geo",
        "web_search_options", "search_parameters",
        "plugins", "mcp_servers", "guardrailidentifier", "guardrailversion", "amazon-bedrock-guardrailconfig",
        "context_management", "container",
    ]
    /// Type prefixes of a model's built-in tools that the caller runs. Other tools are run by the model's provider and
    /// read content that is not in the request.
    private static let typesOfCallersTools = ["custom", "function", "bash_", "computer_", "text_editor_", "memory_"]
    /// Model-specific fields that set the number of answers, each of which may be as long as the limit.
    private static let countNames: Set<String> = [
        "n", "num_generations", "numresults", "best_of", "num_return_sequences", "candidatecount", "candidate_count",
    ]

    /// Reads the body of a request; throws ``ChatRefusal/invalidRequest(_:)``, which says what is wrong and where.
    package init(parsing bytes: [UInt8]) throws(ChatRefusal) {
        let value = try JSONBody.object(bytes)
        for member in value.members ?? [] where !Self.passedOn.contains(member.name) {
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
        let metadata = value["requestMetadata"]
        guard metadata?.members?.count ?? 0 < RequestMetadata.mostEntries else {
            throw .invalidRequest(
                "requestMetadata: at most \(RequestMetadata.mostEntries - 1) entries; this service adds one of its own."
            )
        }
        for (key, name) in [("serviceTier", "type"), ("performanceConfig", "latency")] {
            // A form that is read otherwise here than by Bedrock would be held at the wrong price.
            guard let part = value[key], part != .null else { continue }
            guard part.members?.count == 1, part[name]?.string != nil else {
                throw .invalidRequest("\(key): an object with a text `\(name)` and nothing else is needed.")
            }
        }
        let tiers = TierNames(converse: value)
        guard let tier = ServiceTier(tiers) else {
            throw .invalidRequest(
                ["standard", "optimized"].contains(tiers.latency ?? "standard")
                    ? "serviceTier.type: only `default`, `flex` and `priority` have a known price, and `optimized` latency only with `default`."
                    : "performanceConfig.latency: only `standard` and `optimized` have a known price."
            )
        }
        let fields = value["additionalModelRequestFields"]
        try Self.checkFields(fields)
        try Self.checkTools(value["toolConfig"])
        var count = InputCount()
        for (key, reading) in Self.inputs { if let part = value[key] { count.add(part, as: reading) } }
        var bound = count.bound(requestBytes: bytes.count)
        let ownTools = fields?["tools"]?.array ?? []
        let forms = [value["outputConfig"], fields?["output_config"], fields?["output_format"]].contains { $0 != nil }
        if value["toolConfig"] != nil || !ownTools.isEmpty || forms { bound.add(tokens: Self.tokensOfTemplate) }
        bound.add(tokens: Self.tokensOfOwnTool * ownTools.count { $0["type"] != nil })
        bound.add(turns: 1 + messages.count)
        bound.asksForLargerWindow = fields?["anthropic_beta"] != nil
        maxTokens = limit
        mayWriteCache = count.hasCachePoint
        self.bound = bound
        self.tier = tier
        names = LoggedNames(metadata)
        hasMetadata = metadata != nil
        self.bytes = bytes
    }

    /// Returns the body with this token limit and these entries of `requestMetadata` next to the caller's own.
    ///
    /// Everything else stays as the caller wrote it, byte for byte if the caller gave that limit and no metadata.
    func body(maxTokens limit: Int, metadata: [RequestMetadata.Entry] = []) -> [UInt8] {
        if limit == maxTokens, metadata.isEmpty { return bytes }
        if limit == maxTokens, !hasMetadata, let stamp = RequestMetadata.value(metadata, over: nil),
            let start = bytes.firstIndex(of: UInt8(ascii: "{"))
        {
            // The object has at least its messages, so a comma follows.
            return bytes[...start] + Array("\"requestMetadata\":".utf8) + stamp.utf8() + [UInt8(ascii: ",")]
                + bytes[(start + 1)...]
        }
        guard let value = try? JSONBody.object(bytes) else { return bytes }
        let stamped = RequestMetadata.value(metadata, over: value["requestMetadata"])
        var members = value.members ?? []
        var inference = (value["inferenceConfig"]?.members ?? []).filter { $0.name != "maxTokens" }
        inference.append(.init("maxTokens", .integer(limit)))
        members.removeAll { $0.name == "inferenceConfig" || $0.name == "requestMetadata" }
        members.append(.init("inferenceConfig", .object(inference)))
        if let stamped { members.append(.init("requestMetadata", stamped)) }
        return JSONValue.object(members).utf8()
    }

    private static func checkOther(_ member: JSONValue.Member) throws(ChatRefusal) {
        switch member.name {
        case let key where unpriced.contains(key):
            throw .invalidRequest("\(key): its cost cannot be bounded, so it is not allowed here.")
        default:
            throw .invalidRequest("\(JSONBody.shown(member.key)): not a known field of Converse.")
        }
    }

    /// Rejects tools that Bedrock itself runs, because they read content that is not in the request.
    private static func checkTools(_ config: JSONValue?) throws(ChatRefusal) {
        for (index, tool) in (config?["tools"]?.array ?? []).enumerated() {
            for member in tool.members ?? [] where member.name != "toolSpec" && member.name != "cachePoint" {
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
            let key = member.lowercasedName
            if fieldsOfRoot.contains(key) {
                throw refusal(member.key, "it belongs in the request itself")
            }
            if pricedFields.contains(key) {
                throw refusal(member.key, "its price is not known, so it is not allowed here")
            }
            if key == "tools", member.name != "tools" || member.value.array == nil {
                throw refusal(member.key, "a list `tools` is needed")
            }
            if countNames.contains(key), member.value.integer != 1 {
                throw refusal(member.key, "only one answer has a known price")
            }
        }
        for (index, tool) in (fields?["tools"]?.array ?? []).enumerated() {
            if tool["systemTool"] != nil {
                throw refusal("tools[\(index)].systemTool", "only tools that the caller runs have a bounded cost")
            }
            guard let type = tool["type"] else { continue }
            guard let type = type.string, typesOfCallersTools.contains(where: type.hasPrefix) else {
                throw refusal("tools[\(index)].type", "only tools that the caller runs have a bounded cost")
            }
        }
    }

    private static func limitName(in fields: JSONValue?) -> String? {
        for member in fields?.members ?? [] {
            if limitNames.contains(member.lowercasedName) { return member.key }
            if let inner = limitName(in: member.value) { return member.key + "." + inner }
        }
        return nil
    }
}

/// Reads untrusted JSON.
enum JSONBody {
    /// More than a context of a million tokens has, and little enough memory for all processors at once.
    static let mostValues = 250_000

    /// Returns the object in the bytes; throws ``ChatRefusal/invalidRequest(_:)`` if they are not UTF-8, not JSON or
    /// not an object.
    static func object(_ bytes: [UInt8]) throws(ChatRefusal) -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidRequest("The body is not UTF-8.")
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text, mostValues: mostValues)
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
        let scalars = printable.unicodeScalars
        return scalars.count > 200 ? String(String.UnicodeScalarView(scalars.prefix(200))) + "…" : printable
    }
}
