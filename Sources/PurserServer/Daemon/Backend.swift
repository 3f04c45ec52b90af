import ChatService
import PurserAWS
import PurserCore

/// The model behind the service, and what keeps it going.
struct Backend: Sendable {
    let model: any Model
    /// Throws where the endpoint does not answer; nil where there is none.
    let ping: (@Sendable () async throws -> Void)?
    /// All requests of the daemon go through these.
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
