import PurserCore
import PurserStore
import TestSupport
import Testing

/// The totals of the ledger's days, compared with a model of the calls.
@Suite struct LedgerDaysTests {
    private static let start = Timestamp(year: 2026, month: 1, day: 1)
    private static let day = 86_400

    /// What a test knows of a call.
    private struct Call {
        var time: Timestamp
        var caller: Caller
        var hold: Picodollars
        var cost: Picodollars?
        /// Whether its hold was charged, which its real cost may replace.
        var isAbandoned = false
    }

    /// What was learned of a call whose month was closed.
    private struct Correction {
        var booked: Timestamp
        var call: Call
        /// -1 for what is taken back.
        var sign: Int
        var cost: Picodollars
    }

    /// Calls over months, entered, settled and counted in any order, by programs that may end at any point.
    private struct Model {
        let store: Store
        var random: TestRandom
        var calls: [String: Call] = [:]
        var corrections: [Correction] = []
        var now = start
        var sequence = 0

        mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

        mutating func reserve(at time: Timestamp) throws {
            let id = "\(calls.count)"
            let caller = Caller(
                user: ["ann", "bob", "user-\(number(0...99))", nil].randomElement(using: &random) ?? nil,
                team: ["a", "b", nil].randomElement(using: &random) ?? nil,
                session: "s\(calls.count / 3)",
                tags: number(0...2) == 0 ? CallTags(["env": "prod"]) : .none
            )
            let hold = Picodollars(Int128(number(1...2_000_000) * 1_000_003))
            let lease = number(0...3) == 0 ? time + 600 : nil
            let reservation = try LedgerTests.reservation(id, hold: hold, time: time, caller: caller, lease: lease)
            #expect(try store.reserve(reservation).isReserved)
            calls[id] = Call(time: time, caller: caller, hold: hold)
        }

        mutating func settle(_ id: String) throws {
            guard let call = calls[id] else { return }
            let cost = Picodollars(Int128(number(0...3_000_000) * 1_000_003))
            var settlement = LedgerTests.settlement(id, cost: cost, time: now)
            settlement.time = now
            guard try store.settle(settlement).isSettled else { return }
            try learn(cost, of: id, call)
            calls[id]?.isAbandoned = false
        }

        /// Notes a call's cost, in the present month if its own is closed.
        mutating func learn(_ cost: Picodollars, of id: String, _ call: Call) throws {
            if try store.closedMonths().contains(where: { $0.month == CalendarMonth(containing: call.time) }) {
                if let old = call.cost {
                    corrections.append(Correction(booked: now, call: call, sign: -1, cost: .zero - old))
                }
                corrections.append(Correction(booked: now, call: call, sign: 1, cost: cost))
            }
            calls[id]?.cost = cost
        }

        /// Lets a program count and remove, which is killed after a number of steps.
        mutating func rollUp(steps: Int) throws {
            sequence += 1
            let point = try StoreTests.point("A", at: now.seconds)
            #expect(try store.record(Flush(writer: "w", sequence: sequence, points: [point])))
            var left = steps
            try store.rollUp(
                now: now,
                isTimeUp: {
                    left -= 1
                    return left < 0
                }
            )
        }

        mutating func step() throws {
            now = now + number(4...20) * 3600
            for _ in 0..<number(0...3) { try reserve(at: now - number(0...7200)) }
            if number(0...9) == 0 { try reserve(at: now - number(0...20) * LedgerDaysTests.day) }
            // Long after its day's calls were removed, by a clock that was wrong.
            if number(0...9) == 0, now > start + 75 * LedgerDaysTests.day {
                try reserve(at: now - 70 * LedgerDaysTests.day - number(0...80_000))
            }
            if number(0...19) == 0 {
                let days = number(62...70)
                try store.setRetention(Retention(changing: .standard, texts: ["ledger=\(days)d"]))
            }
            for id in calls.filter({ $0.value.cost == nil }).keys.sorted() where number(0...3) > 0 { try settle(id) }
            if number(0...9) == 0 {
                let count = try store.settleAbandoned(at: now)
                // Settled by their leases, as the ledger says.
                for entry in try store.requests(.newest, from: LedgerDaysTests.start, to: now, limit: 10_000)
                where count > 0 && entry.outcome == Store.abandonedOutcome {
                    guard let call = calls[entry.requestId], call.cost == nil else { continue }
                    try learn(entry.cost, of: entry.requestId, call)
                    calls[entry.requestId]?.isAbandoned = true
                }
            }
            let abandoned = calls.filter { $0.value.isAbandoned && $0.value.time > now - 20 * LedgerDaysTests.day }
            if number(0...4) == 0, let id = abandoned.keys.sorted().first { try settle(id) }
            if number(0...1) == 0 { try rollUp(steps: number(0...1) == 0 ? 10_000 : number(0...6)) }
        }

