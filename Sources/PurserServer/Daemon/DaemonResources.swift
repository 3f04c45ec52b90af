import ChatService
import Hummingbird
import HummingbirdTLS
import Logging
import Purser
import PurserAWS
import PurserCore
import PurserStore

/// The resources that the parts of a daemon share, opened with the lowest layer first.
struct DaemonResources: Sendable {
    let settings: DaemonSettings
    let environment: [String: String]
    let clock: ServiceClock
    let log: ServiceLog
    let prices: PriceBook
    let tokenQuotas: [TokenQuotaList.Quota]
    let priceWatch: PriceWatch
    let tls: TLSConfiguration?
    let store: Store
    let commit: GroupCommit
    let recorder: Recorder
    let refusals: RefusalKeeper
    let refused = RefusedRequests()
    let backend: Backend
    let connections: OpenConnections

    /// Opens the resources; throws what prevents a daemon from starting. The store is opened only if the settings are valid.
    init(_ settings: DaemonSettings, environment: [String: String]) async throws {
        self.settings = settings
        self.environment = environment
        clock = .system
        let output = LogOutput(descriptor: 1) { count in
            [
                "level": "warning", "event": "service", "message": "log lines were dropped",
                "lines": .integer(count),
            ]
        }
        log = ServiceLog(output: output, level: settings.logLevel, now: clock.now)
        let stamps = settings.prices.stamps
        let catalog = try await settings.check(environment: environment, clock: clock)
        tls = try settings.tls?.configuration()
        let path = settings.storePath ?? StateFolder.store(environment)
        let isNew = Store.fileSize(path) == 0
        store = try Store(path: path, .creating)
        if isNew {
            log.event(.warning, "a new store was created: its budgets begin anew", [.init("store", .string(path))])
        }
        if let fault = try settings.keysFault(store.accessKeys) { throw Diagnostics([fault]) }
        commit = GroupCommit(store)
        refusals = RefusalKeeper(refused, store, log: log)
        recorder = Recorder(store: store, writer: Recorder.uniqueWriter(), startingAt: .now, logger: log.logger)
        backend = try Backend(settings, environment: environment, clock: clock)
        connections = OpenConnections(most: settings.connections, trustedProxies: settings.trustedProxies)
        prices = PriceBook(catalog, region: backend.region)
        do {
            tokenQuotas = try settings.prices.readQuotas().quotas(in: backend.region)
        } catch {
            // A file that no setting names does not keep the daemon from starting.
            for fault in error.all { log.event(.warning, "\(fault); the metric TPMQuotaUsed has no data") }
            tokenQuotas = []
        }
        priceWatch = PriceWatch(settings, prices, stamps: stamps, clock: clock, log: log)
    }

    /// Waits for work in flight, highest layer first; called after the services have ended.
    @Sendable func close() async {
        backend.close()
        await commit.close()
        // Calls that were cancelled when their time was up may have settled after the recorder's last drain.
        recorder.drain()
        refusals.storeBatch()
        do {
            // Makes the file alone a complete copy, unless another process prevents it.
            try store.checkpoint()
        } catch {
            log.event(.warning, "the checkpoint of the store's WAL failed", [.init("error", .string("\(error)"))])
        }
        log.event(.info, "stopped", [])
        log.close()
    }
}
