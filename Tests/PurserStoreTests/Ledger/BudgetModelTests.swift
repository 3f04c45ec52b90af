import PurserCore
import PurserStore
import TestSupport
import Testing

/// Compares random entries of several processes with an in-memory model that is simple enough to be right.
@Suite struct BudgetModelTests {
    private static let start = LedgerTests.november
    private static let month = CalendarMonth(containing: start)

    /// The expected ledger and budgets.
    private struct Model {
        struct Call {
            var caller: Caller
            var hold: Picodollars
            var lease: Timestamp
            var cost: Picodollars?
            var isAbandoned = false
        }

        var limits: [BudgetScope: Picodollars] = [:]
        var calls: [String: Call] = [:]

        static func scopes(_ caller: Caller) -> [BudgetScope] {
            [.all]
                + [
                    caller.team.map(BudgetScope.team), caller.user.map(BudgetScope.user),
                    caller.accessKey.map(BudgetScope.accessKey),
                ].compactMap(\.self)
        }

        func used(_ scope: BudgetScope) -> (spent: Picodollars, held: Picodollars) {
            calls.values.filter { Self.scopes($0.caller).contains(scope) }.reduce((.zero, .zero)) { sum, call in
                call.cost.map { (sum.spent + $0, sum.held) } ?? (sum.spent, sum.held + call.hold)
            }
        }

        func fits(_ amount: Picodollars, _ caller: Caller) -> Bool {
            Self.scopes(caller).allSatisfy { scope in
                guard let limit = limits[scope] else { return true }
                let used = used(scope)
                return used.spent + used.held + amount <= limit
            }
        }

        /// Charges the calls whose lease has expired; returns how many.
        mutating func abandon(at time: Timestamp) -> Int {
            let ended = calls.filter { $0.value.cost == nil && $0.value.lease <= time }
            for (id, call) in ended {
                calls[id]?.cost = call.hold
                calls[id]?.isAbandoned = true
            }
            return ended.count
        }

        mutating func reserve(_ made: Reservation) {
            calls[made.requestId] = Call(caller: made.caller, hold: made.hold, lease: made.lease ?? made.time)
        }

        mutating func settle(_ id: String, _ cost: Picodollars) {
            calls[id]?.cost = cost
            calls[id]?.isAbandoned = false
        }
    }

    /// One operation on the ledger and on the model.
    private enum Entry {
        case setBudget(BudgetScope, Picodollars)
        case removeBudget(BudgetScope)
        case settleAbandoned(at: Timestamp)
        case reserve(Reservation)
        case raiseHold(id: String, Model.Call, by: Picodollars)
        case settle(id: String, Model.Call, Settlement)
    }

    /// Generates random entries for the calls and budgets of a model.
    private struct Draw {
        let template: Reservation
        var random: TestRandom
        var time = BudgetModelTests.start

        /// Returns a random entry; nil if there is no call for it.
        mutating func entry(_ step: Int, _ model: Model) -> Entry? {
            let amount = Picodollars(Int128(Int.random(in: 1...400, using: &random)))
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                let scope = scope()
                // Never below the amount used, so that the limit can be checked after each step.
                let used = model.used(scope)
                let more = Picodollars(Int128(Int.random(in: 0...6000, using: &random)))
                return .setBudget(scope, used.spent + used.held + more)
            case 1: return .removeBudget(scope())
            case 2:
                time = time + Int.random(in: 1...40, using: &random)
                return .settleAbandoned(at: time)
            case 3...10:
                var reservation = template.with("\(step)")
                reservation.caller = BudgetModelTests.callers.randomElement(using: &random) ?? Caller()
                (reservation.time, reservation.hold, reservation.lease) = (time, amount, time + 60)
                return .reserve(reservation)
            default:
                guard let id = model.calls.keys.sorted().randomElement(using: &random), let call = model.calls[id]
                else { return nil }
                if Int.random(in: 0..<4, using: &random) == 0 { return .raiseHold(id: id, call, by: amount) }
                let cost = Picodollars(Int128.random(in: 0...call.hold.rawValue, using: &random))
                return .settle(id: id, call, LedgerTests.settlement(id, cost: cost, time: time))
            }
        }

