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
        var faults: [Diagnostic] = []
        func read<Value>(_ name: String, _ allowed: String, _ parse: (String) -> Value?, set: (Value) -> Void) {
            guard let text = environment[name], !text.isEmpty else { return }
            if let value = parse(text) {
                set(value)
            } else {
                faults.append(Diagnostic(file: "environment", key: name, "`\(text)` is not \(allowed)"))
            }
        }
        func positive(_ text: String) -> Int? {
            Int(text).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
        }
        var rate = throttle ?? Throttle.Rate(burst: 100, perSecond: 50)
        read("PURSERD_MODEL_ID", "a model id", { $0 }) { modelId = $0 }
        read("PURSERD_SYSTEM_PROMPT", "a text", { $0 }) { systemPrompt = $0 }
        read("PURSERD_MAX_TOKENS", "a whole number from 1 to 1000000", positive) { maxTokens = $0 }
        read("PURSERD_MAX_CHARACTERS", "a whole number from 1 to 1000000", positive) { maxCharacters = $0 }
        read(
            "PURSERD_MODEL_TIMEOUT_SECONDS",
            "a whole number from 1 to 900",
            { positive($0).flatMap { $0 <= 900 ? $0 : nil } }
        ) {
            modelTimeoutSeconds = $0
        }
        read(
            "PURSERD_MAX_BODY_BYTES",
            "a whole number from 1024 to 33554432",
            {
                Int($0).flatMap { (1024...33_554_432).contains($0) ? $0 : nil }
            }
        ) { maxBodyBytes = $0 }
        read("PURSERD_BLOCK_INJECTION", "`on` or `off`", { ["on": true, "off": false][$0] }) { blocksInjection = $0 }
        read("PURSERD_ALLOWED_ORIGIN", "an origin like https://chat.example.com", Self.origin) { allowedOrigin = $0 }
        read("PURSERD_FALLBACK_MODEL_ID", "a model id", { $0 }) { fallbackModelId = $0 }
        read(
            "PURSERD_FALLBACK_PERCENT",
            "a whole number from 1 to 99",
            {
                Int($0).flatMap { (1...99).contains($0) ? $0 : nil }
            }
        ) { fallbackPercent = $0 }
        read(
            "PURSERD_CACHE_SECONDS",
            "a whole number from 0 to 86400",
            {
                Int($0).flatMap { (0...86_400).contains($0) ? $0 : nil }
            }
        ) { cacheSeconds = $0 }
        read("PURSERD_RATE_BURST", "a whole number from 1 to 1000000", positive) { rate.burst = $0 }
        read("PURSERD_RATE_STEADY", "a whole number from 1 to 1000000", positive) { rate.perSecond = $0 }
        read("PURSERD_QUOTA", "a whole number above 0", { Int($0).flatMap { $0 > 0 ? $0 : nil } }) { quota = $0 }
        read("PURSERD_BUDGET_USD", "an amount in dollars like 25 or 12.50", Picodollars.init(dollars:)) { budget = $0 }
        throttle = rate
        if let fallbackModelId, fallbackModelId == modelId {
            faults.append(
                Diagnostic(file: "environment", key: "PURSERD_FALLBACK_MODEL_ID", "`\(modelId)` is the model itself")
            )
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
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
