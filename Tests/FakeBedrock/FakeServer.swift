import CEpoll
import Glibc

/// A loopback HTTP server on one thread.
final class FakeServer {
    private let listener: Int32
    private let poller: Int32
    private var routes: FakeRoutes
    /// By file descriptor.
    private var connections: [Int32: FakeConnection] = [:]
    private var timers = TimerQueue()
    private var count = ConnectionCount()
    private var generation = 0
    private static let mostEvents = 256

    init(_ settings: FakeSettings, _ routes: FakeRoutes) throws {
        self.routes = routes
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        self.listener = listener
        guard listener >= 0 else { throw FakeFault(system: "socket") }
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = settings.port.bigEndian
        guard inet_pton(AF_INET, settings.address, &address.sin_addr) == 1 else {
            throw FakeFault("--listen: \(settings.address) is not an IPv4 address")
        }
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
        }
        guard isBound == 0, listen(listener, 4096) == 0 else { throw FakeFault(system: "bind") }
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poller >= 0 else { throw FakeFault(system: "epoll_create1") }
        watch(listener, EPOLLIN.rawValue, EPOLL_CTL_ADD)
        // A file or /dev/null cannot be watched; in that case only a signal ends the program.
        watch(0, EPOLLIN.rawValue, EPOLL_CTL_ADD)
    }

    var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Serves until standard input closes.
    func run() {
        var events = [epoll_event](repeating: epoll_event(), count: Self.mostEvents)
        while true {
            let ready = epoll_wait(poller, &events, Int32(Self.mostEvents), timers.millisecondsToNext)
            for event in events.prefix(max(0, Int(ready))) {
                switch event.data.fd {
                case listener: accept()
                case 0: if isInputClosed() { return }
                case let file: serve(file, event.events)
                }
            }
            while let due = timers.popDue() {
                guard let connection = connections[due.file], connection.generation == due.generation else { continue }
                advance(connection)
            }
        }
    }

    private func watch(_ file: Int32, _ events: UInt32, _ operation: Int32) {
        var event = epoll_event()
        event.events = events
        event.data.fd = file
        epoll_ctl(poller, operation, file, &event)
    }

    private func isInputClosed() -> Bool {
        var byte: UInt8 = 0
        return read(0, &byte, 1) <= 0
    }

    private func accept() {
        while true {
            let file = Glibc.accept(listener, nil, nil)
            guard file >= 0 else { return }
            _ = fcntl(file, F_SETFL, O_NONBLOCK)
            _ = fcntl(file, F_SETFD, FD_CLOEXEC)
            var yes: Int32 = 1
            setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            generation += 1
            connections[file] = FakeConnection(file: file, generation: generation)
            count.open += 1
            count.most = max(count.most, count.open)
            watch(file, EPOLLIN.rawValue, EPOLL_CTL_ADD)
        }
    }

    private func serve(_ file: Int32, _ events: UInt32) {
        guard let connection = connections[file] else { return }
        if events & EPOLLOUT.rawValue != 0 { flush(connection) }
        guard connections[file] === connection, events & ~EPOLLOUT.rawValue != 0 else { return }
        guard connection.receive() else { return close(connection) }
        if connection.exchange == nil { readRequests(connection) }
    }

    private func readRequests(_ connection: FakeConnection) {
        while connection.exchange == nil, connections[connection.file] === connection {
            switch connection.reader.next() {
            case .incomplete(let asksToContinue):
                guard asksToContinue else { return }
                connection.output += Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
                flush(connection)
                return
            case .malformed(let status):
                let text = "HTTP/1.1 \(status) Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                begin(Exchange(pieces: [Array(text.utf8)], ending: .close), connection)
            case .request(let request):
                var exchange = routes.exchange(for: request, connections: count)
                if !request.keepsAlive, case .keepAlive = exchange.ending { exchange.ending = .close }
                begin(exchange, connection)
            }
        }
    }

    private func begin(_ exchange: Exchange, _ connection: FakeConnection) {
        connection.exchange = exchange
        connection.nextPiece = 0
        if exchange.firstAfterMilliseconds == 0 {
            advance(connection)
        } else {
            timers.add(connection.file, connection.generation, afterMilliseconds: exchange.firstAfterMilliseconds)
        }
    }

    /// Sends the next piece; after the last one, ends the exchange in the way it specifies.
    private func advance(_ connection: FakeConnection) {
        guard let exchange = connection.exchange else { return }
        if connection.nextPiece < exchange.pieces.count {
            connection.output += exchange.pieces[connection.nextPiece]
            connection.nextPiece += 1
        }
        if connection.nextPiece < exchange.pieces.count {
            flush(connection)
            timers.add(connection.file, connection.generation, afterMilliseconds: max(1, exchange.betweenMilliseconds))
            return
        }
        if let call = exchange.call {
            routes.bill(call, isDelivered: call.fault == nil)
            connection.exchange?.call = nil
        }
        switch exchange.ending {
        case .keepAlive, .close:
            connection.isFinished = true
            flush(connection)
        case .stall: flush(connection)
        case .reset:
            // With a linger time of zero, closing the socket resets the connection.
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection.file, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            close(connection)
        }
    }

    private func flush(_ connection: FakeConnection) {
        switch connection.send() {
        case .done:
            if connection.isWaitingToSend {
                connection.isWaitingToSend = false
                watch(connection.file, EPOLLIN.rawValue, EPOLL_CTL_MOD)
            }
            guard connection.isFinished, let exchange = connection.exchange else { return }
            if case .close = exchange.ending { return close(connection) }
            connection.isFinished = false
            connection.exchange = nil
            // The client may have sent more in the meantime.
            if connection.reader.hasBytes { readRequests(connection) }
        case .full:
            guard !connection.isWaitingToSend else { return }
            connection.isWaitingToSend = true
            watch(connection.file, EPOLLIN.rawValue | EPOLLOUT.rawValue, EPOLL_CTL_MOD)
        case .broken: close(connection)
        }
    }

    /// Closes a connection. A call in flight is billed anyway: the model does not notice that its caller has gone.
    private func close(_ connection: FakeConnection) {
        if let call = connection.exchange?.call { routes.bill(call, isDelivered: false) }
        connections[connection.file] = nil
        count.open -= 1
        Glibc.close(connection.file)
    }
}
