import PurserCore
import PurserStore
import TestSupport
import Testing

/// The groups of a report, compared with sums over the ledger's own rows.
@Suite struct CostGroupsTests {
    private static let start = Timestamp(year: 2026, month: 10, day: 24)
    private static let models = ["us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0"]

    /// Returns a store with calls of many kinds over three days, across a change of the clocks in Europe.
    private static func store(_ folder: TemporaryFolder, seed: UInt64) throws -> (Store, [LedgerEntry]) {
        let store = try folder.store()
        let catalog = try TestPrices.catalog()
        var random = TestRandom(seed)
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
        for id in 0..<150 {
            let time = start + .random(in: 0..<3 * 86_400, using: &random)
            let model = pick(models)
            let price = try #require(catalog.price(for: model, at: time))
            let tier: ServiceTier = model == models[1] ? pick([.standard, .flex, .priority]) : .standard
            let usage = TokenUsage(
                input: pick([10, 250_000]),
                output: .random(in: 0...500, using: &random),
                cacheRead: pick([0, 77])
            )
            let caller = Caller(
                user: pick(["ann", "bob", nil]),
                team: pick(["a", "b", nil]),
                application: pick(["web", nil]),
                accessKey: pick(["PRSR1", nil]),
                session: pick(["s1", nil]),
                tags: pick([.none, CallTags(["env": "prod"]), CallTags(["env": "test", "it's \"x\"": "y"])])
            )
            var reservation = try LedgerTests.reservation("\(id)", hold: .dollar, time: time, caller: caller)
            (reservation.modelId, reservation.price, reservation.tier) = (model, price, tier)
            #expect(try store.reserve(reservation).isReserved)
            // The first day has ended; the others have open calls, or the last one only.
            let isOpenFrom = start + (seed == 1 ? 1 : 2) * 86_400
            if id % 10 == 9, time >= isOpenFrom { continue }
            var settlement = LedgerTests.settlement("\(id)", cost: try price.cost(of: usage, tier: tier), time: time)
            settlement.usage = usage
            settlement.outcome = pick(["success", "success", "ThrottlingException", "Cancelled"])
            #expect(try store.settle(settlement).isSettled)
        }
        let entries = try store.requests(.newest, from: start, to: start + 4 * 86_400, limit: 1000)
        #expect(entries.count == 150)
        return (store, entries)
    }

    private static func value(_ entry: LedgerEntry, _ key: CostKey, _ zone: ClockZone) -> String? {
        switch key {
        case .model: entry.modelId
        case .team: entry.caller.team
        case .user: entry.caller.user
        case .application: entry.caller.application
        case .accessKey: entry.caller.accessKey
        case .session: entry.caller.session
        case .tier: entry.tier.rawValue
        case .day, .hour: zone.name(ofPeriod: key.periodSeconds ?? 0, at: entry.time)
        case .tag(let name): entry.caller.tags.values[name]
        case .tags: entry.caller.tags.json
        }
    }

    /// Checks that the calls behind a row add up to it, whether or not all are listed.
    private static func checkCalls(of row: CostReport.Row, _ query: CostQuery, _ store: Store) throws {
        var figure = query
        figure.keys = []
        try figure.narrow(
            toFigure: zip(query.keys, row.keys).map { key, value in
                key.periodSeconds == nil ? CostFilter(key, [value]).text : "\(key.name)=\(value ?? "")"
            }
        )
        for limit in [3, 1000] {
            let found = try store.costCalls(figure, limit: limit)
            #expect(found.requests == row.requests && found.total == row.cost, "\(row)")
            #expect(found.calls.count == min(limit, row.requests), "\(row)")
            #expect(found.calls.reduce(found.rest.cost) { $0 + $1.cost } == found.total, "\(row)")
            #expect(found.calls.map(\.cost) == found.calls.map(\.cost).sorted(by: >), "\(row)")
        }
    }

    private static func report(_ query: CostQuery, _ store: Store) throws -> CostReport {
        let month = CalendarMonth(containing: query.asOf)
        var report = CostReport(month: month, asOf: query.asOf, keys: query.keys, rows: [])
        report.add(try store.costGroups(query))
        return report
    }

