import ChatService
import Foundation
import HummingbirdCore
import HummingbirdTLS
import Purser
import PurserAWS
import PurserCore
import PurserSignIn
import PurserStore

extension DaemonSettings {
    /// Checks what the settings refer to, without using the network: the models' prices, the files for TLS and for the
    /// user pool's keys, and the endpoint. Returns the prices; throws ``Diagnostics`` with every fault.
    @discardableResult
    func check(environment: [String: String], clock: ServiceClock) async throws -> PriceCatalog {
        var faults: [Diagnostic] = []
        var catalog: PriceCatalog?
        do {
            let read = try prices.read()
            faults += priceFaults(read, region: AWSRegion.named(in: environment), at: clock.now())
            catalog = read
        } catch {
            faults += error.all
        }
        do {
            if prices.quotasPath != nil { _ = try prices.readQuotas() }
        } catch {
            faults += error.all
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
        guard let catalog, faults.isEmpty else { throw Diagnostics(faults) }
        return catalog
    }

    /// The folders of `/dash` that cannot be read. The daemon starts without them, and the page says what is wrong.
    var folderFaults: [Diagnostic] {
        var faults: [Diagnostic] = []
        for (name, path) in [("PURSER_ALARMS", alarmsPath), ("PURSER_DASHBOARDS", dashboardsPath)] {
            guard let path else { continue }
            do {
                _ = try DashboardFolder(path: path).names()
            } catch {
                faults.append(Diagnostic(file: path, key: name, (error as? FileError)?.reason ?? "\(error)"))
            }
        }
        return faults
    }

    /// Returns a fault for each model of the settings that has no price: every request to it would be refused.
    func priceFaults(_ catalog: PriceCatalog, region: String?, at now: Timestamp) -> [Diagnostic] {
        [("PURSERD_MODEL_ID", chat.modelId), ("PURSERD_FALLBACK_MODEL_ID", chat.fallbackModelId)].compactMap {
            name,
            id in
            guard let id, catalog.price(for: id, at: now, region: region) == nil else { return nil }
            let model = catalog.unpriced(id, at: now, region: region)
            let similar = catalog.similar(to: model).joined(separator: ", ")
            let advice = similar.isEmpty ? "" : "; similar models with a price: \(similar)"
            return Diagnostic(file: "settings", key: name, "the model `\(id)` \(model.reason)\(advice)")
        }
    }
}

extension DaemonSettings {
    /// Returns a fault if there are access keys that PURSERD_KEYS_SECRET does not open; without the secret, no key is
    /// opened.
    func keysFault(_ keys: () throws -> [AccessKeyRecord]) rethrows -> Diagnostic? {
        try keysSeal.flatMap { SealedKeys.fault(try keys(), $0) }
    }

    /// Throws ``Diagnostics`` if the store exists and could not be used, or has access keys that PURSERD_KEYS_SECRET does
    /// not open.
    func checkStore(environment: [String: String]) throws {
        let path = storePath ?? StateFolder.store(environment)
        guard FileManager.default.fileExists(atPath: path) else { return }
        try Store.checkPlace(of: path)
        if let fault = try keysFault({ try Store.accessKeys(inFileAt: path) }) { throw Diagnostics([fault]) }
    }
}

extension DaemonSettings.TLSFiles {
    /// Reads the certificate and the key; throws faults that name the files that cannot be used, individually or
    /// together.
    func configuration() throws(Diagnostics) -> TLSConfiguration {
        var faults: [Diagnostic] = []
        func read<Value>(_ name: String, _ path: String, _ body: () throws -> Value) -> Value? {
            do {
                return try body()
            } catch {
                faults.append(Diagnostic(file: path, key: name, "cannot be used: \(error)"))
                return nil
            }
        }
        let chain = read("PURSERD_TLS_CERTIFICATE", certificate) { try NIOSSLCertificate.fromPEMFile(certificate) }
        let key = read("PURSERD_TLS_KEY", self.key) { try NIOSSLPrivateKey(file: self.key, format: .pem) }
        guard let chain, let key else { throw Diagnostics(faults) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        do {
            // The server does the same when it starts.
            _ = try TLSChannel(HTTP1Channel(responder: { _, _, _ in }), tlsConfiguration: configuration)
        } catch {
            let message = "is not the key of the certificate in \(certificate), or they cannot be used: \(error)"
            throw Diagnostics([Diagnostic(file: self.key, key: "PURSERD_TLS_KEY", message)])
        }
        return configuration
    }
}