        func check(_ keys: [CostKey], _ period: Range<Timestamp>) throws {
            func values(_ call: Call, at time: Timestamp) -> [String?] {
                keys.map { key in
                    switch key {
                    case .team: call.caller.team
                    case .user: call.caller.user
                    case .tag: call.caller.tags.values["env"]
                    default: ClockZone.utc.name(ofPeriod: LedgerDaysTests.day, at: time)
                    }
                }
            }
            var expected: [[String?]: Picodollars] = [:]
            var users: [String: Int] = [:]
            for call in calls.values where period.contains(call.time) {
                guard let cost = call.cost else { continue }
                expected[values(call, at: call.time), default: .zero] += cost
                if let user = call.caller.user { users[user, default: 0] += 1 }
            }
            for one in corrections {
                if period.contains(one.call.time) {
                    expected[values(one.call, at: one.call.time), default: .zero] -= one.cost
                    if let user = one.call.caller.user { users[user, default: 0] -= one.sign }
                }
                if period.contains(one.booked) {
                    expected[values(one.call, at: one.booked), default: .zero] += one.cost
                }
            }
            let query = CostQuery(period, asOf: now + 3600, by: keys)
            var found: [[String?]: Picodollars] = [:]
            for group in try store.costGroups(query) { found[group.keys, default: .zero] += group.cost }
            #expect(found.filter { $0.value != .zero } == expected.filter { $0.value != .zero }, "\(keys) \(period)")
            #expect(try store.dailyCosts(query).values.reduce(.zero, +) == expected.values.reduce(.zero, +))
            #expect(try store.activeUsers(query) == users.values.count { $0 > 0 }, "\(period)")
            let open = calls.values.filter { period.contains($0.time) && $0.cost == nil }
            #expect(try store.openCalls(query).requests == open.count)
            #expect(try store.openCalls(query).held == open.reduce(.zero) { $0 + $1.hold })
        }
    }

    @Test(
        "whatever is entered, settled late, counted, removed or cut off, each sum is that of the calls",
        arguments: [UInt64(1), 2]
    )
    func model(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setRetention(Retention(changing: .standard, texts: ["ledger=62d"]))
        var model = Model(store: store, random: TestRandom(seed))
        for step in 1...200 {
            try model.step()
            guard step % 25 == 0 else { continue }
            let end = (model.now + Self.day).floored(toSeconds: Self.day)
            try model.check([.team], Self.start..<end)
            try model.check([.day, .user], Self.start..<end)
            try model.check([.tag("env")], end - 30 * Self.day..<end)
            try model.check([], Self.start..<max(Self.start, end - 7 * Self.day))
            let month = CalendarMonth(containing: model.now)
            try model.check([.team], month.start..<month.end)
        }
        try model.rollUp(steps: 10_000)
        let health = try store.health()
        #expect(health.faults == [] && health.removedDays > 10 && health.countedDays > health.removedDays + 20)
        #expect(health.ledgerRows < model.calls.count && !model.corrections.isEmpty)
        #expect(try store.mendDays(now: model.now) == [])
    }

    /// Returns a store with three days of calls, the first two of which are counted.
    private static func countedStore(_ folder: TemporaryFolder) throws -> Store {
        let store = try folder.store()
        var model = Model(store: store, random: TestRandom(7))
        for hour in 0..<52 {
            model.now = start + hour * 3600
            try model.reserve(at: model.now)
            try model.settle("\(hour)")
        }
        #expect(try store.rollUp(now: model.now)?.countedDays == 2)
        return store
    }

