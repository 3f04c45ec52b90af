import ChatService
import Foundation
import Logging
import PurserAWS
import PurserCore
import PurserSignIn

/// The daemon's own settings, beside those of the chat service; read from the values of one table of names.
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
    /// Nil is that of `purser`.
    var storePath: String?
    var model = ModelKind.bedrock
    var authentication = Authentication.none
    var trustedProxies: [AddressRange] = []
    var deniedAddresses: [AddressRange] = []
    var metricsReaders = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
    /// Requests that an address may send within a minute.
    var ratePerAddress = 100
    var connections = 2000
    /// For a request's head, and for its body.
    var requestTimeoutSeconds = 30
    var shutdownSeconds = 30
    var tls: TLSFiles?
    /// What opens the secrets of issued access keys; nil where none are asked for.
    var keysSeal: SecretSeal?
    var logLevel = Logger.Level.info
    /// What the embedded model plays.
    var embeddedLatencyMilliseconds = 0
    var chat = ChatConfiguration()
    var deadLetters = DeadLetterSettings()

    init(_ values: [String: String]) throws {
        var faults: [Diagnostic] = []
        func fault(_ name: String, _ message: String) {
            faults.append(Diagnostic(file: "settings", key: name, message))
        }
        func read<Value>(_ name: String, _ allowed: String, _ parse: (String) -> Value?, set: (Value) -> Void) {
            guard let text = values[name], !text.isEmpty else { return }
            guard let value = parse(text) else { return fault(name, "`\(text)` is not \(allowed)") }
            set(value)
        }
        func number(_ name: String, _ range: ClosedRange<Int>, set: (Int) -> Void) {
            let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            read(name, allowed, { Int($0).flatMap { range.contains($0) ? $0 : nil } }, set: set)
        }
        let list = "a list of addresses or ranges like 10.0.0.0/8,2001:db8::/32"
        read("PURSERD_LISTEN", "an address and a port like 127.0.0.1:8080 or [::1]:8080", Self.listen) {
            (host, port) = $0
        }
        read("PURSER_STORE", "a path", { $0 }) { storePath = $0 }
        read("PURSERD_MODEL", "`bedrock` or `embedded`", { ModelKind(rawValue: $0) }) { model = $0 }
        /// Faults of settings that have a reader of their own.
        func collect<Value>(_ body: () throws -> Value, set: (Value) -> Void) {
            do {
                set(try body())
            } catch let error as Diagnostics {
                faults += error.all.map { Diagnostic(file: "settings", key: $0.key, $0.message) }
            } catch {
                faults.append(Diagnostic(file: "settings", "\(error)"))
            }
        }
        var needsSignIn = true
        read("PURSERD_AUTH", "`cognito` or `none`", { ["cognito": true, "none": false][$0] }) { needsSignIn = $0 }
        read("PURSERD_TRUSTED_PROXIES", list, AddressRange.list) { trustedProxies = $0 }
        read("PURSERD_DENY_ADDRESSES", list, AddressRange.list) { deniedAddresses = $0 }
        read("PURSERD_METRICS_ADDRESSES", list, AddressRange.list) { metricsReaders = $0 }
        number("PURSERD_RATE_PER_ADDRESS", 1...1_000_000) { ratePerAddress = $0 }
        number("PURSERD_MAX_CONNECTIONS", 1...100_000) { connections = $0 }
        number("PURSERD_REQUEST_TIMEOUT_SECONDS", 1...600) { requestTimeoutSeconds = $0 }
        number("PURSERD_SHUTDOWN_SECONDS", 1...600) { shutdownSeconds = $0 }
        number("PURSERD_EMBEDDED_LATENCY_MS", 0...60_000) { embeddedLatencyMilliseconds = $0 }
        read(
            SecretSeal.variable,
            SecretSeal.form + "; " + SecretSeal.advice,
            { try? SecretSeal(secret: $0) }
        ) { keysSeal = $0 }
        read(
            "PURSERD_LOG_LEVEL",
            "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
            { Logger.Level(rawValue: $0) }
        ) { logLevel = $0 }
        switch (values["PURSERD_TLS_CERTIFICATE"] ?? "", values["PURSERD_TLS_KEY"] ?? "") {
        case ("", ""): break
        case ("", _): fault("PURSERD_TLS_CERTIFICATE", "is needed where PURSERD_TLS_KEY is set")
        case (_, ""): fault("PURSERD_TLS_KEY", "is needed where PURSERD_TLS_CERTIFICATE is set")
        case (let certificate, let key): tls = TLSFiles(certificate: certificate, key: key)
        }
        if needsSignIn {
            collect({ try CognitoSettings(environment: values) }) { authentication = .cognito($0) }
        } else if !isLoopback {
            fault(
                "PURSERD_LISTEN",
                "without authentication (PURSERD_AUTH=none) only a loopback address may be bound, not \(host)"
            )
        }
        collect({ try ChatConfiguration(environment: values) }) { chat = $0 }
        collect({ try DeadLetterSettings(environment: values) }) { deadLetters = $0 }
        if !faults.isEmpty { throw Diagnostics(faults) }
    }

    private var isLoopback: Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }

    /// An address or a name with a port; an IPv6 address in brackets.
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
