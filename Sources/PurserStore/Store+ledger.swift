import GRDB
public import PurserCore
import Synchronization

/// A model call about to be made, with the most that it can cost.
public struct Reservation: Sendable {
    /// Unique for ever; the same id again is the same call.
    public var requestId: String
    public var time: Timestamp
    public var caller: Caller
    /// Exactly as called, prefix and all.
    public var modelId: String
    public var correlationId: String?
    public var price: Price
    /// The worst case, held until the call is settled.
    public var hold: Picodollars
    /// The budget of the calendar month; nil is none.
    public var limit: Picodollars?
    /// The calls a calendar month may have; nil is any number.
    public var quota: Int?

    public init(
        requestId: String,
        time: Timestamp,
        caller: Caller,
        modelId: String,
        correlationId: String?,
        price: Price,
        hold: Picodollars,
        limit: Picodollars?,
        quota: Int?
    ) {
        self.requestId = requestId
        self.time = time
        self.caller = caller
        self.modelId = modelId
        self.correlationId = correlationId
        self.price = price
        self.hold = hold
        self.limit = limit
        self.quota = quota
    }
}

/// Who pays for a call; what is nil is reported as unallocated.
public struct Caller: Sendable, Equatable {
    public var user: String?
    public var team: String?
    public var application: String?

    public init(user: String? = nil, team: String? = nil, application: String? = nil) {
        self.user = user
        self.team = team
        self.application = application
    }
}

/// What became of a reservation.
public enum ReservationResult: Sendable, Equatable {
    case reserved
    /// The worst case does not fit into what the month's budget leaves.
    case budgetExceeded(MonthTotal)
    /// The month has had all its calls.
    case quotaExceeded(MonthTotal)
    /// A call of this id is in the ledger already; nothing was changed.
    case known
}

/// The running totals of a calendar month.
public struct MonthTotal: Sendable, Equatable {
    public var requests: Int
    public var spent: Picodollars
    /// Held by calls that are not settled.
    public var held: Picodollars

    public init(requests: Int = 0, spent: Picodollars = .zero, held: Picodollars = .zero) {
        self.requests = requests
        self.spent = spent
        self.held = held
    }
}

/// How a call ended.
public struct Settlement: Sendable {
    public var requestId: String
    public var time: Timestamp
    /// `success`, or the error's name.
    public var outcome: String
    public var usage: TokenUsage
    /// No usage came back, and the cost is the hold.
    public var isEstimated: Bool
    /// Nil where it is not known.
    public var latencyMilliseconds: Int?
    public var retries: Int
    public var cost: Picodollars

    public init(
        requestId: String,
        time: Timestamp,
        outcome: String,
        usage: TokenUsage,
        isEstimated: Bool,
        latencyMilliseconds: Int?,
        retries: Int,
        cost: Picodollars
    ) {
        self.requestId = requestId
        self.time = time
        self.outcome = outcome
        self.usage = usage
        self.isEstimated = isEstimated
        self.latencyMilliseconds = latencyMilliseconds
        self.retries = retries
        self.cost = cost
    }
}

extension Store {
    /// The outcome of a row whose call is not settled.
    static let reservedOutcome = "reserved"

