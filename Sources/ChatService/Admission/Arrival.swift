package import PurserCore

/// An incoming request, no part of which is trusted yet. Its closures read the parts in the order in which admission
/// needs them.
package struct Arrival: Sendable {
    /// Which limits apply.
    package enum Door: Sendable {
        /// For people: the limits are an address's.
        case chat
        /// For programs, of which many may share an address: the limits are an access key's.
        case sdk
    }

    package var door: Door
    /// The sender's address, from a trusted proxy or the connection; nil if the request did not come over a network.
    package var address: IPAddress?
    /// The page's origin, as sent by the browser; nil if there is none.
    package var origin: String?
    /// Checks the sender's credentials, as far as that is possible without the body.
    package var authenticate: @Sendable () async throws(ChatRefusal) -> Claim
    /// Reads the body, up to this many bytes.
    package var readBody: @Sendable (Int) async throws(ChatRefusal) -> [UInt8]
    /// Reads the request in the body, for the given principal.
    package var read: @Sendable ([UInt8], Principal) throws(ChatRefusal) -> ChatRequest

    package init(
        door: Door,
        address: IPAddress?,
        origin: String?,
        authenticate: @escaping @Sendable () async throws(ChatRefusal) -> Claim,
        readBody: @escaping @Sendable (Int) async throws(ChatRefusal) -> [UInt8],
        read: @escaping @Sendable ([UInt8], Principal) throws(ChatRefusal) -> ChatRequest
    ) {
        self.door = door
        self.address = address
        self.origin = origin
        self.authenticate = authenticate
        self.readBody = readBody
        self.read = read
    }
}

/// The sender of a request, and the models it may call.
package struct Principal: Sendable, Equatable {
    package var caller: Caller
    /// The allowed models, as passed to Bedrock (``CalledModel/isAllowed(by:)``); nil means any model with a price.
    package var allowedModels: [String]?

    package init(caller: Caller, allowedModels: [String]? = nil) {
        self.caller = caller
        self.allowedModels = allowedModels
    }
}

/// A sender whose credentials are valid, if they are also valid for the request's body.
package struct Claim: Sendable {
    package var principal: Principal
    /// Throws unless the credentials cover this body.
    package var verify: @Sendable ([UInt8]) async throws(ChatRefusal) -> Void

    package init(
        _ principal: Principal,
        verify: @escaping @Sendable ([UInt8]) async throws(ChatRefusal) -> Void = { _ throws(ChatRefusal) in }
    ) {
        self.principal = principal
        self.verify = verify
    }
}
