import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct AccessKeyTests {
    private static let time = LedgerTests.november
    private static func key(_ id: String, models: [String]? = nil, created: Timestamp = time) -> AccessKeyRecord {
        AccessKeyRecord(
            id: id,
            sealedSecret: [1, 0, 255],
            team: "support",
            user: "ann",
            models: models,
            created: created
        )
    }

    @Test("keys are returned as they were stored, oldest first")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let keys = [
            Self.key("B", models: ["a,b", "\"ü\""], created: Self.time - 1), Self.key("A"), Self.key("C", models: []),
        ]
        for key in keys.reversed() { try store.createAccessKey(key) }
        #expect(try store.accessKeys() == keys)
        #expect(try store.accessKey("C")?.models == [])
        #expect(try store.accessKey("a") == nil)
    }

    @Test("a key and its budget are stored together, and if the id is taken, neither is stored")
    func budget() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.createAccessKey(Self.key("A"), budget: .dollar)
        #expect(throws: StoreError.self) { try store.createAccessKey(Self.key("A"), budget: .zero) }
        let budgets = try store.budgets(CalendarMonth(containing: Self.time))
        #expect(budgets == [BudgetStanding(scope: .accessKey("A"), limit: .dollar, spent: .zero, held: .zero)])
        let caller = Caller(team: "support", accessKey: "A")
        let half = Picodollars(500_000_000_000)
        #expect(try store.reserve(try LedgerTests.reservation("1", hold: half, caller: caller)).isReserved)
        #expect(
            try store.reserve(try LedgerTests.reservation("2", hold: .dollar, caller: caller))
                == .budgetExceeded(
                    BudgetExcess(
                        scope: .accessKey("A"),
                        total: MonthTotal(requests: 1, held: half),
                        limit: .dollar,
                        in: CalendarMonth(containing: LedgerTests.november)
                    )
                )
        )
        #expect(
            try store.accessKeyTotals(CalendarMonth(containing: Self.time)) == [
                ExactText("A"): MonthTotal(requests: 1, held: half)
            ]
        )
    }

    @Test("revoking a key again keeps the time of the first revocation")
    func revocation() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.createAccessKey(Self.key("A"))
        #expect(try store.revokeAccessKey("A", at: Self.time + 60) == .revoked)
        #expect(try store.revokeAccessKey("A", at: Self.time + 90) == .alreadyRevoked(Self.time + 60))
        #expect(try store.revokeAccessKey("B", at: Self.time) == .unknown)
        #expect(try store.accessKey("A")?.revoked == Self.time + 60)
    }

    @Test("the last day of use only moves forward")
    func use() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.createAccessKey(Self.key("A"))
        for (time, day) in [(Self.time, 16), (Self.time + 86_400, 17), (Self.time - 86_400, 17)] {
            try store.noteUse(ofAccessKey: "A", at: time)
            #expect(try store.accessKey("A")?.lastUsedDay == Timestamp(year: 2026, month: 11, day: day))
        }
    }
}