    @Test(
        "totals that a day's calls do not have are found and counted again",
        arguments: [
            "UPDATE ledger_day_total SET cost_rest = cost_rest + 1 WHERE day = 20454",
            "DELETE FROM ledger_day_total WHERE detail = 1 AND day = 20454 AND number = 0",
            "UPDATE ledger_day_total SET team = 'other' WHERE detail = 0 AND day = 20454",
        ]
    )
    func mended(fault: String) throws {
        let folder = try TemporaryFolder()
        let store = try Self.countedStore(folder)
        let query = CostQuery(Self.start..<Self.start + 2 * Self.day, asOf: Self.start + 3 * Self.day, by: [.team])
        let sum = try store.costGroups(query).reduce(Picodollars.zero) { $0 + $1.cost }
        try store.breakForTest(fault)
        let faults = try store.mendDays(now: Self.start + 3 * Self.day)
        #expect(faults.count == 1 && faults[0].hasPrefix("the totals of 2026-01-01 differ"))
        #expect(try store.mendDays(now: Self.start + 3 * Self.day) == [])
        let found = try store.costGroups(query)
        #expect(found.reduce(.zero) { $0 + $1.cost } == sum && !found.contains { $0.keys == ["other"] })
    }

    @Test(
        "a call that is changed by hand is in the next report",
        arguments: [
            "UPDATE ledger SET cost = cost + 1 WHERE id = 1", "UPDATE ledger SET time = time + 86400000 WHERE id = 1",
            "DELETE FROM ledger WHERE id = 30",
        ]
    )
    func changed(change: String) throws {
        let folder = try TemporaryFolder()
        let store = try Self.countedStore(folder)
        try store.breakForTest(change)
        let rows = try store.requests(.newest, from: Self.start, to: Self.start + 2 * Self.day, limit: 100)
        for _ in 0..<2 {
            let query = CostQuery(Self.start..<Self.start + 2 * Self.day, asOf: Self.start + 3 * Self.day)
            let sum = try store.costGroups(query).reduce(Picodollars.zero) { $0 + $1.cost }
            #expect(sum == rows.reduce(.zero) { $0 + $1.cost })
            try store.rollUp(now: Self.start + 3 * Self.day)
        }
        #expect(try store.mendDays(now: Self.start + 3 * Self.day) == [])
    }

    @Test("a question about single calls that were removed names the first of their days")
    func removed() throws {
        let folder = try TemporaryFolder()
        let store = try Self.countedStore(folder)
        try store.setRetention(Retention(changing: .standard, texts: ["ledger=62d"]))
        let end = Self.start + 70 * Self.day
        #expect(try store.record(Flush(writer: "x", sequence: 1, points: [StoreTests.point("A", at: end.seconds)])))
        try store.rollUp(now: end)
        #expect(try store.daysWithoutCalls() == [20_454, 20_455])
        #expect(try store.health().faults == [])
        let month = Self.start..<Self.start + 31 * Self.day
        func query(_ period: Range<Timestamp> = month, asOf: Timestamp = end, by keys: [CostKey] = []) -> CostQuery {
            CostQuery(period, asOf: asOf, by: keys)
        }
        #expect(try store.costGroups(query(by: [.user, .day, .tags])).reduce(0) { $0 + $1.requests } == 52)
        let berlin = try CostQuery(month, asOf: end, by: [.day], in: #require(ClockZone("Europe/Berlin")))
        for refused in [
            query(by: [.hour]), query(by: [.session]), berlin, query(Self.start + 3600..<Self.start + 31 * Self.day),
            query(asOf: Self.start + 3600),
        ] {
            let error = try #require(throws: RemovedCallsError.self) { try store.costGroups(refused) }
            #expect(error.day == "2026-01-01" && "\(error)".hasPrefix("the calls of 2026-01-01 were removed from "))
        }
        #expect(throws: RemovedCallsError.self) { try store.costCalls(query(), limit: 1) }
    }
}
