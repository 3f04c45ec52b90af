import Synchronization

private let windowSeconds: Int64 = 60

/// Counts the requests of each sender in a sliding window of a minute, and limits them.
final class RequestWindows<Sender: Hashable & Sendable>: Sendable {
    /// The requests of one sender in each of the last sixty seconds.
    private struct Window {
        var counts = [UInt32](repeating: 0, count: Int(windowSeconds))
        var total = 0
        /// The second up to which `counts` is up to date.
        var second: Int64

        mutating func advance(to now: Int64) {
            guard now > second else { return }
            for old in 0..<min(now - second, windowSeconds) {
                let slot = Int((second + 1 + old) % windowSeconds)
                total -= Int(counts[slot])
                counts[slot] = 0
            }
            second = now
        }

        /// Returns the seconds until the oldest requests leave the window.
        func secondsUntilRoom() -> Int {
            for age in (0..<windowSeconds).reversed()
            where second - age >= 0 && counts[Int((second - age) % windowSeconds)] > 0 {
                return Int(windowSeconds - age)
            }
            return 1
        }
    }

    /// The maximum number of senders whose requests are counted; beyond it, those idle the longest are forgotten.
    static var mostSenders: Int { 16_384 }

    /// Requests that a sender may send in any one-minute window.
    let perMinute: Int
    private let windows = Mutex<[Sender: Window]>([:])

    init(perMinute: Int) {
        self.perMinute = perMinute
    }

    /// Accepts a request and counts it, and returns nil; returns the seconds to wait if there are too many.
    ///
    /// Rejected requests are not counted, so a client that keeps trying gets in as soon as there is room.
    ///
    /// - Parameter nanoseconds: The time on the monotonic clock: the wall clock may be set.
    func admit(_ sender: Sender, at nanoseconds: Int64) -> Int? {
        let second = nanoseconds / 1_000_000_000
        return windows.withLock { windows in
            var window = windows[sender] ?? Window(second: second)
            window.advance(to: second)
            let wait = window.total >= perMinute ? window.secondsUntilRoom() : nil
            if wait == nil {
                window.counts[Int(window.second % windowSeconds)] += 1
                window.total += 1
            }
            if windows.count >= Self.mostSenders, windows[sender] == nil { makeRoom(&windows, at: second) }
            windows[sender] = window
            return wait
        }
    }

    /// Forgets all senders whose minute is over or, if there are none, those idle the longest. It forgets many at once, so
    /// it rarely has to run.
    private func makeRoom(_ windows: inout [Sender: Window], at second: Int64) {
        let count = windows.count
        windows = windows.filter { $0.value.second > second - windowSeconds }
        guard windows.count == count else { return }
        let oldest = windows.sorted { $0.value.second < $1.value.second }.prefix(Self.mostSenders / 8)
        for window in oldest { windows[window.key] = nil }
    }
}
