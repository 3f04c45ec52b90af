import Synchronization

/// A response whose body arrives in pieces, for one reader.
///
/// Bytes that the reader has not taken are buffered up to a limit; after that, nothing more is read from the server
/// until the reader has taken them. Releasing a stream cancels it.
package final class HTTPStream: Sendable {
    package let status: Int
    /// In the order in which they arrived.
    package let headers: [HTTPHeader]
    private let pieces: HTTPPieces
    private let handle: TransferHandle

    init(_ head: HTTPResponse, _ pieces: HTTPPieces, _ handle: TransferHandle) {
        status = head.status
        headers = head.headers
        self.pieces = pieces
        self.handle = handle
    }

    deinit {
        handle.cancel()
    }

    /// Returns the first value of a header; the case of its name is ignored.
    package func header(_ name: String) -> String? {
        headers.first { $0.lowercasedName == name.lowercased() }?.value
    }

    /// Returns the next bytes of the body, at least one, or nil after its end. Throws if the response breaks off.
    package func next() async throws(HTTPError) -> [UInt8]? {
        let step = await withTaskCancellationHandler {
            await withCheckedContinuation { pieces.wait($0) }
        } onCancel: {
            handle.cancel()
        }
        if step.wasFull { handle.resume() }
        if let error = step.error { throw error }
        return step.bytes
    }

    /// Ends the request and drops its unread bytes. Does nothing if it has ended.
    package func cancel() {
        handle.cancel()
    }
}

/// The state that a stream's reader shares with the thread of its connection.
final class HTTPPieces: Sendable {
    /// The result of one read: bytes, an error, or the end.
    struct Step: Sendable {
        var bytes: [UInt8]?
        var error: HTTPError?
        /// The transfer was paused until these bytes were taken.
        var wasFull = false
    }

    private struct State {
        var bytes: [UInt8] = []
        var isFull = false
        var end: Step?
        var reader: CheckedContinuation<Step, Never>?
    }

    /// The maximum number of bytes that are kept for a slow reader.
    static let mostBytes = 64 << 10

    private let state = Mutex(State())

    /// Adds a piece; returns false if the reader must first take the bytes kept here, after which the same piece must
    /// be passed again.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        let (isTaken, reader) = state.withLock { state -> (Bool, CheckedContinuation<Step, Never>?) in
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            guard state.bytes.isEmpty || state.bytes.count + piece.count <= Self.mostBytes else {
                state.isFull = true
                return (false, nil)
            }
            state.bytes += piece
            return (true, nil)
        }
        reader?.resume(returning: Step(bytes: Array(piece)))
        return isTaken
    }

    /// Marks the response as complete or failed; only the first call has an effect. A failure drops the unread bytes.
    func end(_ error: HTTPError?) {
        let step = Step(error: error)
        let reader = state.withLock { state in
            guard state.end == nil else { return nil as CheckedContinuation<Step, Never>? }
            state.end = step
            if error != nil { state.bytes = [] }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: step)
    }

    /// Resumes the reader with the next step, at once if there is one.
    func wait(_ reader: CheckedContinuation<Step, Never>) {
        let step = state.withLock { state -> Step? in
            if !state.bytes.isEmpty {
                defer {
                    state.bytes = []
                    state.isFull = false
                }
                return Step(bytes: state.bytes, wasFull: state.isFull)
            }
            if let end = state.end { return end }
            // Two readers at the same time are a mistake by the caller; resume the first one as if at the end.
            defer { state.reader = reader }
            guard let other = state.reader else { return nil }
            other.resume(returning: Step())
            return nil
        }
        if let step { reader.resume(returning: step) }
    }
}
