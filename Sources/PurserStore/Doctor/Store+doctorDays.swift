import GRDB
package import PurserCore

extension Store {
    /// Counts the days again whose totals differ from the ledger's calls; returns what was wrong, one sentence for each.
    ///
    /// Totals that contradict each other cannot be counted again if the calls were removed; they are left as they are.
    package func mendDays(now: Timestamp) throws -> [String] {
        let differing = try read { db in
            let days = try Int64.fetchAll(db, sql: "SELECT day FROM ledger_day WHERE state <> 'counting' ORDER BY day")
            return try days.compactMap { try differingDay($0, db) }
        }
        let mendable = differing.filter(\.isMendable).map(\.day)
        var outcome = "they were counted again"
        do {
            try markDays(mendable)
            let isDone = try mendable.isEmpty || whileAlone(in: .rollUp) { try countDays(now: now) { false } } != nil
            if !isDone { outcome = "they are counted again by the program that is rolling up" }
        } catch {
            outcome = "they could not be counted again: \(error)"
        }
        return differing.map { $0.isMendable ? $0.text + "; " + outcome : $0.text }
    }

    private func markDays(_ days: [Int64]) throws {
        guard !days.isEmpty else { return }
        try write { db in
            for day in days {
                let sql = "UPDATE ledger_day SET state = 'counting' WHERE day = ? AND state = 'counted'"
                try db.execute(sql: sql, arguments: [day])
            }
        }
    }

    struct DifferingDay {
        var day: Int64
        /// Whether its calls are in the ledger.
        var isMendable: Bool
        var text: String
    }

    /// Returns what is wrong with a day's totals; nil if they are right, or are being counted.
    func differingDay(_ day: Int64, _ db: Database) throws -> DifferingDay? {
        let state = try String.fetchOne(db, sql: "SELECT state FROM ledger_day WHERE day = ?", arguments: [day])
        guard let state = state.flatMap(DayState.init), state != .counting else { return nil }
        let name = LedgerPart.name(ofDay: day)
        let detailed = try totals(of: day, detail: 1, db)
        if state.hasCalls {
            let begin = LedgerPart.start(ofDay: day).milliseconds
            let period: StatementArguments = [begin, begin + LedgerPart.dayMilliseconds]
            let counted = try Row.fetchAll(db, sql: Self.totalsOfCalls + Self.order(detail: 1), arguments: period)
            if detailed != Self.values(counted) {
                let text = "the totals of \(name) differ from the ledger's calls"
                return DifferingDay(day: day, isMendable: true, text: text)
            }
        }
        let summed = try Row.fetchAll(db, sql: Self.coarserTotals + Self.order(detail: 0), arguments: [day])
        if try totals(of: day, detail: 0, db) == Self.values(summed) { return nil }
        let text = "the totals of \(name) differ from those by user and tags"
        return DifferingDay(day: day, isMendable: state.hasCalls, text: text)
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
