/// The tier at which Bedrock serves a call, which decides its price.
///
/// Source: `serviceTier` and `performanceConfig` in Amazon Bedrock's API reference. The answer names the tier that served
/// the call, which may be another one than the request asked for.
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

    /// Creates the tier that `serviceTier.type` and `performanceConfig.latency` name; nil for one without a known price
    /// (`reserved` is paid by the hour).
    package init?(serviceTier: String?, latency: String?) {
        switch (serviceTier ?? "default", latency ?? "standard") {
        case ("default", "standard"): self = .standard
        case ("default", "optimized"): self = .optimized
        case ("flex", "standard"): self = .flex
        case ("priority", "standard"): self = .priority
        default: return nil
        }
    }

    /// Reads the tier from a response of Converse or the last event of a stream; nil if it does not say the tier.
    package init?(converse answer: JSONValue) {
        let (tier, latency) = (answer["serviceTier"]?["type"]?.string, answer["performanceConfig"]?["latency"]?.string)
        if tier == nil, latency == nil { return nil }
        self.init(serviceTier: tier, latency: latency)
    }
}
