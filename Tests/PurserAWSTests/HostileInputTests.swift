import PurserAWS
import PurserCore
import PurserHTTP
import Testing

/// A short version of what libFuzzer does at length (`scripts/fuzz`). It is the same in every run.
@Suite struct HostileInputTests {
    /// Returns the bytes with a few of them changed, removed, duplicated or moved.
    private static func mutated(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let index = bytes.indices.randomElement(using: &random) else { return bytes }
            let end = min(bytes.count, index + Int.random(in: 1...16, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(index..<end)
            case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
            default: bytes.insert(contentsOf: bytes[index..<end], at: 0)
            }
        }
        return bytes
    }

    @Test("no header can crash the process, and no changed header is accepted with an otherwise unchanged request")
    func authorization() throws {
        var random = SplitMix64(seed: 1)
        let request = try SignedExample()
        let original = try #require(request["Authorization"])
        let claim = try SigV4Claim(authorization: original)
        var copy = request
        for _ in 0..<5000 {
            let text = String(decoding: Self.mutated(Array(original.utf8), using: &random), as: UTF8.self)
            copy["Authorization"] = text
            guard copy.refusal() == nil else { continue }
            // The id is not signed: it selects the secret, which is fixed here. Spaces have no meaning.
            let believed = try SigV4Claim(authorization: text)
            #expect(believed.signedHeaders == claim.signedHeaders && believed.service == claim.service, "\(text)")
            #expect(believed.day == claim.day && believed.region == claim.region, "\(text)")
        }
    }

    @Test("no request head can crash the process, and none is accepted unless it means the same as the signed one")
    func heads() throws {
        var random = SplitMix64(seed: 2)
        let request = try SignedExample()
        func changed(_ text: String) -> String {
            String(decoding: Self.mutated(Array(text.utf8), using: &random), as: UTF8.self)
        }
        /// Returns the segments of a path without those that a signature leaves out.
        func segments(_ path: String) -> [Substring] {
            path.split(separator: "/").reduce(into: []) { kept, part in
                if part == ".." { _ = kept.popLast() } else if part != "." { kept.append(part) }
            }
        }
        for _ in 0..<2000 {
            var copy = request
            copy.head.path = changed(request.head.path)
            let isSamePath = segments(copy.head.path) == segments(request.head.path)
            #expect(copy.refusal() != nil || isSamePath, "\(copy.head.path)")

            copy = request
            copy.head.query = changed("a=b&c=%20")
            #expect(copy.refusal() != nil || copy.head.query?.allSatisfy { $0 == "&" } == true)

            copy = request
            copy.head.method = changed(request.head.method)
            #expect(copy.refusal() != nil || copy.head.method == request.head.method)

            copy = request
            let index = copy.head.headers.indices.randomElement(using: &random) ?? 0
            let name = copy.head.headers[index].name
            copy.head.headers[index].name = changed(name)
            #expect(copy.refusal() != nil || copy.head.headers[index].name.lowercased() == name.lowercased())
        }
    }

    @Test("no event stream can crash the process, and how it is cut into pieces does not matter")
    func eventStream() throws {
        var random = SplitMix64(seed: 3)
        let message = EventStreamMessage(
            headers: [
                .init(":event-type", .string("messageStop")), .init("n", .long(-1)), .init("u", .uuid(Array(0..<16))),
            ],
            payload: Array(#"{"stopReason":"end_turn"}"#.utf8)
        )
        let stream = try message.encoded() + message.encoded()
        for _ in 0..<2000 {
            let hostile = Self.mutated(stream, using: &random)
            let size = Int.random(in: 1...hostile.count, using: &random)
            let pieces = stride(from: 0, to: hostile.count, by: size).map {
                Array(hostile[$0..<min($0 + size, hostile.count)])
            }
            let whole = Self.decoded([hostile])
            #expect(whole == Self.decoded(pieces))
            // A damaged message is not mistaken for another one.
            #expect(whole.messages.allSatisfy { $0 == message })
        }
    }

    private struct Outcome: Equatable {
        var messages: [EventStreamMessage] = []
        var error: EventStreamError?
    }

    private static func decoded(_ pieces: [[UInt8]]) -> Outcome {
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
}