        private mutating func scope() -> BudgetScope {
            BudgetModelTests.scopes.randomElement(using: &random) ?? .all
        }
    }

    private static let callers = [
        Caller(user: "ann", team: "support", accessKey: "K1"), Caller(user: "ann", team: "sales"),
        Caller(user: "bob", team: "support", accessKey: "K2"), Caller(user: "eve"), Caller(accessKey: "K1"), Caller(),
    ]
    private static let scopes: [BudgetScope] = [
        .all, .team("support"), .team("sales"), .user("ann"), .user("bob"), .accessKey("K1"),
    ]

    @Test("every answer and every sum equals the model's, to the picodollar", arguments: [UInt64(1), 2, 3, 4])
    func model(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let stores = try (0..<3).map { _ in try folder.store() }
        let commits = stores.map { GroupCommit($0) }
        var draw = Draw(template: try LedgerTests.reservation("", hold: .zero), random: TestRandom(seed))
        var model = Model()
        for step in 0..<400 {
            let note: Comment = "seed \(seed), step \(step)"
            let commit = commits[Int.random(in: 0..<commits.count, using: &draw.random)]
            switch draw.entry(step, model) {
            case .setBudget(let scope, let limit):
                try stores[0].setBudget(limit, for: scope, at: draw.time)
                model.limits[scope] = limit
            case .removeBudget(let scope):
                #expect(try stores[1].removeBudget(for: scope) == (model.limits[scope] != nil), note)
                model.limits[scope] = nil
            case .settleAbandoned(let time):
                let count = model.abandon(at: time)
                #expect(try stores[2].settleAbandoned(at: time) == count, note)
            case .reserve(let made):
                let isGranted = try await commit.perform { try $0.reserve(made) }.isReserved
                #expect(isGranted == model.fits(made.hold, made.caller), note)
                if isGranted { model.reserve(made) }
            case .raiseHold(let id, let call, let amount):
                let isRaised = try await commit.perform { try $0.raiseHold(id, by: amount, limit: nil) }
                #expect(isRaised == (call.cost == nil && model.fits(amount, call.caller)), note)
                if isRaised { model.calls[id]?.hold += amount }
            case .settle(let id, let call, let settlement):
                let isSettled = try await commit.perform { try $0.settle(settlement) }.isSettled
                #expect(isSettled == (call.cost == nil || call.isAbandoned), note)
                if isSettled { model.settle(id, settlement.cost) }
            case nil: continue
            }
            for standing in try stores[0].budgets(Self.month) {
                let used = model.used(standing.scope)
                #expect(standing.limit == model.limits[standing.scope], note)
                #expect(standing.spent == used.spent && standing.held == used.held, note)
                #expect(standing.spent + standing.held <= standing.limit, note)
            }
        }
        try Self.checkSums(stores[0], "seed \(seed)")
    }

    @Test("concurrent entries of three processes never exceed a budget, and the totals equal the sums of the rows")
    func concurrent() async throws {
        let folder = try TemporaryFolder()
        let stores = try (0..<3).map { _ in try folder.store() }
        let template = try LedgerTests.reservation("", hold: .zero)
        for (number, scope) in Self.scopes.enumerated() {
            try stores[0].setBudget(Picodollars(Int128(4000 + 500 * number)), for: scope, at: Self.start)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, store) in stores.enumerated() {
                let commit = GroupCommit(store)
                for lane in 0..<16 {
                    group.addTask {
                        var random = TestRandom(UInt64(number * 100 + lane))
                        for step in 0..<12 {
                            var reservation = template.with("\(number)-\(lane)-\(step)")
                            reservation.caller = Self.callers[Int.random(in: 0..<Self.callers.count, using: &random)]
                            reservation.hold = Picodollars(Int128(Int.random(in: 1...300, using: &random)))
                            let made = reservation
                            guard try await commit.perform({ try $0.reserve(made) }).isReserved else { continue }
                            let standings = try await commit.perform { try $0.budgets(Self.month) }
                            for standing in standings { #expect(standing.spent + standing.held <= standing.limit) }
                            if Int.random(in: 0..<3, using: &random) == 0 { continue }
                            let cost = Picodollars(Int128.random(in: 0...made.hold.rawValue, using: &random))
                            let settlement = LedgerTests.settlement(made.requestId, cost: cost)
                            let isSettled = try await commit.perform { try $0.settle(settlement) }.isSettled
                            #expect(isSettled)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try Self.checkSums(stores[1], "at once")
    }

    private static func checkSums(_ store: Store, _ note: Comment) throws {
        let rows = try store.requests(.newest, from: month.start, to: month.end, limit: 100_000)
        let total = rows.reduce(into: MonthTotal()) { total, row in
            total.requests += 1
            total.spent += row.cost
            if row.settledTime == nil { total.held += row.hold }
        }
        #expect(try store.monthTotal(month) == total, note)
        #expect(try store.health().faults == [], note)
    }
}
