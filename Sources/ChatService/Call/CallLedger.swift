package import PurserCore
package import PurserStore
import Synchronization

/// How the service records its calls in a ledger.
///
/// It consists of closures instead of being the store itself, because a daemon commits the entries of many calls
/// together, and a resumed replay reads the entries it made before it was stopped.
package struct CallLedger: Sendable {
    package var reserve: @Sendable (Reservation) async throws -> ReservationResult
    /// Adds to a running call's hold; returns false if the budget has no room. Takes the request id, the amount and the
    /// budget.
    package var raiseHold: @Sendable (String, Picodollars, Picodollars?) async throws -> Bool
    /// Replaces a call's hold with its cost.
    package var settle: @Sendable (Settlement) async throws -> SettlementResult
    /// Returns the known number of calls in a month, used to refuse a call early; the reservation itself counts them
    /// exactly.
    package var requests: @Sendable (CalendarMonth) async throws -> Int

    package init(
        reserve: @escaping @Sendable (Reservation) async throws -> ReservationResult,
        raiseHold: @escaping @Sendable (String, Picodollars, Picodollars?) async throws -> Bool,
        settle: @escaping @Sendable (Settlement) async throws -> SettlementResult,
        requests: @escaping @Sendable (CalendarMonth) async throws -> Int
    ) {
        self.reserve = reserve
        self.raiseHold = raiseHold
        self.settle = settle
        self.requests = requests
    }

    /// Creates a ledger for a store, with one transaction per entry.
    package init(_ store: Store) {
        self.init(
            reserve: { try store.reserve($0) },
            raiseHold: { try store.raiseHold($0, by: $1, limit: $2) },
            settle: { try store.settle($0) },
            requests: { try store.monthTotal($0, .live).requests }
        )
    }

    /// Creates a ledger for a store that commits the entries of concurrent calls together.
    ///
    /// A call waits until its reservation is durable, but for its settlement it waits only until that is part of a
    /// transaction. If the settlement is lost, the hold remains and is charged, as an estimate, when its lease ends. A
    /// settlement is never refused because too many calls are waiting, since there are never more settlements than
    /// reservations. The month's number of calls becomes known only after a reservation has been refused because of it:
    /// a check before each call would have to wait for a commit.
    ///
    /// - Parameter lost: Called with the error of each settlement that could not be committed after its caller was answered.
    package init(_ commit: GroupCommit, lost: @escaping @Sendable (any Error) -> Void) {
        let full = Mutex<(month: CalendarMonth, requests: Int)?>(nil)
        self.init(
            reserve: { reservation in
                let result = try await commit.perform { try $0.reserve(reservation) }
                if case .quotaExceeded(let total) = result {
                    let month = CalendarMonth(containing: reservation.time)
                    full.withLock { $0 = (month, total.requests) }
                }
                return result
            },
            raiseHold: { requestId, amount, limit in
                try await commit.perform { try $0.raiseHold(requestId, by: amount, limit: limit) }
            },
            settle: { settlement in
                try await commit.performAhead(lost: lost) { try $0.settle(settlement) }
            },
            requests: { month in
                full.withLock { $0?.month == month ? $0?.requests : nil } ?? 0
            }
        )
    }
}
