import Foundation
import PurserImport
import TestSupport
import Testing

@Suite("gzip data") struct GzipReaderTests {
    /// Compressed by another program.
    private static let compressed = Array(
        Data(
            base64Encoded:
                "H4sIAAAAAAACA8vJzEtVyE9TKEmtKFEozyzJUEhUyCvNTUotUjAwNDI2MTUzt7DkyhlVNapqVNWoqlFVQ1wVAHRHs7nwBQAA"
        ) ?? Data()
    )
    private static let text = Array(String(repeating: "line of text with a number 0123456789\n", count: 40).utf8)

    private static func read(_ data: [UInt8], piece: Int = 1 << 16) throws -> [UInt8] {
        var reader = try GzipReader()
        var text: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: piece) {
            try reader.read(Array(data[start..<min(start + piece, data.count)])) { text += $0 }
        }
        try reader.finish()
        return text
    }

    @Test("data in pieces of any length becomes the text that was compressed", arguments: [1, 2, 7, 1000])
    func pieces(length: Int) throws {
        #expect(try Self.read(Self.compressed, piece: length) == Self.text)
        #expect(try Self.read(TestGzip.member(Self.text), piece: length) == Self.text)
    }

    @Test("members that follow one another are one text, with zeros behind them", arguments: [1, 3, 1000])
    func members(length: Int) throws {
        let data = Self.compressed + TestGzip.member(Self.text) + TestGzip.member([]) + [0, 0, 0]
        #expect(try Self.read(data, piece: length) == Self.text + Self.text)
    }

    @Test("a text much longer than a piece is passed on in pieces")
    func long() throws {
        let text = [UInt8](repeating: 65, count: 3_000_000)
        #expect(try Self.read(TestGzip.member(text)) == text)
    }

    @Test("data that ends anywhere in a member is refused")
    func truncated() {
        for length in 0..<Self.compressed.count {
            #expect(throws: GzipError.truncated, "\(length)") { try Self.read(Array(Self.compressed.prefix(length))) }
            #expect(throws: GzipError.truncated, "\(length)") {
                try Self.read(Self.compressed + Self.compressed.prefix(max(1, length)))
            }
        }
    }

    @Test("a changed byte is refused, or changes nothing of the text")
    func corrupt() {
        for place in Self.compressed.indices {
            var data = Self.compressed
            data[place] ^= 0x55
            do {
                // The header has a time and a system, which are not of the text.
                #expect(try Self.read(data) == Self.text, "\(place)")
                #expect(place < 10)
            } catch {
                #expect(error is GzipError)
            }
        }
        #expect(throws: GzipError.self) { try Self.read(Self.compressed + Array("more".utf8)) }
    }
}