    /// Checks what the store finds against the ledger's rows.
    private static func check(_ query: CostQuery, _ entries: [LedgerEntry], _ store: Store) throws {
        let wanted = entries.filter { entry in
            query.period.contains(entry.time)
                && query.filters.allSatisfy { $0.values.contains(value(entry, $0.key, query.zone)) }
        }
        let settled = wanted.filter { $0.settledTime.map { $0 < query.asOf } ?? false }
        var expected: [[String?]: (requests: Int, cost: Picodollars)] = [:]
        for entry in settled {
            let values = query.keys.map { value(entry, $0, query.zone) }
            let sum = expected[values] ?? (0, .zero)
            expected[values] = (sum.requests + 1, sum.cost + entry.cost)
        }
        let rows = try report(query, store).rows
        #expect(rows.count == expected.count, "\(query)")
        for row in rows {
            let sum = expected[row.keys]
            #expect(sum?.requests == row.requests && sum?.cost == row.cost, "\(query) \(row)")
        }
        // Without estimates, the tokens at their prices are the cost, to the picodollar.
        #expect(try store.costGroups(query).allSatisfy { $0.beyondTokens == .zero }, "\(query)")
        #expect(try store.activeUsers(query) == Set(settled.compactMap(\.caller.user)).count)
        let open = try store.openCalls(query)
        let running = wanted.filter { entry in
            entry.time < query.asOf && entry.settledTime.map { $0 >= query.asOf } ?? true
        }
        #expect(open.requests == running.count && open.held.rawValue == running.reduce(0) { $0 + $1.hold.rawValue })
    }

    @Test("every split and filter adds up to what the ledger's rows say", arguments: [UInt64(1), 2])
    func sums(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let (store, entries) = try Self.store(folder, seed: seed)
        let zones = try ["UTC", "Europe/Berlin", "Asia/Kathmandu", "-03:30"].map { try #require(ClockZone($0)) }
        let splits: [[CostKey]] = [
            [], [.model], [.team, .model], [.user, .application], [.accessKey, .session], [.tier], [.day],
            [.hour, .team], [.tag("env")], [.tag("it's \"x\""), .day], [.tag("none")], [.tags], [.day, .tags, .user],
        ]
        let filters: [[CostFilter]] = [
            [], [CostFilter(.team, ["a", nil])], [CostFilter(.tag("env"), ["prod"]), CostFilter(.tier, ["standard"])],
            [CostFilter(.user, [nil]), CostFilter(.model, [Self.models[1]])], [CostFilter(.team, ["none"])],
        ]
        let periods: [(period: Range<Timestamp>, asOf: Timestamp)] = [
            (Self.start + 3600..<Self.start + 2 * 86_400, Self.start + 40 * 3600),
            (Self.start..<Self.start + 3 * 86_400, Self.start + 60 * 3600),
        ]
        var queries: [CostQuery] = []
        for (index, keys) in splits.enumerated() {
            for (offset, filter) in filters.enumerated() {
                let (period, asOf) = periods[(index + offset) % 2]
                let zone = zones[(index + offset / 2) % zones.count]
                queries.append(CostQuery(period, asOf: asOf, by: keys, where: filter, in: zone))
            }
        }
        for isCounted in [false, true] {
            if isCounted { #expect(try store.rollUp(now: Self.start + 5 * 86_400)?.countedDays == Int(seed)) }
            for query in queries {
                try Self.check(query, entries, store)
                if isCounted { continue }
                for row in try Self.report(query, store).rows where !query.keys.contains(.tags) {
                    try Self.checkCalls(of: row, query, store)
                }
            }
        }
    }

    @Test("a group says how its calls ended, and whether a hold was charged")
    func endings() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let time = LedgerTests.november
        for (id, outcome) in [("1", "success"), ("2", "Cancelled"), ("3", "ThrottlingException"), ("4", "")] {
            let lease = outcome.isEmpty ? time + 60 : nil
            let reservation = try LedgerTests.reservation(id, hold: .cent, time: time, lease: lease)
            #expect(try store.reserve(reservation).isReserved)
            var settlement = LedgerTests.settlement(id, cost: Picodollars(Int128(id) ?? 0), time: time)
            settlement.outcome = outcome
            settlement.isEstimated = id == "2"
            if !outcome.isEmpty { #expect(try store.settle(settlement).isSettled) }
        }
        #expect(try store.settleAbandoned(at: time + 120) == 1)
        let groups = try store.costGroups(CostQuery(time..<time + 1, asOf: time + 3600))
        let costs = Dictionary(uniqueKeysWithValues: groups.map { ($0.ending, $0) })
        #expect(costs[.success]?.cost == Picodollars(1) && costs[.cancelled]?.isEstimated == true)
        #expect(costs[.failed]?.cost == Picodollars(3) && costs[.failed]?.isEstimated == false)
        #expect(costs[.abandoned]?.cost == .cent && costs[.abandoned]?.isEstimated == true && groups.count == 4)
    }

    @Test("a price that cannot be read hides no cost")
    func unreadablePrice() throws {
        let folder = try TemporaryFolder()
        let (store, entries) = try Self.store(folder, seed: 3)
        try store.breakForTest("UPDATE price SET content = 'broken' || id")
        let groups = try store.costGroups(
            CostQuery(Self.start..<Self.start + 4 * 86_400, asOf: Self.start + 5 * 86_400)
        )
        #expect(groups.reduce(.zero) { $0 + $1.cost } == entries.reduce(.zero) { $0 + $1.cost })
        #expect(groups.allSatisfy { $0.rates == nil })
    }
}
