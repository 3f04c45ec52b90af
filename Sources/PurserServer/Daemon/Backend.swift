import ChatService
import PurserAWS
import PurserCore
import PurserHTTP

/// The model behind the service, and the connections that it is called over.
struct Backend: Sendable {
    let model: any Model
    /// Throws if the endpoint does not answer; nil if there is no endpoint.
    let ping: (@Sendable () async throws -> Void)?
    /// The Region whose prices count and that requests must be signed for; nil if it is not known, which allows any.
    let region: String?
    /// For model calls and for fetching the user pool's keys; settings, credentials and the dead-letter queue have
    /// their own clients, which may block.
    let web: HTTPConnections

    init(_ settings: DaemonSettings, environment: [String: String], clock: ServiceClock) throws(Diagnostics) {
        web = HTTPConnections(
            mostConnections: settings.connections,
            certificateBundle: HTTPClient.certificateBundle(environment)
        )
        do {
            let latency = Duration.milliseconds(settings.embeddedLatencyMilliseconds)
            let chosen = try ServiceModel(
                settings.model,
                environment: environment,
                connections: web,
                clock: clock,
                latency: latency
            )
            (model, ping, region) = (chosen.model, chosen.ping, chosen.region)
        } catch {
            throw Diagnostics([Diagnostic(file: "settings", error.message)])
        }
    }

    func close() {
        web.shutDown()
    }
}
