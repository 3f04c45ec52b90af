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
    /// Returns the quota of requests that a caller is known to have used up, for an answer that needs no reservation;
    /// the reservation itself counts exactly. Takes the caller, the time and the process's quota for a month.
    package var fullQuota: @Sendable (Caller, Timestamp, Int?) async throws -> BudgetExcess?

    package init(
        reserve: @escaping @Sendable (Reservation) async throws -> ReservationResult,
        raiseHold: @escaping @Sendable (String, Picodollars, Picodollars?) async throws -> Bool,
        settle: @escaping @Sendable (Settlement) async throws -> SettlementResult,
        fullQuota: @escaping @Sendable (Caller, Timestamp, Int?) async throws -> BudgetExcess?
    ) {
        self.reserve = reserve
        self.raiseHold = raiseHold
        self.settle = settle
        self.fullQuota = fullQuota
    }

    /// Creates a ledger for a store, with one transaction per entry.
    package init(_ store: Store) {
        self.init(
            reserve: { try store.reserve($0) },
            raiseHold: { try store.raiseHold($0, by: $1, limit: $2) },
            settle: { try store.settle($0) },
            fullQuota: { try store.fullQuota(of: $0, at: $1, quota: $2) }
        )
    }

    /// Creates a ledger for a store that commits the entries of concurrent calls together.
    ///
    /// A call waits until its reservation is durable, but for its settlement it waits only until that is part of a
    /// transaction. If the settlement is lost, the hold remains and is charged, as an estimate, when its lease ends. A
    /// settlement is never refused because too many calls are waiting, since there are never more settlements than
    /// reservations. A used-up quota becomes known only after a reservation has been refused because of it: a check before
    /// each call would have to wait for a commit.
    ///
    /// - Parameter lost: Called with the error of each settlement that could not be committed after its caller was answered.
    package init(_ commit: GroupCommit, lost: @escaping @Sendable (any Error) -> Void) {
        let full = FullQuotas()
        self.init(
            reserve: { reservation in
                let result = try await commit.perform { try $0.reserve(reservation) }
                full.note(result, reservation)
                return result
            },
            raiseHold: { requestId, amount, limit in
                try await commit.perform { try $0.raiseHold(requestId, by: amount, limit: limit) }
            },
            settle: { settlement in
                try await commit.performAhead(lost: lost) { try $0.settle(settlement) }
            },
            fullQuota: { caller, time, _ in full.first(of: caller, at: time) }
        )
    }
}

/// The quotas of requests for which reservations were refused lately.
private final class FullQuotas: Sendable {
    /// A quota that is raised takes effect no later than this for answers that need no reservation.
    private static let seconds = 60
    private static let most = 1000

    private let known = Mutex<[BudgetScope: (excess: BudgetExcess, until: Timestamp)]>([:])

    func note(_ result: ReservationResult, _ reservation: Reservation) {
        switch result {
        case .quotaExceeded(let excess):
            let until = min(excess.resets, reservation.time + Self.seconds)
            known.withLock { known in
                if known.count >= Self.most { known = known.filter { $0.value.until > reservation.time } }
                if known.count >= Self.most { known.removeAll() }
                known[excess.budget.scope] = (excess, until)
            }
        case .reserved:
            let scopes = [.all] + reservation.caller.scopes
            known.withLock { known in
                if known.isEmpty { return }
                for scope in scopes { known[scope] = nil }
            }
        case .budgetExceeded, .known: break
        }
    }

    func first(of caller: Caller, at time: Timestamp) -> BudgetExcess? {
        known.withLock { known in
            if known.isEmpty { return nil }
            return ([.all] + caller.scopes).compactMap { known[$0] }.first { $0.until > time }?.excess
        }
    }
}
