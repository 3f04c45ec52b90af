/// A complete HTTP request.
struct FakeRequest {
    var method: String
    /// As it was received, percent-encoded.
    var path: String
    var query: String
    /// Names in lower case, in the order in which they were received.
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var keepsAlive: Bool

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// Reads requests from the bytes that a connection has received (HTTP/1.1 with Content-Length).
struct RequestReader {
    enum Next {
        case request(FakeRequest)
        /// More bytes are needed; the client may be waiting for permission to send its body.
        case incomplete(asksToContinue: Bool)
        /// The bytes are not a request that this server can read.
        case malformed(status: Int)
    }

    private static let longestHead = 64 << 10
    private static let longestBody = 25 << 20

    private var bytes: [UInt8] = []
    /// The end of the bytes already read.
    private var start = 0
    private var wasAskedToContinue = false

    var hasBytes: Bool {
        start < bytes.count
    }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        if start > 0 {
            bytes.removeSubrange(..<start)
            start = 0
        }
        bytes.append(contentsOf: piece)
    }

    mutating func next() -> Next {
        guard let end = endOfHead() else {
            return bytes.count - start > Self.longestHead ? .malformed(status: 431) : .incomplete(asksToContinue: false)
        }
        guard var request = Self.head(bytes[start..<end]) else { return .malformed(status: 400) }
        guard request.header("transfer-encoding") == nil else { return .malformed(status: 411) }
        guard let length = Int(request.header("content-length") ?? "0"), length >= 0 else {
            return .malformed(status: 400)
        }
        guard length <= Self.longestBody else { return .malformed(status: 413) }
        let bodyStart = end + 4
        guard bytes.count - bodyStart >= length else {
            let asks = !wasAskedToContinue && request.header("expect")?.lowercased() == "100-continue"
            wasAskedToContinue = wasAskedToContinue || asks
            return .incomplete(asksToContinue: asks)
        }
        request.body = Array(bytes[bodyStart..<bodyStart + length])
        start = bodyStart + length
        wasAskedToContinue = false
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        }
        return .request(request)
    }

    /// Returns the start of the empty line that ends the head.
    private func endOfHead() -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var position = start
            while position + 3 < bytes.count {
                if bytes[position] == 13, bytes[position + 1] == 10, bytes[position + 2] == 13,
                    bytes[position + 3] == 10
                {
                    return position
                }
                position += 1
            }
            return nil
        }
    }

    private static func head(_ bytes: ArraySlice<UInt8>) -> FakeRequest? {
        var lines = bytes.split(separator: 10).makeIterator()
        guard let first = lines.next() else { return nil }
        let words = trimmed(first).split(separator: 32, omittingEmptySubsequences: false)
        guard words.count == 3 else { return nil }
        let target = words[1].split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        var headers: [(name: String, value: String)] = []
        headers.reserveCapacity(16)
        while let line = lines.next() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = String(decoding: line[..<colon].map(lowercased), as: UTF8.self)
            headers.append((name, String(decoding: trimmed(line[(colon + 1)...]), as: UTF8.self)))
        }
        let isOld = words[2].elementsEqual("HTTP/1.0".utf8)
        let connection = headers.first { $0.name == "connection" }?.value.lowercased()
        return FakeRequest(
            method: String(decoding: words[0], as: UTF8.self),
            path: String(decoding: target.first ?? [], as: UTF8.self),
            query: target.count > 1 ? String(decoding: target[1], as: UTF8.self) : "",
            headers: headers,
            body: [],
            keepsAlive: isOld ? connection == "keep-alive" : connection != "close"
        )
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, first == 32 || first == 9 { bytes.removeFirst() }
        while let last = bytes.last, last == 32 || last == 9 || last == 13 { bytes.removeLast() }
        return bytes
    }
}
