import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A command to the thread that drives libcurl.
enum TransferCommand: Sendable {
    case start(TransferOrder)
    case cancel(TransferTicket)
    case resume(TransferTicket)
    case stop
}

/// Identifies a transfer for as long as a caller refers to it.
final class TransferTicket: Sendable {
    /// Set before the command is sent, so that a cancellation that overtakes the start is not lost.
    let isCancelled = Atomic(false)
}

/// A request to send, and the receiver of its response.
struct TransferOrder: Sendable {
    enum Receiver: Sendable {
        /// The whole response, once it is complete.
        case whole(CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>)
        /// The head as soon as it has arrived, and the body piece by piece.
        case pieces(HTTPPieces, head: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>)
    }

    var ticket: TransferTicket
    var request: HTTPRequest
    var limits: HTTPLimits
    /// A transfer times out after this time without a byte from the server; nil means no limit.
    var idleTimeout: Duration?
    var receiver: Receiver

    func fail(_ error: HTTPError) {
        switch receiver {
        case .whole(let answer): answer.resume(returning: .failure(error))
        case .pieces(let pieces, let head):
            pieces.end(error)
            head.resume(returning: .failure(error))
        }
    }
}

/// The commands that the thread has not taken yet, and the descriptor that wakes it.
final class TransferInbox: Sendable {
    private struct State {
        var commands: [TransferCommand] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Readable while commands are waiting.
    let wakeDescriptor: Int32

    /// Throws if the process has no file descriptor left.
    init() throws(HTTPError) {
        wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeDescriptor >= 0 else {
            throw HTTPError(host: "", reason: .failed, detail: "no descriptor for an event: \(errno)")
        }
    }

    deinit {
        close(wakeDescriptor)
    }

    /// Sends a command; returns false if the thread has stopped and accepts no more commands.
    @discardableResult
    func send(_ command: TransferCommand) -> Bool {
        let (isTaken, isFirst) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            if case .stop = command { state.isClosed = true }
            return (true, state.commands.count == 1)
        }
        // For later commands the thread is already awake, or about to be.
        if isFirst {
            var one: UInt64 = 1
            write(wakeDescriptor, &one, 8)
        }
        return isTaken
    }

    func takeAll() -> [TransferCommand] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Makes the descriptor unreadable again; must be called before ``takeAll()``.
    func settle() {
        var count: UInt64 = 0
        read(wakeDescriptor, &count, 8)
    }
}
