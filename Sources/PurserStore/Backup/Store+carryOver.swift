import GRDB
import PurserCore

extension Store {
    /// Makes a copy ready to take the place of a store: carries over what the old store's ledger knows, and leaves out
    /// what may have been used since the copy was made.
    func complete(_ request: RestoreRequest, old: String?, at time: Timestamp) throws -> RestoredStore {
        do {
            return try queue.writeWithoutTransaction { db in
                let copied = try copyTime(db)
                var calls = 0
                var unreadable: String?
                if let old {
                    do {
                        calls = try carryOver(from: old, request, since: min(copied ?? time, time), at: time, db)
                    } catch let error as DatabaseError {
                        let reason = StoreError.reason(of: error, path: request.path)
                        guard request.isForced else {
                            throw unforced(
                                request,
                                "it cannot be read (\(reason))",
                                "--force replaces it all the same, and --spent says what the month is known to have cost"
                            )
                        }
                        unreadable = reason
                    }
                }
                var restoration = Restoration(
                    time: time,
                    copied: copied,
                    calls: calls,
                    spent: .zero,
                    skipped: Restoration.skippedNumbers(copied: copied, at: time)
                )
                try db.inTransaction(.immediate) {
                    restoration.spent = try addSpent(request.spent, at: time, db)
                    try countAgain(at: time, db)
                    try record(restoration, db)
                    return .commit
                }
                return RestoredStore(
                    store: request.path,
                    file: request.file,
                    restoration: restoration,
                    ledgerRows: 0,
                    kept: nil,
                    unreadable: unreadable
                )
            }
        } catch {
            throw StoreError.translating(error, path: request.file)
        }
    }

    /// Returns when the copy was made, or the newest time in it.
    private func copyTime(_ db: Database) throws -> Timestamp? {
        let time = try Int64.fetchOne(
            db,
            sql: """
                SELECT coalesce((SELECT time FROM backup), max(coalesce((SELECT max(ran) FROM evaluation), 0),
                    coalesce((SELECT max(updated) FROM alarm), 0), coalesce((SELECT max(time) FROM ledger), 0),
                    coalesce((SELECT max(newest) FROM writer), 0) * 1000))
                """
        )
        return time.flatMap { $0 > 0 ? Timestamp(milliseconds: $0) : nil }
    }

    private func unforced(_ request: RestoreRequest, _ reason: String, _ advice: String) -> BackupError {
        BackupError("there is a store at \(request.path), and \(reason); nothing was replaced: \(advice)")
    }

