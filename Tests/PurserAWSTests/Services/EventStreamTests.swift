import Foundation
import PurserAWS
import PurserCore
import TestSupport
import Testing

/// A message with a value of each type.
private let everyType = EventStreamMessage(
    headers: [
        .init("true", .boolean(true)), .init("false", .boolean(false)), .init("byte", .byte(-2)),
        .init("short", .short(-300)), .init("integer", .integer(0xa00c)), .init("long", .long(.min)),
        .init("bytes", .bytes([0, 1, 255])), .init(":event-type", .string("délta")), .init("empty", .string("")),
        .init("time", .timestamp(milliseconds: 1_795_658_400_123)), .init("id", .uuid(Array(100..<116))),
    ],
    payload: Array("{\"p\":\"äö\"}".utf8)
)

private func decode(_ bytes: some Sequence<UInt8>) throws(EventStreamError) -> [EventStreamMessage] {
    var decoder = EventStreamDecoder()
    decoder.feed(bytes)
    var messages: [EventStreamMessage] = []
    while let message = try decoder.next() { messages.append(message) }
    try decoder.finish()
    return messages
}

private func base64(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
}

@Suite(.blocking) struct EventStreamTests {
    @Test("the published messages are read and written byte for byte")
    func golden() throws {
        let vectors: [(EventStreamMessage, String)] = [
            (EventStreamMessage(), "000000100000000005c248eb7d98c8ff"),
            (
                EventStreamMessage(payload: Array("{'foo':'bar'}".utf8)),
                "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936"
            ),
            (
                EventStreamMessage(
                    headers: [.init("event-type", .integer(0xa00c))],
                    payload: Array("{'foo':'bar'}".utf8)
                ),
                "0000002d0000001041c424b80a6576656e742d74797065040000a00c7b27666f6f273a27626172277d36f480a0"
            ),
        ]
        for (message, hexadecimal) in vectors {
            let bytes = try message.encoded()
            #expect(bytes.hexadecimal == hexadecimal)
            #expect(try decode(bytes) == [message])
        }
    }

    @Test("messages are read however the stream is cut into pieces")
    func pieces() throws {
        let messages = [everyType, EventStreamMessage(), EventStreamMessage(event: "metadata", payload: [1])]
        let stream = try messages.flatMap { try $0.encoded() }
        for cut in 0...stream.count {
            var decoder = EventStreamDecoder()
            var read: [EventStreamMessage] = []
            for piece in [stream[..<cut], stream[cut...]] {
                decoder.feed(piece)
                while let message = try decoder.next() { read.append(message) }
            }
            try decoder.finish()
            #expect(read == messages)
        }
        var decoder = EventStreamDecoder()
        var read: [EventStreamMessage] = []
        for byte in stream {
            decoder.feed([byte])
            while let message = try decoder.next() { read.append(message) }
        }
        #expect(read == messages)
    }

    @Test("a stream that ends within a message is an error, and one that ends after a message is not")
    func truncated() throws {
        let stream = try everyType.encoded() + EventStreamMessage().encoded()
        let ends = [0, try everyType.encoded().count, stream.count]
        for end in 0...stream.count {
            let result = Result { () throws(EventStreamError) in try decode(stream[..<end]) }
            #expect((try? result.get()) != nil ? ends.contains(end) : result == .failure(.truncated))
        }
    }

    @Test("every changed byte is detected")
    func mutations() throws {
        let bytes = try everyType.encoded()
        for index in bytes.indices {
            for change in [1, 2, 0x10, 0x80, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= change
                // A wrong prelude is detected immediately, whatever length it states.
                let expected: EventStreamError = index < 12 ? .preludeChecksum : .messageChecksum
                #expect(throws: expected) { try decode(damaged) }
            }
        }
    }

