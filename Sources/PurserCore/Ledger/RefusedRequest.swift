/// A request that was refused before a model was called. It cost nothing, and nothing of its text is kept.
package struct RefusedRequest: Sendable, Equatable {
    package var requestId: String
    package var correlationId: String
    package var time: Timestamp
    /// Whether the sender had been authenticated; if not, the caller is not known.
    package var isSignedIn: Bool
    package var caller: Caller
    /// Nil if the request did not get as far as naming a model.
    package var modelId: String?
    /// The code that the caller was told: `budget_exceeded`.
    package var code: String
    /// What kind of message the caller was told: `budget of a team`.
    package var reason: String

    package init(
        requestId: String,
        correlationId: String,
        time: Timestamp,
        isSignedIn: Bool,
        caller: Caller,
        modelId: String?,
        code: String,
        reason: String
    ) {
        self.requestId = requestId
        self.correlationId = correlationId
        self.time = time
        self.isSignedIn = isSignedIn
        self.caller = caller
        self.modelId = modelId
        self.code = code
        self.reason = reason
    }
}

/// How many refused requests can be looked up, and how many no longer.
package struct RefusedRequestTotals: Sendable, Equatable {
    package var kept: Int
    /// Removed because there was no room for them.
    package var overflowed: Int
    /// Removed because they had expired.
    package var expired: Int
    /// Never written, because too many came at once.
    package var dropped: Int

    /// How many cannot be looked up.
    package var lost: Int {
        overflowed + expired + dropped
    }

    package init(kept: Int = 0, overflowed: Int = 0, expired: Int = 0, dropped: Int = 0) {
        self.kept = kept
        self.overflowed = overflowed
        self.expired = expired
        self.dropped = dropped
    }
}
