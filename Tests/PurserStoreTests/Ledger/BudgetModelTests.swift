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
            var time: Timestamp
            var hold: Picodollars
            var lease: Timestamp
            var cost: Picodollars?
            var isAbandoned = false
        }

        /// Whose and over which time a budget counts.
        struct Key: Hashable {
            var scope: BudgetScope
            var window: BudgetWindow
        }

        var budgets: [Key: Budget] = [:]
        var calls: [String: Call] = [:]

        /// Returns what one name's calls, or all calls, have used of a budget in the period of a time.
        func used(_ scope: BudgetScope, _ budget: Budget, at time: Timestamp) -> MonthTotal {
            let period = budget.period(containing: time)
            return calls.values.filter {
                period.contains($0.time) && ([.all] + $0.caller.scopes).contains(scope)
            }.reduce(into: MonthTotal()) { total, call in
                total.requests += 1
                if let cost = call.cost { total.spent += cost } else { total.held += call.hold }
            }
        }

        /// Returns the names with calls that a budget counts; for all calls, those.
        func names(_ scope: BudgetScope, _ window: BudgetWindow) -> [BudgetScope] {
            guard scope.isEach else { return [scope] }
            return Set(calls.values.flatMap(\.caller.scopes)).filter {
                $0.kind == scope.kind && budgets[Key(scope: $0, window: window)] == nil
            }
        }

        func fits(_ amount: Picodollars, requests: Int, _ caller: Caller, at time: Timestamp) -> Bool {
            ([.all] + caller.scopes).allSatisfy { scope in
                BudgetWindow.allCases.allSatisfy { window in
                    let own = budgets[Key(scope: scope, window: window)]
                    let each = scope == .all ? nil : budgets[Key(scope: .each(scope.kind), window: window)]
                    guard let budget = own ?? each else { return true }
                    let used = used(scope, budget, at: time)
                    if let quota = budget.requests, requests > 0, used.requests >= quota { return false }
                    return budget.limit.map { used.spent + used.held + amount <= $0 } ?? true
                }
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
            calls[made.requestId] = Call(
                caller: made.caller,
                time: made.time,
                hold: made.hold,
                lease: made.lease ?? made.time
            )
        }

        mutating func settle(_ id: String, _ cost: Picodollars) {
            calls[id]?.cost = cost
            calls[id]?.isAbandoned = false
        }
    }

    /// One operation on the ledger and on the model.
    private enum Entry {
        case setBudget(Budget)
        case removeBudget(Model.Key)
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
            switch Int.random(in: 0..<24, using: &random) {
            case 0, 1: return .setBudget(budget(model))
            case 2: return .removeBudget(key())
            case 3:
                // Mostly within the hour; sometimes into another hour, day, week or month.
                let most = [40, 40, 1800, 20_000, 200_000].randomElement(using: &random) ?? 40
                time = time + Int.random(in: 1...most, using: &random)
                return .settleAbandoned(at: time)
            case 4...13:
                var reservation = template.with("\(step)")
                reservation.caller = BudgetModelTests.callers.randomElement(using: &random) ?? Caller()
                // The clocks of processes differ, so that a call may be of the period before.
                reservation.time = time - (Int.random(in: 0..<4, using: &random) == 0 ? 3 : 0)
                (reservation.hold, reservation.lease) = (amount, time + 60)
                return .reserve(reservation)
            default:
                guard let id = model.calls.keys.sorted().randomElement(using: &random), let call = model.calls[id]
                else { return nil }
                if Int.random(in: 0..<4, using: &random) == 0 { return .raiseHold(id: id, call, by: amount) }
                let cost = Picodollars(Int128.random(in: 0...call.hold.rawValue, using: &random))
                return .settle(id: id, call, LedgerTests.settlement(id, cost: cost, time: time))
            }
        }

        private mutating func key() -> Model.Key {
            Model.Key(
                scope: BudgetModelTests.scopes.randomElement(using: &random) ?? .all,
                window: BudgetWindow.allCases.randomElement(using: &random) ?? .month
            )
        }

        private mutating func budget(_ model: Model) -> Budget {
            let key = key()
            var budget = Budget(scope: key.scope, window: key.window)
            budget.zone =
                ClockZone(["UTC", "UTC", "Europe/Berlin", "UTC+05:30"].randomElement(using: &random) ?? "") ?? .utc
            // Never below the amount used, so that the limit can be checked after each step.
            let used = model.names(key.scope, key.window).map { model.used($0, budget, at: time) }
            let most = used.map { $0.spent + $0.held }.max() ?? .zero
            budget.limit = most + Picodollars(Int128(Int.random(in: 0...6000, using: &random)))
            if Int.random(in: 0..<3, using: &random) == 0 {
                budget.requests = (used.map(\.requests).max() ?? 0) + Int.random(in: 0...20, using: &random)
                if Bool.random(using: &random) { budget.limit = nil }
            }
            return budget
        }
    }

    private static let callers = [
        Caller(user: "ann", team: "support", accessKey: "K1", session: "run-1"), Caller(user: "ann", team: "sales"),
        Caller(user: "bob", team: "support", application: "bot", accessKey: "K2", session: "run-2"),
        Caller(user: "eve", session: "run-3"), Caller(application: "bot", accessKey: "K1"), Caller(),
    ]
    private static let scopes: [BudgetScope] = [
        .all, .team("support"), .team("sales"), .user("ann"), .user("bob"), .accessKey("K1"), .application("bot"),
        .session("run-1"), .each(.session), .each(.user), .each(.team),
    ]

    @Test("every answer and every sum equals the model's, to the picodollar", arguments: [UInt64(1), 2, 3, 4, 5, 6])
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
            case .setBudget(let budget):
                // `--at` may be of another period than the calls.
                let away = [0, 0, 90_000, -90_000].randomElement(using: &draw.random) ?? 0
                try stores[0].setBudget(budget, at: draw.time + away)
                model.budgets[Model.Key(scope: budget.scope, window: budget.window)] = budget
            case .removeBudget(let key):
                let isRemoved = try stores[1].removeBudget(for: key.scope, key.window, at: draw.time)
                #expect(isRemoved == (model.budgets[key] != nil), note)
                model.budgets[key] = nil
            case .settleAbandoned(let time):
                let count = model.abandon(at: time)
                #expect(try stores[2].settleAbandoned(at: time) == count, note)
            case .reserve(let made):
                let isGranted = try await commit.perform { try $0.reserve(made) }.isReserved
                #expect(isGranted == model.fits(made.hold, requests: 1, made.caller, at: made.time), note)
                if isGranted { model.reserve(made) }
            case .raiseHold(let id, let call, let amount):
                let isRaised = try await commit.perform { try $0.raiseHold(id, by: amount, limit: nil) }
                let fits = model.fits(amount, requests: 0, call.caller, at: call.time)
                #expect(isRaised == (call.cost == nil && fits), note)
                if isRaised { model.calls[id]?.hold += amount }
            case .settle(let id, let call, let settlement):
                let isSettled = try await commit.perform { try $0.settle(settlement) }.isSettled
                #expect(isSettled == (call.cost == nil || call.isAbandoned), note)
                if isSettled { model.settle(id, settlement.cost) }
            case nil: continue
            }
            if step % 8 == 0 { try Self.checkLines(stores[0], model, at: draw.time, note) }
        }
        #expect(try stores[0].health().faults == [], "seed \(seed)")
    }

    /// Compares what `purser budget show` reports with the model.
    private static func checkLines(_ store: Store, _ model: Model, at time: Timestamp, _ note: Comment) throws {
        let lines = try store.budgetLines(at: time, limit: nil, quota: nil).filter { $0.source == .store }
        #expect(lines.count == model.budgets.count, note)
        for line in lines {
            let (scope, window) = (line.budget.scope, line.budget.window)
            #expect(line.budget == model.budgets[Model.Key(scope: scope, window: window)], note)
            let used = model.names(scope, window).map { model.used($0, line.budget, at: time) }
            if scope.isEach {
                let most = used.map { $0.spent + $0.held }.max() ?? .zero
                #expect(line.budget.requests != nil || line.used.spent + line.used.held == most, note)
            } else {
                #expect(line.used == used.first, note)
            }
            if let limit = line.budget.limit { #expect(line.used.spent + line.used.held <= limit, note) }
            if let quota = line.budget.requests { #expect(line.used.requests <= quota, note) }
        }
    }

    @Test("concurrent entries of three processes never exceed a budget, and the totals equal the sums of the rows")
    func concurrent() async throws {
        let folder = try TemporaryFolder()
        let stores = try (0..<3).map { _ in try folder.store() }
        let template = try LedgerTests.reservation("", hold: .zero)
        for (number, scope) in Self.scopes.enumerated() {
            for window in BudgetWindow.allCases {
                let limit = Picodollars(Int128(4000 + 500 * number + 100 * window.index))
                try stores[0].setBudget(Budget(scope: scope, window: window, limit: limit), at: Self.start)
            }
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
                            let lines = try await commit.perform {
                                try $0.budgetLines(at: Self.start, limit: nil, quota: nil)
                            }
                            for line in lines {
                                #expect(line.budget.limit.map { line.used.spent + line.used.held <= $0 } ?? true)
                            }
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