    /// Enters a call with its worst case, if that fits into the month's budget and quota: one transaction, so that no
    /// two callers can both take the last dollar.
    public func reserve(_ reservation: Reservation) throws -> ReservationResult {
        let hold = try columnValue(reservation.hold)
        return try write { db in
            let known = try db.cachedStatement(sql: "SELECT 1 FROM ledger WHERE request_id = ?")
            if try Bool.fetchOne(known, arguments: [reservation.requestId]) != nil { return .known }
            let month = CalendarMonth(containing: reservation.time)
            var total = try monthTotal(month, db)
            if let quota = reservation.quota, total.requests >= quota { return .quotaExceeded(total) }
            if let limit = reservation.limit, total.spent + total.held + reservation.hold > limit {
                return .budgetExceeded(total)
            }
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO ledger
                        (request_id, time, user, team, application, model_id, outcome, correlation_id, price, hold)
                    VALUES (?, ?, ?, ?, ?, ?, '\(Self.reservedOutcome)', ?, ?, ?)
                    """
            )
            let price = try identifier(of: reservation.price, db)
            try insert.execute(arguments: [
                reservation.requestId, reservation.time.milliseconds, reservation.caller.user, reservation.caller.team,
                reservation.caller.application, reservation.modelId, reservation.correlationId, price, hold,
            ])
            total.requests += 1
            total.held += reservation.hold
            try setMonthTotal(month, total, db)
            return .reserved
        }
    }

    /// Replaces a call's hold by what it cost; false, and nothing is changed, where the call is settled already or not
    /// in the ledger.
    @discardableResult
    public func settle(_ settlement: Settlement) throws -> Bool {
        let cost = try columnValue(settlement.cost)
        return try write { db in
            let update = try db.cachedStatement(
                sql: """
                    UPDATE ledger SET settled_time = ?2, outcome = ?3, input_tokens = ?4, output_tokens = ?5,
                        cache_read_tokens = ?6, cache_write_tokens = ?7, cache_write_1h_tokens = ?8, estimated = ?9,
                        latency = ?10, retries = ?11, cost = ?12
                    WHERE request_id = ?1 AND outcome = '\(Self.reservedOutcome)' RETURNING time, hold
                    """
            )
            let usage = settlement.usage
            let open = try Row.fetchOne(
                update,
                arguments: [
                    settlement.requestId, settlement.time.milliseconds, settlement.outcome, usage.input, usage.output,
                    usage.cacheRead, usage.cacheWrite, usage.cacheWrite1h, settlement.isEstimated,
                    settlement.latencyMilliseconds, settlement.retries, cost,
                ]
            )
            guard let open else { return false }
            let month = CalendarMonth(containing: Timestamp(milliseconds: open[0]))
            var total = try monthTotal(month, db)
            total.held -= Picodollars(Int128(open[1] as Int64))
            total.spent += settlement.cost
            try setMonthTotal(month, total, db)
            return true
        }
    }

    /// Adds to the hold of a running call, for an attempt beside one that may be billed; false, and nothing is changed,
    /// where the budget leaves no room for it or the call is not running.
    public func raiseHold(_ requestId: String, by amount: Picodollars, limit: Picodollars?) throws -> Bool {
        try write { db in
            let select = try db.cachedStatement(
                sql: "SELECT time, hold FROM ledger WHERE request_id = ? AND outcome = '\(Self.reservedOutcome)'"
            )
            guard let row = try Row.fetchOne(select, arguments: [requestId]) else { return false }
            let month = CalendarMonth(containing: Timestamp(milliseconds: row[0]))
            var total = try monthTotal(month, db)
            if let limit, total.spent + total.held + amount > limit { return false }
            let hold = try columnValue(Picodollars(Int128(row[1] as Int64)) + amount)
            try db.execute(sql: "UPDATE ledger SET hold = ? WHERE request_id = ?", arguments: [hold, requestId])
            total.held += amount
            try setMonthTotal(month, total, db)
            return true
        }
    }

    /// What a call holds or held; nil where the ledger has no such call.
    public func hold(of requestId: String) throws -> Picodollars? {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT hold FROM ledger WHERE request_id = ?")
            return try Int64.fetchOne(select, arguments: [requestId]).map { Picodollars(Int128($0)) }
        }
    }

    /// The running totals of a month; zeros where it has no calls.
    public func monthTotal(_ month: CalendarMonth) throws -> MonthTotal {
        try read { try monthTotal(month, $0) }
    }

    /// The totals of a month as they stood at a moment: the running totals less what happened since.
    public func monthTotal(_ month: CalendarMonth, asOf time: Timestamp) throws -> MonthTotal {
        try read { db in
            var total = try monthTotal(month, db)
            let dollar = Picodollars.dollar.rawValue
            let begun = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), coalesce(sum(hold / \(dollar)) FILTER (WHERE settled_time IS NULL), 0),
                        coalesce(sum(hold % \(dollar)) FILTER (WHERE settled_time IS NULL), 0)
                    FROM ledger WHERE time >= ? AND time < ?
                    """,
                arguments: [max(time, month.start).milliseconds, month.end.milliseconds]
            )
            let settled = try Row.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(cost / \(dollar)), 0), coalesce(sum(cost % \(dollar)), 0),
                        coalesce(sum(hold / \(dollar)) FILTER (WHERE time < ?1), 0),
                        coalesce(sum(hold % \(dollar)) FILTER (WHERE time < ?1), 0)
                    FROM ledger WHERE settled_time >= ?1 AND time >= ?2 AND time < ?3
                    """,
                arguments: [time.milliseconds, month.start.milliseconds, month.end.milliseconds]
            )
            guard let begun, let settled else { return total }
            total.requests -= begun[0]
            total.held -= Self.sum(begun, at: 1)
            total.spent -= Self.sum(settled, at: 0)
            // A call that was settled since held its money at that moment.
            total.held += Self.sum(settled, at: 2)
            return total
        }
    }

    func monthTotal(_ month: CalendarMonth, _ db: Database) throws -> MonthTotal {
        let select = try db.cachedStatement(sql: "SELECT requests, spent, held FROM month_total WHERE month = ?")
        guard let row = try Row.fetchOne(select, arguments: [month.description]) else { return MonthTotal() }
        guard let spent = Int128(row[1] as String), let held = Int128(row[2] as String) else {
            throw StoreError(.corrupt, path: path, detail: "the total of \(month) is not a number")
        }
        return MonthTotal(requests: row[0], spent: Picodollars(spent), held: Picodollars(held))
    }

    private func setMonthTotal(_ month: CalendarMonth, _ total: MonthTotal, _ db: Database) throws {
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO month_total (month, requests, spent, held) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (month) DO UPDATE SET requests = ?2, spent = ?3, held = ?4
                """
        )
        try upsert.execute(arguments: [
            month.description, total.requests, String(total.spent.rawValue), String(total.held.rawValue),
        ])
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

    /// One call's amount as the column holds it.
    private func columnValue(_ amount: Picodollars) throws -> Int64 {
        guard amount >= .zero, let value = Int64(exactly: amount.rawValue) else {
            throw StoreError(.failed, path: path, detail: "a call cannot cost \(amount) dollars")
        }
        return value
    }
}
