import GRDB
public import PurserStore

extension Store {
    /// Runs SQL that no program would, on a connection of its own, to break the store as an accident would.
    public func breakForTest(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// What SQLite finds wrong with pages, rows and indexes; empty in a sound file.
    public func integrityFaults() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    /// The names of all writers.
    public func writerNames() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: "SELECT name FROM writer ORDER BY name") }
    }
}
