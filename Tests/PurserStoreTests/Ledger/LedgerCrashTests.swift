import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Group commit on a disk that fails, and in processes that are killed.
@Suite(.blocking, .startsPrograms) struct LedgerCrashTests {
    private static let calls = ScriptedCalls(process: "p", rounds: 4, callers: 6)
    private static let month = CalendarMonth(containing: ScriptedCalls.start)
    /// The number of lanes, which run in parallel.
    private static let lanes = 3

    private static func program(_ folder: TemporaryFolder, _ calls: ScriptedCalls = calls) -> FaultyProgram {
        let numbers = [calls.rounds, calls.callers].map { "\($0)" }
        return FaultyProgram(
            name: "StoreFault",
            arguments: [folder.path("purser.db"), "ledger", calls.process] + numbers
        )
    }

    /// Checks that acknowledged entries are stored, and that no entry, acknowledged or not, is stored in part.
    private static func check(
        _ store: Store,
        _ calls: [ScriptedCalls.Call],
        _ lines: [String],
        _ note: Comment
    ) throws {
        #expect(try store.health().faults == [] && store.integrityFaults() == [], note)
        let entries = try store.requests(.newest, from: month.start, to: month.end, limit: 100_000)
        let stored = Dictionary(uniqueKeysWithValues: entries.map { ($0.requestId, $0) })
        let told = Set(lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") })
        for call in calls {
            let entry = stored[call.id]
            if told.contains("reserved \(call.id)") { #expect(entry != nil, note) }
            guard let entry else { continue }
            let raised = call.isRaised ? call.hold + call.hold : call.hold
            #expect(entry.hold == raised || entry.hold == call.hold, note)
            if told.contains("raised \(call.id)") { #expect(entry.hold == raised, note) }
            if told.contains("settled \(call.id)") { #expect(entry.outcome == "success", note) }
            switch entry.outcome {
            case "success": #expect(entry.cost == call.cost && entry.usage.output == 20, note)
            case "reserved": #expect(entry.cost == .zero && entry.settledTime == nil, note)
            default: Issue.record("\(entry.outcome) of \(call.id)")
            }
        }
        // After a restart no hold remains.
        let open = entries.filter { $0.outcome == "reserved" }
        #expect(try store.settleAbandoned(at: ScriptedCalls.start + ScriptedCalls.leaseSeconds) == open.count, note)
        let spent = entries.reduce(Picodollars.zero) { $0 + ($1.outcome == "success" ? $1.cost : $1.hold) }
        let total = MonthTotal(requests: entries.count, spent: spent, held: .zero)
        #expect(try store.monthTotal(month) == total, note)
        for line in try store.budgetLines(at: ScriptedCalls.start, limit: nil, quota: nil) {
            // Of several processes, one user and one session have used the most.
            #expect(line.budget.scope.isEach ? line.used.spent <= spent : line.used == total, note)
        }
        #expect(try store.health().faults == [], note)
    }

    /// Checks that the next process can enter its calls in the store that a crash left.
    private static func checkResumed(_ store: Store, _ note: Comment) throws {
        let (next, price) = (ScriptedCalls(process: "next", rounds: 1, callers: 4), try ScriptedCalls.price())
        let before = try store.monthTotal(month)
        try store.setBudget(ScriptedCalls.limit, for: .team(ScriptedCalls.team), at: ScriptedCalls.start)
        for call in next.calls {
            #expect(try store.reserve(next.reservation(of: call, price)).isReserved, note)
            if let settlement = next.settlement(of: call) { #expect(try store.settle(settlement).isSettled, note) }
        }
        let after = try store.monthTotal(month)
        let costs = next.calls.compactMap(\.cost).reduce(before.spent, +)
        let held = next.calls.reduce(Picodollars.zero) { $0 + ($1.cost == nil ? $1.hold : .zero) }
        #expect(after == MonthTotal(requests: before.requests + next.calls.count, spent: costs, held: held), note)
        #expect(try store.health().faults == [] && store.integrityFaults() == [], note)
    }

    @Test(
        "after a kill at any disk operation, calls committed together are fully stored if their callers got a result",
        arguments: 0..<lanes
    )
    func images(lane: Int) throws {
        let folder = try TemporaryFolder(inMemory: true)
        let stride = TestScope.stride(short: 14)
        let moments = try Self.program(folder).images(
            of: folder.url,
            lane: .init(lane, of: Self.lanes, stride: stride)
        ) { image in
            let note = image.note
            let store = try Store(path: image.path("purser.db"), .creating)
            try Self.check(store, Self.calls.calls, image.said.lines, note)
            try Self.checkResumed(store, note)
        }
        print("images of a kill: \(moments.all) in lane \(lane) of the ledger, \(moments.visited) of them differ")
        #expect(moments.all >= 150 / stride)
    }

    @Test("a process that is killed between two calls that are committed together leaves neither stored in part")
    func killed() throws {
        let whole = try TemporaryFolder()
        let operations = try #require(try Self.program(whole).run().numbers["operations"])
        let apart = TestScope.killStride
        var kills = 0
        for (index, at) in stride(from: 1 + operations % apart, through: operations, by: apart).enumerated() {
            let fault: DiskPlan.Fault = index % 2 == 0 ? .kill : .torn
            let folder = try TemporaryFolder()
            let note: Comment = "\(fault) at operation \(at) of \(operations)"
            let run = try Self.program(folder).run(.at(at, fault))
            kills += run.isKilled ? 1 : 0
            // Calls are grouped as they arrive, so this run may have fewer operations than the one that was counted.
            #expect(try run.isKilled || #require(run.numbers["operations"]) < at, note)
            let store = try Store(path: folder.path("purser.db"), .creating)
            try Self.check(store, Self.calls.calls, run.lines, note)
        }
        print("kill -9: \(kills) kills of the ledger's writer in \(operations) operations")
        #expect(kills > operations / apart / 2)
    }

    @Test(
        "a failing disk operation fails all calls of its group, later groups continue, and nothing is lost",
        arguments: [DiskPlan.Fault.full, .broken]
    )
    func failing(fault: DiskPlan.Fault) throws {
        // The store is created beforehand, so the operations that fail are the ledger's.
        let prepared = try TemporaryFolder()
        _ = try Self.program(prepared, ScriptedCalls(process: "p", rounds: 0, callers: 1)).run()
        let whole = try TemporaryFolder()
        try FileManager.default.copyItem(at: prepared.url, to: whole.url.appendingPathComponent("copy"))
        let undisturbed = FaultyProgram(
            name: "StoreFault",
            arguments: [whole.path("copy/purser.db")] + Self.program(whole).arguments.dropFirst()
        )
        let operations = try #require(try undisturbed.run().numbers["operations"])
        let stride = TestScope.stride(short: 9)
        let runs = try TemporaryFolder(inMemory: true)
        let program = FaultyProgram(
            name: "StoreFault",
            arguments: [
                runs.path("run-"), "ledger-failing", Self.calls.process, "\(Self.calls.rounds)",
                "\(Self.calls.callers)",
                prepared.url.path, fault.rawValue, "\(stride)", "\(operations)",
            ]
        )
        var (failures, last) = (0, 0)
        try program.failing { run in
            let note: Comment = "\(fault) at operation \(run.operation)"
            failures += run.lines.count { $0.hasPrefix("failed") }
            last = run.operation
            // An error while opening the store or setting the budget ends the run and leaves the store intact. The last
            // round comes after the fault, unless the fault is in that round.
            if run.isDone, run.operation < operations / 2 {
                #expect(run.lines.contains { $0.hasPrefix("settled p-2") }, note)
            }
            let folder = "run-\(run.operation)"
            let store = try Store(path: runs.path(folder + "/purser.db"), .existing)
            try Self.check(store, Self.calls.calls, run.lines, note)
            try FileManager.default.removeItem(atPath: runs.path(folder))
        }
        print("group commit: \(failures) calls met an error of \(last) operations that failed")
        #expect(failures > 0 && last > operations - stride)
    }

    @Test("eight processes that never pause each get their turn to write, and together stay within the budget")
    func fair() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let all = (0..<8).map { ScriptedCalls(process: "p\($0)", rounds: 12, callers: 8) }
        // All are started before any is read, so that they run concurrently.
        let running = try all.map { try Self.program(folder, $0).start() }
        let runs = try running.map { try $0.end() }
        let longest = runs.compactMap { $0.numbers["longest"] }
        print("eight processes: the longest wait of each is \(longest.sorted().map { "\($0 / 1000) ms" })")
        #expect(longest.count == 8)
        // A writer gives up after ten seconds without a turn.
        #expect(runs.flatMap(\.lines).filter { $0.hasPrefix("failed") } == [])
        try Self.check(store, all.flatMap(\.calls), runs.flatMap(\.lines), "eight processes")
    }
}
