import Synchronization

/// A token bucket: full at first and refilled at a steady rate; each request takes one token.
package final class Throttle: Sendable {
    package struct Rate: Sendable, Equatable {
        /// Requests that may arrive at once.
        package var burst: Int
        /// Sustained requests per second.
        package var perSecond: Int

        package init(burst: Int, perSecond: Int) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    private struct State {
        /// Thousandths of a token, so that a millisecond refills a whole number of them.
        var level: Int64
        /// Milliseconds of the monotonic clock.
        var filled: Int64?
    }

    private let rate: Rate
    private let state: Mutex<State>

    package init(_ rate: Rate) {
        self.rate = rate
        state = Mutex(State(level: Int64(rate.burst) * 1000, filled: nil))
    }

    /// Takes a token; returns false if the bucket is empty.
    ///
    /// - Parameter nanoseconds: The time on the monotonic clock: the wall clock may be set.
    package func take(at nanoseconds: Int64) -> Bool {
        let now = nanoseconds / 1_000_000
        return state.withLock { state in
            let full = Int64(rate.burst) * 1000
            if let filled = state.filled, now > filled {
                // After this time the bucket is full anyway; the bound keeps the product from overflowing.
                let passed = min(now - filled, full)
                state.level = min(full, state.level + passed * Int64(rate.perSecond))
            }
            state.filled = max(now, state.filled ?? now)
            guard state.level >= 1000 else { return false }
            state.level -= 1000
            return true
        }
    }
}
