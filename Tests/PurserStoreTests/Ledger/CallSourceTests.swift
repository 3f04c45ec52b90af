import Foundation
import GRDB
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct CallSourceTests {
    private static let november = LedgerTests.november
    private static let month = CalendarMonth(containing: november)
    private static let caller = Caller(user: "ann", team: "support")

    private static func reservation(
        _ id: String,
        _ hold: Int128,
        _ source: CallSource,
        limit: Int128? = nil,
        quota: Int? = nil,
        isUnlimited: Bool = false
    ) throws -> Reservation {
        var reservation = try LedgerTests.reservation(
            id,
            hold: Picodollars(hold),
            limit: limit.map { Picodollars($0) },
            quota: quota,
            caller: caller
        )
        reservation.source = source
        reservation.isUnlimited = isUnlimited
        return reservation
    }

    @Test("calls of one source use up no budget and no quota of another", arguments: CallSource.allCases)
    func separate(source: CallSource) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for scope in [BudgetScope.all, .team("support")] {
            try store.setBudget(Picodollars(1000), for: scope, at: Self.november)
        }
        for other in CallSource.allCases where other != source {
            #expect(try store.reserve(try Self.reservation("\(other)", 1000, other, quota: 1)).isReserved)
        }
        #expect(try store.reserve(try Self.reservation("1", 600, source, quota: 2)).isReserved)
        #expect(try !store.reserve(try Self.reservation("2", 401, source)).isReserved)
        #expect(try !store.raiseHold("1", by: Picodollars(401), limit: nil))
        #expect(try store.raiseHold("1", by: Picodollars(401), limit: nil, isUnlimited: true))
        #expect(try store.settle(LedgerTests.settlement("1", cost: Picodollars(600))).isSettled)
        #expect(try store.monthTotal(Self.month, source) == MonthTotal(requests: 1, spent: Picodollars(600)))
        #expect(try store.monthTotal(Self.month).requests == 3)
        #expect(try store.health().faults == [])
    }

    @Test("facts of the past are entered without any limit, and budgets show them beside what is spent")
    func nonLive() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Picodollars(100), for: .team("support"), at: Self.november)
        let reservation = try Self.reservation("1", 5000, .imported, limit: 1, quota: 0, isUnlimited: true)
        #expect(try store.reserve(reservation).isReserved)
        #expect(try store.settle(LedgerTests.settlement("1", cost: Picodollars(5000))).isSettled)
        let lines = try store.budgetLines(at: Self.november, limit: Picodollars(9), quota: nil)
        #expect(
            lines.map(\.used.spent) == [.zero, .zero] && lines.map(\.remaining) == [Picodollars(9), Picodollars(100)]
        )
        #expect(lines.map(\.nonLive) == Array(repeating: NonLiveCost(imported: Picodollars(5000)), count: 2))
        #expect(try store.costReport(Self.month, asOf: Self.month.end).nonLive.imported == Picodollars(5000))
    }

    @Test("the totals as of a time are kept for each source")
    func asOf() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for source in CallSource.allCases {
            #expect(try store.reserve(try Self.reservation("\(source)", 10, source)).isReserved)
            #expect(try store.settle(LedgerTests.settlement("\(source)", cost: Picodollars(7))).isSettled)
        }
        let held = try store.monthTotals(Self.month, asOf: Self.november + 1)
        let settled = try store.monthTotals(Self.month, asOf: Self.november + 10)
        for source in CallSource.allCases {
            #expect(held[source] == MonthTotal(requests: 1, held: Picodollars(10)))
            #expect(settled[source] == MonthTotal(requests: 1, spent: Picodollars(7)))
        }
        #expect(settled.all == MonthTotal(requests: 3, spent: Picodollars(21)))
        #expect(try store.monthTotals(Self.month, asOf: Self.november).all == MonthTotal())
    }

    @Test("doctor names the source of a total that differs from the ledger")
    func doctor() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Picodollars(100), for: .team("support"), at: Self.november)
        for source in CallSource.allCases { _ = try store.reserve(try Self.reservation("\(source)", 10, source)) }
        let queue = try DatabaseQueue(path: store.path)
        try queue.write { db in
            try db.execute(sql: "UPDATE month_total SET held = '99' WHERE source = 'imported'")
            try db.execute(sql: "UPDATE budget_total SET month_held = '98' WHERE source = 'simulated'")
        }
        let faults = try store.health().faults
        #expect(faults.count == 2)
        #expect(faults.contains { $0.hasPrefix("the total of imported calls of 2026-11 says 1 calls") })
        #expect(
            faults.contains {
                $0.hasPrefix("the total of simulated calls of team support in the month from 2026-11-01T00:00:00Z says")
            }
        )
    }

    @Test("Bedrock's own id is kept, finds the call, and keeps an import from entering a live call again")
    func upstreamId() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        _ = try store.reserve(try Self.reservation("1", 10, .live))
        var settlement = LedgerTests.settlement("1", cost: Picodollars(7))
        settlement.upstreamRequestId = "aws-1"
        #expect(try store.settle(settlement).isSettled)
        let found = try store.requests(.id("aws-1"), from: Self.month.start, to: Self.month.end, limit: 2)
        #expect(found.map(\.requestId) == ["1"] && found.first?.upstreamRequestId == "aws-1")
        #expect(found.first?.source == .live)
        #expect(try store.reserve(try Self.reservation("aws-1", 10, .imported, isUnlimited: true)) == .known)
        #expect(try store.reserve(try Self.reservation("aws-2", 10, .imported, isUnlimited: true)).isReserved)
    }
}
