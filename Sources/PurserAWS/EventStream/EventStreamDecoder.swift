/// Decodes the messages of an event stream from its bytes, however they are split into pieces.
///
/// ```swift
/// decoder.feed(piece)
/// while let message = try decoder.next() { take(message) }
/// ```
///
/// Bytes that were fed are kept until their messages are taken. Take all messages before feeding the next piece, so
/// that at most one message and one piece are in memory.
package struct EventStreamDecoder: Sendable {
    private var bytes: [UInt8] = []
    /// Where the next message begins.
    private var position = 0

    package init() {}

    /// Adds the next bytes of the stream.
    package mutating func feed(_ piece: some Sequence<UInt8>) {
        if position > 0 {
            bytes.removeSubrange(..<position)
            position = 0
        }
        bytes += piece
    }

    /// Returns the next message, or nil if more bytes are needed. After an error the stream cannot be used.
    package mutating func next() throws(EventStreamError) -> EventStreamMessage? {
        let rest = bytes[position...]
        guard rest.count >= EventStreamMessage.preludeBytes else { return nil }
        var prelude = HeaderReader(rest.prefix(EventStreamMessage.preludeBytes))
        let total = Int(try prelude.number(UInt32.self))
        let headersLength = Int(try prelude.number(UInt32.self))
        // Check this first, so that a damaged length is never trusted.
        guard try prelude.number(UInt32.self) == CRC32.checksum(rest.prefix(8)) else { throw .preludeChecksum }
        guard (EventStreamMessage.shortestBytes...EventStreamMessage.longestBytes).contains(total) else {
            throw .length(total)
        }
        guard headersLength <= min(EventStreamMessage.longestHeadersBytes, total - EventStreamMessage.shortestBytes)
        else { throw .headersLength(headersLength) }
        guard rest.count >= total else { return nil }
        let message = rest.prefix(total)
        var checksum = HeaderReader(message.suffix(4))
        guard try checksum.number(UInt32.self) == CRC32.checksum(message.dropLast(4)) else { throw .messageChecksum }
        let content = message.dropFirst(EventStreamMessage.preludeBytes).dropLast(4)
        var headers: [EventStreamMessage.Header] = []
        var reader = HeaderReader(content.prefix(headersLength))
        while !reader.isAtEnd {
            let header = try reader.header()
            guard !headers.contains(where: { $0.name == header.name }) else { throw .repeatedHeader(header.name) }
            headers.append(header)
        }
        position += total
        return EventStreamMessage(headers: headers, payload: Array(content.dropFirst(headersLength)))
    }

    /// Throws if the stream ends within a message.
    package func finish() throws(EventStreamError) {
        if position < bytes.count { throw .truncated }
    }
}

/// Reads numbers and headers from bytes.
private struct HeaderReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool {
        rest.isEmpty
    }

    mutating func take(_ count: Int) throws(EventStreamError) -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw .header }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(EventStreamError) -> Number {
        try take(Number.bitWidth / 8).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func text(_ count: Int) throws(EventStreamError) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else { throw .header }
        return text
    }

    mutating func header() throws(EventStreamError) -> EventStreamMessage.Header {
        let length = Int(try number(UInt8.self))
        guard length > 0 else { throw .header }
        return EventStreamMessage.Header(try text(length), try value())
    }

    private mutating func value() throws(EventStreamError) -> EventStreamValue {
        let type = try number(UInt8.self)
        switch type {
        case 0: return .boolean(true)
        case 1: return .boolean(false)
        case 2: return .byte(try number(Int8.self))
        case 3: return .short(try number(Int16.self))
        case 4: return .integer(try number(Int32.self))
        case 5: return .long(try number(Int64.self))
        case 6: return .bytes(Array(try take(try length())))
        case 7: return .string(try text(try length()))
        case 8: return .timestamp(milliseconds: try number(Int64.self))
        case 9: return .uuid(Array(try take(16)))
        default: throw .headerType(type)
        }
    }

    private mutating func length() throws(EventStreamError) -> Int {
        let length = Int(try number(UInt16.self))
        guard length <= EventStreamValue.longestBytes else { throw .header }
        return length
    }
}
