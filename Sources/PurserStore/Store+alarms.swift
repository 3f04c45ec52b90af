import GRDB
public import PurserCore

/// An alarm's present state.
public struct AlarmRecord: Sendable, Equatable {
    public var name: String
    public var state: AlarmState
    public var reason: String
    /// CloudWatch's StateReasonData, as JSON text.
    public var reasonData: String?
    /// When the state last changed.
    public var updated: Timestamp
    /// How many changes there were.
    public var transition: Int
    /// The alarm's JSON as it was last evaluated.
    public var definition: String
    /// When that JSON last changed.
    public var configured: Timestamp

    public init(
        name: String,
        state: AlarmState,
        reason: String,
        reasonData: String?,
        updated: Timestamp,
        transition: Int,
        definition: String,
        configured: Timestamp
    ) {
        self.name = name
        self.state = state
        self.reason = reason
        self.reasonData = reasonData
        self.updated = updated
        self.transition = transition
        self.definition = definition
        self.configured = configured
    }
}

/// A change of an alarm's state.
public struct AlarmTransition: Sendable, Equatable {
    public var name: String
    /// Counts the alarm's changes from 1.
    public var number: Int
    public var time: Timestamp
    public var oldState: AlarmState
    public var newState: AlarmState
    public var reason: String
    public var reasonData: String?

    public init(
        name: String,
        number: Int,
        time: Timestamp,
        oldState: AlarmState,
        newState: AlarmState,
        reason: String,
        reasonData: String?
    ) {
        self.name = name
        self.number = number
        self.time = time
        self.oldState = oldState
        self.newState = newState
        self.reason = reason
        self.reasonData = reasonData
    }
}

/// When alarms were last evaluated.
public struct EvaluationRecord: Sendable, Equatable {
    /// As of when.
    public var time: Timestamp
    /// On the wall clock: the heartbeat.
    public var ran: Timestamp
}

/// Everything that one run of the evaluator changes.
public struct EvaluationCommit: Sendable {
    /// The last evaluation that this one continues from; the commit is refused where the store holds another.
    public var previous: Timestamp?
    public var time: Timestamp
    public var ran: Timestamp
    public var alarms: [AlarmRecord]
    public var transitions: [AlarmTransition]
    public var messages: [OutboxMessage]

    public init(
        previous: Timestamp?,
        time: Timestamp,
        ran: Timestamp,
        alarms: [AlarmRecord],
        transitions: [AlarmTransition],
        messages: [OutboxMessage]
    ) {
        self.previous = previous
        self.time = time
        self.ran = ran
        self.alarms = alarms
        self.transitions = transitions
        self.messages = messages
    }
}

extension Store {
    /// The present states by name.
    public func alarmRecords() throws -> [String: AlarmRecord] {
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
                    configured: Timestamp(milliseconds: row["configured"])
                )
            }
            return Dictionary(records.map { ($0.name, $0) }) { first, _ in first }
        }
    }

    /// The changes of one alarm, or of all, up to and at a moment, the newest first.
    public func transitions(
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

    /// The last evaluation; nil before the first.
    public func lastEvaluation() throws -> EvaluationRecord? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT time, ran FROM evaluation").map {
                EvaluationRecord(time: Timestamp(milliseconds: $0[0]), ran: Timestamp(milliseconds: $0[1]))
            }
        }
    }

    /// Stores states, history and messages of one evaluation together; false, and nothing is changed, where another run
    /// was faster.
    public func commit(_ evaluation: EvaluationCommit) throws -> Bool {
        try write { db in
            let last = try Int64.fetchOne(db, sql: "SELECT time FROM evaluation")
            guard last == evaluation.previous?.milliseconds else { return false }
            for record in evaluation.alarms {
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO alarm
                            (name, state, reason, reason_data, updated, transition, definition, configured)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        record.name, record.state.rawValue, record.reason, record.reasonData,
                        record.updated.milliseconds, record.transition, record.definition,
                        record.configured.milliseconds,
                    ]
                )
            }
            for transition in evaluation.transitions {
                try db.execute(
                    sql: """
                        INSERT INTO alarm_history
                            (name, transition, time, old_state, new_state, reason, reason_data)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        transition.name, transition.number, transition.time.milliseconds, transition.oldState.rawValue,
                        transition.newState.rawValue, transition.reason, transition.reasonData,
                    ]
                )
            }
            for message in evaluation.messages {
                try enqueue(message, db)
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO evaluation (id, time, ran) VALUES (1, ?, ?)",
                arguments: [evaluation.time.milliseconds, evaluation.ran.milliseconds]
            )
            return true
        }
    }

    private func state(_ text: String) throws -> AlarmState {
        guard let state = AlarmState(rawValue: text) else {
            throw StoreError(.corrupt, path: path, detail: "no alarm has the state \(text)")
        }
        return state
    }
}
