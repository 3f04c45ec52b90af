import GRDB
package import PurserCore

extension Store {
    /// Stores the verdict on a month; returns false, and changes nothing, if the newest one says the same.
    @discardableResult
    package func keep(_ verdict: ReconciliationVerdict) throws -> Bool {
        try write { db in
            if let last = try reconciliations(verdict.month, limit: 1, db).first, last.isSame(as: verdict) {
                return false
            }
            try db.execute(
                sql: """
                    INSERT INTO reconciliation (month, time, status, bill, billed, recorded, skus, drifting, unmatched,
                        unknown, tolerance, prices_retrieved)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    verdict.month.description, verdict.time.milliseconds, verdict.status.rawValue, verdict.bill,
                    String(verdict.billed.rawValue), String(verdict.recorded.rawValue), verdict.skus,
                    verdict.drifting, verdict.unmatched, verdict.unknown, verdict.toleranceMillionths,
                    verdict.pricesRetrieved?.milliseconds,
                ]
            )
            return true
        }
    }

    /// Returns the verdicts on a month, the newest first.
    package func reconciliations(_ month: CalendarMonth, limit: Int = 100) throws -> [ReconciliationVerdict] {
        try read { try reconciliations(month, limit: limit, $0) }
    }

    private func reconciliations(
        _ month: CalendarMonth,
        limit: Int,
        _ db: Database
    ) throws -> [ReconciliationVerdict] {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT * FROM reconciliation WHERE month = ? ORDER BY id DESC LIMIT ?",
            arguments: [month.description, limit]
        )
        return rows.compactMap { row in
            // What a later version wrote may have a status that this one does not know.
            guard let status = Reconciliation.Status(rawValue: row["status"]),
                let billed = Int128(row["billed"] as String),
                let recorded = Int128(row["recorded"] as String)
            else { return nil }
            return ReconciliationVerdict(
                month: month,
                time: Timestamp(milliseconds: row["time"]),
                status: status,
                bill: row["bill"],
                billed: Picodollars(billed),
                recorded: Picodollars(recorded),
                skus: row["skus"],
                drifting: row["drifting"],
                unmatched: row["unmatched"],
                unknown: row["unknown"],
                toleranceMillionths: row["tolerance"],
                pricesRetrieved: (row["prices_retrieved"] as Int64?).map(Timestamp.init(milliseconds:))
            )
        }
    }
}
