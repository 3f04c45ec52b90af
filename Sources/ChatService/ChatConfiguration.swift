package import PurserCore

/// The service's limits; the defaults are those of the reference design.
package struct ChatConfiguration: Sendable, Equatable, Configurable {
    /// The model id exactly as passed to Bedrock, including the prefix.
    package var modelId = "us.amazon.nova-lite-v1:0"
    /// The longest message in Unicode scalars; nil means any length.
    package var maxCharacters: Int? = 2000
    /// The token limit of one answer.
    package var maxTokens = 1000
    package var systemPrompt = "You are a helpful assistant of this company. Answer in 300 to 500 words."
    /// The longest time without a byte from the model, also before its first.
    package var modelTimeoutSeconds = 30
    /// The time limit of a whole call, with all its attempts. The default is the longest that Bedrock lets a call take
    /// (source: "Amazon Nova models" in the user guide of Amazon Bedrock).
    package var modelTotalSeconds = 3600
    /// The largest body of a `/chat` request.
    package var maxBodyBytes = 256 << 10
    /// The largest body of a request from an SDK. The default is the largest that Bedrock takes (source: "Image
    /// understanding" in the user guide of Amazon Nova, 25 MB).
    package var maxSDKBodyBytes = 25_000_000
    /// The largest body of any request.
    package var largestBodyBytes: Int { max(maxBodyBytes, maxSDKBodyBytes) }
    /// Whether messages that look like an attack on a database are refused.
    package var blocksInjection = true
    /// The only origin whose pages may call the service, in the form in which browsers send it, such as
    /// `https://chat.example.com`; nil allows none.
    package var allowedOrigin: String?
    /// The model that takes over when a budget is nearly used up; nil means that requests are refused instead.
    package var fallbackModelId: String?
    /// The percentage of each budget up to which `modelId` is used; the fallback may use the rest.
    package var fallbackPercent = 90
    /// How long an answer may be reused for the same question from the same caller; 0 means never.
    package var cacheSeconds = 0
    /// The waits before the retries, in seconds.
    package var retryDelaysSeconds = [1, 2, 4]
    /// Retries of a call that an SDK sends, which retries by itself.
    package var sdkRetries = 0
    package var throttle: Throttle.Rate? = Self.rate
    /// Requests that an access key may send in any one-minute window; nil means any number.
    package var ratePerKey: Int?
    /// Calls per calendar month; nil means any number.
    package var quota: Int? = 10_000
    /// Dollars per calendar month; nil means any amount.
    package var budget: Picodollars? = Picodollars(25 * Picodollars.dollar.rawValue)

    private static let rate = Throttle.Rate(burst: 100, perSecond: 50)

    package init() {}

    /// A copy with every limit lifted, for accounting only.
    package var withoutLimits: ChatConfiguration {
        var copy = self
        copy.maxCharacters = nil
        copy.maxTokens = 100_000_000
        copy.throttle = nil
        copy.ratePerKey = nil
        copy.quota = nil
        copy.budget = nil
        return copy
    }

    /// Reads purserd's environment variables that are set; throws ``Diagnostics`` that name every invalid one.
    package init(environment: [String: String]) throws {
        self.init()
        var reader = EnvironmentReader(environment)
        reader.read(into: &self)
        if let fallbackModelId, CalledModel(fallbackModelId).shortName == CalledModel(modelId).shortName {
            reader.fault("PURSERD_FALLBACK_MODEL_ID", "`\(fallbackModelId)` is the model itself")
        }
        try reader.throwFaults()
    }

    /// Returns the text if it consists of a scheme, a host and a port as browsers write them in `Origin`; a wildcard is
    /// not accepted.
    private static func origin(_ text: String) -> String? {
        let host = ["https://", "http://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
        guard let host, !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !host.contains(where: "/?#*@,".contains)
        else { return nil }
        return text
    }
}

extension ChatConfiguration {
    package static let settings: [ConfigurationSetting<ChatConfiguration>] =
        ConfigurationSetting.group(
            .daemon,
            [
                .number("PURSERD_MAX_BODY_BYTES", "Maximum size of a /chat body.", 1024...(32 << 20), \.maxBodyBytes),
                .number(
                    "PURSERD_SDK_MAX_BODY_BYTES",
                    "Maximum size of a body from an SDK.",
                    1024...(128 << 20),
                    \.maxSDKBodyBytes
                ),
            ]
        )
        + ConfigurationSetting.group(.model, modelSettings) + ConfigurationSetting.group(.limits, limitSettings)

    private static let modelSettings: [ConfigurationSetting<ChatConfiguration>] = [
        .value("PURSERD_MODEL_ID", "The model's id, as passed to Bedrock.", "a model id", standard.modelId, { $0 }) {
            $0.modelId = $1
        },
        .value("PURSERD_SYSTEM_PROMPT", "The system prompt.", "a text", "asks for 300 to 500 words", { $0 }) {
            $0.systemPrompt = $1
        },
        .number("PURSERD_MAX_TOKENS", "Maximum tokens of an answer.", 1...1_000_000, \.maxTokens),
        .number(
            "PURSERD_MODEL_TIMEOUT_SECONDS",
            "Longest silence of the model, before an answer and within a stream.",
            1...3600,
            \.modelTimeoutSeconds
        ),
        .number(
            "PURSERD_MODEL_TOTAL_SECONDS",
            "Time limit of a whole call, with its retries.",
            1...86_400,
            \.modelTotalSeconds
        ),
        .number(
            "PURSERD_SDK_RETRIES",
            "Retries of a call from an SDK, which retries by itself.",
            0...3,
            \.sdkRetries
        ),
        .text(
            "PURSERD_FALLBACK_MODEL_ID",
            "A cheaper model for when a budget is nearly used up.",
            "a model id",
            \.fallbackModelId
        ),
        .number(
            "PURSERD_FALLBACK_PERCENT",
            "Percentage of a budget that the first model may use.",
            1...99,
            \.fallbackPercent
        ),
        .number(
            "PURSERD_CACHE_SECONDS",
            "Time to keep answers in the cache; 0 turns it off.",
            0...86_400,
            \.cacheSeconds
        ),
    ]

    private static let limitSettings: [ConfigurationSetting<ChatConfiguration>] = [
        .value(
            "PURSERD_ALLOWED_ORIGIN",
            "The origin whose pages may call the service.",
            "an origin like https://chat.example.com",
            "none",
            origin
        ) { $0.allowedOrigin = $1 },
        .number("PURSERD_RATE_BURST", "Burst of requests.", 1...1_000_000, standard: rate.burst) {
            $0.throttle?.burst = $1
        },
        .number("PURSERD_RATE_STEADY", "Sustained requests per second.", 1...1_000_000, standard: rate.perSecond) {
            $0.throttle?.perSecond = $1
        },
        .number("PURSERD_RATE_PER_KEY", "Requests per minute with one access key.", 1...1_000_000, standard: nil) {
            $0.ratePerKey = $1
        },
        .number("PURSERD_QUOTA", "Calls per calendar month.", 1...Int.max, standard: standard.quota) { $0.quota = $1 },
        .value(
            "PURSERD_BUDGET_USD",
            "US dollars per calendar month.",
            "an amount in dollars like 25 or 12.50",
            standard.budget?.exactDollars,
            Picodollars.init(dollars:)
        ) { $0.budget = $1 },
        .number(
            "PURSERD_MAX_CHARACTERS",
            "Maximum characters of a message.",
            1...1_000_000,
            standard: standard.maxCharacters
        ) { $0.maxCharacters = $1 },
        .toggle(
            "PURSERD_BLOCK_INJECTION",
            "Whether to refuse messages that look like SQL injection.",
            \.blocksInjection
        ),
    ]

    private static var standard: ChatConfiguration { ChatConfiguration() }

}
