package import PurserAWS
import PurserCore
package import PurserHTTP

/// Which model is behind the service: PURSERD_MODEL.
package enum ModelKind: String, Sendable, Equatable {
    case bedrock
    /// No model is called; see ``EmbeddedModel``.
    case embedded

    /// The setting for a configuration that includes a model kind.
    package static func setting<Root>(_ set: @escaping @Sendable (inout Root, ModelKind) -> Void)
        -> ConfigurationSetting<Root>
    {
        .value(
            "PURSERD_MODEL",
            "The model behind the service.",
            "`bedrock` or `embedded`",
            ModelKind.bedrock.rawValue,
            ModelKind.init(rawValue:),
            set: set
        )
    }
}

/// The model behind a service.
package struct ServiceModel: Sendable {
    package let model: any Model
    /// Throws if the endpoint does not respond; nil if there is no endpoint.
    package let ping: (@Sendable () async throws -> Void)?
    /// The Region that is called, whose prices count; for the embedded model the environment's, if any.
    package let region: String?

    /// Connects to the model, with the AWS credentials and endpoint from the environment.
    ///
    /// - Parameters:
    ///   - connections: The connections that Bedrock is called over.
    ///   - latency: The embedded model's latency.
    package init(
        _ kind: ModelKind,
        environment: [String: String],
        connections: HTTPConnections,
        clock: ServiceClock,
        latency: Duration = .zero
    ) throws(BedrockError) {
        switch kind {
        case .bedrock:
            let runtime = try BedrockRuntime(environment: environment, connections: connections)
            model = BedrockModel(runtime)
            ping = { try await runtime.ping() }
            region = runtime.region
        case .embedded:
            model = EmbeddedModel(clock: clock, latency: latency)
            ping = nil
            region = AWSRegion.named(in: environment)
        }
    }

    /// Connects to the model that PURSERD_MODEL names, over its own connections; throws ``Diagnostics`` or
    /// ``BedrockError``.
    package init(environment: [String: String]) throws {
        var choice = Choice()
        var reader = EnvironmentReader(environment)
        reader.read(into: &choice)
        try reader.throwFaults()
        try self.init(
            choice.kind,
            environment: environment,
            connections: HTTPConnections(certificateBundle: HTTPClient.certificateBundle(environment)),
            clock: .system
        )
    }

    private struct Choice: Configurable {
        var kind = ModelKind.bedrock

        static let settings: [ConfigurationSetting<Choice>] = [ModelKind.setting { $0.kind = $1 }]
    }
}
