package import PurserAWS
package import PurserCore

/// The access keys of a store, and whether a secret opens them.
package enum SealedKeys {
    /// Returns a fault that names PURSERD_KEYS_SECRET if it does not open every key that is in use; nil if it does.
    package static func fault(_ keys: [AccessKeyRecord], _ seal: SecretSeal) -> Diagnostic? {
        let inUse = keys.filter { $0.revoked == nil }
        let closed = inUse.filter { (try? seal.open($0.sealedSecret, id: $0.id)) == nil }
        guard let first = closed.first else { return nil }
        let count = closed.count.counted("access key")
        return Diagnostic(
            file: "settings",
            key: "PURSERD_KEYS_SECRET",
            "does not open \(count) of the \(inUse.count) in the store, such as \(first.id); set the secret with which "
                + "they were created, or revoke them with `purser keys revoke ID`"
        )
    }
}