    /// Carries over the calls of the month of the copy and of later months that the old store has and the copy does not,
    /// and what makes a copy safe; returns how many calls those are.
    private func carryOver(
        from old: String,
        _ request: RestoreRequest,
        since copied: Timestamp,
        at time: Timestamp,
        _ db: Database
    ) throws -> Int {
        try db.execute(sql: "ATTACH DATABASE ? AS old", arguments: [old])
        var calls = 0
        // A failure leaves the copy as it was.
        defer { try? db.execute(sql: "DETACH DATABASE old") }
        let check = try String.fetchAll(db, sql: "PRAGMA old.quick_check")
        guard check == ["ok"] else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: check.first ?? "no result")
        }
        let tables = Set(try String.fetchAll(db, sql: "SELECT name FROM old.sqlite_schema WHERE type = 'table'"))
        let isSame =
            try tables.contains("origin")
            && Bool.fetchOne(db, sql: "SELECT (SELECT name FROM old.origin) = (SELECT name FROM main.origin)") == true
        guard isSame || request.isForced else {
            throw unforced(
                request,
                "the copy was not made of it",
                "--force replaces it all the same, and carries over its calls since the month of the copy began"
            )
        }
        // A new file that no program has written to yet.
        guard tables.contains("ledger") else { return 0 }
        // A week, or a month of another zone, may begin before the month in UTC.
        let starts = try budgets(db).map { $0.period(containing: min(copied, time)).lowerBound }
        let month = min(CalendarMonth(containing: copied).start, CalendarMonth(containing: time).start)
        let since = ([month] + starts).reduce(month, min)
        try db.inTransaction(.immediate) {
            try carryingClosings(isSame && tables.contains("closed_month"), db) {
                if isSame, tables.contains("ledger_day") { try carryRemovedDays(since: since, db) }
                calls = try carryCalls(since: since, tables, db)
                // The old store may be one from before names were brought into one form.
                try StoredNames.normalise(db)
            }
            if tables.contains("access_key") { try carryRevocations(db) }
            if isSame { try dropRemovedLetters(db) }
            return .commit
        }
        return calls
    }

    /// Takes over what days add up to whose calls the old store has removed since the copy was made, in the place of the calls
    /// that the copy has of them.
    private func carryRemovedDays(since: Timestamp, _ db: Database) throws {
        let days = try Int64.fetchAll(
            db,
            sql: """
                SELECT day FROM old.ledger_day WHERE state IN ('removing', 'removed') AND (day + 1) * ?2 > ?1
                    AND day NOT IN (SELECT day FROM main.ledger_day WHERE state IN ('removing', 'removed'))
                """,
            arguments: [since.milliseconds, LedgerPart.dayMilliseconds]
        )
        try carryPrices(of: "old.ledger_day_total", db)
        let columns = "detail, day, number, " + Self.totalKeys(detail: 1) + ", " + Self.totalSums
        let values = columns.replacing(" price,", with: " \(Self.carriedPrice),")
        for day in days {
            let begin = LedgerPart.start(ofDay: day).milliseconds
            let arguments: StatementArguments = [day]
            // While the day is being removed, a deleted call corrects nothing.
            try db.execute(
                sql: "INSERT OR REPLACE INTO main.ledger_day SELECT * FROM old.ledger_day WHERE day = ?",
                arguments: arguments
            )
            try db.execute(sql: "UPDATE main.ledger_day SET state = 'removing' WHERE day = ?", arguments: arguments)
            try db.execute(
                sql: "DELETE FROM main.ledger WHERE time >= ? AND time < ?",
                arguments: [begin, begin + LedgerPart.dayMilliseconds]
            )
            try db.execute(sql: "DELETE FROM main.ledger_day_total WHERE day = ?", arguments: arguments)
            try db.execute(
                sql:
                    "INSERT INTO main.ledger_day_total (\(columns)) SELECT \(values) FROM old.ledger_day_total AS known WHERE day = ?",
                arguments: arguments
            )
            try db.execute(sql: "UPDATE main.ledger_day SET state = 'removed' WHERE day = ?", arguments: arguments)
        }
    }

    /// Takes over the prices that rows of the old store were charged at.
    func carryPrices(of rows: String, arguments: StatementArguments = StatementArguments(), _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO main.price (model_id, content) SELECT model_id, content FROM old.price
                WHERE id IN (SELECT price FROM \(rows))
                """,
            arguments: arguments
        )
    }

    /// The copy's id of the price of a row of the old store, which is named `known`.
    static let carriedPrice = """
        (SELECT mine.id FROM main.price AS mine JOIN old.price AS theirs USING (content) WHERE theirs.id = known.price)
        """

    private func carryCalls(since: Timestamp, _ tables: Set<String>, _ db: Database) throws -> Int {
        let known = Set(try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('ledger', 'old')"))
        let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('ledger', 'main')")
            .filter { known.contains($0) && $0 != "id" && $0 != "price" }
        let list = columns.joined(separator: ", ")
        // What was learned of calls of closed months, however old they are.
        let isCorrected =
            tables.contains("ledger_correction")
            ? "request_id IN (SELECT request_id FROM old.ledger_correction)" : "FALSE"
        // The totals that were carried over have the calls of a day whose removal has begun.
        let isOwn =
            tables.contains("ledger_day")
            ? """
            NOT EXISTS (SELECT 1 FROM old.ledger_day WHERE state = 'removing'
                AND day = known.time / \(LedgerPart.dayMilliseconds) AND known.id <= last_id)
            """ : "TRUE"
        let from = since.milliseconds
        try carryPrices(of: "old.ledger WHERE time >= ? OR \(isCorrected)", arguments: [from], db)
        // Calls that ran when the copy was made, and have ended since.
        try db.execute(
            sql: """
                UPDATE main.ledger SET (\(list)) = (SELECT \(list) FROM old.ledger AS known
                    WHERE known.request_id = main.ledger.request_id)
                WHERE (settled_time IS NULL OR \(isCorrected)) AND request_id IN
                    (SELECT request_id FROM old.ledger WHERE settled_time IS NOT NULL)
                """
        )
        let settled = db.changesCount
        try db.execute(
            sql: """
                INSERT INTO main.ledger (\(list), price) SELECT \(list), \(Self.carriedPrice) FROM old.ledger AS known
                WHERE (time >= ? OR \(isCorrected)) AND request_id NOT IN (SELECT request_id FROM main.ledger)
                    AND \(isOwn) ORDER BY id
                """,
            arguments: [from]
        )
        return settled + db.changesCount
    }

    /// A key that was revoked must not work again.
    private func carryRevocations(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE main.access_key SET revoked =
                    (SELECT revoked FROM old.access_key AS known WHERE known.id = main.access_key.id)
                WHERE revoked IS NULL AND id IN (SELECT id FROM old.access_key WHERE revoked IS NOT NULL)
                """
        )
    }

    /// A letter that was dropped, sent to its queue or answered since must not come back.
    private func dropRemovedLetters(_ db: Database) throws {
        try db.execute(sql: "PRAGMA main.secure_delete = ON")
        try db.execute(
            sql: """
                DELETE FROM main.dead_letter WHERE request_id NOT IN (SELECT request_id FROM old.dead_letter)
                """
        )
    }

    /// Enters what the current month is known to have cost beyond the ledger's calls; returns that amount.
    private func addSpent(_ known: Picodollars?, at time: Timestamp, _ db: Database) throws -> Picodollars {
        let month = CalendarMonth(containing: time)
        // A bill has the calls that were imported as well.
        let recorded =
            try ledgerTotal(month.period, .all, .live, db).spent + ledgerTotal(month.period, .all, .imported, db).spent
        let missing = (known ?? .zero) - recorded
        guard missing > .zero else { return .zero }
        // As of the month's first moment, so that it does not use up the present hour, day or week as well.
        guard let cost = Int64(exactly: missing.rawValue) else {
            throw BackupError("--spent: \(missing) dollars are more than one entry of the ledger can have")
        }
        try db.execute(
            sql:
                "INSERT OR IGNORE INTO price (model_id, content) VALUES ('(restored)', 'entered by purser restore --spent')"
        )
        try db.execute(
            sql: """
                INSERT INTO ledger (request_id, time, settled_time, model_id, outcome, estimated, price, hold, cost)
                SELECT 'restored-' || lower(hex(randomblob(8))), ?3, ?1, model_id, '\(Self.restoredOutcome)', 1, id, ?2, ?2 FROM price
                WHERE content = 'entered by purser restore --spent'
                """,
            arguments: [time.milliseconds, cost, month.start.milliseconds]
        )
        return missing
    }

    /// Counts the totals of all months and of the budgets' present periods from the ledger.
    private func countAgain(at time: Timestamp, _ db: Database) throws {
        let months = try String.fetchAll(
            db,
            sql: """
                SELECT month FROM month_total
                UNION SELECT DISTINCT strftime('%Y-%m', time / 1000, 'unixepoch') FROM ledger
                """
        )
        for month in months.compactMap({ CalendarMonth($0) }) {
            for source in CallSource.allCases {
                try setMonthTotal(month, source, try countedTotal(month, source, db), db)
            }
        }
        try db.execute(sql: "DELETE FROM budget_total")
        for scope in Set(try budgets(db).map(\.scope)) { try countAgain(scope, at: time, db) }
    }

    private func record(_ restoration: Restoration, _ db: Database) throws {
        let skipped = restoration.skipped
        // The last change of each alarm keeps its history, its acknowledgement and its messages.
        for (table, condition) in [
            ("alarm_history", "transition = (SELECT transition FROM alarm WHERE alarm.name = alarm_history.name)"),
            ("acknowledgement", "TRUE"), ("alarm", "TRUE"),
        ] {
            try db.execute(
                sql: "UPDATE \(table) SET transition = transition + ? WHERE \(condition)",
                arguments: [skipped]
            )
        }
        try db.execute(
            sql: """
                UPDATE outbox SET number = number + ?1 WHERE about = 'alarm' AND number + ?1 =
                    (SELECT transition FROM alarm WHERE alarm.name = outbox.source)
                """,
            arguments: [skipped]
        )
        // Messages that wait in the copy may have been sent since: they have the same ids, and are marked late.
        try db.execute(
            sql: """
                UPDATE outbox SET attributes = json_set(attributes, '$.late', 'true')
                WHERE status = 'pending' AND created < ?
                """,
            arguments: [(restoration.time + -60).milliseconds]
        )
        try db.execute(sql: "DELETE FROM backup; DELETE FROM heartbeat")
        try db.execute(
            sql: "INSERT INTO restoration (time, copied, calls, spent, skipped) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                restoration.time.milliseconds, restoration.copied?.milliseconds, restoration.calls,
                String(restoration.spent.rawValue), skipped,
            ]
        )
    }
}
