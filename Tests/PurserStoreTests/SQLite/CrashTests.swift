import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct CrashTests {
    private static let flushes = 14
    private static let (rollUpEvery, checkpointEvery) = (1, 5)
    private static let script = ScriptedFlushes(writer: "w", series: 5, secondsApart: 1200)
    /// The number of lanes, which run in parallel.
    private static let lanes = 4

    private static func program(_ folder: TemporaryFolder) -> FaultyProgram {
        let numbers = [flushes, script.series, script.secondsApart, rollUpEvery, checkpointEvery].map { "\($0)" }
        return FaultyProgram(name: "StoreFault", arguments: [folder.path("purser.db"), script.writer] + numbers)
    }

    /// Checks that all series of a store contain exactly the samples of `flushes` flushes, whatever the period of the
    /// query.
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

    /// Checks that the store left by a kill has everything that was acknowledged; returns the number of flushes that it has.
    private static func checkLeft(_ path: String, acknowledged: Int, _ note: Comment) throws -> Int {
        let store = try Store(path: path, .creating)
        let stored = try store.progress(ofWriter: script.writer)?.sequence ?? 0
        #expect((acknowledged...acknowledged + 1).contains(stored), note)
        try check(store, flushes: stored, note)
        return stored
    }

    /// Checks that the writer that resumed after `stored` flushes wrote the rest, and repeated the last ones.
    private static func checkResumed(_ path: String, from stored: Int, _ said: Said, _ note: Comment) throws {
        #expect(said.numbers["stored"] ?? stored == flushes, note)
        // The last ones were written again, and are still stored once.
        #expect(said.numbers["known"] ?? 0 == stored, note)
        try check(try Store(path: path, .creating), flushes: flushes, note)
    }

    @Test(
        "after a kill at any step of creating a store, a flush, a roll-up or a checkpoint, nothing acknowledged is lost or counted twice",
        arguments: 0..<lanes
    )
    func images(lane: Int) throws {
        let folder = try TemporaryFolder(inMemory: true)
        let stride = TestScope.stride(short: 12)
        let moments = try Self.program(folder).images(
            of: folder.url,
            lane: .init(lane, of: Self.lanes, stride: stride)
        ) { image in
            let note = image.note
            let path = image.path("purser.db")
            let stored = try Self.checkLeft(path, acknowledged: image.said.numbers["stored"] ?? 0, note)
            var said = Said()
            try Self.script.run(
                on: try Store(path: path, .creating),
                flushes: Self.flushes,
                rollUpEvery: Self.rollUpEvery,
                checkpointEvery: Self.checkpointEvery
            ) { said.add($0) }
            try Self.checkResumed(path, from: stored, said, note)
        }
        print("images of a kill: \(moments.all) in lane \(lane) of the store, \(moments.visited) of them differ")
        #expect(moments.all >= 235 / stride)
    }

    @Test("a killed process loses nothing acknowledged, and a new process continues where it stopped")
    func killed() throws {
        let whole = try TemporaryFolder()
        let operations = try #require(try Self.program(whole).run().numbers["operations"])
        #expect(operations > 300)
        var kills = 0
        for at in stride(from: 1 + operations % TestScope.killStride, through: operations, by: TestScope.killStride) {
            let folder = try TemporaryFolder()
            let isTorn = (at / TestScope.killStride) % 2 == 0
            let note: Comment = "killed at operation \(at) of \(operations)\(isTorn ? ", half-way" : "")"
            let first = try Self.program(folder).run(.at(at, isTorn ? .torn : .kill))
            // The last operations close the store; their number differs slightly between runs.
            #expect(first.isKilled || at > operations - 5, note)
            kills += first.isKilled ? 1 : 0
            let path = folder.path("purser.db")
            let stored = try Self.checkLeft(path, acknowledged: first.numbers["stored"] ?? 0, note)
            let second = try Self.program(folder).run()
            #expect(!second.isKilled, note)
            try Self.checkResumed(path, from: stored, second.said, note)
        }
        print("kill -9: \(kills) kills of the store's writer")
        #expect(kills >= operations / TestScope.killStride - 1)
    }
}
