import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Group commit over a disk that fails, and in processes that are killed.
@Suite(.blocking) struct LedgerCrashTests {
    private static let calls = ScriptedCalls(process: "p", rounds: 4, callers: 6)
    private static let month = CalendarMonth(containing: ScriptedCalls.start)
    /// Lanes run side by side.
    private static let lanes = 3

    private static func program(_ folder: TemporaryFolder, _ calls: ScriptedCalls = calls) -> FaultyProgram {
        let numbers = [calls.rounds, calls.callers].map { "\($0)" }
        return FaultyProgram(
            name: "StoreFault",
            arguments: [folder.path("purser.db"), "ledger", calls.process] + numbers
        )
    }

    /// What was acknowledged must be there, what was not may be there, and nothing may be there by halves.
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
        // After a restart no hold stays.
        let open = entries.filter { $0.outcome == "reserved" }
        #expect(try store.settleAbandoned(at: ScriptedCalls.start + ScriptedCalls.leaseSeconds) == open.count, note)
        let spent = entries.reduce(Picodollars.zero) { $0 + ($1.outcome == "success" ? $1.cost : $1.hold) }
        let total = MonthTotal(requests: entries.count, spent: spent, held: .zero)
        #expect(try store.monthTotal(month) == total, note)
        for standing in try store.budgets(month) { #expect(standing.spent == spent && standing.held == .zero, note) }
        #expect(try store.health().faults == [], note)
    }

    @Test(
        "killed at any operation of the disk, calls that are committed together are there whole if anybody was told so",
        arguments: 0..<lanes
    )
    func killed(lane: Int) throws {
        let whole = try TemporaryFolder()
        let operations = try #require(try Self.program(whole).run().numbers["operations"])
        let stride = CrashTests.isLong ? 1 : 14
        var kills = 0
        for (index, at) in Swift.stride(from: 1 + operations % stride, through: operations, by: stride).enumerated()
        where index % Self.lanes == lane {
            let fault: FaultyProgram.Fault = index % 2 == 0 ? .kill : .torn
            let folder = try TemporaryFolder()
            let note: Comment = "\(fault) at operation \(at) of \(operations)"
            let run = try Self.program(folder).run(at: at, fault)
            kills += run.isKilled ? 1 : 0
            let store = try Store(path: folder.path("purser.db"), .creating)
            try Self.check(store, Self.calls.calls, run.lines, note)
        }
        print("group commit: \(kills) kills in lane \(lane) of \(operations) operations")
        #expect(kills >= 5)
    }

    @Test(
        "an operation of the disk that fails fails all calls of its group, the next groups go on, and nothing is lost",
        arguments: [FaultyProgram.Fault.full, .broken]
    )
    func failing(fault: FaultyProgram.Fault) throws {
        let whole = try TemporaryFolder()
        _ = try Self.program(whole, ScriptedCalls(process: "p", rounds: 0, callers: 1)).run()
        let operations = try #require(try Self.program(whole).run().numbers["operations"])
        let stride = CrashTests.isLong ? 1 : 9
        var failures = 0
        for at in Swift.stride(from: 2, through: operations, by: stride) {
            let folder = try TemporaryFolder()
            // The store is made before: what fails is the ledger's.
            _ = try Self.program(folder, ScriptedCalls(process: "p", rounds: 0, callers: 1)).run()
            let note: Comment = "\(fault) at operation \(at) of \(operations)"
            // A store that cannot be opened, or no budget, ends the program, and is found whole.
            let run = try? Self.program(folder).run(at: at, fault)
            let lines = run?.lines ?? []
            failures += lines.count { $0.hasPrefix("failed") }
            // The last round comes after the fault, unless the fault is its own.
            if run != nil, at < operations / 2 { #expect(lines.contains { $0.hasPrefix("settled p-2") }, note) }
            try Self.check(try Store(path: folder.path("purser.db"), .existing), Self.calls.calls, lines, note)
        }
        print("group commit: \(failures) calls were told of an error")
        #expect(failures > 0)
    }

    @Test("eight processes that never pause each get their turn to write, and the budget holds among them")
    func fair() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let all = (0..<8).map { ScriptedCalls(process: "p\($0)", rounds: 12, callers: 8) }
        // Started first, and then read: they run at once.
        let running = try all.map { try Self.program(folder, $0).start() }
        let runs = try running.map { try $0.end() }
        let longest = runs.compactMap { $0.numbers["longest"] }
        print("eight processes: the longest wait of each is \(longest.sorted().map { "\($0 / 1000) ms" })")
        #expect(longest.count == 8)
        // Far from the ten seconds after which a writer gives up, on a machine that does other things too.
        for wait in longest { #expect(wait < 5_000_000) }
        try Self.check(store, all.flatMap(\.calls), runs.flatMap(\.lines), "eight processes")
    }
}
