import GRDB
public import PurserCore

/// That somebody has seen that an alarm is on.
public struct Acknowledgement: Sendable, Equatable {
    /// The number of the change that was seen: of any later one it says nothing.
    public var transition: Int
    public var time: Timestamp
    public var note: String?

    public init(transition: Int, time: Timestamp, note: String? = nil) {
        self.transition = transition
        self.time = time
        self.note = note
    }

    /// Whether it is of the change by which the alarm is on now.
    public func holds(for record: AlarmRecord) -> Bool {
        record.state == .alarm && record.transition == transition
    }
}

extension Store {
    /// The last acknowledgement of each alarm, by the alarm's name.
    public func acknowledgements() throws -> [String: Acknowledgement] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM acknowledgement")
            let pairs = rows.map { row in
                let time = Timestamp(milliseconds: row["time"])
                let name: String = row["name"]
                return (name, Acknowledgement(transition: row["transition"], time: time, note: row["note"]))
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    public func acknowledge(_ name: String, _ acknowledgement: Acknowledgement) throws {
        try write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO acknowledgement (name, transition, time, note) VALUES (?, ?, ?, ?)",
                arguments: [
                    name, acknowledgement.transition, acknowledgement.time.milliseconds, acknowledgement.note,
                ]
            )
        }
    }
}
