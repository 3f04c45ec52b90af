import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the thread that drives libcurl is asked to do.
enum TransferCommand: Sendable {
    case start(TransferOrder)
    case cancel(TransferTicket)
    case resume(TransferTicket)
    case stop
}

/// Who a transfer is, for as long as somebody asks for it.
final class TransferTicket: Sendable {
    /// Set before the command is sent, so that a cancellation that overtakes the start is not lost.
    let isCancelled = Atomic(false)
}

/// A request to be sent, and where its answer goes.
struct TransferOrder: Sendable {
    enum Receiver: Sendable {
        /// The whole answer at its end.
        case whole(CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>)
        /// The head as soon as it is there; the body by way of the pieces.
        case pieces(HTTPPieces, head: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>)
    }

    var ticket: TransferTicket
    var request: HTTPRequest
    var limits: HTTPLimits
    /// A transfer without a byte for so long is given up; nil for no such limit.
    var idleTimeoutSeconds: Int?
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

/// The commands that the thread has not yet taken, and what wakes it.
final class TransferInbox: Sendable {
    private struct State {
        var commands: [TransferCommand] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Readable where commands wait.
    let wakeDescriptor: Int32

    /// Throws where the process has no descriptor left.
    init() throws(HTTPError) {
        wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeDescriptor >= 0 else {
            throw HTTPError(host: "", reason: .failed, detail: "no descriptor for an event: \(errno)")
        }
    }

    deinit {
        close(wakeDescriptor)
    }

    /// Hands over a command; false where the thread has stopped and takes none any more.
    @discardableResult
    func send(_ command: TransferCommand) -> Bool {
        let (isTaken, isFirst) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            if case .stop = command { state.isClosed = true }
            return (true, state.commands.count == 1)
        }
        // The others find it awake, or about to be.
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

    /// After it the descriptor is no longer readable; called before ``takeAll()``.
    func settle() {
        var count: UInt64 = 0
        read(wakeDescriptor, &count, 8)
    }
}
