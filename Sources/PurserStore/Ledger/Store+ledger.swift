import GRDB
package import PurserCore
import Synchronization

extension Store {
    /// The outcome of a row whose call is not settled.
    static let reservedOutcome = "reserved"
    /// The outcome of a row whose lease expired before the call was settled.
    package static let abandonedOutcome = "Abandoned"
    /// The outcome of a call whose caller did not wait for its end, as the chat service names it.
    package static let cancelledOutcome = "Cancelled"
    /// The outcome of a row that is no call, but what `purser restore --spent` entered.
    static let restoredOutcome = "Restored"

    /// Records a call at its worst-case cost, if that fits into the month's quota and into every budget that the call
    /// counts towards.
    ///
    /// This is one transaction, so two callers cannot both take the last dollar.
    package func reserve(_ reservation: Reservation) throws -> ReservationResult {
        let hold = try columnValue(reservation.hold)
        return try write { db in
            if try isKnown(reservation, db) { return .known }
            let caller = reservation.caller
            let call = AccountedCall(time: reservation.time, source: reservation.source, caller: caller)
            let (limit, quota) = (reservation.limit, reservation.quota)
            let use = reservation.isUnlimited ? AccountUse.noting : .reserving
            var open = try budgetAccounts(of: call, limit: limit, quota: quota, for: use, db)
            if let refusal = open.accounts.refusal(of: reservation) {
                // What had to be counted for it is not counted again for the next one.
                if open.isCounted { try storeTotals(open, db) }
                return refusal
            }
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO ledger (request_id, time, user, team, application, access_key, model_id, outcome,
                        correlation_id, price, hold, lease, source, tier, session, tags)
                    VALUES (?, ?, ?, ?, ?, ?, ?, '\(Self.reservedOutcome)', ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            )
            let price = try identifier(of: reservation.price, db)
            try insert.execute(arguments: [
                reservation.requestId, reservation.time.milliseconds, caller.user, caller.team, caller.application,
                caller.accessKey, reservation.modelId, reservation.correlationId, price, hold,
                reservation.lease?.milliseconds, reservation.source.rawValue, reservation.tier.rawValue, caller.session,
                caller.tags.json,
            ])
            open.accounts.add(requests: 1, held: reservation.hold)
            try store(open, db)
            return .reserved(open.accounts.standing)
        }
    }

    /// Returns whether the ledger has the call. An imported call has Bedrock's id, under which the ledger may have it as
    /// a live call.
    private func isKnown(_ reservation: Reservation, _ db: Database) throws -> Bool {
        var columns = ["request_id"]
        if reservation.source == .imported { columns.append("upstream_request_id") }
        return try columns.contains { column in
            let known = try db.cachedStatement(sql: "SELECT 1 FROM ledger WHERE \(column) = ?")
            return try Bool.fetchOne(known, arguments: [reservation.requestId]) != nil
        }
    }

    /// Replaces a call's hold with its cost; changes nothing if the call is already settled or not in the ledger.
    ///
    /// If ``settleAbandoned(at:)`` charged the call although its process had only been paused, the real cost replaces
    /// that charge.
    @discardableResult
    package func settle(_ settlement: Settlement) throws -> SettlementResult {
        let cost = try columnValue(settlement.cost)
        return try write { db in
            guard let row = try unsettled(settlement.requestId, orAbandoned: true, db) else { return .unchanged }
            var open = try budgetAccounts(of: row.call, limit: settlement.limit, for: .settling, db)
            let update = try db.cachedStatement(
                sql: """
                    UPDATE ledger SET settled_time = ?2, outcome = ?3, input_tokens = ?4, output_tokens = ?5,
                        cache_read_tokens = ?6, cache_write_tokens = ?7, cache_write_1h_tokens = ?8, estimated = ?9,
                        latency = ?10, retries = ?11, cost = ?12, upstream_request_id = ?13, tier = coalesce(?14, tier)
                    WHERE id = ?1
                    """
            )
            let usage = settlement.usage
            try update.execute(arguments: [
                row.id, settlement.time.milliseconds, settlement.outcome, usage.input, usage.output, usage.cacheRead,
                usage.cacheWrite, usage.cacheWrite1h, settlement.isEstimated, settlement.latencyMilliseconds,
                settlement.retries, cost, settlement.upstreamRequestId, settlement.tier?.rawValue,
            ])
            open.accounts.add(spent: settlement.cost - row.charged, held: .zero - row.held)
            try store(open, db)
            return .settled(open.accounts.standing)
        }
    }

    /// Adds to the hold of a running call, to cover another attempt after one that may be billed; returns false,
    /// without changing anything, if a budget leaves no room for it or the call is not running. No budget limits the
    /// hold if `isUnlimited`.
    package func raiseHold(
        _ requestId: String,
        by amount: Picodollars,
        limit: Picodollars?,
        isUnlimited: Bool = false
    ) throws -> Bool {
        try write { db in
            guard let row = try unsettled(requestId, orAbandoned: false, db) else { return false }
            let use = isUnlimited ? AccountUse.settling : .raising
            var open = try budgetAccounts(of: row.call, limit: limit, for: use, db)
            if !isUnlimited, open.accounts.excess(of: amount, percent: 100) != nil { return false }
            let update = try db.cachedStatement(sql: "UPDATE ledger SET hold = ? WHERE id = ?")
            try update.execute(arguments: [try columnValue(row.held + amount), row.id])
            open.accounts.add(held: amount)
            try store(open, db)
            return true
        }
    }

