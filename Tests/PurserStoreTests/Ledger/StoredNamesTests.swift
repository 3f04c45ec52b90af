import Foundation
import GRDB
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Two spellings of one name: Swift finds them equal, SQLite does not.
@Suite struct StoredNamesTests {
    private static let composed = "caf\u{e9}"
    private static let decomposed = "cafe\u{301}"
    private static let time = LedgerTests.november
    private static let month = CalendarMonth(containing: time)

    @Test("a caller in either spelling counts towards one budget, one key and one row of the costs")
    func oneName() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for (index, team) in [Self.composed, Self.decomposed].enumerated() {
            try store.setBudget(Picodollars(Int128(100 * (index + 1))), for: .team(team), at: Self.time)
            try store.createAccessKey(AccessKeyRecord(id: "\(index)", sealedSecret: [], team: team, created: Self.time))
            let caller = Caller(team: team)
            _ = try store.reserve(try LedgerTests.reservation("\(index)", hold: Picodollars(20), caller: caller))
            _ = try store.settle(LedgerTests.settlement("\(index)", cost: Picodollars(10)))
        }
        let budget = BudgetStanding(
            scope: .team(Self.composed),
            limit: Picodollars(200),
            spent: Picodollars(20),
            held: .zero
        )
        #expect(try store.budgets(Self.month) == [budget])
        #expect(try store.costRows(Self.month, asOf: Self.month.end, by: [.team]).count == 1)
        #expect(try store.accessKeyLines(Self.month).map { Array($0.key.team.utf8) }.allSatisfy { $0.count == 5 })
        #expect(try store.health().faults == [])
        try store.removeBudget(for: .team(Self.decomposed), at: Self.time)
        #expect(try store.budgets(Self.month) == [])
    }

    @Test("an old store with both spellings is brought to one: calls, keys, letters, and the lower of two budgets")
    func migration() throws { try migrate(budgets: [0, 1], limit: 800) }

    @Test("a budget in the normal spelling counts the calls in the other one after the migration")
    func oneBudget() throws { try migrate(budgets: [0], limit: 900) }

    private func migrate(budgets: [Int], limit: Int128) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let old = EmbeddedFile.all(in: "migrations").filter { $0.name < "0008" }
        let queue = try DatabaseQueue(path: path)
        var migrator = DatabaseMigrator()
        for file in old {
            migrator.registerMigration(String(file.name.dropLast(4))) { try $0.execute(sql: file.text) }
        }
        try migrator.migrate(queue)
        try queue.write { db in
            try db.execute(sql: "INSERT INTO price VALUES (1, 'm', 'p')")
            for (index, team) in [Self.composed, Self.decomposed].enumerated() {
                try db.execute(
                    sql: """
                        INSERT INTO ledger (request_id, time, settled_time, team, model_id, outcome, price, hold, cost)
                        VALUES (?1, ?2, ?2, ?3, 'm', 'success', 1, 10, 5)
                        """,
                    arguments: ["\(index)", Self.time.milliseconds, team]
                )
                if budgets.contains(index) {
                    try db.execute(
                        sql: "INSERT INTO budget VALUES ('team', ?, ?)",
                        arguments: [team, String(900 - 100 * index)]
                    )
                    try db.execute(
                        sql: "INSERT INTO budget_total VALUES ('2026-11', 'team', ?, 1, '5', '0')",
                        arguments: [team]
                    )
                }
                try db.execute(
                    sql: "INSERT INTO access_key (id, sealed_secret, team, created) VALUES (?, x'', ?, 0)",
                    arguments: ["\(index)", team]
                )
            }
            try db.execute(sql: "INSERT INTO month_total VALUES ('2026-11', 2, '10', '0')")
        }
        try queue.close()
        let store = try Store(path: path, .existing)
        let budget = BudgetStanding(
            scope: .team(Self.composed),
            limit: Picodollars(limit),
            spent: Picodollars(10),
            held: .zero
        )
        #expect(try store.budgets(Self.month) == [budget])
        #expect(try store.accessKeyLines(Self.month).count == 2)
        #expect(try store.costRows(Self.month, asOf: Self.month.end, by: [.team]).count == 1)
        #expect(try store.health().faults == [])
        let entry = try #require(
            try store.requests(.id("1"), from: Self.month.start, to: Self.month.end, limit: 1).first
        )
        #expect(entry.source == .live && entry.caller.team.map { Array($0.utf8) } == Array(Self.composed.utf8))
    }

    @Test("rows that still have both spellings are compared byte by byte, and nothing crashes")
    func bothSpellings() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Picodollars(100), for: .team(Self.composed), at: Self.time)
        for id in ["0", "1"] {
            _ = try store.reserve(
                try LedgerTests.reservation(id, hold: Picodollars(20), caller: Caller(team: Self.composed))
            )
        }
        let queue = try DatabaseQueue(path: store.path)
        try queue.write { db in
            let arguments: StatementArguments = [Self.decomposed]
            try db.execute(sql: "UPDATE ledger SET team = ? WHERE request_id = '1'", arguments: arguments)
            try db.execute(
                sql: "INSERT INTO budget VALUES ('team', ?, 'month', 'UTC', '5', NULL, 0)",
                arguments: arguments
            )
        }
        #expect(try store.health().faults.count == 1)
        #expect(try store.budgetLines(at: Self.time, limit: nil, quota: nil).count == 3)
        #expect(try store.accessKeyLines(Self.month) == [])
    }
}
