import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct LedgerTests {
    static let november = Timestamp(year: 2026, month: 11, day: 16, hour: 18)
    static let dollar = Picodollars.dollar

    static func reservation(
        _ id: String,
        hold: Picodollars,
        limit: Picodollars? = nil,
        quota: Int? = nil,
        time: Timestamp = november,
        caller: Caller = Caller(team: "support"),
        lease: Timestamp? = nil,
        limitPercent: Int = 100
    ) throws -> Reservation {
        let price = try #require(try TestPrices.catalog().price(for: "us.amazon.nova-lite-v1:0", at: time))
        return Reservation(
            requestId: id,
            time: time,
            caller: caller,
            modelId: price.modelId,
            correlationId: nil,
            price: price,
            hold: hold,
            limit: limit,
            quota: quota,
            lease: lease,
            limitPercent: limitPercent
        )
    }

    static func excess(_ total: MonthTotal, _ limit: Picodollars) -> BudgetExcess {
        BudgetExcess(scope: .all, total: total, limit: limit, in: CalendarMonth(containing: november))
    }

    static func settlement(_ id: String, cost: Picodollars, time: Timestamp = november) -> Settlement {
        Settlement(
            requestId: id,
            time: time + 2,
            outcome: "success",
            usage: TokenUsage(input: 10, output: 20),
            isEstimated: false,
            latencyMilliseconds: 2000,
            retries: 0,
            cost: cost
        )
    }

    @Test("spent and held amounts never exceed the limit together, and a settlement frees the unused part of its hold")
    func guardHolds() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let limit = Self.dollar
        let hold = Picodollars(400_000_000_000)
        #expect(try store.reserve(try Self.reservation("1", hold: hold, limit: limit)).isReserved)
        #expect(try store.reserve(try Self.reservation("2", hold: hold, limit: limit)).isReserved)
        let full = MonthTotal(requests: 2, spent: .zero, held: hold + hold)
        #expect(
            try store.reserve(try Self.reservation("3", hold: hold, limit: limit))
                == .budgetExceeded(Self.excess(full, limit))
        )
        #expect(try store.settle(Self.settlement("1", cost: Picodollars(1))).isSettled)
        #expect(try store.reserve(try Self.reservation("3", hold: hold, limit: limit)).isReserved)
        #expect(
            try store.monthTotal(CalendarMonth(containing: Self.november))
                == MonthTotal(requests: 3, spent: Picodollars(1), held: hold + hold)
        )
        #expect(try store.health().faults == [])
    }

    @Test("a hold that fits to the last picodollar fits")
    func exactLimit() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(try store.reserve(try Self.reservation("1", hold: Self.dollar, limit: Self.dollar)).isReserved)
        let result = try store.reserve(try Self.reservation("2", hold: Picodollars(1), limit: Self.dollar))
        #expect(result == .budgetExceeded(Self.excess(MonthTotal(requests: 1, held: Self.dollar), Self.dollar)))
    }

    @Test("a request id is one call: it is reserved once and settled once")
    func idempotence() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let hold = Picodollars(1000)
        #expect(try store.reserve(try Self.reservation("1", hold: hold)) == .reserved(nil))
        #expect(try store.reserve(try Self.reservation("1", hold: hold)) == .known)
        #expect(try store.settle(Self.settlement("1", cost: Picodollars(7))).isSettled)
        #expect(try !store.settle(Self.settlement("1", cost: Picodollars(9))).isSettled)
        #expect(try !store.settle(Self.settlement("unknown", cost: Picodollars(9))).isSettled)
        #expect(try store.reserve(try Self.reservation("1", hold: hold)) == .known)
        #expect(try store.monthTotal(CalendarMonth(containing: Self.november)).spent == Picodollars(7))
    }

    @Test("the quota counts the calls in a calendar month, and the next month starts from zero")
    func quota() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let hold = Picodollars(5)
        #expect(try store.reserve(try Self.reservation("1", hold: hold, quota: 1)) == .reserved(nil))
        #expect(
            try store.reserve(try Self.reservation("2", hold: hold, quota: 1))
                == .quotaExceeded(
                    BudgetExcess(
                        scope: .all,
                        total: MonthTotal(requests: 1, spent: .zero, held: hold),
                        requests: 1,
                        in: CalendarMonth(containing: Self.november)
                    )
                )
        )
        let december = Timestamp(year: 2026, month: 12, day: 1)
        #expect(try store.reserve(try Self.reservation("2", hold: hold, quota: 1, time: december)) == .reserved(nil))
        // A call belongs to the month in which it began, whenever it is settled.
        #expect(try store.settle(Self.settlement("1", cost: Picodollars(3), time: december)).isSettled)
        #expect(try store.monthTotal(CalendarMonth(containing: Self.november)).spent == Picodollars(3))
        #expect(try store.monthTotal(CalendarMonth(containing: december)).spent == .zero)
    }

    @Test("an attempt in addition to one that may be billed needs its own hold")
    func raisedHold() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let hold = Picodollars(400)
        let limit = Picodollars(1000)
        #expect(try store.reserve(try Self.reservation("1", hold: hold, limit: limit)).isReserved)
        #expect(try store.raiseHold("1", by: hold, limit: limit))
        #expect(try !store.raiseHold("1", by: hold, limit: limit))
        #expect(try store.hold(of: "1") == Picodollars(800))
        #expect(try !store.raiseHold("unknown", by: hold, limit: nil))
        #expect(try store.settle(Self.settlement("1", cost: Picodollars(500))).isSettled)
        #expect(
            try store.monthTotal(CalendarMonth(containing: Self.november))
                == MonthTotal(requests: 1, spent: Picodollars(500), held: .zero)
        )
    }

    @Test("sums past 64 bits are exact")
    func largeSums() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let cost = Picodollars(Int128(Int64.max) - 5)
        for id in 1...4 {
            #expect(try store.reserve(try Self.reservation("\(id)", hold: cost)) == .reserved(nil))
            #expect(try store.settle(Self.settlement("\(id)", cost: cost)).isSettled)
        }
        let total = Picodollars(cost.rawValue * 4)
        let month = CalendarMonth(containing: Self.november)
        #expect(try store.monthTotal(month).spent == total)
        let rows = try store.costRows(month, asOf: month.end, by: [.team])
        #expect(rows.map(\.cost) == [total])
        let days = try store.costRows(month, asOf: month.end, by: [.day])
        #expect(days.map(\.cost) == [total] && days[0].keys == ["2026-11-16"], "\(days)")
        #expect(try store.health().faults == [])
        #expect(throws: StoreError.self) {
            try store.reserve(try Self.reservation("9", hold: Picodollars(Int128(Int64.max) + 1)))
        }
    }

    @Test("a report as of a time contains the calls settled before it")
    func asOf() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let month = CalendarMonth(containing: Self.november)
        for (id, offset) in [("1", 0), ("2", 3600)] {
            let time = Self.november + offset
            _ = try store.reserve(try Self.reservation(id, hold: Picodollars(100), time: time))
            try store.settle(Self.settlement(id, cost: Picodollars(40), time: time))
        }
        _ = try store.reserve(try Self.reservation("3", hold: Picodollars(100), time: Self.november + 7200))
        let early = try store.costRows(month, asOf: Self.november + 10, by: [.model, .team])
        #expect(early.map(\.requests) == [1])
        #expect(early[0].keys == ["us.amazon.nova-lite-v1:0", "support"])
        let all = try store.costReport(month, asOf: Self.november + 7300)
        #expect(all.successfulRequests == 2)
        #expect(all.openRequests == 1)
        #expect(all.held == Picodollars(100))
        let minutes = try store.settledCosts(month, from: month.start, to: month.end)
        #expect(minutes.map(\.cost) == [Picodollars(40), Picodollars(40)])
        #expect(minutes[0].minute == Self.november)
    }

    @Test("the totals as of any past time are those that were current then", arguments: [UInt64(1), 2, 3])
    func totalsAsOf(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let month = CalendarMonth(containing: Self.november)
        var state = seed
        func random(_ limit: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % limit)
        }
        // The totals are noted before each step; at the end, each of them must be returned again.
        var noted: [(time: Timestamp, total: MonthTotal)] = []
        var open: [String] = []
        for step in 0..<120 {
            let time = Self.november + step * 10
            noted.append((time, try store.monthTotal(month)))
            if random(2) == 0 || open.isEmpty {
                let hold = Picodollars(Int128(1000 + random(1000)))
                _ = try store.reserve(try Self.reservation("\(step)", hold: hold, time: time))
                open.append("\(step)")
            } else {
                let id = open.remove(at: random(UInt64(open.count)))
                var settlement = Self.settlement(id, cost: Picodollars(Int128(random(900))), time: time)
                settlement.time = time
                try store.settle(settlement)
            }
        }
        for (time, total) in noted {
            #expect(try store.monthTotals(month, asOf: time).all == total, "\(time), seed \(seed)")
        }
    }
}
