import ChatService
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import Purser
import PurserAWS
import PurserCore
import PurserStore
import ServiceLifecycle
import UnixSignals

/// The chat service behind HTTP, put together: whatever it needs, the lowest first.
struct Daemon {
    let group: ServiceGroup
    let log: ServiceLog
    /// Where it is to listen.
    let listen: String
    /// Waits for what is under way below the services, and lets go of it; after the group has ended.
    let close: @Sendable () async -> Void

    /// Runs until a signal ends it.
    func run() async throws {
        do {
            try await group.run()
        } catch {
            await close()
            throw Self.explained(error, listen)
        }
        await close()
    }

    /// Names the setting behind an address that cannot be had.
    private static func explained(_ error: any Error, _ listen: String) -> any Error {
        guard let error = error as? IOError, [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) else {
            return error
        }
        let reason = String(cString: strerror(error.errnoCode))
        return Diagnostics([
            Diagnostic(file: "settings", key: "PURSERD_LISTEN", "\(listen) cannot be had: \(reason)")
        ])
    }

    /// Puts a daemon together; throws what stops it from starting, as ``Diagnostics`` or an error of the store.
    static func build(_ settings: DaemonSettings, environment: [String: String]) async throws -> Daemon {
        let clock = ServiceClock.system
        let output = LogOutput(descriptor: 1) { count in
            [
                "level": "warning", "event": "service", "message": "lines of the log were dropped",
                "lines": .integer(count),
            ]
        }
        let log = ServiceLog(output: output, level: settings.logLevel, now: clock.now)
        let prices = try prices()
        try await settings.check(environment: environment, prices: prices, clock: clock)
        let tls = try settings.tls?.configuration()
        let store = try Store(path: settings.storePath ?? StateFolder.store(environment), .creating)
        let commit = GroupCommit(store)
        let recorder = Recorder(store: store, writer: Recorder.uniqueWriter(), startingAt: .now, logger: log.logger)
        let letters = DeadLetters(store: store, settings: settings.deadLetters)
        let backend = try Backend(settings, environment: environment, clock: clock)
        let reportStoreError: @Sendable (any Error) -> Void = {
            log.event(.error, "the ledger could not be written", [.init("error", .string("\($0)"))])
        }
        let service = ChatService(
            configuration: settings.chat,
            ledger: CallLedger(commit, lost: reportStoreError),
            prices: prices,
            model: backend.model,
            clock: clock,
            metrics: recorder.factory(
                namespace: ChatMetric.namespace,
                units: ChatMetric.units,
                dimensionSets: ChatMetric.dimensionSets
            ),
            addresses: AddressRules(denied: settings.deniedAddresses, perMinute: settings.ratePerAddress),
            keepFailure: { request, failure, time in
                do {
                    // Such a letter must not be refused for a crowd: the crowd is why there are letters.
                    try await commit.perform(mayBeRefused: false) { _ in try letters.keep(request, failure, at: time) }
                } catch {
                    log.event(.error, "a dead letter could not be kept", [.init("error", .string("\(error)"))])
                }
            },
            reportStoreError: reportStoreError
        )
        let reads = BlockingWork("reads")
        let health = Health(
            Health.Checks(
                store: { try await commit.perform { _ in } },
                model: backend.ping,
                evaluated: { try await reads.perform { try store.lastEvaluation()?.ran } }
            ),
            clock: clock,
            log: log
        )
        let callers = try await Callers(settings, store, web: backend.web, clock: clock, log: log)
        let doors = Doors(
            service: service,
            signIn: callers.signIn,
            keyCheck: callers.keyCheck,
            health: health,
            metrics: MetricsPage(
                reader: MetricReader(store: store, quota: settings.chat.quota),
                readers: settings.metricsReaders,
                started: .now,
                clock: clock,
                log: log,
                work: reads
            ),
            log: log,
            trustedProxies: settings.trustedProxies,
            clock: clock
        )
        let application = try Application(
            responder: doors,
            server: server(settings, tls),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connections)
            ),
            onServerRunning: {
                log.ready(listen: Self.address(settings, port: $0.localAddress?.port ?? settings.port))
            },
            logger: log.logger
        )
        var configuration = ServiceGroupConfiguration(
            services: chores(settings, store, recorder, environment, log, clock) + callers.services + [application],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: log.logger
        )
        // After it the calls that still run are cancelled and charged at their hold.
        configuration.maximumGracefulShutdownDuration = .seconds(settings.shutdownSeconds)
        configuration.maximumCancellationDuration = .seconds(5)
        let listen = Self.address(settings, port: settings.port)
        return Daemon(group: ServiceGroup(configuration: configuration), log: log, listen: listen) {
            backend.close()
            await commit.close()
            do {
                // So that the file alone is a copy of everything, where no other process is in the way.
                try store.checkpoint()
            } catch {
                log.event(.warning, "the store's log could not be folded", [.init("error", .string("\(error)"))])
            }
            log.event(.info, "stopped", [])
            log.close()
        }
    }

    /// Says what would stop a daemon from starting, as ``Diagnostics``, without starting one.
    static func check(_ settings: DaemonSettings, environment: [String: String]) async throws {
        try await settings.check(environment: environment, prices: prices(), clock: .system)
    }

    private static func prices() throws -> PriceCatalog {
        guard let file = EmbeddedFile.all(in: "prices").first(where: { $0.name == "bedrock.csv" }) else {
            throw Diagnostics([Diagnostic(file: "prices/bedrock.csv", "is missing from this program")])
        }
        return try PriceCatalog(csv: file.text, file: file.path)
    }

    /// What is done besides the requests.
    private static func chores(
        _ settings: DaemonSettings,
        _ store: Store,
        _ recorder: Recorder,
        _ environment: [String: String],
        _ log: ServiceLog,
        _ clock: ServiceClock
    ) -> [any Service] {
        let report: @Sendable (String, any Sendable) -> Void = { what, error in
            log.event(.error, what, [.init("error", .string("\(error)"))])
        }
        let recording = Chore(
            "recorder",
            next: {
                let now = Timestamp.now
                return now.floored(toSeconds: Slot.seconds) + Slot.seconds - now
            },
            body: { isLast in
                recorder.drain(at: .now)
                if isLast { return }
                do {
                    try store.rollUp(limitSeconds: Slot.seconds / 4)
                } catch {
                    report("metrics are not rolled up", error)
                }
            }
        )
        let abandoned = Chore("abandoned", everySeconds: 30) {
            do {
                let count = try store.settleAbandoned(at: clock.now())
                guard count > 0 else { return }
                log.event(
                    .warning,
                    "holds of calls that nobody settled were charged",
                    [.init("calls", .integer(count))]
                )
            } catch {
                report("holds of dead processes are not settled", error)
            }
        }
        let forwarder = DeadLetterForwarder(store: store, settings: settings.deadLetters, environment: environment)
        let forwarding = Chore("dead-letters", everySeconds: 5) {
            do {
                let done = try forwarder.forwardDue(at: clock.now())
                if let error = done.error { report("the dead letters' queue takes nothing", error) }
                if done.refused > 0 { report("dead letters were refused by their queue", "\(done.refused)") }
            } catch {
                report("dead letters are not forwarded", error)
            }
        }
        return [recording, abandoned, forwarding]
    }

    private static func server(_ settings: DaemonSettings, _ tls: TLSConfiguration?) throws -> HTTPServerBuilder {
        let time = TimeAmount.seconds(Int64(settings.requestTimeoutSeconds))
        let limits = ConnectionGuard.Limits(head: time, body: time, answer: time)
        let plain = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(limits)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 24 << 10,
                    maxHeaderListSize: 48 << 10,
                    maxHeaderFieldCount: 100
                )
            )
        )
        guard let tls else { return plain }
        return try .tls(plain, tlsConfiguration: tls)
    }

    /// Where the daemon listens, as `PURSERD_LISTEN` has it, with the port that the system chose where 0 was asked for.
    private static func address(_ settings: DaemonSettings, port: Int) -> String {
        settings.host.contains(":") ? "[\(settings.host)]:\(port)" : "\(settings.host):\(port)"
    }
}
