/// The tier at which Bedrock serves a call, which decides its price.
///
/// Source: `serviceTier` and `performanceConfig` in Amazon Bedrock's API reference.
package enum ServiceTier: String, Sendable, CaseIterable {
    /// On demand: `default`.
    case standard
    /// Cheaper, and later.
    case flex
    /// Dearer, and first.
    case priority
    /// `performanceConfig.latency` is `optimized`.
    case optimized
    /// A job of CreateModelInvocationJob, which no call of this service is.
    case batch

    /// Returns the tier that the names say; nil for one without a known price (`reserved` is paid by the hour).
    package init?(_ names: TierNames) {
        switch (names.serviceTier ?? "default", names.latency ?? "standard") {
        case ("default", "standard"): self = .standard
        case ("default", "optimized"): self = .optimized
        case ("flex", "standard"): self = .flex
        case ("priority", "standard"): self = .priority
        default: return nil
        }
    }

    /// How a request asks for the tier.
    package var names: TierNames {
        switch self {
        case .standard, .batch: TierNames(serviceTier: "default", latency: "standard")
        case .flex, .priority: TierNames(serviceTier: rawValue, latency: "standard")
        case .optimized: TierNames(serviceTier: "default", latency: "optimized")
        }
    }
}

/// What a request or an answer says about the tier.
package struct TierNames: Sendable, Equatable {
    /// `serviceTier.type`; nil if it is not said.
    package var serviceTier: String?
    /// `performanceConfig.latency`.
    package var latency: String?

    package init(serviceTier: String? = nil, latency: String? = nil) {
        self.serviceTier = serviceTier
        self.latency = latency
    }

    /// Reads a request or a response of Converse, or the last event of a stream.
    package init(converse value: JSONValue?) {
        self.init { value?[$0] }
    }

    /// Reads the two members that name the tier.
    package init(_ member: (String) -> JSONValue?) {
        self.init(
            serviceTier: member("serviceTier")?["type"]?.string,
            latency: member("performanceConfig")?["latency"]?.string
        )
    }

    /// Returns these names, and those of `other` where these say nothing: an answer's, over those of its request.
    package func over(_ other: TierNames) -> TierNames {
        TierNames(serviceTier: serviceTier ?? other.serviceTier, latency: latency ?? other.latency)
    }
}
