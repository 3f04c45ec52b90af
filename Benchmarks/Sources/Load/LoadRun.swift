import CEpoll
import Glibc

/// Sends the requests and records their results.
struct LoadRun {
    private let settings: LoadSettings
    private let poller: Int32
    private let start = now()
    /// The connections that wait for their next request, most recently used last.
    private var idle: [LoadConnection] = []
    /// All open connections, by file descriptor.
    private var open: [Int32: LoadConnection] = [:]
    private var sent = 0
    private var latencies: [Double] = []
    private var firstBytes: [Double] = []
    private var statuses: [Int: Int] = [:]
    private var failures = 0
    private var end: UInt64 = 0

    init(_ settings: LoadSettings) throws {
        self.settings = settings
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poller >= 0 else { throw LoadFault("epoll_create1: \(String(cString: strerror(errno)))") }
        idle = (0..<settings.connections).map { _ in LoadConnection() }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
    }

    mutating func run() throws {
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var nextLook = start
        while true {
            sendDue()
            if idle.count == settings.connections, isOver { break }
            var wait = longestWait
            let ready = epoll_pwait2(poller, &events, 256, &wait, nil)
            for event in events.prefix(max(0, Int(ready))) {
                guard let connection = open[event.data.fd] else { continue }
                if connection.isBusy {
                    serve(connection, event.events)
                } else {
                    // The server has closed it; the next request opens another.
                    close(connection)
                }
            }
            if now() >= nextLook {
                nextLook = now() + 100_000_000
                let late = open.values.filter { $0.isBusy && $0.deadline < now() }
                for connection in late { fail(connection) }
            }
        }
        end = now()
    }

    private var isOver: Bool {
        sent >= settings.requests || Double(now() - start) / 1e9 >= settings.seconds
    }

    /// When the next request is due; nil in a closed loop.
    private var nextDue: UInt64? {
        settings.perSecond.map { start + UInt64(Double(sent) / $0 * 1e9) }
    }

    /// The time until the next request is due, in nanoseconds, because a delay of a millisecond would be measured as
    /// the server's.
    private var longestWait: timespec {
        let most: UInt64 = 100_000_000
        guard !idle.isEmpty, !isOver, let due = nextDue else { return timespec(tv_sec: 0, tv_nsec: Int(most)) }
        let time = now()
        return timespec(tv_sec: 0, tv_nsec: due <= time ? 0 : Int(min(most, due - time)))
    }

    private mutating func sendDue() {
        while !idle.isEmpty, !isOver {
            let time = now()
            let due = nextDue ?? time
            guard due <= time, let connection = idle.popLast() else { return }
            sent += 1
            connection.isBusy = true
            connection.due = due
            connection.deadline = time + UInt64(settings.timeoutSeconds * 1e9)
            connection.begin(settings.request)
            if connection.file < 0 {
                guard connection.connect(settings.address) else {
                    fail(connection)
                    continue
                }
                open[connection.file] = connection
                watch(connection, EPOLL_CTL_ADD, EPOLLIN.rawValue | EPOLLOUT.rawValue)
            } else if !connection.send() {
                watch(connection, EPOLL_CTL_MOD, EPOLLIN.rawValue | EPOLLOUT.rawValue)
            }
        }
    }

    private func watch(_ connection: LoadConnection, _ operation: Int32, _ events: UInt32) {
        var event = epoll_event()
        event.events = events
        event.data.fd = connection.file
        epoll_ctl(poller, operation, connection.file, &event)
    }

    private mutating func serve(_ connection: LoadConnection, _ events: UInt32) {
        if events & EPOLLOUT.rawValue != 0, connection.send() { watch(connection, EPOLL_CTL_MOD, EPOLLIN.rawValue) }
        guard events & ~EPOLLOUT.rawValue != 0 else { return }
        switch connection.receive() {
        case .waiting: break
        case .broken: fail(connection)
        case .answered(let status, let mayGoOn):
            let time = now()
            statuses[status, default: 0] += 1
            latencies.append(Double(time - connection.due) / 1e6)
            firstBytes.append(Double(connection.firstByte - connection.due) / 1e6)
            if !mayGoOn { close(connection) }
            rest(connection)
        }
    }

    private mutating func fail(_ connection: LoadConnection) {
        failures += 1
        close(connection)
        rest(connection)
    }

    private mutating func rest(_ connection: LoadConnection) {
        connection.isBusy = false
        idle.append(connection)
    }

    private mutating func close(_ connection: LoadConnection) {
        open[connection.file] = nil
        connection.close()
    }

    func report(processes: [String]) -> String {
        let seconds = Double(end - start) / 1e9
        let answered = statuses.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return "{\"sent\":\(sent),\"answered\":{\(answered)},\"failed\":\(failures),\"seconds\":\(Self.short(seconds)),"
            + "\"perSecond\":\(Self.short(Double(latencies.count) / seconds)),"
            + "\"latencyMs\":\(Self.quantiles(latencies)),\"firstByteMs\":\(Self.quantiles(firstBytes)),"
            + "\"processes\":[\(processes.joined(separator: ","))]}"
    }

    private static func quantiles(_ values: [Double]) -> String {
        guard !values.isEmpty else { return "null" }
        let sorted = values.sorted()
        let named = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)]
        let parts = named.map { name, share in
            // The nearest rank.
            let rank = max(1, Int((share * Double(sorted.count)).rounded(.up)))
            return "\"\(name)\":\(short(sorted[rank - 1]))"
        }
        return "{\(parts.joined(separator: ","))}"
    }

    private static func short(_ value: Double) -> String {
        "\((value * 1000).rounded() / 1000)"
    }
}
