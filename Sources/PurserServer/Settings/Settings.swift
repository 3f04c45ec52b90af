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

    /// A whole number of a range, in words.
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
                    "Where requests are taken.",
                    "an address and a port like 127.0.0.1:8080 or [::1]:8080",
                    "127.0.0.1:8080"
                ),
                Setting("PURSER_STORE", "The store, which is made where there is none.", "a path", "that of purser"),
                Setting(
                    "PURSERD_TLS_CERTIFICATE",
                    "The certificate and its chain; with a key.",
                    "a path of a PEM file"
                ),
                Setting("PURSERD_TLS_KEY", "The certificate's private key.", "a path of a PEM file"),
                Setting("PURSERD_MAX_CONNECTIONS", "Connections at once.", number(1...100_000), "2000"),
                Setting(
                    "PURSERD_REQUEST_TIMEOUT_SECONDS",
                    "How long a request's head may take, its body, and 32 KiB of an answer that waits for its client.",
                    number(1...600),
                    "30"
                ),
                Setting("PURSERD_MAX_BODY_BYTES", "The longest body.", number(1024...33_554_432), "262144"),
                Setting("PURSERD_SHUTDOWN_SECONDS", "How long calls may end after SIGTERM.", number(1...600), "30"),
                Setting(
                    "PURSERD_LOG_LEVEL",
                    "The least that is logged.",
                    "one of trace, debug, info, notice, warning, error, critical",
                    "info"
                ),
                Setting(
                    "PURSERD_METRICS_ADDRESSES",
                    "Who may read /metrics.",
                    addresses,
                    "127.0.0.0/8,::1"
                ),
            ]
        ),
        Group(
            title: "Model",
            settings: [
                Setting("PURSERD_MODEL", "What answers.", "`bedrock` or `embedded`", "bedrock"),
                Setting(
                    "PURSERD_MODEL_ID",
                    "The model, as Bedrock is called.",
                    "a model id",
                    "us.amazon.nova-lite-v1:0"
                ),
                Setting(
                    "PURSERD_SYSTEM_PROMPT",
                    "What the model is told first.",
                    "a text",
                    "asks for 300 to 500 words"
                ),
                Setting("PURSERD_MAX_TOKENS", "Tokens of one answer.", number(1...1_000_000), "1000"),
                Setting("PURSERD_MODEL_TIMEOUT_SECONDS", "How long one attempt may take.", number(1...900), "30"),
                Setting("PURSERD_FALLBACK_MODEL_ID", "The cheaper model near a budget's end.", "a model id"),
                Setting(
                    "PURSERD_FALLBACK_PERCENT",
                    "The share of a budget that is the first model's.",
                    number(1...99),
                    "90"
                ),
                Setting(
                    "PURSERD_CACHE_SECONDS",
                    "How long an answer may be given again; 0 is never.",
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
                    "Who may call; `none` binds a loopback address only.",
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
                    "The app clients whose tokens are taken; needed with cognito.",
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
                    "The one origin whose pages may call.",
                    "an origin like https://chat.example.com",
                    "none"
                ),
                Setting("PURSERD_TRUSTED_PROXIES", "Whose X-Forwarded-For is believed.", addresses, "none"),
                Setting("PURSERD_DENY_ADDRESSES", "Who is turned away.", addresses, "none"),
                Setting("PURSERD_RATE_PER_ADDRESS", "Requests of an address a minute.", number(1...1_000_000), "100"),
                Setting("PURSERD_RATE_BURST", "Requests at once.", number(1...1_000_000), "100"),
                Setting("PURSERD_RATE_STEADY", "Requests a second for ever.", number(1...1_000_000), "50"),
                Setting("PURSERD_QUOTA", "Calls a calendar month.", "a whole number above 0", "10000"),
                Setting(
                    "PURSERD_BUDGET_USD",
                    "Dollars a calendar month.",
                    "an amount in dollars like 25 or 12.50",
                    "25"
                ),
                Setting("PURSERD_MAX_CHARACTERS", "Characters of a message.", number(1...1_000_000), "2000"),
                Setting(
                    "PURSERD_BLOCK_INJECTION",
                    "Whether messages that look like attacks on databases are refused.",
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
                    "Where failed requests are sent.",
                    "an SQS queue's URL",
                    "none"
                ),
                Setting("PURSERD_DEADLETTER_TEXT", "Whether their text is kept.", "`on` or `off`", "off"),
                Setting("PURSERD_DEADLETTER_DAYS", "How long they are kept.", number(1...365), "14"),
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
