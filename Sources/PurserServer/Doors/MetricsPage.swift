import ChatService
import Hummingbird
import Logging
import Purser
import PurserCore
import PurserRender
import PurserStore
import Synchronization

/// GET /metrics: the service's metrics in Prometheus's text format, counted from the daemon's start.
///
/// The metrics are the store's, so several daemons on one store return the same ones, and only one of them should be
/// scraped. Only the allowed addresses may read them, because they show what is spent.
struct MetricsPage: Sendable {
    let reader: MetricReader
    let readers: [AddressRange]
    let started: Timestamp
    let clock: ServiceClock
    let log: ServiceLog
    let work: BlockingWork

    func reply(_ exchange: Exchange) async -> Reply {
        // A proxy on this machine would open the page to everybody that it serves.
        if exchange.client.isThroughUntrustedProxy {
            let message = "Metrics are not available through a proxy that is not in PURSERD_TRUSTED_PROXIES."
            return Doors.error(exchange, status: 403, code: "forbidden", message)
        }
        // A proxy may be among the readers, but that does not cover a client that it fails to name.
        guard exchange.client.isClients, exchange.address.map({ readers.contains($0) }) ?? true else {
            let message = "Metrics are not available to this address (PURSERD_METRICS_ADDRESSES)."
            return Doors.error(exchange, status: 403, code: "forbidden", message)
        }
        do {
            let text = try await work.perform { () throws -> String in try self.text(at: clock.now()) }
            return Reply(
                status: 200,
                code: "success",
                type: "text/plain; version=0.0.4; charset=utf-8",
                body: Array(text.utf8)
            )
        } catch {
            log.event(.error, "metrics cannot be read", [.init("error", .string(String(describing: error)))])
            return Doors.error(exchange, status: 500, code: "internal", "The metrics could not be read.")
        }
    }

    private func text(at now: Timestamp) throws -> String {
        let from = started.floored(toSeconds: Slot.seconds)
        let to = max(from, now.floored(toSeconds: Slot.seconds)) + Slot.seconds
        let series = try reader.store.series(namespace: ChatMetric.namespace, name: nil)
        let totals = try reader.totals(of: series, from: from, to: to)
        return PrometheusText.text(totals: totals, from: from, to: to, dialect: .prometheus)
    }
}
