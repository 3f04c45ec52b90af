package import PurserCore

/// The service's limits; the defaults are those of the reference design.
package struct ChatConfiguration: Sendable, Equatable {
    /// The model id exactly as Bedrock is called with it, including the prefix.
    package var modelId = "us.amazon.nova-lite-v1:0"
    /// The longest message in Unicode scalars; nil means any length.
    package var maxCharacters: Int? = 2000
    /// The token limit of one answer.
    package var maxTokens = 1000
    package var systemPrompt = "You are a helpful assistant of this company. Answer in 300 to 500 words."
    /// The time limit of one attempt.
    package var modelTimeoutSeconds = 30
    /// The largest request body that is accepted.
    package var maxBodyBytes = 256 << 10
    /// Whether messages that look like an attack on a database are refused.
    package var blocksInjection = true
    /// The one origin whose pages may call the service, in the form that browsers send, such as
    /// `https://chat.example.com`; nil allows none.
    package var allowedOrigin: String?
    /// The model that takes over when a budget is nearly used up; if nil, requests are refused then.
    package var fallbackModelId: String?
    /// The percentage of each budget up to which `modelId` is used; the fallback may use the rest.
    package var fallbackPercent = 90
    /// How long an answer may be reused for the same question from the same caller; 0 means never.
    package var cacheSeconds = 0
    /// The waits before the retries, in seconds.
    package var retryDelaysSeconds = [1, 2, 4]
    package var throttle: Throttle.Rate? = Throttle.Rate(burst: 100, perSecond: 50)
    /// Calls per calendar month; nil means any number.
    package var quota: Int? = 10_000
    /// Dollars per calendar month; nil means any amount.
    package var budget: Picodollars? = Picodollars(25 * Picodollars.dollar.rawValue)

    package init() {}

    /// A copy with every limit lifted, for accounting only.
    package var withoutLimits: ChatConfiguration {
        var copy = self
        copy.maxCharacters = nil
        copy.maxTokens = 100_000_000
        copy.throttle = nil
        copy.quota = nil
        copy.budget = nil
        return copy
    }

    /// Reads those of purserd's environment variables that exist; throws ``Diagnostics`` that name every invalid one.
    package init(environment: [String: String]) throws {
        var reader = EnvironmentReader(environment)
        reader.read("PURSERD_MODEL_ID", "a model id", { $0 }) { modelId = $0 }
        reader.read("PURSERD_SYSTEM_PROMPT", "a text", { $0 }) { systemPrompt = $0 }
        reader.readNumber("PURSERD_MAX_TOKENS", 1...1_000_000) { maxTokens = $0 }
        reader.readNumber("PURSERD_MAX_CHARACTERS", 1...1_000_000) { maxCharacters = $0 }
        reader.readNumber("PURSERD_MODEL_TIMEOUT_SECONDS", 1...900) { modelTimeoutSeconds = $0 }
        reader.readNumber("PURSERD_MAX_BODY_BYTES", 1024...33_554_432) { maxBodyBytes = $0 }
        reader.readSwitch("PURSERD_BLOCK_INJECTION") { blocksInjection = $0 }
        reader.read("PURSERD_ALLOWED_ORIGIN", "an origin like https://chat.example.com", Self.origin) {
            allowedOrigin = $0
        }
        reader.read("PURSERD_FALLBACK_MODEL_ID", "a model id", { $0 }) { fallbackModelId = $0 }
        reader.readNumber("PURSERD_FALLBACK_PERCENT", 1...99) { fallbackPercent = $0 }
        reader.readNumber("PURSERD_CACHE_SECONDS", 0...86_400) { cacheSeconds = $0 }
        var rate = throttle ?? Throttle.Rate(burst: 100, perSecond: 50)
        reader.readNumber("PURSERD_RATE_BURST", 1...1_000_000) { rate.burst = $0 }
        reader.readNumber("PURSERD_RATE_STEADY", 1...1_000_000) { rate.perSecond = $0 }
        throttle = rate
        reader.read("PURSERD_QUOTA", "a whole number above 0", { Int($0).flatMap { $0 > 0 ? $0 : nil } }) { quota = $0 }
        reader.read("PURSERD_BUDGET_USD", "an amount in dollars like 25 or 12.50", Picodollars.init(dollars:)) {
            budget = $0
        }
        if let fallbackModelId, fallbackModelId == modelId {
            reader.fault("PURSERD_FALLBACK_MODEL_ID", "`\(modelId)` is the model itself")
        }
        try reader.throwFaults()
    }

    /// Returns the text if it is scheme, host and port as browsers write them in `Origin`; a wildcard is not accepted.
    private static func origin(_ text: String) -> String? {
        let host = ["https://", "http://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
        guard let host, !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !host.contains(where: "/?#*@,".contains)
        else { return nil }
        return text
    }
}
