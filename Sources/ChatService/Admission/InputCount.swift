import Foundation
import PurserCore

/// Adds up what the values of a Converse request can become as a model's input.
struct InputCount {
    /// How the model reads a value.
    enum Reading {
        /// As blocks, some of which are media.
        case content
        /// As the blocks of a tool's result, which some templates write as JSON.
        case toolResult
        /// As the text of a JSON document, regardless of its keys and of how its strings are escaped.
        case document
    }

    private var bound = InputBound()
    /// At least this many bytes of the request are encoded media.
    private var mediaBytes = 0
    /// Whether there is a number, whose literal may be longer than what is counted for its value.
    private var hasNumber = false
    private(set) var hasCachePoint = false

    private static let textFormats: Set<String> = ["csv", "html", "md", "txt"]
    private static let mediaKeys: Set<String> = ["audio", "document", "image", "video"]
    /// With citations, a document is split into its sentences, which are marked one by one; the shortest has two bytes.
    private static let factorOfCitations = 16
    /// The most bytes of normalized text that one byte can become if its encoding is not known: two bytes of UTF-16 are a
    /// scalar, which has up to 33 bytes in the longest normalization form.
    private static let bytesOfUnknownByte = 17

    /// Returns the bound for everything that was added.
    func bound(requestBytes: Int) -> InputBound {
        var bound = bound
        let floor = requestBytes - mediaBytes
        if hasNumber, floor > bound.textTokens { bound.add(tokens: floor - bound.textTokens) }
        return bound
    }

    /// - Parameter depth: How many levels of a document the value is in.
    mutating func add(_ value: JSONValue, as reading: Reading, depth: Int = 0) {
        // Some templates indent a document: a line break, and spaces, of which a token has at least 16 in a row.
        if reading == .document { bound.add(tokens: 2 + (4 * depth + 15) / 16) }
        switch value {
        case .null, .bool: bound.add(tokens: 5)
        case .integer, .number:
            hasNumber = true
            bound.add(tokens: 24)
        case .string(let text): add(text, as: reading)
        case .array(let values):
            for value in values { add(value, as: reading, depth: depth + 1) }
            bound.add(tokens: 2 + values.count)
        case .object(let members):
            for member in members { add(member, as: reading, depth: depth + 1) }
            bound.add(tokens: 4)
        }
    }

    private mutating func add(_ text: String, as reading: Reading) {
        bound.add(tokens: 2)
        bound.add(text: text)
        guard reading != .content else { return }
        var escapes = 0
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5c: escapes += 1
            case 0x20..<0x7f: break
            default: escapes += 5
            }
        }
        bound.add(tokens: escapes)
    }

    private mutating func add(_ member: JSONValue.Member, as reading: Reading, depth: Int = 0) {
        if reading != .document, Self.mediaKeys.contains(member.name), let source = member.value["source"] {
            return addMedia(member.name, member.value, source)
        }
        if member.name == "cachePoint" || member.name == "cache_control" { hasCachePoint = true }
        add(member.key, as: reading)
        bound.add(tokens: 2)
        switch member.name {
        // The input and the result of a tool, and the schema of its arguments, are documents of any shape.
        case "input", "json": add(member.value, as: .document, depth: depth)
        case "toolResult" where reading == .content: add(member.value, as: .toolResult)
        default: add(member.value, as: reading, depth: depth)
        }
    }

    // Media. Everything in a block except the medium itself counts as a document.

    private mutating func addMedia(_ kind: String, _ block: JSONValue, _ source: JSONValue) {
        for member in block.members ?? [] where member.name != "source" { add(member, as: .document) }
        let encoded = source["bytes"]?.string
        mediaBytes += encoded?.utf8.count ?? 0
        for member in source.members ?? [] where !["bytes", "content", "text"].contains(member.name) {
            add(member, as: .document)
        }
        switch kind {
        case "image" where encoded != nil: bound.addImage()
        case "document": addDocument(block, source, encoded: encoded)
        default: bound.addUnbounded()
        }
    }

    private mutating func addDocument(_ block: JSONValue, _ source: JSONValue, encoded: String?) {
        let isText =
            if let format = block["format"]?.string {
                Self.textFormats.contains(format)
            } else {
                source["text"] != nil || source["content"] != nil
            }
        guard isText, source["s3Location"] == nil else { return bound.addUnbounded() }
        var content = InputCount()
        for key in ["text", "content"] { content.add(source[key] ?? .null, as: .content) }
        if let encoded {
            // Readers differ in what they make of text that is not strictly base64, so its bytes are not known.
            guard let data = Data(base64Encoded: encoded) else { return bound.addUnbounded() }
            if let text = String(validating: data, as: UTF8.self) {
                content.bound.add(text: text)
            } else {
                content.bound.add(tokens: data.count * Self.bytesOfUnknownByte)
            }
        }
        let hasCitations = block["citations"]?["enabled"].map { $0 != .bool(false) } ?? false
        add(content, times: hasCitations ? Self.factorOfCitations : 1)
    }

    private mutating func add(_ other: InputCount, times factor: Int) {
        bound.add(other.bound, textTimes: factor)
        mediaBytes += other.mediaBytes
        hasNumber = hasNumber || other.hasNumber
        hasCachePoint = hasCachePoint || other.hasCachePoint
    }
}
