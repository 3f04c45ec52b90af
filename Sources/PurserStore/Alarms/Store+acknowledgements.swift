import GRDB
package import PurserCore

extension Store {
    /// Returns the last acknowledgement of each alarm, by the alarm's name.
    package func acknowledgements() throws -> [String: Acknowledgement] {
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

    package func acknowledge(_ name: String, _ acknowledgement: Acknowledgement) throws {
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
