import GRDB
package import PurserCore

extension Store {
    /// Returns the last mute of each alarm, by the alarm's name.
    package func mutes() throws -> [String: Mute] {
        try read(mutes)
    }

    private func mutes(_ db: Database) throws -> [String: Mute] {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM mute")
        let pairs = try rows.map { row in
            let mute = Mute(
                start: Timestamp(milliseconds: row["start"]),
                until: Timestamp(milliseconds: row["until"]),
                state: try state(row["state"]),
                person: row["person"],
                note: row["note"]
            )
            return (row["name"] as String, mute)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Mutes an alarm, and returns the mute as it is stored.
    ///
    /// A mute whose end was not evaluated yet goes on: its topics still know only the state at its start.
    package func mute(_ name: String, _ mute: Mute) throws -> Mute {
        try write { db in
            var mute = mute
            if let open = try openMute(name, db) {
                mute.start = min(open.start, mute.start)
                mute.state = open.state
            }
            try save(mute, name, db)
            return mute
        }
    }

    /// Ends an alarm's mute at a time; returns nil if it is not muted then.
    package func endMute(_ name: String, at time: Timestamp) throws -> Mute? {
        try write { db in
            guard var mute = try mutes(db)[name], mute.holds(at: time) else { return nil }
            mute.until = time
            try save(mute, name, db)
            return mute
        }
    }

    private func openMute(_ name: String, _ db: Database) throws -> Mute? {
        let last = try Int64.fetchOne(db, sql: "SELECT time FROM evaluation") ?? .min
        return try mutes(db)[name].flatMap { $0.until.milliseconds > last ? $0 : nil }
    }

    private func save(_ mute: Mute, _ name: String, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO mute (name, start, until, state, person, note) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                name, mute.start.milliseconds, mute.until.milliseconds, mute.state.rawValue, mute.person, mute.note,
            ]
        )
    }
}
