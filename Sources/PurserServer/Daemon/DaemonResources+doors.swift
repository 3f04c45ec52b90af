import ChatService
import Logging
import Purser
import PurserCore
import PurserStore

extension DaemonResources {
    /// Returns the daemon's HTTP interface, for these callers.
    func doors(for callers: Callers, _ service: ChatService) -> Doors {
        let reads = BlockingWork("reads")
        return Doors(
            service: service,
            signIn: callers.signIn,
            keyCheck: callers.keyCheck,
            health: Health(
                Health.Checks(
                    store: { [store, commit, clock, writer = recorder.writer] in
                        try await store.beat(writer, at: clock.now(), by: commit)
                    },
                    model: backend.ping,
                    evaluated: { [store] in try await reads.perform { try store.lastEvaluation()?.ran } }
                ),
                clock: clock,
                log: log
            ),
            metrics: MetricsPage(
                reader: MetricReader(store: store, quota: settings.chat.quota, tokenQuotas: tokenQuotas),
                readers: settings.metricsReaders,
                started: .now,
                clock: clock,
                log: log,
                work: reads
            ),
            dash: dashDoor(for: callers),
            log: log,
            trustedProxies: settings.trustedProxies,
            connections: connections,
            memory: BodyMemory(
                mostBytes: settings.bodyMemoryBytes,
                largestBody: settings.chat.largestBodyBytes
            ),
            clock: clock,
            keepRefusal: refused.add
        )
    }

    private func dashDoor(for callers: Callers) -> DashDoor {
        let files = DashPages.Files(
            store: store.path,
            alarms: settings.alarmsPath,
            dashboards: settings.dashboardsPath,
            parameters: FileParameters(environment: environment)
        )
        let pages = DashPages(
            files,
            quota: settings.chat.quota,
            tokenQuotas: tokenQuotas,
            region: environment["AWS_REGION"],
            clock: clock,
            log: log
        )
        return DashDoor(
            pages: pages,
            events: DashEvents(pages, clock: clock),
            needsSignIn: callers.needsSignIn,
            denied: settings.deniedAddresses
        )
    }

    func chatService() -> ChatService {
        let letters = DeadLetters(store: store, settings: settings.deadLetters)
        let reportStoreError: @Sendable (any Error) -> Void = { [log] in
            log.event(.error, "the ledger could not be written", [.init("error", .string("\($0)"))])
        }
        return ChatService(
            configuration: settings.chat,
            ledger: CallLedger(commit, lost: reportStoreError),
            prices: prices,
            model: backend.model,
            clock: clock,
            metrics: recorder.factory(
                namespace: ChatMetric.namespace,
                metricUnits: ChatMetric.units,
                dimensionSets: ChatMetric.dimensionSets
            ),
            addresses: AddressRules(denied: settings.deniedAddresses, perMinute: settings.ratePerAddress),
            keepFailure: { [commit, log] request, failure, time in
                do {
                    // A letter must not be refused because many calls are waiting: that load is the reason for letters.
                    try await commit.perform(mayBeRefused: false) { _ in try letters.keep(request, failure, at: time) }
                } catch {
                    log.event(.error, "a dead letter could not be kept", [.init("error", .string("\(error)"))])
                }
            },
            reportDropped: { [log] request, outcome in log.dropped(request, outcome) },
            reportStoreError: reportStoreError
        )
    }
}
