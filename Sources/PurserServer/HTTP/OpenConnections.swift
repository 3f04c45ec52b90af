import ChatService
import PurserCore
import Synchronization

/// The connections that are open now, counted by address, and which of them their client has closed.
final class OpenConnections: Sendable {
    private struct State {
        var counts: [IPAddress: Int] = [:]
        /// Connections on which the client sends nothing more.
        var closed: Set<ObjectIdentifier> = []
    }

    private let mostOfAddress: Int
    private let trustedProxies: [AddressRange]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - most: The maximum number of connections. One address may have half of them, so that no single address keeps
    ///     all others out.
    ///   - trustedProxies: Addresses that send the requests of many clients, which are not limited.
    init(most: Int, trustedProxies: [AddressRange]) {
        mostOfAddress = max(1, most / 2)
        self.trustedProxies = trustedProxies
    }

    /// Counts a new connection; returns false, without counting it, if its address has too many.
    func open(_ address: IPAddress?) -> Bool {
        guard let address = counted(address) else { return true }
        return state.withLock { state in
            let count = state.counts[address, default: 0]
            guard count < mostOfAddress else { return false }
            state.counts[address] = count + 1
            return true
        }
    }

    /// Ends a connection that ``open(_:)`` has counted.
    func close(_ address: IPAddress?, _ connection: ObjectIdentifier) {
        let address = counted(address)
        state.withLock { state in
            state.closed.remove(connection)
            guard let address, let count = state.counts[address] else { return }
            state.counts[address] = count > 1 ? count - 1 : nil
        }
    }

    /// Notes that the client has closed its side of a connection.
    func noteClosed(_ connection: ObjectIdentifier) {
        state.withLock { _ = $0.closed.insert(connection) }
    }

    /// Returns whether the client has closed its side of a connection that is still open here.
    func isClosed(_ connection: ObjectIdentifier) -> Bool {
        state.withLock { $0.closed.contains(connection) }
    }

    private func counted(_ address: IPAddress?) -> IPAddress? {
        address.flatMap { trustedProxies.contains($0) ? nil : $0.subscriber }
    }
}
