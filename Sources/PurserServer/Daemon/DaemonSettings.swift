import ChatService
import Foundation
import Logging
import PurserAWS
import PurserCore
import PurserSignIn

/// The daemon's own settings, besides those of the chat service; read from the values of one table of names.
struct DaemonSettings: Sendable {
    enum ModelKind: String {
        case bedrock
        case embedded
    }

    enum Authentication: Sendable {
        case none
        case cognito(CognitoSettings)
    }

    struct TLSFiles {
        var certificate: String
        var key: String
    }

    var host = "127.0.0.1"
    var port = 8080
    /// Nil means the default store of `purser`.
    var storePath: String?
    var model = ModelKind.bedrock
    var authentication = Authentication.none
    var trustedProxies: [AddressRange] = []
    var deniedAddresses: [AddressRange] = []
    var metricsReaders = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
    /// Requests that an address may send within a minute.
    var ratePerAddress = 100
    var connections = 2000
    /// The time limit for reading a request's head, for reading its body, and for the client to take 32 KiB of the answer.
    var requestTimeoutSeconds = 30
    var shutdownSeconds = 30
    var tls: TLSFiles?
    /// Opens the secrets of issued access keys; nil if no keys are required.
    var keysSeal: SecretSeal?
    var logLevel = Logger.Level.info
    /// The latency that the embedded model simulates.
    var embeddedLatencyMilliseconds = 0
    var chat = ChatConfiguration()
    var deadLetters = DeadLetterSettings()

    init(_ values: [String: String]) throws {
        var reader = EnvironmentReader(values, source: "settings")
        readServer(&reader)
        reader.read("PURSER_STORE", "a path", { $0 }) { storePath = $0 }
        reader.read("PURSERD_MODEL", "`bedrock` or `embedded`", ModelKind.init(rawValue:)) { model = $0 }
        reader.readNumber("PURSERD_EMBEDDED_LATENCY_MS", 0...60_000) { embeddedLatencyMilliseconds = $0 }
        reader.read(
            "PURSERD_LOG_LEVEL",
            "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
            Logger.Level.init(rawValue:)
        ) { logLevel = $0 }
        readTLS(values, &reader)
        readCallers(values, &reader)
        reader.collect({ try ChatConfiguration(environment: values) }) { chat = $0 }
        reader.collect({ try DeadLetterSettings(environment: values) }) { deadLetters = $0 }
        try reader.throwFaults()
    }

    private mutating func readServer(_ reader: inout EnvironmentReader) {
        reader.read("PURSERD_LISTEN", "an address and a port like 127.0.0.1:8080 or [::1]:8080", Self.listen) {
            (host, port) = $0
        }
        let list = "a list of addresses or ranges like 10.0.0.0/8,2001:db8::/32"
        reader.read("PURSERD_TRUSTED_PROXIES", list, AddressRange.list) { trustedProxies = $0 }
        reader.read("PURSERD_DENY_ADDRESSES", list, AddressRange.list) { deniedAddresses = $0 }
        reader.read("PURSERD_METRICS_ADDRESSES", list, AddressRange.list) { metricsReaders = $0 }
        reader.readNumber("PURSERD_RATE_PER_ADDRESS", 1...1_000_000) { ratePerAddress = $0 }
        reader.readNumber("PURSERD_MAX_CONNECTIONS", 1...100_000) { connections = $0 }
        reader.readNumber("PURSERD_REQUEST_TIMEOUT_SECONDS", 1...600) { requestTimeoutSeconds = $0 }
        reader.readNumber("PURSERD_SHUTDOWN_SECONDS", 1...600) { shutdownSeconds = $0 }
    }

    private mutating func readTLS(_ values: [String: String], _ reader: inout EnvironmentReader) {
        switch (values["PURSERD_TLS_CERTIFICATE"] ?? "", values["PURSERD_TLS_KEY"] ?? "") {
        case ("", ""): break
        case ("", _): reader.fault("PURSERD_TLS_CERTIFICATE", "is needed where PURSERD_TLS_KEY is set")
        case (_, ""): reader.fault("PURSERD_TLS_KEY", "is needed where PURSERD_TLS_CERTIFICATE is set")
        case (let certificate, let key): tls = TLSFiles(certificate: certificate, key: key)
        }
    }

    /// Reads how callers authenticate; after ``readServer(_:)``, because only a loopback address needs no sign-in.
    private mutating func readCallers(_ values: [String: String], _ reader: inout EnvironmentReader) {
        reader.read(
            SecretSeal.variable,
            SecretSeal.form + "; " + SecretSeal.advice,
            { try? SecretSeal(secret: $0) }
        ) { keysSeal = $0 }
        var needsSignIn = true
        reader.read("PURSERD_AUTH", "`cognito` or `none`", { ["cognito": true, "none": false][$0] }) {
            needsSignIn = $0
        }
        if needsSignIn {
            reader.collect({ try CognitoSettings(environment: values) }) { authentication = .cognito($0) }
        } else if !isLoopback {
            reader.fault(
                "PURSERD_LISTEN",
                "without authentication (PURSERD_AUTH=none) only a loopback address may be bound, not \(host)"
            )
        }
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

extension AddressRange {
    fileprivate static func list(_ text: String) -> [AddressRange]? {
        [AddressRange](list: text)
    }
}
