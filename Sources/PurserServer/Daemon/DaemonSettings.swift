import ChatService
import Foundation
import Logging
import Purser
import PurserAWS
import PurserCore
import PurserSignIn

/// The daemon's own settings, in addition to those of the chat service, read from one table of names and values.
struct DaemonSettings: Sendable, Configurable {
    enum Authentication: Sendable {
        case none
        /// Programs only, with access keys.
        case keys
        case cognito(CognitoSettings)
    }

    /// The values of PURSERD_AUTH.
    private enum SignIn: String {
        case cognito, keys, none
    }

    struct TLSFiles {
        var certificate: String
        var key: String
    }

    var host = "127.0.0.1"
    var port = 8080
    /// Nil means the default store of `purser`.
    var storePath: String?
    /// The folders of the dashboard's files; nil means the shipped ones.
    var alarmsPath: String?
    var dashboardsPath: String?
    var model = ModelKind.bedrock
    var authentication = Authentication.none
    var trustedProxies: [AddressRange] = []
    var deniedAddresses: [AddressRange] = []
    var metricsReaders = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
    /// Requests that an address may send per minute.
    var ratePerAddress = 100
    var connections = 2000
    /// The memory that the bodies of all requests together may take.
    var bodyMemoryBytes = 32 << 20
    /// The time limit for reading a request's head, for reading its body, and for the client to read 32 KiB of the
    /// response.
    var requestTimeoutSeconds = 30
    var shutdownSeconds = 30
    private var tlsCertificate: String?
    private var tlsKey: String?
    private var signIn = SignIn.cognito
    /// Opens the secrets of issued access keys; nil if no keys are required.
    var keysSeal: SecretSeal?
    var logLevel = Logger.Level.info
    /// The latency that the embedded model simulates.
    var embeddedLatencyMilliseconds = 0
    var chat = ChatConfiguration()
    var deadLetters = DeadLetterSettings()
    var prices = PriceSettings()

    init() {}

    init(_ values: [String: String]) throws {
        self.init()
        var reader = EnvironmentReader(values, source: "settings")
        reader.read(into: &self)
        reader.read(into: &prices)
        switch (tlsCertificate, tlsKey) {
        case (nil, _?): reader.fault("PURSERD_TLS_CERTIFICATE", "is needed if PURSERD_TLS_KEY is set")
        case (_?, nil): reader.fault("PURSERD_TLS_KEY", "is needed if PURSERD_TLS_CERTIFICATE is set")
        default: break
        }
        readSignIn(values, &reader)
        reader.collect({ try ChatConfiguration(environment: values) }) { chat = $0 }
        reader.collect({ try DeadLetterSettings(environment: values) }) { deadLetters = $0 }
        if bodyMemoryBytes < chat.largestBodyBytes {
            reader.fault(
                "PURSERD_BODY_MEMORY_BYTES",
                "must be at least \(chat.largestBodyBytes), the size of the largest body"
            )
        }
        try reader.throwFaults()
    }

    private mutating func readSignIn(_ values: [String: String], _ reader: inout EnvironmentReader) {
        switch signIn {
        case .cognito:
            reader.collect({ try CognitoSettings(environment: values) }) { authentication = .cognito($0) }
        case .keys:
            authentication = .keys
            if keysSeal == nil, values[SecretSeal.variable] == nil {
                reader.fault(SecretSeal.variable, "is needed with PURSERD_AUTH=keys, to open the access keys")
            }
            if !isLoopback, tls == nil {
                reader.fault(
                    "PURSERD_TLS_CERTIFICATE",
                    "is needed with PURSERD_AUTH=keys on an address other than loopback, because signatures do not "
                        + "encrypt the requests"
                )
            }
        case .none where !isLoopback:
            reader.fault(
                "PURSERD_LISTEN",
                "without authentication (PURSERD_AUTH=none) only a loopback address may be bound, not \(host)"
            )
        case .none: break
        }
    }

    /// Nil without TLS.
    var tls: TLSFiles? {
        guard let tlsCertificate, let tlsKey else { return nil }
        return TLSFiles(certificate: tlsCertificate, key: tlsKey)
    }

    private var isLoopback: Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }

    /// Reads an address or a name with a port; an IPv6 address is in brackets.
    private static func listen(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":"), IPAddress(host) != nil else { return nil }
        } else if host.contains(":") {
            return nil
        }
        let isName = host.utf8.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
        }
        return host.isEmpty || !isName ? nil : (host, port)
    }
}

