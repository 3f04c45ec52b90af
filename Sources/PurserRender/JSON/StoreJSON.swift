package import PurserCore

/// The store and its files for programs.
package enum StoreJSON {
    /// Schema `purser.doctor/1`.
    package static func doctor(_ report: DoctorReport) -> JSONValue {
        let health = report.health
        return JSONValue(
            schema: "purser.doctor/1",
            [
                "store": .string(report.store),
                "sqliteVersion": .string(health.sqliteVersion),
                "fileBytes": .integer(health.fileBytes),
                "walBytes": .integer(health.walBytes),
                "series": .integer(health.series),
                "slots": .integer(health.points),
                "blocks": .integer(health.blocks),
                "blockBytes": .integer(health.blockBytes),
                "expectedBlockBytes": .integer(health.expectedBlockBytes),
                "retention": report.retention.json,
                "freeBytes": .integer(health.freeBytes),
                "ledgerRows": .integer(health.ledgerRows),
                "countedDays": .integer(health.countedDays),
                "removedDays": .integer(health.removedDays),
                "openReservations": .integer(health.openReservations),
                "overdueReservations": .integer(report.overdue.count),
                "evaluatedAt": JSONValue(report.evaluated?.time.iso8601()),
                "pendingMessages": .integer(health.pendingMessages),
                "failedMessages": .integer(health.failedMessages),
                "restorations": .array(report.restorations.map(restoration)),
                "faults": .array(report.faults.map(JSONValue.string)),
            ]
        )
    }

    /// Returns a copy that was written: schema `purser.backup/1`.
    package static func backup(_ backup: StoreBackup) -> JSONValue {
        JSONValue(
            schema: "purser.backup/1",
            [
                "store": .string(backup.store), "file": .string(backup.file), "time": .string(backup.time.iso8601()),
                "bytes": .integer(backup.bytes), "ledgerRows": .integer(backup.ledgerRows),
            ]
        )
    }

    /// Returns a store that was restored: schema `purser.restore/1`.
    package static func restored(_ restored: RestoredStore) -> JSONValue {
        JSONValue(
            schema: "purser.restore/1",
            [
                "store": .string(restored.store), "file": .string(restored.file),
                "ledgerRows": .integer(restored.ledgerRows), "keptStore": JSONValue(restored.kept),
                "unreadable": JSONValue(restored.unreadable), "restoration": restoration(restored.restoration),
            ]
        )
    }

    private static func restoration(_ restoration: Restoration) -> JSONValue {
        [
            "time": .string(restoration.time.iso8601()), "copied": JSONValue(restoration.copied?.iso8601()),
            "carriedCalls": .integer(restoration.calls), "addedSpent": .string(restoration.spent.description),
            "skippedNumbers": .integer(restoration.skipped),
        ]
    }

    /// Returns the files that `purser init` wrote, and those that existed already: schema `purser.init/1`.
    package static func initialized(_ folder: String, _ files: [(path: String, isWritten: Bool)]) -> JSONValue {
        let rows = files.map { file -> JSONValue in
            ["path": .string(file.path), "written": .bool(file.isWritten)]
        }
        return JSONValue(schema: "purser.init/1", ["folder": .string(folder), "files": .array(rows)])
    }

    /// Returns a store whose schema is up to date: schema `purser.migrate/1`.
    package static func migrated(_ store: String, _ migrations: [String]) -> JSONValue {
        JSONValue(
            schema: "purser.migrate/1",
            ["store": .string(store), "migrations": .array(migrations.map(JSONValue.string))]
        )
    }
}
