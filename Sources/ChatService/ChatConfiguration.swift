public import PurserCore

/// The service's limits; the defaults are those of the reference design.
public struct ChatConfiguration: Sendable, Equatable {
    /// Exactly as Bedrock is called, prefix and all.
    public var modelId = "us.amazon.nova-lite-v1:0"
    /// The longest message in Unicode scalars; nil is any length.
    public var maxCharacters: Int? = 2000
    /// Tokens of one answer.
    public var maxTokens = 1000
    public var systemPrompt = "You are a helpful assistant of this company. Answer in 300 to 500 words."
    /// Of one attempt.
    public var modelTimeoutSeconds = 30
    /// The longest body of a request.
    public var maxBodyBytes = 256 << 10
    /// Whether messages that look like an attack on a database are refused.
    public var blocksInjection = true
    /// The one origin whose pages may call the service, as browsers name it: `https://chat.example.com`; nil is none.
    public var allowedOrigin: String?
    /// The model that takes over where a budget is nearly used up; nil is none, so that requests are refused then.
    public var fallbackModelId: String?
    /// The share of each budget that is left to `modelId` alone, in percent; what is above it is the fallback's.
    public var fallbackPercent = 90
    /// How long an answer may be given again to the same question of the same caller; 0 is never.
    public var cacheSeconds = 0
    /// The waits before the retries, in seconds.
    public var retryDelaysSeconds = [1, 2, 4]
    public var throttle: Throttle.Rate? = Throttle.Rate(burst: 100, perSecond: 50)
    /// Calls a calendar month; nil is any number.
    public var quota: Int? = 10_000
    /// Dollars a calendar month; nil is any amount.
    public var budget: Picodollars? = Picodollars(25 * Picodollars.dollar.rawValue)

    public init() {}

    /// The configuration with every limit lifted, for accounting alone.
    public var withoutLimits: ChatConfiguration {
        var copy = self
        copy.maxCharacters = nil
        copy.maxTokens = 100_000_000
        copy.throttle = nil
        copy.quota = nil
        copy.budget = nil
        return copy
    }

    /// Reads the variables of purserd's environment that exist; throws ``Diagnostics`` that name every wrong one.
    public init(environment: [String: String]) throws {
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

    /// Scheme, host and port, as browsers write them in `Origin`; a wildcard is none.
    private static func origin(_ text: String) -> String? {
        let host = ["https://", "http://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
        guard let host, !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !host.contains(where: "/?#*@,".contains)
        else { return nil }
        return text
    }
}
