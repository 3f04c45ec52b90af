import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct RollUpHealthTests {
    /// Returns a store with an hour rolled up.
    private static func rolledUp(_ folder: TemporaryFolder) throws -> Store {
        let store = try folder.store()
        let points = try (0..<360).map { try StoreTests.point("A", at: RollUpTests.start.seconds + Int64($0) * 10) }
        try store.record(Flush(writer: "w", sequence: 1, points: points))
        try store.rollUp(now: RollUpTests.start + 7200)
        return store
    }

    @Test("a total that differs from its slots, or is missing, is a fault that names the series and the hour")
    func differing() throws {
        for (sql, faults) in [
            ("UPDATE block SET content = x'0f068180'", 2), ("DELETE FROM block", 1),
            // The hour's total is missing, and the day's total exceeds that of its hours.
            ("DELETE FROM total WHERE id & 16777216 = 0", 2), ("DELETE FROM total WHERE id & 16777216 > 0", 1),
            ("INSERT INTO total SELECT id + 24, content FROM total WHERE id & 16777216 = 0", 2),
        ] {
            let folder = try TemporaryFolder()
            let store = try Self.rolledUp(folder)
            #expect(try store.health().faults == [])
            try store.breakForTest(sql)
            let found = try store.health().faults
            #expect(found.count == faults, "\(sql): \(found)")
            #expect(found.allSatisfy { $0.contains(" Test A ") && $0.contains("2026-09-2") }, "\(found)")
        }
    }

    @Test("a damaged slot is kept and reported, and all others are rolled up")
    func damagedPoint() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let points = try (0..<20).map { try StoreTests.point("A", at: RollUpTests.start.seconds + Int64($0) * 10) }
        try store.record(Flush(writer: "w", sequence: 1, points: points))
        try store.breakForTest("UPDATE point SET distribution = x'ff' WHERE time = \(RollUpTests.start.seconds + 50)")
        for _ in 0..<2 { try store.rollUp(now: RollUpTests.start + 7200) }
        let health = try store.health()
        #expect(health.faults == ["a slot of Test A from \(RollUpTests.start + 50) is damaged"])
        #expect(health.points == 1 && health.blocks == 1)
        let late = RollUpTests.start + 60
        #expect(try RollUpTests.total(store, "A", from: late, to: late + 3600).count == 14)
    }

    @Test("the size of the full ladder is estimated from the size of the hours")
    func expected() throws {
        let folder = try TemporaryFolder()
        let store = try Self.rolledUp(folder)
        let health = try store.health()
        #expect(health.blocks == 1)
        #expect(health.points == 0)
        // An hour of a counter takes some 60 bytes at 10 s and 20 as a total, and there are 43,800 hours in five years.
        #expect((300_000...4_000_000).contains(health.expectedBlockBytes), "\(health.expectedBlockBytes)")
        try store.setRetention(try Retention(changing: .standard, texts: ["1m=1d", "5m=2d", "1h=30d"]))
        #expect(try store.health().expectedBlockBytes * 10 < health.expectedBlockBytes)
    }

    @Test(
        "the ladder's durations are parsed in the form in which they are written, and an invalid one is reported",
        arguments: [
            (
                "1m=5",
                "retention: 1m=5: must be NAME=DURATION: a step of metrics (10s, 1m, 5m, 1h), messages, history or ledger, and hours, days or years, as in 1m=92d, 1h=5y, messages=90d"
            ),
            (
                "2m=5d",
                "retention: 2m=5d: must be NAME=DURATION: a step of metrics (10s, 1m, 5m, 1h), messages, history or ledger, and hours, days or years, as in 1m=92d, 1h=5y, messages=90d"
            ),
            ("1h=1d", "retention: 1h: 24 hours; must be at least 10920, as for the finer slots, and at most 876000"),
            ("messages=0d", "retention: messages: 0 hours; must be 1 to 876000"),
            ("ledger=61d", "retention: ledger: 1464 hours; must be 1488 to 876000"),
            (
                "1h=101y",
                "retention: 1h: 884760 hours; must be at least 10920, as for the finer slots, and at most 876000"
            ),
        ]
    )
    func texts(text: String, message: String) throws {
        #expect(
            try Retention(changing: .standard, texts: ["10s=6h", "1h=10y", "messages=36h", "history=1y"]).text
                == "10s for 6h, 1m for 92d, 5m for 455d, 1h for 3650d\nmessages for 36h, history for 365d, ledger for 397d"
        )
        let error = try #require(throws: Diagnostics.self) { try Retention(changing: .standard, texts: [text]) }
        #expect(error.description == message)
    }
}
