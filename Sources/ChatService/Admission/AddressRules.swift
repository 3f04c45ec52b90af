import PurserCore
import Synchronization

/// Decides which addresses may send requests, and how many per minute.
package final class AddressRules: Sendable {
    /// The maximum number of addresses whose requests are counted; beyond it, those idle the longest are forgotten.
    static let mostAddresses = 16_384
    private static let windowSeconds: Int64 = 60

    /// The requests of one address in each of the last sixty seconds.
    private struct Window {
        var counts = [UInt32](repeating: 0, count: Int(AddressRules.windowSeconds))
        var total = 0
        /// The second up to which `counts` is up to date.
        var second: Int64

        mutating func advance(to now: Int64) {
            guard now > second else { return }
            for old in 0..<min(now - second, AddressRules.windowSeconds) {
                let slot = Int((second + 1 + old) % AddressRules.windowSeconds)
                total -= Int(counts[slot])
                counts[slot] = 0
            }
            second = now
        }

        /// Returns the seconds until the oldest requests leave the window.
        func secondsUntilRoom() -> Int {
            for age in (0..<AddressRules.windowSeconds).reversed()
            where second - age >= 0 && counts[Int((second - age) % AddressRules.windowSeconds)] > 0 {
                return Int(AddressRules.windowSeconds - age)
            }
            return 1
        }
    }

    private let denied: [AddressRange]
    private let perMinute: Int?
    private let windows = Mutex<[IPAddress: Window]>([:])

    /// - Parameter perMinute: Requests that an address may send in any one-minute window; nil means any number.
    package init(denied: [AddressRange] = [], perMinute: Int? = nil) {
        self.denied = denied
        self.perMinute = perMinute
    }

    /// Returns whether an address is on the deny list.
    package func isDenied(_ address: IPAddress) -> Bool {
        denied.contains(address)
    }

    /// Counts a request from an address; returns the reason if it is rejected, or nil if it is accepted.
    ///
    /// Rejected requests are not counted, so a client that keeps trying gets in as soon as there is room.
    ///
    /// - Parameter nanoseconds: The time on the monotonic clock: the wall clock may be set.
    package func refusal(of address: IPAddress, at nanoseconds: Int64) -> ChatRefusal? {
        if isDenied(address) { return .addressDenied }
        guard let perMinute else { return nil }
        let subscriber = address.subscriber
        let second = nanoseconds / 1_000_000_000
        return windows.withLock { windows in
            var window = windows[subscriber] ?? Window(second: second)
            window.advance(to: second)
            let refusal: ChatRefusal? =
                window.total >= perMinute
                ? .rateLimited(limit: perMinute, retryAfterSeconds: window.secondsUntilRoom()) : nil
            if refusal == nil {
                window.counts[Int(window.second % Self.windowSeconds)] += 1
                window.total += 1
            }
            if windows.count >= Self.mostAddresses, windows[subscriber] == nil { Self.makeRoom(&windows, at: second) }
            windows[subscriber] = window
            return refusal
        }
    }

    /// Forgets all addresses whose minute is over or, if there are none, those idle the longest. It forgets many at
    /// once, so it rarely has to run.
    private static func makeRoom(_ windows: inout [IPAddress: Window], at second: Int64) {
        let count = windows.count
        windows = windows.filter { $0.value.second > second - windowSeconds }
        guard windows.count == count else { return }
        let oldest = windows.sorted { $0.value.second < $1.value.second }.prefix(max(1, mostAddresses / 8))
        for window in oldest { windows[window.key] = nil }
    }
}
