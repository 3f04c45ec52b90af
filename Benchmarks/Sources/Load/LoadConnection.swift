import Glibc

/// One connection and the response that is being read from it.
final class LoadConnection {
    enum Progress {
        case waiting
        /// A complete response with this status, and whether another request may follow on the connection.
        case answered(status: Int, mayGoOn: Bool)
        case broken
    }

    private(set) var file: Int32 = -1
    /// Whether a request is in flight on it.
    var isBusy = false
    /// When its request was due, and when it times out.
    var due: UInt64 = 0
    var deadline: UInt64 = 0
    private(set) var firstByte: UInt64 = 0
    private var unsent: ArraySlice<UInt8> = []
    private var received: [UInt8] = []
    private var answer = Answer()
    private static let bufferBytes = 64 << 10

    /// The values in the head.
    private struct Answer {
        var status = 0
        /// Nil before the head is complete.
        var bodyStart: Int?
        /// Nil if chunks or the connection's end determine it.
        var length: Int?
        var isChunked = false
        var mayGoOn = true
    }

    func connect(_ address: sockaddr_in) -> Bool {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard file >= 0 else { return false }
        var yes: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = address
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 || errno == EINPROGRESS
    }

    func close() {
        if file >= 0 { Glibc.close(file) }
        file = -1
    }

    func begin(_ request: [UInt8]) {
        unsent = request[...]
        received.removeAll(keepingCapacity: true)
        answer = Answer()
        firstByte = 0
    }

    /// Sends the rest of the request; returns whether everything is sent. It also returns false if the connection is
    /// broken, which the next read reports.
    func send() -> Bool {
        while !unsent.isEmpty {
            let count = unsent.withUnsafeBytes { Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            unsent = unsent.dropFirst(count)
        }
        return true
    }

    func receive() -> Progress {
        withUnsafeTemporaryAllocation(byteCount: Self.bufferBytes, alignment: 1) { buffer in
            let count = recv(file, buffer.baseAddress, buffer.count, 0)
            if count < 0 { return errno == EAGAIN || errno == EINTR ? .waiting : .broken }
            if count == 0 {
                let isEnd = answer.bodyStart != nil && answer.length == nil && !answer.isChunked
                return isEnd ? .answered(status: answer.status, mayGoOn: false) : .broken
            }
            if firstByte == 0 { firstByte = now() }
            received.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return progress()
        }
    }

    private func progress() -> Progress {
        if answer.bodyStart == nil { readHead() }
        guard let bodyStart = answer.bodyStart else { return .waiting }
        let isWhole =
            if let length = answer.length {
                received.count - bodyStart >= length
            } else {
                answer.isChunked && received.suffix(5).elementsEqual("0\r\n\r\n".utf8)
            }
        return isWhole ? .answered(status: answer.status, mayGoOn: answer.mayGoOn) : .waiting
    }

    private func readHead() {
        var end: Int?
        var position = 0
        while position + 3 < received.count {
            if received[position] == 13, received[position + 2] == 13 {
                end = position
                break
            }
            position += 1
        }
        guard let end else { return }
        answer.bodyStart = end + 4
        let lines = String(decoding: received[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        answer.status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        for line in lines.dropFirst() {
            let value = line.split(separator: ":", maxSplits: 1).last.map { $0.filter { $0 != " " } } ?? ""
            if line.hasPrefix("content-length:") { answer.length = Int(value) }
            if line.hasPrefix("transfer-encoding:") { answer.isChunked = value == "chunked" }
            if line.hasPrefix("connection:") { answer.mayGoOn = value != "close" }
        }
    }
}
