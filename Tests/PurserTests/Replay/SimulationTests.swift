import ChatService
import PurserCore
import Testing

@testable import Purser

@Suite struct SimulationTests {
    static let start = PurserFixture.start

    /// Sleeps as the service does; a simulation's sleep is never cancelled.
    static func sleep(_ clock: ServiceClock, _ duration: Duration) async {
        do { try await clock.sleep(duration) } catch { Issue.record(error) }
    }

    @Test("tasks that wake at the same time wake in the order in which they went to sleep")
    func orderOfWakeUps() {
        let simulation = Simulation(startingAt: Self.start)
        let clock = simulation.clock
        let journal = Journal<Int>()
        for index in 0..<100 {
            simulation.start {
                await Self.sleep(clock, .seconds(index % 2 == 0 ? 2 : 1))
                journal.add(index)
            }
        }
        simulation.run(before: Self.start + 10)
        #expect(journal.all == (0..<50).map { 2 * $0 + 1 } + (0..<50).map { 2 * $0 })
        #expect(simulation.isIdle)
    }

    @Test("tasks wake in the order of their wake-up times, whatever the order of the sleeps", arguments: UInt64(1)...4)
    func randomSleeps(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let simulation = Simulation(startingAt: Self.start)
        let clock = simulation.clock
        let sleeps = (0..<500).map { _ in Int(random.next() % 200) }
        let journal = Journal<[Int]>()
        for (index, milliseconds) in sleeps.enumerated() {
            simulation.start {
                await Self.sleep(clock, .milliseconds(milliseconds))
                #expect(clock.now() == Timestamp(milliseconds: Self.start.milliseconds + Int64(milliseconds)))
                journal.add([milliseconds, index])
            }
        }
        simulation.run(before: Self.start + 1)
        let expected = sleeps.enumerated().map { [$1, $0] }.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(journal.all == expected, "seed \(seed)")
    }

    @Test("a second sleep counts from its own beginning, and tasks take turns")
    func nestedSleeps() {
        let simulation = Simulation(startingAt: Self.start)
        let clock = simulation.clock
        let journal = Journal<String>()
        for (name, step) in [("a", 2), ("b", 3)] {
            simulation.start {
                for _ in 0..<3 {
                    async let pause: Void = Self.sleep(clock, .seconds(step))
                    await pause
                    journal.add("\(name)\((clock.now() - Self.start) / 1000)")
                }
            }
        }
        simulation.run(before: Self.start + 60)
        // At 6 s both wake: b went to sleep at 3 s, a at 4 s.
        #expect(journal.all == ["a2", "b3", "a4", "b6", "a6", "b9"])
        #expect(clock.nanoseconds() == 60 * 1_000_000_000)
    }

    @Test("a run ends before its limit, and the next run continues from there")
    func limit() {
        let simulation = Simulation(startingAt: Self.start)
        let clock = simulation.clock
        let journal = Journal<Timestamp>()
        simulation.start {
            for _ in 0..<3 {
                await Self.sleep(clock, .seconds(10))
                journal.add(clock.now())
            }
        }
        #expect(!simulation.isIdle && journal.all.isEmpty)
        simulation.run(before: Self.start + 10)
        #expect(journal.all.isEmpty && simulation.now == Self.start + 10)
        simulation.run(before: Timestamp(milliseconds: Self.start.milliseconds + 10_001))
        #expect(journal.all == [Self.start + 10])
        simulation.run(before: Self.start + 30)
        #expect(journal.all == [Self.start + 10, Self.start + 20] && !simulation.isIdle)
        // A limit in the past changes nothing, and does not set the clock back.
        simulation.run(before: Self.start)
        #expect(simulation.now == Self.start + 30 && journal.all.count == 2)
        simulation.run(before: Self.start + 31)
        #expect(journal.all.last == Self.start + 30 && simulation.isIdle)
    }

    @Test("a task that does not sleep runs within the run, and may start others")
    func immediate() {
        let simulation = Simulation(startingAt: Self.start)
        let journal = Journal<String>()
        simulation.start {
            journal.add("outer")
            simulation.start {
                await Self.sleep(simulation.clock, .zero)
                journal.add("inner")
            }
        }
        simulation.run(before: Self.start)
        // The sleep takes no time, but its wake-up is not before the limit of the first run.
        #expect(journal.all == ["outer"])
        simulation.run(before: Self.start + 1)
        #expect(journal.all == ["outer", "inner"] && simulation.isIdle)
    }
}
