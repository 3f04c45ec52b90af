import PurserAWS
package import PurserCore

/// The service's clock, which replays and tests replace with their own.
package struct ServiceClock: Sendable {
    /// The wall clock.
    package var now: @Sendable () -> Timestamp
    /// Monotonic nanoseconds, for durations.
    package var nanoseconds: @Sendable () -> Int64
    /// Waits; throws `CancellationError` if the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp,
        nanoseconds: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.nanoseconds = nanoseconds
        self.sleep = sleep
    }

    /// The machine's clocks.
    package static var system: ServiceClock {
        let start = ContinuousClock.now
        return ServiceClock(
            now: WallClock.now,
            nanoseconds: { start.duration(to: .now).nanoseconds },
            sleep: { try await Task.sleep(for: $0) }
        )
    }
}

extension Duration {
    /// The duration in whole nanoseconds.
    package var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
