import ChatService
import PurserCore
import ServiceLifecycle
import Synchronization

/// Tells the pages that are open when there is new data.
final class DashEvents: Sendable {
    /// How many pages may listen at a time.
    static let most = 32
    /// How often a listener looks for new data, and so the least time between two events.
    static let seconds = 3
    /// After how many looks without new data a comment keeps the connection open.
    private static let quietLooks = 5

    private let pages: DashPages
    private let clock: ServiceClock
    private let count = Mutex(0)

    init(_ pages: DashPages, clock: ServiceClock) {
        self.pages = pages
        self.clock = clock
    }

    /// A place among the listeners, which is free again when it is released.
    final class Listener: Sendable {
        private let events: DashEvents

        fileprivate init(_ events: DashEvents) {
            self.events = events
        }

        deinit {
            events.count.withLock { $0 -= 1 }
        }
    }

    /// Returns a place among the listeners; nil if there is none left.
    func listener() -> Listener? {
        let isFree = count.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
        return isFree ? Listener(self) : nil
    }

    /// Writes events until the client has disconnected or the daemon shuts down.
    func send(isGone: @Sendable () -> Bool, _ write: @concurrent (String) async throws -> Void) async throws {
        var version = await pages.version()
        var quiet = 0
        try await write("retry: 5000\n: connected\n\n")
        while await sleeps(), !isGone() {
            let newest = await pages.version()
            quiet += 1
            if newest != version {
                version = newest
                quiet = 0
                try await write("event: change\ndata: {}\n\n")
            } else if quiet >= Self.quietLooks {
                quiet = 0
                try await write(": no change\n\n")
            }
        }
    }

    /// Waits; returns false if the daemon is shutting down or the request was cancelled.
    private func sleeps() async -> Bool {
        do {
            return try await cancelWhenGracefulShutdown { [clock] in
                try await clock.sleep(.seconds(Self.seconds))
                return true
            }
        } catch {
            return false
        }
    }
}
