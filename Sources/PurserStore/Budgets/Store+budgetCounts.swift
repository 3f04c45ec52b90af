import GRDB
import PurserCore

// Totals counted from the ledger itself, and the running totals compared with them.

extension CalendarMonth {
    /// From the month's first moment to the first one after it.
    var period: Range<Timestamp> { start..<end }
}

extension Store {
    /// Returns the total of a scope's calls from one source in a period, counted row by row.
    func ledgerTotal(_ period: Range<Timestamp>, _ scope: BudgetScope, _ source: CallSource, _ db: Database) throws
        -> MonthTotal
    {
        let condition = scope.kind == .all ? "?3 = ''" : "\(scope.kind.rawValue) = ?3"
        let select = try db.cachedStatement(
            sql: "SELECT \(Self.totals) FROM ledger WHERE time >= ?1 AND time < ?2 AND \(condition) AND source = ?4"
        )
        let row = try Row.fetchOne(
            select,
            arguments: [
                period.lowerBound.milliseconds, period.upperBound.milliseconds, scope.name ?? "", source.rawValue,
            ]
        )
        return row.map { Self.total($0, at: 0) } ?? MonthTotal()
    }

    /// Returns the total of a month's calls from one source, counted row by row, and by the totals of the days whose calls
    /// were removed.
    func countedTotal(_ month: CalendarMonth, _ source: CallSource, _ db: Database) throws -> MonthTotal {
        let isNotRemoved = try isRemoving(db) ? "AND " + Self.isNotInTotals : ""
        let calls = try Row.fetchOne(
            db,
            sql: """
                SELECT \(Self.totals) FROM ledger WHERE time >= ? AND time < ? AND source = ? \(isNotRemoved)
                """,
            arguments: [month.start.milliseconds, month.end.milliseconds, source.rawValue]
        )
        let removed = try removedTotal(LedgerPart.wholeDays(month.period), source, db)
        var total = calls.map { Self.total($0, at: 0) } ?? MonthTotal()
        total.requests += removed.requests
        total.spent += removed.spent
        return total
    }

    /// Returns the totals of a period's calls from one source for each name in one kind of scope, counted row by row.
    func ledgerTotals(
        _ period: Range<Timestamp>,
        _ kind: BudgetScope.Kind,
        _ source: CallSource,
        _ db: Database
    ) throws -> [ExactText: MonthTotal] {
        let column = kind.rawValue
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(column), \(Self.totals) FROM ledger
                WHERE time >= ? AND time < ? AND source = ? AND \(column) IS NOT NULL GROUP BY 1
                """,
            arguments: [period.lowerBound.milliseconds, period.upperBound.milliseconds, source.rawValue]
        )
        return Dictionary(uniqueKeysWithValues: rows.map { (ExactText($0[0]), Self.total($0, at: 1)) })
    }

    /// Returns the faults in the running totals of budgets, one sentence for each.
    func differingBudgets(_ db: Database) throws -> [String] {
        let table = BudgetTable(try budgets(db))
        let stored = try Row.fetchAll(
            db,
            sql: """
                SELECT scope, name, source, latest, \(Self.totalColumns.joined(separator: ", ")) FROM budget_total
                ORDER BY scope, name, source
                """
        )
        var pass = Pass()
        var rows: [CallSource: Set<BudgetScope>] = [:]
        var faults: [String] = []
        for row in stored {
            guard let scope = BudgetScope(scope: row[0], name: row[1]) else {
                faults.append("a running total has an unknown scope")
                continue
            }
            let source = try callSource(row[2])
            rows[source, default: []].insert(scope)
            let totals = try totals(row, at: 3)
            for budget in table.limiting(scope) {
                guard !scope.isEach, let found = totals.periods[budget.window.index] else { continue }
                let period = budget.period(containing: found.start)
                // The totals of a name that has made no calls since cannot be compared with calls that were removed.
                if try hasRemovedCalls(period, db) { continue }
                let expected =
                    scope.kind == .all
                    ? try ledgerTotal(period, scope, source, db)
                    : try counted(period, scope.kind, source, &pass, db)[ExactText(scope.name ?? "")] ?? MonthTotal()
                if found.total == expected { continue }
                let name = ([scope.word] + [scope.name].compactMap(\.self)).joined(separator: " ")
                let fault =
                    "the total of \(source.inTotals)\(name) in the \(budget.window.rawValue) from \(found.start) "
                    + Self.difference(found.total, ledger: expected)
                if faults.last != fault { faults.append(fault) }
            }
        }
        return try faults + uncounted(table, rows, &pass, db)
    }

    /// The totals of the names of a kind, counted once for all rows that are compared with them.
    private typealias Pass = [String: [ExactText: MonthTotal]]

    private func counted(
        _ period: Range<Timestamp>,
        _ kind: BudgetScope.Kind,
        _ source: CallSource,
        _ pass: inout Pass,
        _ db: Database
    ) throws -> [ExactText: MonthTotal] {
        let key = "\(period) \(kind) \(source)"
        let totals = try pass[key] ?? ledgerTotals(period, kind, source, db)
        pass[key] = totals
        return totals
    }

    /// Returns the names that have calls in the period in which all names of a budget for each were counted, but no running
    /// total, as long as that is the period of the newest call.
    private func uncounted(
        _ table: BudgetTable,
        _ rows: [CallSource: Set<BudgetScope>],
        _ pass: inout Pass,
        _ db: Database
    ) throws -> [String] {
        guard let latest = try Int64.fetchOne(db, sql: "SELECT max(time) FROM ledger") else { return [] }
        var faults: [String] = []
        for (source, scopes) in rows {
            for each in scopes where each.isEach {
                let counted = try storedTotals(each, source, db)
                for budget in table.limiting(each) {
                    let period = budget.period(containing: Timestamp(milliseconds: latest))
                    guard counted?.periods[budget.window.index]?.start == period.lowerBound else { continue }
                    let names = try self.counted(period, each.kind, source, &pass, db)
                    faults += names.keys.map { BudgetScope.named(each.kind, $0.text) }
                        .filter { !scopes.contains($0) && !table.has($0) }
                        .map { "the calls of \(source.inTotals)\($0.word) \($0.name ?? "") are not counted" }
                }
            }
        }
        return Set(faults).sorted()
    }

    func callSource(_ text: String) throws -> CallSource {
        guard let source = CallSource(rawValue: text) else {
            throw StoreError(.corrupt, path: path, detail: "`\(text)` is not a source of calls")
        }
        return source
    }

    static func difference(_ found: MonthTotal, ledger: MonthTotal) -> String {
        "says \(found.requests) calls, \(found.spent) spent, \(found.held) held; the ledger has \(ledger.requests),"
            + " \(ledger.spent), \(ledger.held)"
    }

    /// Whole dollars and the rest are summed separately: SQLite's own sum would overflow at nine million dollars.
    private static let totals: String = {
        let dollar = Picodollars.dollar.rawValue
        return """
            count(*), coalesce(sum(cost / \(dollar)), 0), coalesce(sum(cost % \(dollar)), 0),
            coalesce(sum(hold / \(dollar)) FILTER (WHERE settled_time IS NULL), 0),
            coalesce(sum(hold % \(dollar)) FILTER (WHERE settled_time IS NULL), 0)
            """
    }()

    private static func total(_ row: Row, at index: Int) -> MonthTotal {
        MonthTotal(requests: row[index], spent: sum(row, at: index + 1), held: sum(row, at: index + 3))
    }
}

extension CallSource {
    /// The source before the name of a total; live calls are what a total is usually about.
    var inTotals: String {
        self == .live ? "" : "\(rawValue) calls of "
    }
}
