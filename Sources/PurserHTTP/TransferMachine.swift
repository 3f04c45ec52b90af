import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// libcurl's multi handle and all requests on it, used only by the thread that calls ``run()``, which does not return
/// until it is stopped.
///
/// Sockets are watched with epoll and passed to `curl_multi_socket_action` one by one. `curl_multi_perform` would check
/// every open request, with a system call for each, whenever a byte arrives.
final class TransferMachine {
    struct Settings: Sendable {
        /// Whether a connection may carry many requests at once.
        var multiplexes: Bool
        var mostConnections: Int
        /// How long an idle connection is kept.
        var keptSeconds: Int
    }

    private let inbox: TransferInbox
    private let settings: Settings
    private let multi: OpaquePointer?
    private let epoll: Int32
    private var watched: Set<Int32> = []
    private var running: [UnsafeMutableRawPointer: RunningTransfer] = [:]
    private var handles: [ObjectIdentifier: UnsafeMutableRawPointer] = [:]
    /// Easy handles that were reset, for the next requests.
    private var spare: [UnsafeMutableRawPointer] = []
    /// When libcurl wants to be called.
    private var timer: ContinuousClock.Instant?

    /// When the deadlines were last checked.
    private var lastSweep = ContinuousClock.now

    private static let mostSpare = 128
    private static let sweepMilliseconds = 100

    init(_ inbox: TransferInbox, _ settings: Settings) {
        self.inbox = inbox
        self.settings = settings
        multi = CurlOptions.isLibraryReady ? curl_multi_init().map { OpaquePointer($0) } : nil
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    }

    deinit {
        for curl in spare { curl_easy_cleanup(curl) }
        curl_multi_cleanup(handle)
        if epoll >= 0 { close(epoll) }
    }

    private var handle: UnsafeMutableRawPointer? {
        multi.map { UnsafeMutableRawPointer($0) }
    }

