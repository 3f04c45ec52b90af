import ChatService
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import PurserCore
import ServiceLifecycle
import UnixSignals

/// The chat service over HTTP, with everything that it needs, lowest layer first.
struct Daemon {
    let group: ServiceGroup
    /// The address to listen on.
    let listen: String
    /// Waits for work in flight below the services, and closes their resources; called after the group has ended.
    let close: @Sendable () async -> Void
    /// Keeps SIGHUP from ending the process, also while it closes.
    let hangUps: UnixSignalsSequence

    /// Runs until a signal ends it.
    func run() async throws {
        defer { withExtendedLifetime(hangUps) {} }
        do {
            try await group.run()
        } catch {
            await close()
            throw Self.explained(error, listen)
        }
        await close()
    }

    /// Returns an error that names the setting if its address cannot be bound.
    private static func explained(_ error: any Error, _ listen: String) -> any Error {
        guard let error = error as? IOError, [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) else {
            return error
        }
        let reason = String(cString: strerror(error.errnoCode))
        return Diagnostics([
            Diagnostic(file: "settings", key: "PURSERD_LISTEN", "cannot listen on \(listen): \(reason)")
        ])
    }

    /// Builds a daemon; throws what prevents it from starting, as ``Diagnostics`` or a store error.
    static func build(_ settings: DaemonSettings, environment: [String: String]) async throws -> Daemon {
        let resources = try await DaemonResources(settings, environment: environment)
        let (log, clock) = (resources.log, resources.clock)
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        let callers = try await Callers(settings, resources.store, backend: resources.backend, clock: clock, log: log)
        let service = resources.chatService()
        let application = try Application(
            responder: resources.doors(for: callers, service),
            server: server(settings, resources.tls, resources.connections),
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
            services: [HangUp(hangUps) { [watch = resources.priceWatch] in watch.read() }] + resources.chores()
                + callers.services + [DroppedStreams(service: service), application],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: log.logger
        )
        // After this time, calls that are still running are cancelled and charged their full hold.
        configuration.maximumGracefulShutdownDuration = .seconds(settings.shutdownSeconds)
        configuration.maximumCancellationDuration = .seconds(5)
        return Daemon(
            group: ServiceGroup(configuration: configuration),
            listen: Self.address(settings, port: settings.port),
            close: resources.close,
            hangUps: hangUps
        )
    }

    /// Throws what would prevent a daemon from starting, or its page from being read, as ``Diagnostics``, without
    /// starting one.
    static func check(_ settings: DaemonSettings, environment: [String: String]) async throws {
        var faults = settings.folderFaults
        do {
            try await settings.check(environment: environment, clock: .system)
        } catch let error as Diagnostics {
            faults = error.all + faults
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
        try settings.checkStore(environment: environment)
    }

    private static func server(
        _ settings: DaemonSettings,
        _ tls: TLSConfiguration?,
        _ connections: OpenConnections
    ) throws -> HTTPServerBuilder {
        let time = TimeAmount.seconds(Int64(settings.requestTimeoutSeconds))
        let limits = ConnectionGuard.Limits(head: time, body: time, answer: time)
        let plain = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(limits, connections)],
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

    /// Returns the address that the daemon listens on, in the format of `PURSERD_LISTEN`, with the port that the system
    /// chose if 0 was requested.
    private static func address(_ settings: DaemonSettings, port: Int) -> String {
        settings.host.contains(":") ? "[\(settings.host)]:\(port)" : "\(settings.host):\(port)"
    }
}
