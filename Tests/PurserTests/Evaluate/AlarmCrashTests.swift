@testable import AlarmFault
import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct AlarmCrashTests {
    private static let minutes = 40
    /// The number of lanes, which run in parallel.
    private static let lanes = 4

    @Test(
        "after a kill at any step from the query to the sent mark, every change is stored once and delivered at least once, with its id",
        arguments: 0..<lanes
    )
    func images(lane: Int) throws {
        let whole = try UndisturbedAlarms(minutes: Self.minutes)
        #expect(whole.transitions.count > 20 && whole.ids.count > 15 && whole.operations > 200)
        let bench = try AlarmBench(minutes: Self.minutes, inMemory: true)
        let program = bench.program(["\(Self.minutes)"])
        let stride = TestScope.stride(short: 16)
        var repeated = 0
        let moments = try program.images(
            of: bench.folder.url,
            lane: .init(lane, of: Self.lanes, stride: stride)
        ) { image in
            let note = image.note
            let left = AlarmsLeft(path: image.path("purser.db"), log: image.path("deliveries"))
            try Cron(store: left.path, deliveries: left.log).run(minutes: Self.minutes)
            let more = try whole.check(left, note)
            // Only one message is in flight at a time.
            #expect(more <= 1, note)
            repeated += more
        }
        print(
            "images of a kill: \(moments.all) in lane \(lane) of alarms, \(moments.visited) of them differ,"
                + " \(repeated) messages delivered again"
        )
        #expect(moments.all >= 205 / stride && (repeated > 0 || stride > 1))
    }

    @Test("a killed cron loses no change, and the next one continues where it stopped")
    func killed() throws {
        let whole = try UndisturbedAlarms(minutes: Self.minutes)
        let apart = TestScope.killStride
        var (kills, repeated) = (0, 0)
        for (index, at) in stride(from: 1 + whole.operations % apart, through: whole.operations, by: apart).enumerated()
        {
            let bench = try AlarmBench(minutes: Self.minutes)
            let note: Comment = "killed at operation \(at) of \(whole.operations)"
            let first = try bench.program(["\(Self.minutes)"]).run(.at(at, index % 2 == 0 ? .torn : .kill))
            kills += first.isKilled ? 1 : 0
            let second = try bench.program(["\(Self.minutes)"]).run()
            #expect(!second.isKilled, note)
            repeated += try whole.check(bench.left, note)
        }
        print("kill -9: \(kills) kills of cron, \(repeated) messages delivered again")
        // Only one message is in flight at a time.
        #expect(kills >= whole.operations / apart - 1 && repeated <= kills)
    }
}
