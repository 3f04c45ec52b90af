#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import Synchronization

/// A dedicated thread that drives one libcurl multi handle, from the first request to ``stop()``.
final class TransferThread: Sendable {
    private let inbox: TransferInbox
    private let thread: Mutex<pthread_t?>

    /// Starts the thread; throws if the process has no thread or file descriptor left.
    init(_ settings: TransferMachine.Settings) throws(HTTPError) {
        let inbox = try TransferInbox()
        let start = Start(inbox: inbox, settings: settings)
        let argument = Unmanaged.passRetained(start)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { Start.run($0) }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw HTTPError(host: "", reason: .failed, detail: "no thread: \(code)")
        }
        self.inbox = inbox
        self.thread = Mutex(thread)
    }

    deinit {
        stop()
    }

    /// Sends a command; returns false if the thread has stopped.
    func send(_ command: TransferCommand) -> Bool {
        inbox.send(command)
    }

    /// Fails all transfers and waits for the thread to end; a second call does nothing.
    func stop() {
        inbox.send(.stop)
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    private final class Start: Sendable {
        let inbox: TransferInbox
        let settings: TransferMachine.Settings

        init(inbox: TransferInbox, settings: TransferMachine.Settings) {
            self.inbox = inbox
            self.settings = settings
        }

        static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            TransferMachine(start.inbox, start.settings).run()
            return nil
        }
    }
}

/// Cancels or resumes one transfer, from any thread.
struct TransferHandle: Sendable {
    let ticket: TransferTicket
    let thread: TransferThread

    func cancel() {
        guard !ticket.isCancelled.exchange(true, ordering: .relaxed) else { return }
        _ = thread.send(.cancel(ticket))
    }

    func resume() {
        _ = thread.send(.resume(ticket))
    }
}
