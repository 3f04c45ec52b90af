import PurserAWS

/// Feeds an input to the decoder whole and in pieces, both unchanged and with corrected checksums. No input may crash
/// the process, and splitting an input must not change the result.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    for stream in [input, checked(input)] {
        let whole = decoded([stream])
        let size = max(1, Int(input.first ?? 1))
        let pieces = stride(from: 0, to: stream.count, by: size).map {
            Array(stream[$0..<min($0 + size, stream.count)])
        }
        precondition(whole == decoded(pieces), "splitting the input changes the result")
    }
    return 0
}

/// The messages, and the error that ended them.
private struct Outcome: Equatable {
    var messages: [EventStreamMessage] = []
    var error: EventStreamError?
}

private func decoded(_ pieces: [[UInt8]]) -> Outcome {
    var outcome = Outcome()
    var decoder = EventStreamDecoder()
    do throws(EventStreamError) {
        for piece in pieces {
            decoder.feed(piece)
            while let message = try decoder.next() { outcome.messages.append(message) }
        }
        try decoder.finish()
    } catch {
        outcome.error = error
    }
    return outcome
}

/// Returns the input as a message with correct lengths and checksums, to reach the code behind those checks. The first
/// two bytes of the input are the length of the headers.
private func checked(_ input: [UInt8]) -> [UInt8] {
    guard input.count >= 2 else { return input }
    let content = Array(input[2...])
    func four(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
    let headers = (Int(input[0]) << 8 | Int(input[1])) % (content.count + 1)
    let lengths = four(UInt32(content.count + 16)) + four(UInt32(headers))
    let message = lengths + four(crc32(lengths)) + content
    return message + four(crc32(message))
}

/// Returns the same checksum as zlib, computed bit by bit because the decoder's own implementation is under test.
private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
    }
}
