import GRDB
package import PurserCore

extension Store {
    /// Counts the days again whose totals differ from the ledger's calls; returns what was wrong, one sentence for each.
    ///
    /// Totals that contradict each other cannot be counted again if the calls were removed; they are left as they are.
    package func mendDays(now: Timestamp) throws -> [String] {
        let differing = try read { try differingDays($0) }
        let mendable = differing.filter(\.isMendable).map(\.day)
        if !mendable.isEmpty {
            try write { db in
                for day in mendable {
                    try db.execute(
                        sql: "UPDATE ledger_day SET state = 'counting' WHERE day = ? AND state = 'counted'",
                        arguments: [day]
                    )
                }
            }
            _ = try whileAlone(in: .rollUp) { try countDays(now: now) { false } }
        }
        return differing.map(\.text)
    }

    private struct DifferingDay {
        var day: Int64
        var isMendable: Bool
        var text: String
    }

    private func differingDays(_ db: Database) throws -> [DifferingDay] {
        let days = try Row.fetchAll(db, sql: "SELECT day, state FROM ledger_day WHERE state <> 'counting' ORDER BY day")
        return try days.compactMap { row in
            let day: Int64 = row[0]
            let name = LedgerPart.name(ofDay: day)
            let coarse = try totals(of: day, detail: 0, db)
            let detailed = try totals(of: day, detail: 1, db)
            let isMendable = row[1] == DayState.counted.rawValue
            if isMendable {
                let begin = LedgerPart.start(ofDay: day).milliseconds
                let period: StatementArguments = [begin, begin + LedgerPart.dayMilliseconds]
                let counted = try Row.fetchAll(db, sql: Self.totalsOfCalls + Self.order(detail: 1), arguments: period)
                guard detailed == Self.values(counted) else {
                    let text = "the totals of \(name) differ from the ledger's calls; they were counted again"
                    return DifferingDay(day: day, isMendable: true, text: text)
                }
            }
            let summed = try Row.fetchAll(db, sql: Self.coarserTotals + Self.order(detail: 0), arguments: [day])
            if coarse == Self.values(summed) { return nil }
            let text = "the totals of \(name) differ from those by user and tags"
            return DifferingDay(
                day: day,
                isMendable: isMendable,
                text: isMendable ? text + "; they were counted again" : text
            )
        }
    }

    private func totals(of day: Int64, detail: Int, _ db: Database) throws -> [[DatabaseValue]] {
        let keys = Self.totalKeys(detail: detail)
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT \(keys), \(Self.totalSums) FROM ledger_day_total WHERE detail = ? AND day = ?"
                + Self.order(detail: detail),
            arguments: [detail, day]
        )
        return Self.values(rows)
    }

    private static func values(_ rows: [Row]) -> [[DatabaseValue]] {
        rows.map { $0.map(\.1) }
    }

    private static func order(detail: Int) -> String {
        " ORDER BY " + totalKeys(detail: detail)
    }
}
