import GRDB
import PurserCore

/// A row of the table of running totals: what the calls of one name and source have used of each window.
struct BudgetTotals {
    struct Period {
        var start: Timestamp
        var total: MonthTotal
    }

    /// No call that may be of this name is later.
    var latest: Timestamp
    /// By window, in the order of ``BudgetWindow``; nil if the period's calls have to be counted.
    var periods: [Period?] = BudgetWindow.allCases.map { _ in nil }

    /// Returns what a period has used if that is known, because it is the stored one or none of the name's calls can be
    /// in it.
    func total(_ window: BudgetWindow, _ period: Range<Timestamp>) -> MonthTotal? {
        if let stored = periods[window.index], stored.start == period.lowerBound { return stored.total }
        return latest < period.lowerBound ? MonthTotal() : nil
    }
}

extension Store {
    static let totalColumns = BudgetWindow.allCases.flatMap { window in
        ["start", "requests", "spent", "held"].map { "\(window.rawValue)_\($0)" }
    }

    private static let selectTotals = """
        SELECT latest, \(totalColumns.joined(separator: ", ")) FROM budget_total
        WHERE scope = ? AND name = ? AND source = ?
        """

    private static let replaceTotals = """
        INSERT OR REPLACE INTO budget_total (scope, name, source, latest, \(totalColumns.joined(separator: ", ")))
        VALUES (\(Array(repeating: "?", count: totalColumns.count + 4).joined(separator: ", ")))
        """

    func storedTotals(_ scope: BudgetScope, _ source: CallSource, _ db: Database) throws -> BudgetTotals? {
        let key = scope.key
        let select = try db.cachedStatement(sql: Self.selectTotals)
        return try Row.fetchOne(select, arguments: [key.scope, key.name, source.rawValue]).map { row in
            try totals(row, at: 0)
        }
    }

    /// Reads a row from its column `latest` on.
    func totals(_ row: Row, at first: Int) throws -> BudgetTotals {
        var totals = BudgetTotals(latest: Timestamp(milliseconds: row[first]))
        for window in BudgetWindow.allCases {
            let column = first + 1 + 4 * window.index
            guard let start: Int64 = row[column] else { continue }
            guard let requests: Int = row[column + 1], let spent: String = row[column + 2],
                let held: String = row[column + 3]
            else { continue }
            totals.periods[window.index] = BudgetTotals.Period(
                start: Timestamp(milliseconds: start),
                total: MonthTotal(
                    requests: requests,
                    spent: Picodollars(try number(spent)),
                    held: Picodollars(try number(held))
                )
            )
        }
        return totals
    }

    func setTotals(_ scope: BudgetScope, _ source: CallSource, _ totals: BudgetTotals, _ db: Database) throws {
        let key = scope.key
        var arguments: [(any DatabaseValueConvertible)?] = [
            key.scope, key.name, source.rawValue, totals.latest.milliseconds,
        ]
        for period in totals.periods {
            arguments.append(period?.start.milliseconds)
            arguments.append(period?.total.requests)
            arguments.append(period.map { String($0.total.spent.rawValue) })
            arguments.append(period.map { String($0.total.held.rawValue) })
        }
        try db.cachedStatement(sql: Self.replaceTotals).execute(arguments: StatementArguments(arguments))
    }
}
