/// Whose request it is, as far as those who passed it on can be believed.
public struct ClientAddress: Sendable, Equatable {
    /// The nearest address to the client that is known; nil behind a Unix socket.
    public let address: IPAddress?
    /// Whether that is the client's own, and not that of a proxy that names him in a way that cannot be read.
    public let isClients: Bool

    /// Of what X-Forwarded-For names, the rightmost that is not itself a trusted proxy: what stands left of that was written
    /// by the client. From anybody but a trusted proxy the header says nothing.
    ///
    /// - Parameters:
    ///   - peer: Whose connection it is.
    ///   - forwardedFor: The values of each X-Forwarded-For, in their order.
    public init(peer: IPAddress?, forwardedFor: [String], trusted: [AddressRange]) {
        var client = peer
        var isClients = true
        if let peer, trusted.contains(peer) {
            for hop in forwardedFor.flatMap({ $0.split(separator: ",") }).reversed() {
                guard let address = IPAddress(hop: hop) else {
                    isClients = false
                    break
                }
                client = address
                if !trusted.contains(address) { break }
            }
        }
        address = client
        self.isClients = isClients
    }
}

extension IPAddress {
    /// Reads an address as proxies write it, with or without the client's port; nil for anything else.
    fileprivate init?(hop: Substring) {
        let text = hop.trimmingPrefix { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        let isBracketed = text.hasPrefix("[")
        // A port stands behind a bracket, or behind the only colon.
        guard let colon = text.lastIndex(of: ":"),
            isBracketed ? text[..<colon].hasSuffix("]") : text.firstIndex(of: ":") == colon
        else {
            self.init(String(text))
            return
        }
        guard UInt16(text[text.index(after: colon)...]) != nil else { return nil }
        self.init(String(text[..<colon]))
    }
}
