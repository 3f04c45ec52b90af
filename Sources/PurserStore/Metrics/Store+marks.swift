import GRDB
package import PurserCore

extension Store {
    /// Stores a mark; one that is stored already stays as it is.
    package func add(_ mark: TimeMark) throws {
        try write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO mark (time, namespace, text) VALUES (?, ?, ?)",
                arguments: [mark.time.milliseconds, mark.namespace ?? "", mark.text]
            )
        }
    }

    /// Returns the marks in a time range, oldest first: all, or those on the screens of some namespaces.
    package func marks(
        in range: Range<Timestamp> = Timestamp(milliseconds: .min)..<Timestamp(milliseconds: .max),
        of namespaces: Set<String>? = nil
    ) throws -> [TimeMark] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT * FROM mark WHERE time >= ? AND time < ? ORDER BY time, namespace, text",
                arguments: [range.lowerBound.milliseconds, range.upperBound.milliseconds]
            )
            return rows.compactMap { row in
                let namespace: String = row["namespace"]
                guard namespace.isEmpty || namespaces?.contains(namespace) ?? true else { return nil }
                let time = Timestamp(milliseconds: row["time"])
                return TimeMark(time: time, text: row["text"], namespace: namespace.isEmpty ? nil : namespace)
            }
        }
    }
}
