import Glibc

/// One client's connection.
final class FakeConnection {
    enum Sent {
        case done
        /// The client is not reading; the rest is sent when it reads again.
        case full
        case broken
    }

    let file: Int32
    /// File descriptors are reused; generations are not.
    let generation: Int
    var reader = RequestReader()
    var output: [UInt8] = []
    /// The exchange in progress; nil between requests.
    var exchange: Exchange?
    var nextPiece = 0
    /// Whether the last piece is in the output.
    var isFinished = false
    var isWaitingToSend = false
    private var sent = 0
    private static let pieceBytes = 64 << 10

    init(file: Int32, generation: Int) {
        self.file = file
        self.generation = generation
    }

    /// Reads the received bytes; returns false if the client has disconnected.
    func receive() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 1) { buffer in
            while true {
                let count = recv(file, buffer.baseAddress, buffer.count, 0)
                if count > 0 {
                    reader.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    // Usually that is everything; if not, the poller reports the connection again.
                    return true
                }
                if count == 0 { return false }
                if errno == EINTR { continue }
                return errno == EAGAIN
            }
        }
    }

    func send() -> Sent {
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                Glibc.send(
                    file,
                    bytes.baseAddress?.advanced(by: sent),
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                return .full
            } else if errno != EINTR {
                return .broken
            }
        }
        output.removeAll(keepingCapacity: output.count < Self.pieceBytes)
        sent = 0
        return .done
    }
}
