import GRDB
package import PurserCore

extension Store {
    /// Returns the current states of the alarms by name.
    package func alarmRecords() throws -> [String: AlarmRecord] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM alarm")
            let records = try rows.map { row in
                AlarmRecord(
                    name: row["name"],
                    state: try state(row["state"]),
                    reason: row["reason"],
                    reasonData: row["reason_data"],
                    updated: Timestamp(milliseconds: row["updated"]),
                    transition: row["transition"],
                    definition: row["definition"],
                    configured: Timestamp(milliseconds: row["configured"]),
                    suppression: suppression(row)
                )
            }
            return Dictionary(records.map { ($0.name, $0) }) { first, _ in first }
        }
    }

    /// Returns the changes of one alarm or of all alarms, up to and including a given time, newest first.
    package func transitions(
        of name: String? = nil,
        until: Timestamp = Timestamp(milliseconds: .max),
        limit: Int
    ) throws -> [AlarmTransition] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM alarm_history WHERE (?1 IS NULL OR name = ?1) AND time <= ?2
                    ORDER BY time DESC, id DESC LIMIT ?3
                    """,
                arguments: [name, until.milliseconds, limit]
            )
            return try rows.map { row in
                AlarmTransition(
                    name: row["name"],
                    number: row["transition"],
                    time: Timestamp(milliseconds: row["time"]),
                    oldState: try state(row["old_state"]),
                    newState: try state(row["new_state"]),
                    reason: row["reason"],
                    reasonData: row["reason_data"]
                )
            }
        }
    }

    /// Returns the last evaluation; nil before the first.
    package func lastEvaluation() throws -> EvaluationRecord? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT time, ran FROM evaluation").map {
                EvaluationRecord(time: Timestamp(milliseconds: $0[0]), ran: Timestamp(milliseconds: $0[1]))
            }
        }
    }

    /// Stores the states, history and messages of one evaluation together; returns false, without changing anything, if
    /// another run finished first or a state was set by hand in the meantime.
    package func commit(_ evaluation: EvaluationCommit) throws -> Bool {
        try write { db in
            let last = try Int64.fetchOne(db, sql: "SELECT time FROM evaluation")
            guard last == evaluation.previous?.milliseconds else { return false }
            // A state that was set by hand in the meantime is not overwritten; the next run starts from it.
            let changes = Dictionary(grouping: evaluation.transitions, by: \.name)
            for record in evaluation.alarms {
                let read = record.transition - (changes[record.name]?.count ?? 0)
                guard try transition(of: record.name, db) == read else { return false }
            }
            for record in evaluation.alarms { try save(record, db) }
            for transition in evaluation.transitions { try add(transition, db) }
            for notification in evaluation.budgetNotifications { try save(notification, db) }
            for message in evaluation.messages { try enqueue(message, db) }
            try finish(evaluation.endedMutes, db)
            if let previous = evaluation.previous, evaluation.time < previous {
                try reopenMutes(at: evaluation.time, db)
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO evaluation (id, time, ran) VALUES (1, ?, ?)",
                arguments: [evaluation.time.milliseconds, evaluation.ran.milliseconds]
            )
            try extendSpan(by: evaluation, db)
            return true
        }
    }

    /// Sets an alarm's state by hand, as SetAlarmState does: the record is stored together with its change and its
    /// messages.
    ///
    /// Returns false, without changing anything, if the alarm has changed since the record was read.
    package func set(_ record: AlarmRecord, _ transition: AlarmTransition, messages: [OutboxMessage]) throws -> Bool {
        try write { db in
            guard try self.transition(of: record.name, db) == transition.number - 1 else { return false }
            try save(record, db)
            try add(transition, db)
            for message in messages { try enqueue(message, db) }
            return true
        }
    }

    /// Returns the number after which those of a new alarm's changes begin: zero, except in a restored store.
    package func lastSkippedNumber() throws -> Int {
        try read(lastSkippedNumber)
    }

    private func lastSkippedNumber(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT coalesce(sum(skipped), 0) FROM restoration") ?? 0
    }

    /// Returns the number of an alarm's last change.
    private func transition(of name: String, _ db: Database) throws -> Int {
        let select = try db.cachedStatement(sql: "SELECT transition FROM alarm WHERE name = ?")
        return try Int.fetchOne(select, arguments: [name]) ?? lastSkippedNumber(db)
    }

    private func save(_ record: AlarmRecord, _ db: Database) throws {
        let suppression = record.suppression
        let until = suppression?.phase?.end
        let insert = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO alarm
                    (name, state, reason, reason_data, updated, transition, definition, configured, suppressor,
                        suppressed_by, suppressed_until, pending)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try insert.execute(arguments: [
            record.name, record.state.rawValue, record.reason, record.reasonData, record.updated.milliseconds,
            record.transition, record.definition, record.configured.milliseconds, suppression?.suppressor,
            suppression?.phase?.name, until?.milliseconds, suppression?.isPending == true ? 1 : 0,
        ])
    }

    private func suppression(_ row: Row) -> AlarmSuppression? {
        guard let suppressor: String = row["suppressor"] else { return nil }
        let until = (row["suppressed_until"] as Int64?).map(Timestamp.init(milliseconds:))
        let phase: AlarmSuppression.Phase? =
            switch (row["suppressed_by"] as String?, until) {
            case ("WaitPeriod", let until?): .waitPeriod(until: until)
            case ("ExtensionPeriod", let until?): .extensionPeriod(until: until)
            case ("Alarm", _): .alarm
            default: nil
            }
        return AlarmSuppression(suppressor: suppressor, phase: phase, isPending: row["pending"] == 1)
    }

    private func add(_ transition: AlarmTransition, _ db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO alarm_history (name, transition, time, old_state, new_state, reason, reason_data)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        try insert.execute(arguments: [
            transition.name, transition.number, transition.time.milliseconds, transition.oldState.rawValue,
            transition.newState.rawValue, transition.reason, transition.reasonData,
        ])
    }

    func state(_ text: String) throws -> AlarmState {
        guard let state = AlarmState(rawValue: text) else {
            throw StoreError(.corrupt, path: path, detail: "\(text) is not an alarm state")
        }
        return state
    }
}
