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
                note: row["note"],
                isDone: row["done"] == 1
            )
            return (row["name"] as String, mute)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Mutes an alarm, and returns the mute as it is stored.
    ///
    /// A mute whose end no evaluation has dealt with goes on: its topics still know only the state at its start.
    package func mute(_ name: String, _ mute: Mute) throws -> Mute {
        try write { db in
            var mute = mute
            if let open = try mutes(db)[name], !open.isDone {
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

    /// Marks the mutes whose ends an evaluation has dealt with; one that was extended in the meantime goes on.
    func finish(_ mutes: [String: Mute], _ db: Database) throws {
        for (name, mute) in mutes {
            try db.execute(
                sql: "UPDATE mute SET done = 1 WHERE name = ? AND until = ?",
                arguments: [name, mute.until.milliseconds]
            )
        }
    }

    /// Marks the mutes that end after a time as not dealt with: an evaluation by a clock that was ahead did so.
    func reopenMutes(at time: Timestamp, _ db: Database) throws {
        try db.execute(sql: "UPDATE mute SET done = 0 WHERE until > ?", arguments: [time.milliseconds])
    }

    private func save(_ mute: Mute, _ name: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO mute (name, start, until, state, person, note, done) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                name, mute.start.milliseconds, mute.until.milliseconds, mute.state.rawValue, mute.person, mute.note,
                mute.isDone ? 1 : 0,
            ]
        )
    }
}