extension DaemonSettings {
    static let settings =
        ConfigurationSetting.group(.daemon, serverSettings) + ConfigurationSetting.group(.model, modelSettings)
        + ConfigurationSetting.group(.signIn, callerSettings) + ConfigurationSetting.group(.limits, limitSettings)

    private static let serverSettings: [ConfigurationSetting<DaemonSettings>] = [
        .value(
            "PURSERD_LISTEN",
            "Address to listen on.",
            "an address and a port like 127.0.0.1:8080 or [::1]:8080",
            "127.0.0.1:8080",
            listen
        ) { ($0.host, $0.port) = $1 },
        .text(
            "PURSER_STORE",
            "The store's file, created if missing.",
            "a path",
            standard: "purser's default",
            \.storePath
        ),
        .text(
            "PURSER_ALARMS",
            "The alarm files that /dash shows.",
            "the path of a folder",
            standard: "the shipped ones",
            \.alarmsPath
        ),
        .text(
            "PURSER_DASHBOARDS",
            "The dashboards that /dash draws.",
            "the path of a folder",
            standard: "the shipped ones",
            \.dashboardsPath
        ),
        .text(
            "PURSERD_TLS_CERTIFICATE",
            "The TLS certificate and its chain; needs a key.",
            "the path of a PEM file",
            \.tlsCertificate
        ),
        .text("PURSERD_TLS_KEY", "The certificate's private key.", "the path of a PEM file", \.tlsKey),
        .number(
            "PURSERD_MAX_CONNECTIONS",
            "Concurrent connections, of which one address may have half.",
            1...100_000,
            \.connections
        ),
        .number(
            "PURSERD_BODY_MEMORY_BYTES",
            "Memory for the bodies of all requests together.",
            (1 << 20)...(16 << 30),
            \.bodyMemoryBytes
        ),
        .number(
            "PURSERD_REQUEST_TIMEOUT_SECONDS",
            "Time limit for a request's headers, for its body, and for the client to read 32 KiB of the response.",
            1...600,
            \.requestTimeoutSeconds
        ),
        .number(
            "PURSERD_SHUTDOWN_SECONDS",
            "Time for calls in flight to end after SIGTERM.",
            1...600,
            \.shutdownSeconds
        ),
        .value(
            "PURSERD_LOG_LEVEL",
            "Minimum level of logged events.",
            "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
            DaemonSettings().logLevel.rawValue,
            Logger.Level.init(rawValue:)
        ) { $0.logLevel = $1 },
        addresses(
            "PURSERD_METRICS_ADDRESSES",
            "Addresses that may read /metrics.",
            "127.0.0.0/8,::1",
            \.metricsReaders
        ),
    ]

    private static let modelSettings: [ConfigurationSetting<DaemonSettings>] = [
        ModelKind.setting { $0.model = $1 },
        .number(
            "PURSERD_EMBEDDED_LATENCY_MS",
            "The embedded model's latency.",
            0...60_000,
            \.embeddedLatencyMilliseconds
        ),
    ]

    private static let callerSettings: [ConfigurationSetting<DaemonSettings>] = [
        .value(
            "PURSERD_AUTH",
            "How callers sign in; `keys` is for programs only, `none` allows only a loopback address.",
            "`cognito`, `keys` or `none`",
            SignIn.cognito.rawValue,
            SignIn.init(rawValue:)
        ) { $0.signIn = $1 },
        .value(
            SecretSeal.variable,
            "Seals issued access keys.",
            SecretSeal.form,
            kind: .secret,
            advice: SecretSeal.advice,
            { try? SecretSeal(secret: $0) }
        ) { $0.keysSeal = $1 },
    ]

    private static let limitSettings: [ConfigurationSetting<DaemonSettings>] = [
        addresses("PURSERD_TRUSTED_PROXIES", "Proxies whose X-Forwarded-For is trusted.", "none", \.trustedProxies),
        addresses("PURSERD_DENY_ADDRESSES", "Addresses to reject.", "none", \.deniedAddresses),
        .number(
            "PURSERD_RATE_PER_ADDRESS",
            "Requests per minute to /chat from one address.",
            1...1_000_000,
            \.ratePerAddress
        ),
    ]

    private static func addresses(
        _ name: String,
        _ summary: String,
        _ standard: String,
        _ path: any WritableKeyPath<DaemonSettings, [AddressRange]> & Sendable
    ) -> ConfigurationSetting<DaemonSettings> {
        let allowed = "a list of addresses or ranges like 10.0.0.0/8,2001:db8::/32"
        return .value(name, summary, allowed, standard, { [AddressRange](list: $0) }) { $0[keyPath: path] = $1 }
    }
}
