import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct ClosedMonthTests {
    private static let october = CalendarMonth(year: 2026, month: 10)
    private static let november = CalendarMonth(year: 2026, month: 11)
    private static let now = Timestamp(year: 2026, month: 11, day: 16)

    private static func enter(
        _ id: String,
        _ cost: Int128,
        at time: Timestamp,
        settled: Timestamp? = nil,
        team: String = "support",
        source: CallSource = .live,
        in store: Store
    ) throws {
        var reservation = try LedgerTests.reservation(id, hold: .cent, time: time, caller: Caller(team: team))
        reservation.source = source
        #expect(try store.reserve(reservation).isReserved)
        var settlement = LedgerTests.settlement(id, cost: Picodollars(cost), time: time)
        if let settled { settlement.time = settled }
        #expect(try store.settle(settlement).isSettled)
    }

    /// Returns a store with two calls of October, one of which was abandoned, and one of November; October is closed.
    private static func store(_ folder: TemporaryFolder) throws -> Store {
        let store = try folder.store()
        try enter("1", 100, at: october.start + 3600, in: store)
        let lease = october.end - 60
        let abandoned = try LedgerTests.reservation("2", hold: .cent, time: october.end - 120, lease: lease)
        #expect(try store.reserve(abandoned).isReserved)
        #expect(try store.settleAbandoned(at: october.end + 60) == 1)
        try enter("3", 7, at: now, in: store)
        let closed = try store.close(october, at: now)
        #expect(closed.requests == 2 && closed.total == Picodollars(100) + .cent)
        return store
    }

    private static func total(_ month: CalendarMonth, _ store: Store) throws -> Picodollars {
        try store.costReport(month, asOf: now + 86_400).total
    }

    @Test("what is learned of a closed month's calls counts in the present month, and names the closed one")
    func corrections() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        // The real cost of the abandoned call, a forgotten log and a call that another month has.
        #expect(try store.settle(LedgerTests.settlement("2", cost: Picodollars(30), time: Self.now)).isSettled)
        try Self.enter("4", 500, at: Self.october.start + 60, settled: Self.now, team: "sales", in: store)
        try Self.enter("5", 9, at: Self.october.start - 60, in: store)
        #expect(try Self.total(Self.october, store) == Picodollars(100) + .cent)
        #expect(try Self.total(Self.november, store) == Picodollars(7 + 30 + 500) - .cent)
        let report = try store.costReport(Self.november, asOf: Self.now + 86_400, by: [.team, .day])
        #expect(
            report.corrections == [
                CostReport.Correction(month: Self.october, requests: 1, cost: Picodollars(530) - .cent)
            ]
        )
        #expect(report.requests == 2 && report.rows.contains { $0.keys == ["sales", "2026-11-16"] })
        for (month, entries) in [(Self.october, 6), (Self.november, 4)] {
            let query = CostQuery(month.start..<month.end, asOf: Self.now + 86_400)
            let found = try store.costCalls(query, limit: 100)
            #expect(try found.total == Self.total(month, store) && found.calls.count == entries)
            #expect(found.entries == entries && found.requests == 2 && found.rest.cost == .zero)
        }
        #expect(try store.health().faults == [])
        // Closing it once more changes nothing.
        #expect(try store.close(Self.october, at: Self.now + 3600) == store.closedMonths()[0])
        #expect(try store.closedMonths().map(\.closed) == [Self.now])
    }

    @Test("a correction of a call that was settled in the closed month is booked now, by the clock")
    func imported() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        try Self.enter("old", 40, at: Self.october.start + 60, source: .imported, in: store)
        let clock = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        let present = CalendarMonth(containing: clock)
        #expect(try Self.total(Self.october, store) == Picodollars(100) + .cent)
        let query = CostQuery(present.start..<present.end, asOf: clock + 86_400)
        let corrections = try store.costGroups(query).filter { $0.correctionOf == Self.october }
        #expect(corrections.reduce(Picodollars.zero) { $0 + $1.cost } == Picodollars(40))
    }

    @Test("a month closes by itself a week after its end, if live calls were made in it")
    func byItself() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.enter("1", 1, at: Self.october.start, in: store)
        try Self.enter("0", 1, at: Self.october.start - 86_400, source: .imported, in: store)
        try Self.enter("2", 2, at: Self.october.end + 7 * 86_400 - 1, in: store)
        // Months close by the age of the metrics, which a clock that jumps moves by a day at a time.
        let point = try StoreTests.point("A", at: Self.now.seconds)
        #expect(try store.record(Flush(writer: "w", sequence: 1, points: [point])))
        try store.rollUp(now: Self.now)
        #expect(try store.closedMonths() == [])
        try Self.enter("3", 4, at: Self.october.end + 7 * 86_400, in: store)
        try store.rollUp(now: Self.now)
        #expect(try store.closedMonths().map(\.month) == [Self.october])
        #expect(try store.closedMonths().map(\.total) == [Picodollars(1)])
    }

    @Test("a closed month is the same as of every time, and adds up with the present one")
    func asOf() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        #expect(try store.settle(LedgerTests.settlement("2", cost: Picodollars(30), time: Self.now)).isSettled)
        try Self.enter("late", 40, at: Self.october.start + 60, source: .imported, in: store)
        for days in [0, 5, 20, 1000] {
            let query = CostQuery(Self.october.start..<Self.october.end, asOf: Self.october.end + 86_400 * (1 + days))
            let groups = try store.costGroups(query)
            #expect(groups.reduce(Picodollars.zero) { $0 + $1.cost } == Picodollars(100) + .cent, "\(days)")
            #expect(groups.reduce(0) { $0 + $1.requests } == 2 && groups.allSatisfy { $0.requests > 0 }, "\(days)")
        }
        // A bill has what was learned later, in the month of the calls.
        var query = CostQuery(Self.october.start..<Self.october.end, asOf: Self.now + 86_400)
        query.hasCorrections = false
        #expect(try store.costGroups(query).reduce(Picodollars.zero) { $0 + $1.cost } == Picodollars(170))
    }

    @Test("a restored copy has the closed months and the corrections of the store that it replaces")
    func restored() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let copy = folder.path("copy.db")
        do {
            let store = try Self.store(folder)
            _ = try store.backup(to: copy, replaces: false, at: Self.now)
            #expect(try store.settle(LedgerTests.settlement("2", cost: Picodollars(30), time: Self.now)).isSettled)
            try Self.enter("4", 500, at: Self.october.start + 60, settled: Self.now, in: store)
            _ = try store.close(CalendarMonth(year: 2026, month: 9), at: Self.now)
        }
        _ = try Store.restore(
            Store.RestoreRequest(file: copy, path: path, isForced: false),
            at: Self.now + 60
        )
        let store = try Store(path: path, .existing)
        #expect(try Self.total(Self.october, store) == Picodollars(100) + .cent)
        #expect(try Self.total(Self.november, store) == Picodollars(7 + 30 + 500) - .cent)
        #expect(try store.closedMonths().count == 2 && store.health().faults == [])
    }

    @Test(
        "a closed month whose calls or corrections were changed by hand is a fault",
        arguments: [
            "UPDATE closed_month SET cost = '1'", "DELETE FROM ledger_correction WHERE sign = -1",
            "DROP TRIGGER ledger_corrected_by_update; UPDATE ledger SET cost = 5 WHERE request_id = '1'",
        ]
    )
    func tampered(change: String) throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        #expect(try store.settle(LedgerTests.settlement("2", cost: Picodollars(30), time: Self.now)).isSettled)
        #expect(try store.health().faults == [])
        try store.breakForTest(change)
        let faults = try store.health().faults.filter { $0.hasPrefix("2026-10 was closed with 2 calls and ") }
        #expect(faults.count == 1)
    }
}
