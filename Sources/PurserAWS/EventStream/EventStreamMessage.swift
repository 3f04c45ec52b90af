/// One message of `application/vnd.amazon.eventstream`, the framing of Bedrock's streams.
///
/// The layout follows the "Amazon Event Stream Specification" of the AWS SDKs: total length, length of the headers,
/// checksum of these two, headers, payload, checksum of everything before it. All numbers are big-endian.
package struct EventStreamMessage: Sendable, Equatable {
    package struct Header: Sendable, Equatable {
        /// 1 to 255 bytes of UTF-8; `:event-type`.
        package var name: String
        package var value: EventStreamValue

        package init(_ name: String, _ value: EventStreamValue) {
            self.name = name
            self.value = value
        }
    }

    /// In the order in which they are sent; each name occurs once.
    package var headers: [Header]
    package var payload: [UInt8]

    package init(headers: [Header] = [], payload: [UInt8] = []) {
        self.headers = headers
        self.payload = payload
    }

    /// Creates an event as a service sends it, with a JSON payload.
    package init(event type: String, payload: [UInt8]) {
        self.init(
            headers: [
                Header(":event-type", .string(type)), Header(":content-type", .string("application/json")),
                Header(":message-type", .string("event")),
            ],
            payload: payload
        )
    }

    /// Creates an exception as a service sends it, with a JSON payload that has a `message`.
    package init(exception type: String, payload: [UInt8]) {
        self.init(
            headers: [
                Header(":exception-type", .string(type)), Header(":content-type", .string("application/json")),
                Header(":message-type", .string("exception")),
            ],
            payload: payload
        )
    }

    /// Returns the text of a header, or nil if there is no header with this name or it is not text.
    package func text(_ name: String) -> String? {
        guard case .string(let text)? = headers.first(where: { $0.name == name })?.value else { return nil }
        return text
    }

    /// The longest message.
    package static let longestBytes = 16 << 20
    /// The maximum total size of a message's headers.
    package static let longestHeadersBytes = 128 << 10
    /// The two lengths and their checksum.
    static let preludeBytes = 12
    /// A message without headers and payload.
    static let shortestBytes = preludeBytes + 4
}

/// The value of a header, with the number of its type.
package enum EventStreamValue: Sendable, Equatable {
    /// 0 is true, 1 is false.
    case boolean(Bool)
    /// 2
    case byte(Int8)
    /// 3
    case short(Int16)
    /// 4
    case integer(Int32)
    /// 5
    case long(Int64)
    /// 6; at most 32,767 bytes.
    case bytes([UInt8])
    /// 7; at most 32,767 bytes of UTF-8.
    case string(String)
    /// 8; milliseconds since 1970.
    case timestamp(milliseconds: Int64)
    /// 9; 16 bytes.
    case uuid([UInt8])

    /// The longest value of a header that botocore and the specification allow.
    static let longestBytes = 32_767
}

/// Why bytes are not a message of an event stream, or a message cannot be encoded.
package enum EventStreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The prelude's checksum does not match its bytes.
    case preludeChecksum
    /// The message's checksum does not match its bytes.
    case messageChecksum
    /// The total length is below the minimum or above the maximum.
    case length(Int)
    /// The headers are longer than allowed, or than the message.
    case headersLength(Int)
    /// A header is cut off, its name is empty or not UTF-8, or its value is not UTF-8 or too long.
    case header
    /// An unknown type of value.
    case headerType(UInt8)
    case repeatedHeader(String)
    /// The stream ended within a message.
    case truncated

    package var description: String {
        switch self {
        case .preludeChecksum: "the event stream is damaged: a prelude's checksum is wrong"
        case .messageChecksum: "the event stream is damaged: a message's checksum is wrong"
        case .length(let length): "the event stream contains a message of \(length) bytes, which is not allowed"
        case .headersLength(let length): "the event stream contains headers of \(length) bytes, which is not allowed"
        case .header: "the event stream contains a header that is cut off, too long or not UTF-8"
        case .headerType(let type): "the event stream contains a header of the unknown type \(type)"
        case .repeatedHeader(let name): "the event stream contains a message with two \(name) headers"
        case .truncated: "the event stream ended within a message"
        }
    }
}
