import Foundation
import GRDB
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct BudgetTests {
    private static let november = LedgerTests.november
    private static let december = Timestamp(year: 2026, month: 12, day: 1)
    private static let month = CalendarMonth(containing: november)
    private static let ann = Caller(user: "ann", team: "support", accessKey: "AKIA1")

    private static func reservation(
        _ id: String,
        _ hold: Int128,
        caller: Caller = ann,
        limit: Picodollars? = nil,
        time: Timestamp = november,
        lease: Timestamp? = nil,
        limitPercent: Int = 100
    ) throws -> Reservation {
        try LedgerTests.reservation(
            id,
            hold: Picodollars(hold),
            limit: limit,
            time: time,
            caller: caller,
            lease: lease,
            limitPercent: limitPercent
        )
    }

    private static func standing(_ scope: BudgetScope, _ limit: Int128, spent: Int128, held: Int128) -> BudgetStanding {
        BudgetStanding(scope: scope, limit: Picodollars(limit), spent: Picodollars(spent), held: Picodollars(held))
    }

    @Test(
        "a call must fit into the budget of every scope it counts towards, and the refusal names the exhausted one",
        arguments: [BudgetScope.all, .team("support"), .user("ann"), .accessKey("AKIA1")]
    )
    func scopes(scope: BudgetScope) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for wide in [BudgetScope.all, .team("support"), .user("ann"), .accessKey("AKIA1"), .team("other")] {
            try store.setBudget(Picodollars(wide == scope ? 1000 : 5000), for: wide, at: Self.november)
        }
        #expect(
            try store.reserve(try Self.reservation("1", 600))
                == .reserved(Self.standing(scope, 1000, spent: 0, held: 600))
        )
        let excess = BudgetExcess(
            scope: scope,
            total: MonthTotal(requests: 1, held: Picodollars(600)),
            limit: Picodollars(1000),
            in: Self.month
        )
        #expect(try store.reserve(try Self.reservation("2", 401)) == .budgetExceeded(excess))
        #expect(try store.reserve(try Self.reservation("2", 400)).isReserved)
        #expect(try !store.raiseHold("2", by: Picodollars(1), limit: nil))
        #expect(
            try store.settle(LedgerTests.settlement("1", cost: Picodollars(50)))
                == .settled(Self.standing(scope, 1000, spent: 50, held: 400))
        )
        #expect(try store.raiseHold("2", by: Picodollars(550), limit: nil))
        // A caller in another scope is not affected, unless the budget is for all calls.
        let bob = Caller(user: "bob", team: "other", accessKey: "AKIA2")
        #expect(try store.reserve(try Self.reservation("3", 1, caller: bob)).isReserved == (scope != .all))
        #expect(try store.health().faults == [])
    }

    @Test("the store's budget for all calls replaces the configured one, whichever is larger")
    func storedWhole() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let configured = Picodollars(1000)
        #expect(
            try store.reserve(try Self.reservation("1", 900, limit: configured))
                == .reserved(Self.standing(.all, 1000, spent: 0, held: 900))
        )
        #expect(try !store.reserve(try Self.reservation("2", 200, limit: configured)).isReserved)
        try store.setBudget(Picodollars(2000), for: .all, at: Self.november)
        #expect(try store.reserve(try Self.reservation("2", 200, limit: configured)).isReserved)
        try store.setBudget(Picodollars(1100), for: .all, at: Self.november)
        #expect(try !store.raiseHold("2", by: Picodollars(1), limit: Picodollars(9000)))
        try store.setBudget(Picodollars(500), for: .all, at: Self.november)
        // Lowered below the amount used: nothing remains, and the remainder is not negative.
        #expect(try store.budgets(Self.month).map(\.remaining) == [.zero])
        #expect(try store.removeBudget(for: .all, at: Self.november))
        #expect(try !store.removeBudget(for: .all, at: Self.november))
        var settlement = LedgerTests.settlement("1", cost: Picodollars(300))
        settlement.limit = configured
        #expect(try store.settle(settlement) == .settled(Self.standing(.all, 1000, spent: 300, held: 200)))
    }

    @Test("a budget set during the month counts what the month has already used, even if it is removed and set again")
    func setLater() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(try store.reserve(try Self.reservation("1", 100)) == .reserved(nil))
        #expect(try store.reserve(try Self.reservation("2", 100)) == .reserved(nil))
        #expect(try store.reserve(try Self.reservation("3", 7, caller: Caller())) == .reserved(nil))
        #expect(try store.settle(LedgerTests.settlement("1", cost: Picodollars(30))) == .settled(nil))
        try store.setBudget(Picodollars(1000), for: .user("ann"), at: Self.november)
        try store.setBudget(Picodollars(900), for: .team("support"), at: Self.november)
        #expect(
            try store.budgets(Self.month) == [
                Self.standing(.team("support"), 900, spent: 30, held: 100),
                Self.standing(.user("ann"), 1000, spent: 30, held: 100),
            ]
        )
        try store.removeBudget(for: .user("ann"), at: Self.november)
        try store.settle(LedgerTests.settlement("2", cost: Picodollars(100)))
        try store.setBudget(Picodollars(1000), for: .user("ann"), at: Self.november)
        #expect(try store.budgets(Self.month)[1] == Self.standing(.user("ann"), 1000, spent: 130, held: 0))
        #expect(try store.health().faults == [])
    }

    @Test("a call that is settled in the next month counts in the month in which it began, for every scope")
    func monthEnd() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        _ = try store.reserve(try Self.reservation("1", 100))
        // Set in December: November's total does not exist yet.
        try store.setBudget(Picodollars(1000), for: .team("support"), at: Self.december)
        #expect(try store.settle(LedgerTests.settlement("1", cost: Picodollars(40), time: Self.december)).isSettled)
        #expect(
            try store.reserve(try Self.reservation("2", 1000, time: Self.december))
                == .reserved(Self.standing(.team("support"), 1000, spent: 0, held: 1000))
        )
        #expect(try store.budgets(Self.month)[0].spent == Picodollars(40))
        // A late call of November uses November's total, not December's.
        #expect(try store.reserve(try Self.reservation("3", 960)).isReserved)
        #expect(try store.health().faults == [])
    }

    @Test("a reservation limited to a percentage of the budgets is refused beyond it, and the others continue")
    func limitPercent() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Picodollars(1000), for: .team("support"), at: Self.november)
        let whole = Picodollars(5000)
        #expect(try store.reserve(try Self.reservation("1", 800, limit: whole, limitPercent: 80)).isReserved)
        let excess = BudgetExcess(
            scope: .team("support"),
            total: MonthTotal(requests: 1, held: Picodollars(800)),
            limit: Picodollars(1000),
            in: Self.month
        )
        let near = try Self.reservation("2", 1, limit: whole, limitPercent: 80)
        #expect(try store.reserve(near) == .budgetExceeded(excess))
        #expect(try store.reserve(try Self.reservation("2", 200, limit: whole)).isReserved)
        // The percentage applies to the configured budget too, and never allows more than the whole.
        let other = Caller(team: "other")
        #expect(
            try !store.reserve(try Self.reservation("3", 1, caller: other, limit: whole, limitPercent: 20)).isReserved
        )
        #expect(
            try !store.reserve(try Self.reservation("3", 4001, caller: other, limit: whole, limitPercent: 900))
                .isReserved
        )
    }

    @Test("holds whose lease has expired are charged once; those of running calls and old stores are not")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(.dollar, for: .user("ann"), at: Self.november)
        try store.transaction {
            for number in 0..<1203 {
                _ = try store.reserve(try Self.reservation("\(number)", 10, lease: Self.november + 60))
            }
        }
        _ = try store.reserve(try Self.reservation("running", 7, lease: Self.november + 3600))
        _ = try store.reserve(try Self.reservation("endless", 5))
        _ = try store.reserve(try Self.reservation("settled", 3, lease: Self.november + 60))
        try store.settle(LedgerTests.settlement("settled", cost: Picodollars(2)))
        #expect(try store.settleAbandoned(at: Self.november + 59) == 0)
        #expect(try store.settleAbandoned(at: Self.november + 60) == 1203)
        #expect(try store.settleAbandoned(at: Self.november + 60) == 0)
        let total = MonthTotal(requests: 1206, spent: Picodollars(12_032), held: Picodollars(12))
        #expect(try store.monthTotal(Self.month) == total)
        let row = try #require(
            try store.requests(.id("7"), from: Self.month.start, to: Self.month.end, limit: 1).first
        )
        #expect(row.outcome == "Abandoned" && row.isEstimated && row.cost == Picodollars(10))
        #expect(row.settledTime == Self.november + 60 && row.caller == Self.ann)
        #expect(try !store.raiseHold("7", by: Picodollars(1), limit: nil))
        #expect(try store.health().faults == [])
    }

    @Test("a process that was only paused replaces the charge of an abandoned call with the actual one, once")
    func lateSettlement() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Picodollars(1000), for: .team("support"), at: Self.november)
        _ = try store.reserve(try Self.reservation("1", 100, lease: Self.november + 60))
        #expect(try store.settleAbandoned(at: Self.november + 61) == 1)
        #expect(try store.monthTotal(Self.month).spent == Picodollars(100))
        let late = LedgerTests.settlement("1", cost: Picodollars(40), time: Self.november + 300)
        #expect(try store.settle(late) == .settled(Self.standing(.team("support"), 1000, spent: 40, held: 0)))
        #expect(try store.settle(late) == .unchanged)
        #expect(try store.settleAbandoned(at: Self.december) == 0)
        #expect(try store.monthTotal(Self.month) == MonthTotal(requests: 1, spent: Picodollars(40)))
        let rows = try store.requests(.newest, from: Self.month.start, to: Self.month.end, limit: 9)
        #expect(rows.map(\.outcome) == ["success"] && rows.map(\.isEstimated) == [false])
        #expect(try store.health().faults == [])
    }

    @Test("doctor reports a budget whose running total differs from the ledger")
    func doctor() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Picodollars(1000), for: .accessKey("AKIA1"), at: Self.november)
        _ = try store.reserve(try Self.reservation("1", 100))
        let queue = try DatabaseQueue(path: store.path)
        try queue.write { try $0.execute(sql: "UPDATE budget_total SET month_held = '99'") }
        try queue.close()
        let faults = try store.health().faults
        #expect(faults.count == 1)
        #expect(
            faults.first?.hasPrefix("the total of access key AKIA1 in the month from 2026-11-01T00:00:00Z says 1 calls")
                == true
        )
    }

    @Test("a budget cannot be negative, and a budget of zero allows no call")
    func bounds() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(throws: StoreError.self) { try store.setBudget(Picodollars(-1), for: .all, at: Self.november) }
        try store.setBudget(.zero, for: .all, at: Self.november)
        #expect(try !store.reserve(try Self.reservation("1", 1)).isReserved)
        #expect(try store.budgets(Self.month) == [Self.standing(.all, 0, spent: 0, held: 0)])
    }
}
