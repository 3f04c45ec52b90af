import ChatService
import PurserCore

/// The model behind a redrive.
enum RedriveModel {
    /// The one that PURSERD_MODEL names.
    static func make(_ environment: [String: String]) throws -> any Model {
        switch environment["PURSERD_MODEL"] ?? "" {
        case "embedded":
            return EmbeddedModel(clock: .system) { request in
                .init(usage: TokenUsage(input: 100, output: min(400, request.maxTokens)), latency: .zero)
            }
        case "", "bedrock":
            throw UsageError("PURSERD_MODEL=bedrock is not there yet; set PURSERD_MODEL=embedded to try out a redrive")
        case let other:
            throw UsageError("PURSERD_MODEL: `\(other)` is not `bedrock` or `embedded`")
        }
    }
}
