import ChatService
import Logging
import Purser
import PurserCore
import PurserStore
import ServiceLifecycle

/// Stores refused requests while the daemon runs: the first one immediately, further ones a batch at a time.
struct RefusalKeeper: Service {
    /// The least time between two batches.
    private static let pauseMilliseconds = 500

    private let refused: RefusedRequests
    private let store: Store
    private let log: ServiceLog
    private let work = BlockingWork("refusals")

    init(_ refused: RefusedRequests, _ store: Store, log: ServiceLog) {
        self.refused = refused
        self.store = store
        self.log = log
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in refused.arrivals {
                try? await work.perform(storeBatch)
                try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
            }
        }
    }

    /// Stores what is waiting; a batch that cannot be stored is dropped, because the next ones are not to pile up.
    @Sendable func storeBatch() {
        let batch = refused.takeBatch()
        if batch.isEmpty { return }
        do {
            try store.keep(batch.requests, dropped: batch.dropped)
        } catch {
            refused.drop(batch)
            log.event(
                .error,
                "refused requests could not be stored",
                [.init("requests", .integer(batch.requests.count)), .init("error", .string("\(error)"))]
            )
        }
    }
}
