import Foundation
import GRDB
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Budgets over hours, days, weeks and months, and for each name of a kind.
@Suite struct BudgetWindowTests {
    /// A Monday, 18:00 in UTC.
    private static let time = LedgerTests.november
    private static let run = Caller(team: "support", session: "run-1")

    private static func reserve(
        _ store: Store,
        _ id: String,
        _ hold: Int128,
        _ caller: Caller = run,
        at time: Timestamp = time,
        _ change: (inout Reservation) -> Void = { _ in }
    ) throws -> ReservationResult {
        var reservation = try LedgerTests.reservation(id, hold: Picodollars(hold), time: time, caller: caller)
        change(&reservation)
        return try store.reserve(reservation)
    }

    private static func excess(_ result: ReservationResult) -> BudgetExcess? {
        switch result {
        case .budgetExceeded(let excess), .quotaExceeded(let excess): excess
        case .reserved, .known: nil
        }
    }

    @Test("a call must fit into every window; the refusal names the window with the least left, and when it ends")
    func windows() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for (window, limit) in [(BudgetWindow.hour, 100), (.day, 250), (.week, 300), (.month, 1000)] {
            let budget = Budget(scope: .team("support"), window: window, limit: Picodollars(Int128(limit)))
            try store.setBudget(budget, at: Self.time)
        }
        #expect(try Self.reserve(store, "1", 100).isReserved)
        let hour = try #require(Self.excess(try Self.reserve(store, "2", 1, at: Self.time + 3599)))
        #expect(hour.budget.window == .hour && hour.resets == Self.time + 3600 && hour.total.held == Picodollars(100))
        #expect(try Self.reserve(store, "2", 100, at: Self.time + 3600).isReserved)
        let day = try #require(Self.excess(try Self.reserve(store, "3", 60, at: Self.time + 7200)))
        #expect(day.budget.window == .day && day.resets == Timestamp(year: 2026, month: 11, day: 17))
        #expect(day.total == MonthTotal(requests: 2, held: Picodollars(200)))
        #expect(try Self.reserve(store, "3", 100, at: Timestamp(year: 2026, month: 11, day: 17)).isReserved)
        let week = try #require(
            Self.excess(try Self.reserve(store, "4", 1, at: Timestamp(year: 2026, month: 11, day: 20)))
        )
        #expect(week.budget.window == .week && week.resets == Timestamp(year: 2026, month: 11, day: 23))
        #expect(try Self.reserve(store, "4", 1, at: week.resets).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test("what a call costs beyond its hour changes nothing of the next one")
    func lateSettlement() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .all, window: .hour, limit: Picodollars(100)), at: Self.time)
        #expect(try Self.reserve(store, "1", 100, at: Self.time + 3590).isReserved)
        #expect(try Self.reserve(store, "2", 100, at: Self.time + 3601).isReserved)
        // The first call ends now. Its hour is over, so that nothing is freed.
        #expect(try store.settle(LedgerTests.settlement("1", cost: Picodollars(1), time: Self.time + 3605)).isSettled)
        #expect(try !Self.reserve(store, "3", 1, at: Self.time + 3606).isReserved)
        // A process whose clock is behind is still in the first hour, of which one picodollar is spent.
        #expect(try Self.reserve(store, "4", 99, at: Self.time + 3599).isReserved)
        #expect(try !Self.reserve(store, "5", 1, at: Self.time + 3599).isReserved)
        #expect(try !Self.reserve(store, "6", 1, at: Self.time + 3607).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test(
        "each session has the budget to itself, one with its own budget excepted, and a session that is used up stops no other"
    )
    func each() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        // A session that has calls already is counted when the budget is set.
        #expect(try Self.reserve(store, "1", 70).isReserved)
        try store.setBudget(Budget(scope: .each(.session), window: .day, limit: Picodollars(100)), at: Self.time)
        let own = Budget(scope: .session("run-2"), window: .day, limit: Picodollars(5000))
        try store.setBudget(own, at: Self.time)
        let full = try #require(Self.excess(try Self.reserve(store, "2", 31)))
        #expect(full.budget.scope == .session("run-1") && full.total.held == Picodollars(70))
        #expect(try Self.reserve(store, "2", 30).isReserved)
        #expect(try Self.reserve(store, "3", 4000, Caller(session: "run-2")).isReserved)
        #expect(try Self.reserve(store, "4", 100, Caller(session: "run-3")).isReserved)
        #expect(try !Self.reserve(store, "5", 101, Caller(session: "run-4")).isReserved)
        // A call without a session has no such limit.
        #expect(try Self.reserve(store, "6", 9000, Caller(team: "support")).isReserved)
        let line = try #require(
            try store.budgetLines(at: Self.time, limit: nil, quota: nil).first { $0.budget.scope == .each(.session) }
        )
        #expect(line.used.held == Picodollars(100) && line.fullest == "run-3")
        // Without its own budget, the session has the one of each, and has used more than that.
        try store.removeBudget(for: own.scope, .day, at: Self.time)
        #expect(try !Self.reserve(store, "7", 1, Caller(session: "run-2")).isReserved)
        #expect(try store.health().faults == [])
        // Another day begins for all of them.
        let tomorrow = Self.time + 86_400
        #expect(try Self.reserve(store, "8", 100, at: tomorrow).isReserved)
        #expect(try Self.reserve(store, "9", 100, Caller(session: "run-9"), at: tomorrow).isReserved)
        #expect(try !Self.reserve(store, "10", 1, Caller(session: "run-9"), at: tomorrow).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test(
        "a session cannot be named so that it changes what others have used",
        arguments: ["", "*", "each_session", "all", "RUN-1", "run-1 "]
    )
    func hostileNames(name: String) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .each(.session), window: .hour, limit: Picodollars(100)), at: Self.time)
        #expect(try Self.reserve(store, "1", 100, Caller(session: name)).isReserved)
        #expect(try !Self.reserve(store, "2", 1, Caller(session: name)).isReserved)
        #expect(try Self.reserve(store, "3", 100, Caller(session: "run-1")).isReserved)
        #expect(try Self.reserve(store, "4", 100, Caller(session: "run-5")).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test("a quota of requests limits a scope in its window; of several, the refusal names the one that lasts longest")
    func quotas() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .team("support"), window: .hour, requests: 2), at: Self.time)
        #expect(try Self.reserve(store, "1", 1).isReserved)
        #expect(try Self.reserve(store, "2", 1).isReserved)
        let hour = try #require(Self.excess(try Self.reserve(store, "3", 1)))
        #expect(hour.budget.window == .hour && hour.total.requests == 2 && hour.budget.requests == 2)
        #expect(try store.fullQuota(of: Self.run, at: Self.time, quota: nil) == hour)
        #expect(try store.fullQuota(of: Caller(team: "sales"), at: Self.time, quota: nil) == nil)
        #expect(try Self.reserve(store, "3", 1, at: Self.time + 3600) { $0.quota = 3 }.isReserved)
        let month = try #require(Self.excess(try Self.reserve(store, "4", 1, at: Self.time + 3600) { $0.quota = 3 }))
        #expect(month.budget.scope == .all && month.budget.requests == 3)
        // A quota in the store takes the place of the process's own.
        try store.setBudget(Budget(scope: .all, requests: 10), at: Self.time)
        #expect(try Self.reserve(store, "4", 1, at: Self.time + 3600) { $0.quota = 3 }.isReserved)
        #expect(try store.health().faults == [])
    }

    @Test("a budget that is raised, lowered or moved to another zone takes effect at the next call of every process")
    func changes() throws {
        let folder = try TemporaryFolder()
        let (store, other) = (try folder.store(), try folder.store())
        try store.setBudget(Budget(scope: .user("ann"), window: .day, limit: Picodollars(100)), at: Self.time)
        let ann = Caller(user: "ann")
        #expect(try Self.reserve(other, "1", 100, ann).isReserved)
        #expect(try !Self.reserve(other, "2", 1, ann).isReserved)
        try store.setBudget(Budget(scope: .user("ann"), window: .day, limit: Picodollars(101)), at: Self.time)
        #expect(try Self.reserve(other, "2", 1, ann).isReserved)
        try store.setBudget(Budget(scope: .user("ann"), window: .day, limit: Picodollars(50)), at: Self.time)
        #expect(try !Self.reserve(other, "3", 1, ann).isReserved)
        // In Auckland it is already the next morning, and both calls were made on that day.
        let zone = try #require(ClockZone("Pacific/Auckland"))
        try store.setBudget(
            Budget(scope: .user("ann"), window: .day, zone: zone, limit: Picodollars(102)),
            at: Self.time
        )
        #expect(try Self.reserve(other, "3", 1, ann).isReserved)
        let full = try #require(Self.excess(try Self.reserve(other, "4", 1, ann)))
        #expect(full.resets == Timestamp(year: 2026, month: 11, day: 17, hour: 11))
        // A change that is undone is not seen.
        struct Undone: Error {}
        #expect(throws: Undone.self) {
            try store.transaction {
                try store.setBudget(Budget(scope: .user("ann"), window: .day, limit: Picodollars(9000)), at: Self.time)
                #expect(try Self.reserve(store, "4", 1, ann).isReserved)
                throw Undone()
            }
        }
        #expect(try !Self.reserve(store, "4", 1, ann).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test(
        "the periods of a zone follow each other without a gap, through every change of its clocks",
        arguments: [
            "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham",
            "UTC-09:30",
        ]
    )
    func periods(name: String) throws {
        let zone = try #require(ClockZone(name))
        for window in BudgetWindow.allCases {
            var time = Timestamp(year: 2026, month: 9, day: 1)
            while time < Timestamp(year: 2027, month: 5, day: 1) {
                let period = window.period(containing: time, in: zone)
                #expect(period.contains(time))
                #expect(window.period(containing: period.lowerBound, in: zone) == period, "\(window) \(time)")
                #expect(window.period(containing: period.upperBound - 1, in: zone) == period, "\(window) \(time)")
                time = period.upperBound
            }
        }
        let days = (0..<365).map { Timestamp(year: 2026, month: 1, day: 1, hour: 12) + $0 * 86_400 }
        let hours = days.map { day in
            let period = BudgetWindow.day.period(containing: day, in: zone)
            return (period.upperBound - period.lowerBound) / 1_800_000
        }
        #expect(Set(hours).isSubset(of: [46, 47, 48, 49, 50]))
        // A week begins on Monday, a leap year's February has 29 days.
        let monday = BudgetWindow.week.period(containing: Self.time, in: .utc).lowerBound
        #expect(monday == Timestamp(year: 2026, month: 11, day: 16))
        let february = BudgetWindow.month.period(containing: Timestamp(year: 2028, month: 2, day: 29), in: zone)
        #expect((february.upperBound - february.lowerBound) / 86_400_000 == 29)
    }

    @Test("imported calls are entered whatever the budgets, and their totals stay right in any order of time")
    func imported() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .each(.team), window: .hour, limit: Picodollars(10)), at: Self.time)
        try store.setBudget(Budget(scope: .team("support"), window: .day, limit: Picodollars(10)), at: Self.time)
        for (number, hours) in [0, 5, -3, 2, 30, 29, -40].enumerated() {
            let isEntered = try Self.reserve(store, "\(number)", 100, at: Self.time + hours * 3600) {
                ($0.source, $0.isUnlimited) = (.imported, true)
            }
            #expect(isEntered.isReserved)
            #expect(try store.health().faults == [])
        }
        // They use up nothing.
        #expect(try Self.reserve(store, "live", 10, at: Self.time + 30 * 3600).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test("a replay keeps to the limits among its own calls, whatever time it plays")
    func simulated() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .team("support"), window: .hour, limit: Picodollars(10)), at: Self.time)
        for (number, hours) in [0, 5, -3].enumerated() {
            let time = Self.time + hours * 3600
            #expect(try Self.reserve(store, "\(number)", 10, at: time) { $0.source = .simulated }.isReserved)
            #expect(try !Self.reserve(store, "\(number)+", 1, at: time) { $0.source = .simulated }.isReserved)
        }
        #expect(try !Self.reserve(store, "3", 1, at: Self.time) { $0.source = .simulated }.isReserved)
        #expect(try Self.reserve(store, "live", 10).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test("a budget that is set for a later day limits the calls of today too", arguments: [false, true])
    func laterDay(isEach: Bool) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let scope = isEach ? BudgetScope.each(.session) : .all
        try store.setBudget(Budget(scope: scope, window: .day, requests: 2), at: Self.time + 2 * 86_400)
        #expect(try Self.reserve(store, "1", 1).isReserved)
        #expect(try Self.reserve(store, "2", 1).isReserved)
        #expect(try !Self.reserve(store, "3", 1).isReserved)
        #expect(try store.health().faults == [])
        #expect(try Self.reserve(store, "3", 1, at: Self.time + 2 * 86_400).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test("a refused call stores what was counted for it, and nothing else")
    func refusedCounts() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .team("support"), window: .day, limit: Picodollars(5)), at: Self.time)
        #expect(try Self.reserve(store, "1", 5).isReserved)
        let queue = try DatabaseQueue(path: folder.path("purser.db"))
        try queue.write { try $0.execute(sql: "DELETE FROM budget_total") }
        let rows = { try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM budget_total") ?? 0 } }
        #expect(try !Self.reserve(store, "2", 1).isReserved)
        #expect(try rows() == 1 && store.health().faults == [])
        // A refusal alone changes nothing, not even in another month.
        let changes = { try queue.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 } }
        let before = try changes()
        #expect(try !Self.reserve(store, "3", 1).isReserved)
        #expect(try !Self.reserve(store, "4", 6, at: Self.time + 40 * 86_400).isReserved)
        #expect(try changes() == before)
    }

    @Test("doctor names a total that differs from the ledger, and a name that was not counted")
    func doctor() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .each(.session), window: .day, limit: Picodollars(100)), at: Self.time)
        #expect(try Self.reserve(store, "1", 10).isReserved)
        let queue = try DatabaseQueue(path: folder.path("purser.db"))
        try queue.write { try $0.execute(sql: "UPDATE budget_total SET day_held = '9' WHERE name = 'run-1'") }
        #expect(
            try store.health().faults == [
                "the total of session run-1 in the day from 2026-11-16T00:00:00Z says 1 calls, 0.000000000000 spent, "
                    + "0.000000000009 held; the ledger has 1, 0.000000000000, 0.000000000010"
            ]
        )
        try queue.write { try $0.execute(sql: "DELETE FROM budget_total WHERE name = 'run-1'") }
        #expect(try store.health().faults == ["the calls of session run-1 are not counted"])
    }

    @Test("a budget that cannot be read refuses every call instead of allowing it")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .all, window: .day, limit: Picodollars(100)), at: Self.time)
        let queue = try DatabaseQueue(path: folder.path("purser.db"))
        for change in ["zone = 'Mars/Olympus'", "zone = 'UTC', amount = 'much'"] {
            try queue.write { try $0.execute(sql: "UPDATE budget SET \(change)") }
            #expect(throws: StoreError.self) { try Self.reserve(store, "1", 1) }
        }
    }
}
