import ChatService
import PurserAWS
import PurserHTTP

/// The model behind a redrive.
enum RedriveModel {
    /// Returns the model that PURSERD_MODEL names, with AWS's credentials and endpoint of the environment.
    static func make(_ environment: [String: String]) throws -> any Model {
        switch environment["PURSERD_MODEL"] ?? "" {
        case "embedded":
            return EmbeddedModel(clock: .system, latency: .zero)
        case "", "bedrock":
            let connections = HTTPConnections(certificateBundle: HTTPClient.certificateBundle(environment))
            return BedrockModel(try BedrockRuntime(environment: environment, connections: connections))
        case let other:
            throw UsageError("PURSERD_MODEL: `\(other)` is not `bedrock` or `embedded`")
        }
    }
}
