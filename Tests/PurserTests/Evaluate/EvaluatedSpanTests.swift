import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct EvaluatedSpanTests {
    private static let start = PurserFixture.start
    private static let hour = 3600

    private static func store(_ folder: TemporaryFolder, evaluatedAt seconds: [Int]) throws -> Store {
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        for second in seconds {
            let time = start + second
            _ = try PurserFixture.evaluator(store, alarms).run(at: time, ran: time)
        }
        return store
    }

    @Test("at a time in the past, the last evaluation is the one that had happened by then")
    func past() throws {
        let folder = try TemporaryFolder()
        // Evaluated for an hour with a pause of 20 hours that was caught up, then a hole of 30 hours.
        let late = 51 * Self.hour
        let store = try Self.store(folder, evaluatedAt: [0, 60, 125, 21 * Self.hour, late, late + 60])
        let expected: [(Int, Int?)] = [
            (-1, nil), (0, 0), (59, 0), (60, 60), (130, 120), (10 * Self.hour + 30, 10 * Self.hour),
            (21 * Self.hour, 21 * Self.hour), (36 * Self.hour, 21 * Self.hour), (late - 1, 21 * Self.hour),
            (late, late),
            (late + 61, late + 60), (late + 9999, late + 60),
        ]
        for (at, time) in expected {
            #expect(try store.lastEvaluation(upTo: Self.start + at) == time.map { Self.start + $0 }, "+\(at)")
        }
    }

    @Test("a frame of a time before the first evaluation, or in a hole, is not that of an evaluated time")
    func frames() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder, evaluatedAt: [0, 51 * Self.hour])
        let alarms = [try PurserFixture.alarm()]
        let before = try DashBuilderTests.frame(store, alarms, at: Self.start - 3600)
        #expect(before.evaluatedAt == nil && before.isEvaluatedLater && before.alarms[0].state == .insufficientData)
        let within = try DashBuilderTests.frame(store, alarms, at: Self.start + 20 * Self.hour)
        #expect(within.evaluatedAt == Self.start && !within.isEvaluatedLater)
    }

    @Test(
        "after an evaluation ahead of the clock, now has its states, and a requested moment those known then",
        arguments: [7200, 51 * hour]
    )
    func newestStates(ahead: Int) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        try PurserFixture.record([0, 0], in: store)
        try PurserFixture.record([5, 5], from: Self.start + ahead - 120, in: store)
        let evaluator = PurserFixture.evaluator(store, alarms)
        let now = Self.start + 120
        _ = try evaluator.run(at: now, ran: now)
        _ = try evaluator.run(at: Self.start + ahead, ran: now)
        let frame = try DashBuilderTests.frame(store, alarms, at: now + 60, isOfAskedMoment: false)
        #expect(frame.alarms.map(\.state) == [.alarm] && frame.evaluatedAt == Self.start + ahead)
        let then = try DashBuilderTests.frame(store, alarms, at: now + 60)
        #expect(then.alarms.map(\.state) == [.ok])

        let widget = DashboardWidget(
            type: "alarm",
            title: nil,
            place: GridPlace(x: 0, y: 0, width: 6, height: 6),
            content: .alarm(AlarmWidget(names: alarms.map(\.name), order: .byName, states: []))
        )
        let builder = try DashboardBuilder(reader: MetricReader(store: store, quota: nil), alarms: alarms)
        let body = DashboardBody(widgets: [widget])
        let drawn = try builder.frame(body, name: "d", range: Self.start..<now + 60, at: now + 60)
        guard case .alarms(let lines) = drawn.widgets[0].content else { throw CancellationError() }
        #expect(lines.map(\.state) == [.alarm] && drawn.notes.count == 1)
        #expect(drawn.notes.first?.contains("ahead of the clock") == true)
    }

    @Test("an evaluation by a clock that was ahead leaves no time that was not evaluated")
    func clockAhead() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        let evaluator = PurserFixture.evaluator(store, alarms)
        let ahead = Self.start + 10 * Self.hour
        _ = try evaluator.run(at: Self.start, ran: Self.start)
        _ = try evaluator.run(at: ahead, ran: ahead)
        _ = try evaluator.run(at: Self.start + 120, ran: Self.start + 120)
        #expect(try store.lastEvaluation(upTo: Self.start + Self.hour) == Self.start + 120)
        _ = try evaluator.run(at: Self.start + 180, ran: Self.start + 180)
        #expect(try store.lastEvaluation(upTo: ahead) == Self.start + 180)
    }
}
