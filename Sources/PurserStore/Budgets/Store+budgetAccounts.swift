import GRDB
import PurserCore

/// A call as budgets count it: a call belongs to the periods in which its hold was taken.
struct AccountedCall {
    var time: Timestamp
    /// Only calls of the same source are counted together.
    var source: CallSource
    var caller: Caller
}

/// What a transaction does with the totals of a call.
enum AccountUse {
    /// Takes a hold that the budgets may refuse.
    case reserving
    /// Takes a hold that no budget refuses, so that nothing has to be counted for it.
    case noting
    /// Adds to a hold that may be of an earlier period.
    case raising
    /// Replaces a hold by its cost, whatever the budgets have left.
    case settling
}

/// The accounts of a call, with the rows in which their totals are stored.
struct OpenAccounts {
    var accounts: BudgetAccounts
    fileprivate var call: AccountedCall
    fileprivate var rows: [Row] = []
    /// For each account, the row that its total is stored in; nil if it is not stored.
    fileprivate var places: [Int?]
    /// Whether a total that is to be stored was counted from the ledger.
    fileprivate(set) var isCounted = false

    fileprivate struct Row {
        var scope: BudgetScope
        var totals: BudgetTotals
        var isChanged = false
    }
}

extension Store {
    /// Returns the accounts that a call counts towards; `limit` and `quota` are those of the process, for what the store
    /// does not limit.
    func budgetAccounts(
        of call: AccountedCall,
        limit: Picodollars?,
        quota: Int? = nil,
        for use: AccountUse,
        _ db: Database
    ) throws -> OpenAccounts {
        let table = try budgetTable(db)
        let whole = table.ofAll(limit: limit, requests: quota)
        let month = CalendarMonth(containing: call.time)
        var open = OpenAccounts(
            accounts: BudgetAccounts(
                list: [
                    .init(
                        budget: whole[0],
                        period: month.start..<month.end,
                        total: try monthTotal(month, call.source, db)
                    )
                ]
            ),
            call: call,
            places: [nil]
        )
        try add(.all, whole.dropFirst(), &open, use, table, db)
        for scope in call.caller.scopes {
            let budgets = table.limiting(scope)
            if !budgets.isEmpty { try add(scope, budgets[...], &open, use, table, db) }
        }
        return open
    }

    private func add(
        _ scope: BudgetScope,
        _ budgets: ArraySlice<Budget>,
        _ open: inout OpenAccounts,
        _ use: AccountUse,
        _ table: BudgetTable,
        _ db: Database
    ) throws {
        let (time, source) = (open.call.time, open.call.source)
        guard !budgets.isEmpty, var totals = try totals(scope, open.call, use, table, db) else { return }
        let row = open.rows.count
        for budget in budgets {
            let period = budget.period(containing: time)
            let stored = totals.periods[budget.window.index]
            let isStored = stored?.start == period.lowerBound
            if use == .settling, !isStored { continue }
            let isEarlier = stored.map { $0.start > period.lowerBound } ?? false
            var total = totals.total(budget.window, period)
            let isKnown = total != nil
            if !isKnown, use != .noting { total = try ledgerTotal(period, scope, source, db) }
            guard let total else {
                if !isEarlier { totals.periods[budget.window.index] = nil }
                continue
            }
            open.accounts.list.append(.init(budget: budget, period: period, total: total))
            // Live calls go forward in time. Of two processes whose clocks differ, the one behind does not bring an
            // earlier period back.
            let isKept = isStored || use == .noting || use == .reserving && (source != .live || !isEarlier)
            open.places.append(isKept ? row : nil)
            if isKept, !isKnown { open.isCounted = true }
        }
        // Even if no total of the row is changed, it must not say that the name has no call as late as this one.
        let isLatest = use != .raising && use != .settling && time > totals.latest
        if isLatest { totals.latest = time }
        open.rows.append(OpenAccounts.Row(scope: scope, totals: totals, isChanged: use == .noting || isLatest))
    }

