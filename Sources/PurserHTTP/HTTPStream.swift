import Synchronization

/// An answer whose body comes piece by piece, for one reader.
///
/// What the reader has not taken is kept up to a bound; then the server is not listened to until the reader has taken it.
/// A stream that is let go is cancelled.
public final class HTTPStream: Sendable {
    public let status: Int
    /// In the order in which they came.
    public let headers: [HTTPHeader]
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

    /// The first value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.first { $0.lowercasedName == name.lowercased() }?.value
    }

    /// The next bytes of the body, at least one; nil after its end. Throws where the answer breaks off.
    public func next() async throws(HTTPError) -> [UInt8]? {
        let step = await withTaskCancellationHandler {
            await withCheckedContinuation { pieces.wait($0) }
        } onCancel: {
            handle.cancel()
        }
        if step.wasFull { handle.resume() }
        if let error = step.error { throw error }
        return step.bytes
    }

    /// Ends the request; what was not read is lost. Does nothing where it has ended.
    public func cancel() {
        handle.cancel()
    }
}

/// What a stream's reader and the thread of its connection share.
final class HTTPPieces: Sendable {
    /// What a reader gets: bytes, an error, or the end.
    struct Step: Sendable {
        var bytes: [UInt8]?
        var error: HTTPError?
        /// The transfer was stopped until these bytes were taken.
        var wasFull = false
    }

    private struct State {
        var bytes: [UInt8] = []
        var isFull = false
        var end: Step?
        var reader: CheckedContinuation<Step, Never>?
    }

    /// So many bytes are kept for a reader that is slow.
    static let mostBytes = 64 << 10

    private let state = Mutex(State())

    /// Takes a piece; false where the reader must first take what is here, and the same piece must come again.
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

    /// The answer is complete, or has failed; the first end counts. A failure takes with it what was not read.
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

    /// Resumes the reader with the next step, at once where there is one.
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
            // A second reader at once would be a mistake of the caller's: the first one is let go.
            defer { state.reader = reader }
            guard let other = state.reader else { return nil }
            other.resume(returning: Step())
            return nil
        }
        if let step { reader.resume(returning: step) }
    }
}
