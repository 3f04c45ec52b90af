import ChatService
import PurserAWS
import PurserCore
import PurserHTTP

/// The model behind the service, and the connections that it is called over.
struct Backend: Sendable {
    let chosen: ServiceModel
    /// For calls of the model and requests for the user pool's keys; settings, credentials and the dead letters' queue
    /// have their own clients, which may block.
    let web: HTTPConnections

    init(_ settings: DaemonSettings, environment: [String: String], clock: ServiceClock) throws(Diagnostics) {
        web = HTTPConnections(
            mostConnections: settings.connections,
            certificateBundle: HTTPClient.certificateBundle(environment)
        )
        do {
            let latency = Duration.milliseconds(settings.embeddedLatencyMilliseconds)
            chosen = try ServiceModel(
                settings.model,
                environment: environment,
                connections: web,
                clock: clock,
                latency: latency
            )
        } catch {
            throw Diagnostics([Diagnostic(file: "settings", error.message)])
        }
    }

    func close() {
        web.shutDown()
    }
}