    /// Returns the row of a name, or the one that it would have; nil if nothing has to be stored for this use.
    private func totals(
        _ scope: BudgetScope,
        _ call: AccountedCall,
        _ use: AccountUse,
        _ table: BudgetTable,
        _ db: Database
    ) throws -> BudgetTotals? {
        if let stored = try storedTotals(scope, call.source, db) { return stored }
        if use == .settling { return nil }
        let each = BudgetScope.each(scope.kind)
        guard scope.kind != .all, table.has(each), !table.has(scope) else {
            return use == .noting ? nil : BudgetTotals(latest: try latestCall(db))
        }
        // All names were counted when the budget for each was set, so that a name without a row has no calls.
        if let counted = try storedTotals(each, call.source, db) { return counted }
        if use == .noting { return nil }
        try count(each, table.limiting(each), call.source, at: call.time, table, db)
        return try storedTotals(scope, call.source, db) ?? storedTotals(each, call.source, db)
    }

    func store(_ open: OpenAccounts, _ db: Database) throws {
        let call = open.call
        try setMonthTotal(CalendarMonth(containing: call.time), call.source, open.accounts.list[0].total, db)
        try storeTotals(open, db)
    }

    /// Stores the totals of names, without that of the month of all calls.
    func storeTotals(_ open: OpenAccounts, _ db: Database) throws {
        let (list, call) = (open.accounts.list, open.call)
        var rows = open.rows
        for (account, place) in zip(list, open.places) {
            guard let place else { continue }
            rows[place].totals.periods[account.budget.window.index] = .init(
                start: account.period.lowerBound,
                total: account.total
            )
            rows[place].isChanged = true
        }
        for row in rows where row.isChanged { try setTotals(row.scope, call.source, row.totals, db) }
    }

    // Counting.

    /// Forgets the totals of a scope whose budgets have changed, and counts those of live calls, so that no call has to
    /// wait for that; those of other sources are counted when they are first needed.
    func countAgain(_ scope: BudgetScope, at time: Timestamp, _ db: Database) throws {
        let (key, each) = (scope.key, BudgetScope.each(scope.kind).key)
        let table = try budgetTable(db)
        guard scope.isEach else {
            try db.execute(
                sql: "DELETE FROM budget_total WHERE scope = ?1 AND name = ?2 OR scope = ?3 AND source <> 'live'",
                arguments: [key.scope, key.name, each.scope]
            )
            return try count(scope, at: time, table, db)
        }
        try db.execute(
            sql: "DELETE FROM budget_total WHERE scope IN (?, ?)",
            arguments: [scope.kind.rawValue, each.scope]
        )
        let budgets = table.limiting(scope)
        if !budgets.isEmpty { try count(scope, budgets, .live, at: time, table, db) }
        for named in table.named(scope.kind) { try count(named, at: time, table, db) }
    }

    /// Counts the live calls of one name, or all, in the periods of `time`.
    private func count(_ scope: BudgetScope, at time: Timestamp, _ table: BudgetTable, _ db: Database) throws {
        let stored = table.limiting(scope).filter { !$0.isOfAllInMonth }
        if stored.isEmpty { return }
        var totals = BudgetTotals(latest: try latestCall(db))
        for budget in stored {
            let period = budget.period(containing: time)
            totals.periods[budget.window.index] = .init(
                start: period.lowerBound,
                total: try ledgerTotal(period, scope, .live, db)
            )
        }
        try setTotals(scope, .live, totals, db)
    }

    /// Counts the calls of every name of a kind that has no budget of its own, in the periods of `time`.
    private func count(
        _ each: BudgetScope,
        _ budgets: [Budget],
        _ source: CallSource,
        at time: Timestamp,
        _ table: BudgetTable,
        _ db: Database
    ) throws {
        var none = BudgetTotals(latest: try latestCall(db))
        var counted: [(window: BudgetWindow, totals: [ExactText: MonthTotal])] = []
        for budget in budgets {
            let period = budget.period(containing: time)
            none.periods[budget.window.index] = .init(start: period.lowerBound, total: MonthTotal())
            counted.append((budget.window, try ledgerTotals(period, each.kind, source, db)))
        }
        for name in Set(counted.flatMap(\.totals.keys)) {
            let scope = BudgetScope.named(each.kind, name.text)
            if table.has(scope) { continue }
            var totals = none
            for (window, found) in counted {
                totals.periods[window.index]?.total = found[name] ?? MonthTotal()
            }
            try setTotals(scope, source, totals, db)
        }
        try setTotals(each, source, none, db)
    }

    /// The time of the latest call, of whatever source; no time at all if there is none.
    private func latestCall(_ db: Database) throws -> Timestamp {
        Timestamp(milliseconds: try Int64.fetchOne(db, sql: "SELECT max(time) FROM ledger") ?? .min)
    }
}
