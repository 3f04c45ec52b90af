import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking) struct CrashTests {
    static let isLong = ProcessInfo.processInfo.environment["PURSER_LONG_TESTS"] == "1"
    private static let flushes = 14
    private static let script = ScriptedFlushes(writer: "w", series: 5, secondsApart: 1200)
    /// Lanes run side by side.
    private static let lanes = 4

    private static func program(_ folder: TemporaryFolder) -> FaultyProgram {
        let numbers = [flushes, script.series, script.secondsApart, 1, 5].map { "\($0)" }
        return FaultyProgram(name: "StoreFault", arguments: [folder.path("purser.db"), script.writer] + numbers)
    }

    /// What all series of a store have must be what so many flushes brought, by whatever way it is asked for.
    private static func check(_ store: Store, flushes: Int, _ note: Comment) throws {
        #expect(try store.health().faults == [] && store.integrityFaults() == [], note)
        let end = script.time(of: 1000)
        for number in 0..<script.series {
            let reference = ScriptedFlushes.reference(number)
            let expected = script.total(number, flushes: flushes)
            for period in [nil, 60, 3600, 86_400, 100 * 86_400] {
                let slots = try store.slots(of: [reference], from: ScriptedFlushes.start, to: end, period: period)
                let total = slots[reference]?.total(from: ScriptedFlushes.start, to: end) ?? .empty
                #expect(total == expected, note)
            }
        }
    }

    @Test(
        "killed at any step of making a store, of a flush, a roll-up or a checkpoint, nothing acknowledged is lost or counted twice",
        arguments: 0..<lanes
    )
    func killed(lane: Int) throws {
        let whole = try TemporaryFolder()
        let operations = try #require(try Self.program(whole).run().numbers["operations"])
        #expect(operations > 300)
        let stride = Self.isLong ? 1 : 12
        var kills = 0
        for (index, at) in Swift.stride(from: 1 + operations % stride, through: operations, by: stride).enumerated()
        where index % Self.lanes == lane {
            for isTorn in Self.isLong && at % 3 != 0 ? [false] : [false, true] {
                let folder = try TemporaryFolder()
                let note: Comment = "killed at operation \(at) of \(operations)\(isTorn ? ", half-way" : "")"
                let first = try Self.program(folder).run(at: at, isTorn: isTorn)
                // The last operations are those of closing: their number differs a little from run to run.
                #expect(first.isKilled || at > operations - 5, note)
                kills += first.isKilled ? 1 : 0
                let acknowledged = first.numbers["stored"] ?? 0
                let store = try Store(path: folder.path("purser.db"), .creating)
                let stored = try store.progress(ofWriter: Self.script.writer)?.sequence ?? 0
                #expect((acknowledged...acknowledged + 1).contains(stored), note)
                try Self.check(store, flushes: stored, note)
                let second = try Self.program(folder).run()
                #expect(!second.isKilled && second.numbers["stored"] ?? stored == Self.flushes, note)
                // The last ones were brought again, and are still there once.
                #expect(second.numbers["known"] ?? 0 == stored, note)
                try Self.check(store, flushes: Self.flushes, note)
            }
        }
        print("kill -9: \(kills) kills in lane \(lane)")
        #expect(kills >= (Self.isLong ? 150 : 15))
    }
}
