import ChatService
import PurserAWS
import PurserCore
import PurserHTTP

/// The model behind the service, and the connections that it is called over.
struct Backend: Sendable {
    let model: any Model
    /// Throws if the endpoint does not answer; nil if there is no endpoint.
    let ping: (@Sendable () async throws -> Void)?
    /// For calls of the model and requests for the user pool's keys; settings, credentials and the dead letters' queue
    /// have their own clients, which may block.
    let web: HTTPConnections

    init(_ settings: DaemonSettings, environment: [String: String], clock: ServiceClock) throws(Diagnostics) {
        web = HTTPConnections(
            mostConnections: settings.connections,
            certificateBundle: HTTPClient.certificateBundle(environment)
        )
        switch settings.model {
        case .bedrock:
            let runtime: BedrockRuntime
            do throws(BedrockError) {
                runtime = try BedrockRuntime(environment: environment, connections: web)
            } catch {
                throw Diagnostics([Diagnostic(file: "settings", error.message)])
            }
            model = BedrockModel(runtime)
            ping = { try await runtime.ping() }
        case .embedded:
            model = EmbeddedModel(clock: clock, latency: .milliseconds(settings.embeddedLatencyMilliseconds))
            ping = nil
        }
    }

    func close() {
        web.shutDown()
    }
}
