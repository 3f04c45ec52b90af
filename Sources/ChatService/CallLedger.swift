public import PurserCore
public import PurserStore

/// How the service enters its calls in a ledger.
///
/// A value of closures and not the store itself, because a resumed replay reads what it entered before it was stopped.
public struct CallLedger: Sendable {
    public var reserve: @Sendable (Reservation) throws -> ReservationResult
    /// Adds to a running call's hold; false where the budget has no room. Takes the request id, the amount and the budget.
    public var raiseHold: @Sendable (String, Picodollars, Picodollars?) throws -> Bool
    public var settle: @Sendable (Settlement) throws -> Void

    public init(
        reserve: @escaping @Sendable (Reservation) throws -> ReservationResult,
        raiseHold: @escaping @Sendable (String, Picodollars, Picodollars?) throws -> Bool,
        settle: @escaping @Sendable (Settlement) throws -> Void
    ) {
        self.reserve = reserve
        self.raiseHold = raiseHold
        self.settle = settle
    }

    /// The ledger of a store.
    public init(_ store: Store) {
        self.init(
            reserve: { try store.reserve($0) },
            raiseHold: { try store.raiseHold($0, by: $1, limit: $2) },
            settle: { try store.settle($0) }
        )
    }
}
