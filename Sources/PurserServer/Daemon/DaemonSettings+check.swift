import ChatService
import NIOSSL
import PurserAWS
import PurserCore
import PurserSignIn

extension DaemonSettings {
    /// Looks at what the settings name, without the network: the models' prices, the files of TLS and of the user pool's
    /// keys, and the endpoint. Throws ``Diagnostics`` with all that is wrong.
    func check(environment: [String: String], prices: PriceCatalog, clock: ServiceClock) async throws {
        var faults: [Diagnostic] = []
        for (name, id) in [("PURSERD_MODEL_ID", chat.modelId), ("PURSERD_FALLBACK_MODEL_ID", chat.fallbackModelId)] {
            // Every request would be refused, as its cost cannot be bounded.
            guard let id, prices.price(for: id, at: clock.now()) == nil else { continue }
            let closest = prices.closestModelIds(to: id).joined(separator: ", ")
            let advice = closest.isEmpty ? "" : "; similar ones that have: \(closest)"
            faults.append(Diagnostic(file: "settings", key: name, "the model `\(id)` has no price\(advice)"))
        }
        do {
            _ = try tls?.configuration()
        } catch {
            faults += error.all
        }
        do {
            try Backend(self, environment: environment, clock: clock).close()
        } catch {
            faults += error.all
        }
        if case .cognito(let cognito) = authentication, case .file(let path) = cognito.keys {
            let keys = JWKSKeys(source: cognito.keys, clock: clock, fetch: { _ in [] }, report: { _ in })
            do {
                try await keys.start()
            } catch {
                faults.append(Diagnostic(file: path, key: "PURSERD_JWKS", "\(error)"))
            }
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
    }
}

extension DaemonSettings.TLSFiles {
    /// Reads certificate and key; throws with the file's name where one cannot be used.
    func configuration() throws(Diagnostics) -> TLSConfiguration {
        func read<Value>(_ name: String, _ path: String, _ body: () throws -> Value) throws(Diagnostics) -> Value {
            do {
                return try body()
            } catch {
                throw Diagnostics([Diagnostic(file: path, key: name, "cannot be used: \(error)")])
            }
        }
        let chain = try read("PURSERD_TLS_CERTIFICATE", certificate) {
            try NIOSSLCertificate.fromPEMFile(certificate)
        }
        let key = try read("PURSERD_TLS_KEY", self.key) { try NIOSSLPrivateKey(file: self.key, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}