    @Test("a message above the limits is neither written nor waited for")
    func limits() throws {
        let most = EventStreamMessage(payload: [UInt8](repeating: 7, count: EventStreamMessage.longestBytes - 16))
        #expect(try decode(most.encoded()) == [most])
        var tooLong = most
        tooLong.payload.append(7)
        #expect(throws: EventStreamError.length(EventStreamMessage.longestBytes + 1)) { try tooLong.encoded() }
        let headers = (0..<5).map { EventStreamMessage.Header("\($0)", .bytes([UInt8](repeating: 0, count: 32_767))) }
        #expect(throws: EventStreamError.headersLength(5 * 32_772)) {
            try EventStreamMessage(headers: headers).encoded()
        }
        #expect(try decode(EventStreamMessage(headers: Array(headers.prefix(3))).encoded()).count == 1)
        let refused: [(EventStreamMessage.Header, EventStreamError)] = [
            (.init("", .boolean(true)), .header), (.init(String(repeating: "n", count: 256), .boolean(true)), .header),
            (.init("a", .string(String(repeating: "v", count: 32_768))), .header), (.init("a", .uuid([1])), .header),
        ]
        for (header, error) in refused {
            #expect(throws: error) { try EventStreamMessage(headers: [header]).encoded() }
        }
        let twice = EventStreamMessage(headers: [.init("a", .byte(1)), .init("a", .byte(2))])
        #expect(throws: EventStreamError.repeatedHeader("a")) { try twice.encoded() }
        // Preludes with a correct checksum: 17 MiB, 15 bytes, and headers longer than the message.
        let preludes: [([UInt8], EventStreamError)] = [
            ([0x01, 0x10, 0, 0, 0, 0, 0, 0, 0xce, 0x56, 0x43, 0x39], .length(17 << 20)),
            ([0, 0, 0, 15, 0, 0, 0, 0, 0xe7, 0x72, 0x48, 0xb8], .length(15)),
            ([0, 0, 0, 32, 0, 0, 0, 17, 0xce, 0x53, 0xd0, 0x9f], .headersLength(17)),
        ]
        for (prelude, error) in preludes {
            #expect(throws: error) { try decode(prelude) }
        }
    }

    @Test(
        "botocore reads the messages that are written, with values of every type",
        .needsPeers
    )
    func botocore() throws {
        let seed: UInt64 = 9
        var random = SplitMix64(seed: seed)
        let peer = try PeerProcess.shared("eventstream.py")
        for number in 0..<300 {
            let message = number == 0 ? everyType : Self.message(using: &random)
            let bytes = try message.encoded()
            let read = try peer.ask(.string(base64(bytes)))
            try #require(read["payload"]?.string == base64(message.payload), "seed \(seed), \(number)")
            try #require(
                read["headers"] == .array(message.headers.map(Self.words)),
                "seed \(seed), message \(number)"
            )
            try #require(try decode(bytes) == [message])
        }
    }

    private static func words(_ header: EventStreamMessage.Header) -> JSONValue {
        let (type, value): (JSONValue, JSONValue) =
            switch header.value {
            case .boolean(let value): ("boolean", .bool(value))
            case .byte(let value): ("byte", .integer(Int(value)))
            case .short(let value): ("short", .integer(Int(value)))
            case .integer(let value): ("integer", .integer(Int(value)))
            case .long(let value): ("long", .integer(Int(value)))
            case .bytes(let value): ("bytes", .string(base64(value)))
            case .string(let value): ("string", .string(value))
            case .timestamp(let value): ("timestamp", .integer(Int(value)))
            case .uuid(let value): ("uuid", .string(base64(value)))
            }
        return [.string(header.name), type, value]
    }

    private static func message(using random: inout SplitMix64) -> EventStreamMessage {
        func bytes(_ most: Int) -> [UInt8] {
            (0..<Int.random(in: 0...most, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let headers = (0..<Int.random(in: 0...12, using: &random)).map { number in
            let value: EventStreamValue =
                switch Int.random(in: 0...9, using: &random) {
                case 0, 1: .boolean(Bool.random(using: &random))
                case 2: .byte(Int8.random(in: .min ... .max, using: &random))
                case 3: .short(Int16.random(in: .min ... .max, using: &random))
                case 4: .integer(Int32.random(in: .min ... .max, using: &random))
                case 5: .long(Int64.random(in: .min ... .max, using: &random))
                case 6: .bytes(bytes(300))
                case 7: .string(String(bytes(40).map { Character(Unicode.Scalar($0)) }))
                case 8: .timestamp(milliseconds: Int64.random(in: .min ... .max, using: &random))
                default: .uuid((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
                }
            return EventStreamMessage.Header("h\(number)ä", value)
        }
        return EventStreamMessage(headers: headers, payload: bytes(2000))
    }
}
