/// Every setting of purserd, in the order of its help.
enum Settings {
    struct Group: Sendable {
        var title: String
        var settings: [Setting]
    }

    static let all = groups.flatMap(\.settings)

    static func named(_ name: String) -> Setting? {
        all.first { $0.name == name }
    }

    /// Returns the words for a whole number in a range.
    private static func number(_ range: ClosedRange<Int>) -> String {
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }

    private static let addresses = "a list of addresses or ranges like 10.0.0.0/8,2001:db8::/32"

    static let groups = [
        Group(
            title: "Daemon",
            settings: [
                Setting("PURSERD_CONFIG", "A file of lines NAME=value.", "a path", kind: .own),
                Setting(
                    "PURSERD_LISTEN",
                    "Address to listen on.",
                    "an address and a port like 127.0.0.1:8080 or [::1]:8080",
                    "127.0.0.1:8080"
                ),
                Setting("PURSER_STORE", "The store's file, created if missing.", "a path", "that of purser"),
                Setting(
                    "PURSERD_TLS_CERTIFICATE",
                    "The TLS certificate and its chain; needs a key.",
                    "a path of a PEM file"
                ),
                Setting("PURSERD_TLS_KEY", "The certificate's private key.", "a path of a PEM file"),
                Setting("PURSERD_MAX_CONNECTIONS", "Concurrent connections.", number(1...100_000), "2000"),
                Setting(
                    "PURSERD_REQUEST_TIMEOUT_SECONDS",
                    "Time limit for a request's headers, for its body, and for the client to take 32 KiB of the answer.",
                    number(1...600),
                    "30"
                ),
                Setting(
                    "PURSERD_MAX_BODY_BYTES",
                    "Maximum size of a request's body.",
                    number(1024...33_554_432),
                    "262144"
                ),
                Setting(
                    "PURSERD_SHUTDOWN_SECONDS",
                    "Time for calls in flight to end after SIGTERM.",
                    number(1...600),
                    "30"
                ),
                Setting(
                    "PURSERD_LOG_LEVEL",
                    "Minimum level of logged events.",
                    "one of trace, debug, info, notice, warning, error, critical",
                    "info"
                ),
                Setting(
                    "PURSERD_METRICS_ADDRESSES",
                    "Addresses that may read /metrics.",
                    addresses,
                    "127.0.0.0/8,::1"
                ),
            ]
        ),
        Group(
            title: "Model",
            settings: [
                Setting("PURSERD_MODEL", "The model behind the service.", "`bedrock` or `embedded`", "bedrock"),
                Setting(
                    "PURSERD_MODEL_ID",
                    "The id of the model, as Bedrock takes it.",
                    "a model id",
                    "us.amazon.nova-lite-v1:0"
                ),
                Setting(
                    "PURSERD_SYSTEM_PROMPT",
                    "The system prompt.",
                    "a text",
                    "asks for 300 to 500 words"
                ),
                Setting("PURSERD_MAX_TOKENS", "Maximum tokens of an answer.", number(1...1_000_000), "1000"),
                Setting("PURSERD_MODEL_TIMEOUT_SECONDS", "Time limit of one attempt.", number(1...900), "30"),
                Setting(
                    "PURSERD_FALLBACK_MODEL_ID",
                    "A cheaper model for when a budget is nearly used up.",
                    "a model id"
                ),
                Setting(
                    "PURSERD_FALLBACK_PERCENT",
                    "Percentage of a budget that the first model may use.",
                    number(1...99),
                    "90"
                ),
                Setting(
                    "PURSERD_CACHE_SECONDS",
                    "Time to keep answers in the cache; 0 turns it off.",
                    number(0...86_400),
                    "0"
                ),
                Setting("PURSERD_EMBEDDED_LATENCY_MS", "The embedded model's latency.", number(0...60_000), "0"),
            ]
        ),
        Group(
            title: "Sign-in",
            settings: [
                Setting(
                    "PURSERD_AUTH",
                    "How callers sign in; `none` allows a loopback address only.",
                    "`cognito` or `none`",
                    "cognito"
                ),
                Setting(
                    "PURSERD_COGNITO_ISSUER",
                    "The user pool's URL; needed with cognito.",
                    "a URL like https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example"
                ),
                Setting(
                    "PURSERD_COGNITO_CLIENT_IDS",
                    "The app clients whose tokens are accepted; needed with cognito.",
                    "a list of ids with commas between"
                ),
                Setting(
                    "PURSERD_JWKS",
                    "The pool's keys.",
                    "an https URL or the path of a file",
                    "ISSUER/.well-known/jwks.json"
                ),
                Setting("PURSERD_EMAIL_DOMAIN", "The employees' domain.", "a domain like example.com", "any"),
                Setting(
                    "PURSERD_KEYS_SECRET",
                    "Seals issued access keys.",
                    "32 bytes or more in base64 or hexadecimal",
                    kind: .secret
                ),
            ]
        ),
        Group(
            title: "Limits",
            settings: [
                Setting(
                    "PURSERD_ALLOWED_ORIGIN",
                    "The origin whose pages may call.",
                    "an origin like https://chat.example.com",
                    "none"
                ),
                Setting("PURSERD_TRUSTED_PROXIES", "Proxies whose X-Forwarded-For is trusted.", addresses, "none"),
                Setting("PURSERD_DENY_ADDRESSES", "Addresses to reject.", addresses, "none"),
                Setting(
                    "PURSERD_RATE_PER_ADDRESS",
                    "Requests per minute from one address.",
                    number(1...1_000_000),
                    "100"
                ),
                Setting("PURSERD_RATE_BURST", "Burst of requests.", number(1...1_000_000), "100"),
                Setting("PURSERD_RATE_STEADY", "Sustained requests per second.", number(1...1_000_000), "50"),
                Setting("PURSERD_QUOTA", "Calls per calendar month.", "a whole number above 0", "10000"),
                Setting(
                    "PURSERD_BUDGET_USD",
                    "US dollars per calendar month.",
                    "an amount in dollars like 25 or 12.50",
                    "25"
                ),
                Setting("PURSERD_MAX_CHARACTERS", "Maximum characters of a message.", number(1...1_000_000), "2000"),
                Setting(
                    "PURSERD_BLOCK_INJECTION",
                    "Whether to refuse messages that look like SQL injection.",
                    "`on` or `off`",
                    "on"
                ),
            ]
        ),
        Group(
            title: "Dead letters",
            settings: [
                Setting(
                    "PURSERD_DEADLETTER_QUEUE_URL",
                    "The queue for failed requests.",
                    "an SQS queue's URL",
                    "none"
                ),
                Setting("PURSERD_DEADLETTER_TEXT", "Whether to keep their text.", "`on` or `off`", "off"),
                Setting("PURSERD_DEADLETTER_DAYS", "Time to keep them.", number(1...365), "14"),
            ]
        ),
        Group(
            title: "AWS",
            settings: [
                Setting("AWS_REGION", "The region.", "a region like us-east-1", "the profile's", kind: .own),
                Setting("AWS_ENDPOINT_URL", "Another endpoint for all services.", "a URL", kind: .own),
                Setting("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "Another endpoint of Bedrock.", "a URL", kind: .own),
                Setting("AWS_ENDPOINT_URL_SQS", "Another endpoint of SQS.", "a URL", kind: .own),
                Setting("AWS_ENDPOINT_URL_SSM", "Another endpoint of Parameter Store.", "a URL", kind: .own),
                Setting("AWS_ENDPOINT_URL_STS", "Another endpoint of STS.", "a URL", kind: .own),
            ]
        ),
    ]
}
