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
        read("PURSERD_RATE_BURST", "a whole number from 1 to 1000000", positive) { rate.burst = $0 }
        read("PURSERD_RATE_STEADY", "a whole number from 1 to 1000000", positive) { rate.perSecond = $0 }
        read("PURSERD_QUOTA", "a whole number above 0", { Int($0).flatMap { $0 > 0 ? $0 : nil } }) { quota = $0 }
        read("PURSERD_BUDGET_USD", "an amount in dollars like 25 or 12.50", Picodollars.init(dollars:)) { budget = $0 }
        throttle = rate
        if !faults.isEmpty { throw Diagnostics(faults) }
    }
}