    /// Carries out the inbox's commands, up to the one to stop.
    func run() {
        let isReady = setUp()
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            if obey(isReady: isReady) { return }
            if let timer, timer <= .now {
                self.timer = nil
                act(CURL_SOCKET_TIMEOUT, 0)
            }
            finish()
            sweep()
            let count = epoll_wait(epoll, &events, Int32(events.count), waitMilliseconds())
            // If epoll fails, no transfer can make progress; keep reading the inbox, because only it says when to stop.
            guard count >= 0 || errno == EINTR else {
                usleep(10_000)
                continue
            }
            for event in events.prefix(Int(max(0, count))) where event.data.fd != inbox.wakeDescriptor {
                act(event.data.fd, event.events)
            }
        }
    }

    private func setUp() -> Bool {
        guard let handle, epoll >= 0 else { return false }
        let target = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            purser_curl_multi_set_socket(
                handle,
                { _, socket, what, target, _ in
                    TransferMachine.at(target)?.watch(socket, what)
                    return 0
                },
                target
            ),
            purser_curl_multi_set_timer(
                handle,
                { _, milliseconds, target in
                    TransferMachine.at(target)?.setTimer(milliseconds)
                    return 0
                },
                target
            ),
            purser_curl_multi_set_long(
                handle,
                CURLMOPT_PIPELINING,
                settings.multiplexes ? Int(CURLPIPE_MULTIPLEX) : Int(CURLPIPE_NOTHING)
            ),
            purser_curl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.mostConnections),
            // Keep all of them: libcurl would close those above four times the number of requests in flight.
            purser_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, settings.mostConnections),
        ]
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: inbox.wakeDescriptor))
        return codes.allSatisfy { $0 == CURLM_OK } && epoll_ctl(epoll, EPOLL_CTL_ADD, inbox.wakeDescriptor, &event) == 0
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> TransferMachine? {
        pointer.map { Unmanaged<TransferMachine>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension TransferMachine {
    /// Carries out all commands; returns true after the command to stop.
    private func obey(isReady: Bool) -> Bool {
        inbox.settle()
        for command in inbox.takeAll() {
            switch command {
            case .start(let order):
                if isReady {
                    start(order)
                } else {
                    order.fail(HTTPError(host: order.request.url.host, reason: .failed, detail: "no multi handle"))
                }
            case .cancel(let ticket):
                guard let curl = handles[ObjectIdentifier(ticket)] else { break }
                take(curl)?.cancel("")
            case .resume(let ticket):
                guard let curl = handles[ObjectIdentifier(ticket)] else { break }
                running[curl]?.resume()
            case .stop:
                for curl in Array(running.keys) { take(curl)?.cancel("the connections were shut down") }
                return true
            }
        }
        return false
    }

    private func start(_ order: TransferOrder) {
        let host = order.request.url.host
        guard !order.ticket.isCancelled.load(ordering: .relaxed) else {
            return order.fail(HTTPError(host: host, reason: .cancelled, wasSent: false))
        }
        guard let curl = spare.popLast() ?? curl_easy_init() else {
            return order.fail(HTTPError(host: host, reason: .failed, detail: "no easy handle", wasSent: false))
        }
        do throws(HTTPError) {
            let transfer = try RunningTransfer(curl, order)
            if let code = transfer.setOptions(settings) {
                keep(curl)
                return transfer.finish(code)
            }
            transfer.deadline = .now + .milliseconds(order.limits.timeoutMilliseconds)
            running[curl] = transfer
            handles[ObjectIdentifier(order.ticket)] = curl
            let code = curl_multi_add_handle(handle, curl)
            guard code == CURLM_OK else {
                take(curl)?.finish(CURLE_FAILED_INIT)
                return
            }
        } catch {
            keep(curl)
            order.fail(error)
        }
    }

    /// Removes a transfer from libcurl and returns it.
    ///
    /// A transfer in flight gives up its connection; with HTTP/1.1, the connection is closed.
    private func take(_ curl: UnsafeMutableRawPointer) -> RunningTransfer? {
        guard let transfer = running.removeValue(forKey: curl) else { return nil }
        handles[ObjectIdentifier(transfer.order.ticket)] = nil
        curl_multi_remove_handle(handle, curl)
        keep(curl)
        return transfer
    }

    private func keep(_ curl: UnsafeMutableRawPointer) {
        guard spare.count < Self.mostSpare else { return curl_easy_cleanup(curl) }
        curl_easy_reset(curl)
        spare.append(curl)
    }

    /// Finishes the transfers that have ended.
    private func finish() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let curl = message.pointee.easy_handle else { continue }
            // The message is invalid once its handle is removed.
            let code = message.pointee.data.result
            take(curl)?.finish(code)
        }
    }

    /// Ends overdue transfers: libcurl 7.88 does not check the time limit of a request that waits for a connection, and
    /// knows no limit on the time without a byte.
    private func sweep() {
        let now = ContinuousClock.now
        guard !running.isEmpty, now - lastSweep >= .milliseconds(Self.sweepMilliseconds) else { return }
        lastSweep = now
        for (curl, transfer) in running {
            guard transfer.isOverdue(at: now) else { continue }
            take(curl)?.finish(CURLE_OPERATION_TIMEDOUT)
        }
    }

    private func act(_ socket: Int32, _ events: UInt32) {
        var what: Int32 = 0
        if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { what |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { what |= CURL_CSELECT_OUT }
        if events & EPOLLERR.rawValue != 0 { what |= CURL_CSELECT_ERR }
        var count: Int32 = 0
        curl_multi_socket_action(handle, socket, what, &count)
    }

    private func watch(_ socket: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            watched.remove(socket)
            epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
            return
        }
        var event = epoll_event(events: 0, data: epoll_data_t(fd: socket))
        if what & CURL_POLL_IN != 0 { event.events |= EPOLLIN.rawValue }
        if what & CURL_POLL_OUT != 0 { event.events |= EPOLLOUT.rawValue }
        let isNew = watched.insert(socket).inserted
        epoll_ctl(epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event)
    }

    private func setTimer(_ milliseconds: Int) {
        timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    private func waitMilliseconds() -> Int32 {
        let sweep = running.isEmpty ? nil : Self.sweepMilliseconds
        guard let timer else { return sweep.map { Int32($0) } ?? -1 }
        let wait = max(0, Int(((timer - .now) / .milliseconds(1)).rounded(.up)))
        return Int32(clamping: sweep.map { min($0, wait) } ?? wait)
    }
}
