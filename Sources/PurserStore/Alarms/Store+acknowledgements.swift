import GRDB
package import PurserCore

extension Store {
    /// Returns the last acknowledgement of each alarm, by the alarm's name.
    package func acknowledgements() throws -> [String: Acknowledgement] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM acknowledgement")
            let pairs = rows.map { row in
                let acknowledgement = Acknowledgement(
                    transition: row["transition"],
                    time: Timestamp(milliseconds: row["time"]),
                    until: (row["until"] as Int64?).map(Timestamp.init(milliseconds:)),
                    person: row["person"],
                    note: row["note"]
                )
                return (row["name"] as String, acknowledgement)
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    package func acknowledge(_ name: String, _ acknowledgement: Acknowledgement) throws {
        try write { db in
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO acknowledgement (name, transition, time, until, person, note)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    name, acknowledgement.transition, acknowledgement.time.milliseconds,
                    acknowledgement.until?.milliseconds, acknowledgement.person, acknowledgement.note,
                ]
            )
        }
    }
}
