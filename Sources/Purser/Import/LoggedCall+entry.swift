import PurserCore
import PurserImport
import PurserStore

extension LoggedCall {
    /// Enters the call in the ledger; returns false and changes nothing if the ledger already has it: an imported call by
    /// its request id, a call through purserd by Bedrock's id or by its own, which Bedrock logs with each attempt.
    func enter(in store: Store) throws -> Bool {
        if let ledgerRequestId, try store.hold(of: ledgerRequestId) != nil { return false }
        let reservation = Reservation(
            requestId: requestId,
            time: time,
            caller: caller,
            modelId: modelId,
            correlationId: nil,
            price: price,
            hold: cost,
            limit: nil,
            quota: nil,
            source: .imported,
            // The money is already spent, so no budget can refuse it.
            isUnlimited: true,
            tier: tier
        )
        guard try store.reserve(reservation).isReserved else { return false }
        let settlement = Settlement(
            requestId: requestId,
            time: Timestamp(milliseconds: time.milliseconds + Int64(latencyMilliseconds ?? 0)),
            outcome: outcome,
            usage: usage,
            isEstimated: false,
            latencyMilliseconds: latencyMilliseconds,
            retries: 0,
            cost: cost
        )
        return try store.settle(settlement).isSettled
    }
}