    /// Returns the quota of requests that a caller's live calls have used up; nil if there is none.
    package func fullQuota(of caller: Caller, at time: Timestamp, quota: Int?) throws -> BudgetExcess? {
        try write { db in
            let call = AccountedCall(time: time, source: .live, caller: caller)
            return try budgetAccounts(of: call, limit: nil, quota: quota, for: .raising, db).accounts.fullQuota
        }
    }

    /// Returns what a call holds or held; nil if the ledger has no such call.
    package func hold(of requestId: String) throws -> Picodollars? {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT hold FROM ledger WHERE request_id = ?")
            return try Int64.fetchOne(select, arguments: [requestId]).map { Picodollars(Int128($0)) }
        }
    }

    /// Charges every hold whose lease has expired, because its process is gone and the call may be billed; returns how
    /// many were charged.
    ///
    /// The outcome is `Abandoned` and the cost is an estimate. This takes several transactions; those committed before
    /// an error are kept.
    package func settleAbandoned(at time: Timestamp) throws -> Int {
        // Usually there are none, and a read does not make writers wait.
        guard try read({ try !abandoned(at: time, limit: 1, $0).isEmpty }) else { return 0 }
        var count = 0
        while true {
            let settled = try write { db in
                let rows = try abandoned(at: time, limit: Self.abandonedBatch, db)
                for row in rows { try charge(row, at: time, db) }
                return rows.count
            }
            count += settled
            if settled < Self.abandonedBatch { return count }
            letOthersWrite()
        }
    }

    /// Returns the number of uncharged holds whose leases expired before `time`, and the total amount that they hold.
    package func overdueHolds(before time: Timestamp) throws -> (count: Int, held: Picodollars) {
        try read { db in
            let dollar = Picodollars.dollar.rawValue
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), coalesce(sum(hold / \(dollar)), 0), coalesce(sum(hold % \(dollar)), 0) FROM ledger
                    WHERE settled_time IS NULL AND lease IS NOT NULL AND lease < ?
                    """,
                arguments: [time.milliseconds]
            )
            return row.map { ($0[0], Self.sum($0, at: 1)) } ?? (0, .zero)
        }
    }

    /// The maximum number of rows in one transaction.
    private static let abandonedBatch = 500

    private func charge(_ row: UnsettledRow, at time: Timestamp, _ db: Database) throws {
        var open = try budgetAccounts(of: row.call, limit: nil, for: .settling, db)
        let update = try db.cachedStatement(
            sql: """
                UPDATE ledger SET settled_time = ?, outcome = '\(Self.abandonedOutcome)', estimated = 1, cost = hold
                WHERE id = ?
                """
        )
        try update.execute(arguments: [time.milliseconds, row.id])
        open.accounts.add(spent: row.held, held: .zero - row.held)
        try store(open, db)
    }

    /// A row of the ledger whose cost is not final.
    private struct UnsettledRow {
        var id: Int64
        var call: AccountedCall
        /// Zero if the hold was charged.
        var held: Picodollars
        /// Zero until the hold is charged.
        var charged: Picodollars

        static let columns = "id, time, user, team, access_key, hold, cost, outcome, source, application, session"

        init(_ row: Row) {
            id = row[0]
            call = AccountedCall(
                time: Timestamp(milliseconds: row[1]),
                // The column allows no other value.
                source: CallSource(rawValue: row[8]) ?? .live,
                caller: Caller(user: row[2], team: row[3], application: row[9], accessKey: row[4], session: row[10])
            )
            let isOpen = row[7] as String == Store.reservedOutcome
            held = isOpen ? Picodollars(Int128(row[5] as Int64)) : .zero
            charged = Picodollars(Int128(row[6] as Int64))
        }
    }

    private func unsettled(_ requestId: String, orAbandoned: Bool, _ db: Database) throws -> UnsettledRow? {
        let outcomes = orAbandoned ? [Self.reservedOutcome, Self.abandonedOutcome] : [Self.reservedOutcome]
        let list = outcomes.map { "'\($0)'" }.joined(separator: ", ")
        let select = try db.cachedStatement(
            sql: "SELECT \(UnsettledRow.columns) FROM ledger WHERE request_id = ? AND outcome IN (\(list))"
        )
        return try Row.fetchOne(select, arguments: [requestId]).map(UnsettledRow.init)
    }

    private func abandoned(at time: Timestamp, limit: Int, _ db: Database) throws -> [UnsettledRow] {
        let select = try db.cachedStatement(
            sql: """
                SELECT \(UnsettledRow.columns) FROM ledger
                WHERE settled_time IS NULL AND lease IS NOT NULL AND lease <= ? ORDER BY lease LIMIT ?
                """
        )
        return try Row.fetchAll(select, arguments: [time.milliseconds, limit]).map(UnsettledRow.init)
    }

    private func identifier(of price: Price, _ db: Database) throws -> Int64 {
        let content = price.content
        if let known = identifiers.withLock({ $0.prices[content] }) { return known }
        try db.execute(
            sql: "INSERT INTO price (model_id, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [price.modelId, content]
        )
        let id = try Int64.fetchOne(db, sql: "SELECT id FROM price WHERE content = ?", arguments: [content])
        guard let id else {
            throw StoreError(.failed, path: path, detail: "the price of \(price.modelId) could not be stored")
        }
        identifiers.withLock { $0.prices[content] = id }
        return id
    }

    /// Returns one call's amount as the column stores it.
    private func columnValue(_ amount: Picodollars) throws -> Int64 {
        guard amount >= .zero, let value = Int64(exactly: amount.rawValue) else {
            throw StoreError(.failed, path: path, detail: "a call cannot cost \(amount) dollars")
        }
        return value
    }
}
