import Foundation
import GRDB
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct MigrationTests {
    /// A store as the program with these migrations alone left it.
    private static func old(_ folder: TemporaryFolder, migrations: [String]) throws -> String {
        let path = folder.path("purser.db")
        let queue = try DatabaseQueue(path: path)
        var migrator = DatabaseMigrator()
        for file in EmbeddedFile.all(in: "migrations") where migrations.contains(String(file.name.dropLast(4))) {
            migrator.registerMigration(String(file.name.dropLast(4))) { try $0.execute(sql: file.text) }
        }
        try migrator.migrate(queue)
        try queue.write { db in
            try db.execute(sql: "INSERT INTO series VALUES (1, 'Test', 'A', '[]', 'Count')")
            try db.execute(sql: "INSERT INTO writer (id, name, sequence) VALUES (1, 'w', 360)")
            for step in 0..<360 {
                let distribution = try #require(Distribution(value: 1, count: step + 1))
                try db.execute(
                    sql: "INSERT INTO point VALUES (?, 1, 1, ?, ?)",
                    arguments: [RollUpTests.start.seconds + Int64(step) * 10, step + 1, Data(distribution.encoded())]
                )
            }
        }
        try queue.close()
        return path
    }

    @Test("a store of the first schema opens, keeps what it has, and is rolled up")
    func first() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: try Self.old(folder, migrations: ["0001-initial"]), .existing)
        let end = RollUpTests.start + 3600
        #expect(try store.newestSlotEnd(before: end + 1000) == end)
        #expect(try RollUpTests.total(store, "A", from: RollUpTests.start, to: end).count == 360 * 361 / 2)
        #expect(try store.rollUp(now: end + 3600)?.slots == 360)
        #expect(try RollUpTests.total(store, "A", from: RollUpTests.start, to: end).count == 360 * 361 / 2)
        #expect(
            try RollUpTests.total(store, "A", from: RollUpTests.start, to: end, period: 3600).count == 360 * 361 / 2
        )
        #expect(try store.newestSlotEnd(before: end + 1000) == end)
        // The writer goes on where it was.
        let flush = Flush(writer: "w", sequence: 360, points: [try StoreTests.point("A", at: end.seconds)])
        #expect(try !store.record(flush))
        #expect(try store.health().faults == [])
    }
}
