import Foundation
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

/// Runs several processes on one store for a minute if PURSER_LONG_TESTS=1, or for the number of minutes in
/// PURSER_STRESS_MINUTES.
@Suite(.blocking, .startsPrograms) struct StoreStressLongTests {
    private static let scripts = (0..<4).map { ScriptedFlushes(writer: "w\($0)", series: 20, secondsApart: 10) }

    @Test("with a slow reader and four writers that are killed now and then, totals stay exact and the log stays small")
    func days() throws {
        let wanted = ProcessInfo.processInfo.environment["PURSER_STRESS_MINUTES"].flatMap { Double($0) }
        let minutes = wanted ?? (TestScope.isLong ? 1 : 0)
        // Without a duration, part of a day is enough.
        let flushesOfDay = minutes > 0 ? 8640 : 170
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let reader = try FaultyProgram(name: "StoreFault", arguments: [store.path, "dawdle"]).start()
        let end = ContinuousClock.now + .seconds(60 * minutes)
        let findings = StressFindings()
        var days = 0
        repeat {
            days += 1
            Self.write(store, flushes: days * flushesOfDay, dyingAfter: 2 * flushesOfDay, findings)
            try #require(findings.errors == [])
            try Self.check(store, flushes: days * flushesOfDay)
        } while ContinuousClock.now < end
        let snapshots = try reader.end().numbers["rounds"] ?? 0
        print(
            "stress: \(days * 4 * flushesOfDay) flushes, \(findings.kills) kills, \(snapshots) snapshots held,"
                + " log at most \(findings.largestLog >> 10) KiB"
        )
        #expect(findings.largestLog < 64 << 20)
        #expect(findings.kills >= 5 && snapshots > 0)
    }

    /// Runs all writers up to `flushes` flushes; three of them are repeatedly killed on the way and restarted.
    private static func write(_ store: Store, flushes: Int, dyingAfter operations: Int, _ findings: StressFindings) {
        let path = store.path
        let running = DispatchGroup()
        for (number, script) in scripts.enumerated() {
            running.enter()
            Thread.detachNewThread {
                defer { running.leave() }
                let numbers = [flushes, script.series, script.secondsApart, 30, 1_000_000].map { "\($0)" }
                let program = FaultyProgram(name: "StoreFault", arguments: [path, script.writer] + numbers)
                var operation = number == 0 ? 0 : operations + 131 * number
                do {
                    while try program.run(.at(operation, .kill)).isKilled {
                        findings.addKill()
                        operation += 17
                    }
                } catch {
                    findings.add(error)
                }
            }
        }
        repeat {
            findings.add(logBytes: store.walBytes)
        } while running.wait(timeout: .now() + .milliseconds(5)) == .timedOut
    }

    /// Checks that the samples of all writers are stored exactly once, whatever the period of the query.
    private static func check(_ store: Store, flushes: Int) throws {
        try store.rollUp(now: scripts[0].time(of: flushes) + 7200)
        let health = try store.health()
        #expect(health.faults == [] && health.points == 0)
        #expect(try store.integrityFaults() == [])
        let end = scripts[0].time(of: flushes + 1)
        for series in 0..<scripts[0].series {
            let reference = ScriptedFlushes.reference(series)
            let expected = scripts.reduce(into: Distribution.empty) { $0.merge($1.total(series, flushes: flushes)) }
            for period in [nil, 3600, 86_400, 30 * 86_400] {
                let slots = try store.slots(of: [reference], from: ScriptedFlushes.start, to: end, period: period)
                let total = slots[reference]?.total(from: ScriptedFlushes.start, to: end)
                #expect(total == expected, "series \(series) by \(period ?? 0) s after \(flushes) flushes")
            }
        }
    }
}

/// The results of the writers of a stress test.
private final class StressFindings: Sendable {
    private struct Kept {
        var kills = 0
        var largestLog = 0
        var errors: [String] = []
    }

    private let kept = Mutex(Kept())

    func addKill() {
        kept.withLock { $0.kills += 1 }
    }

    func add(logBytes: Int) {
        kept.withLock { $0.largestLog = max($0.largestLog, logBytes) }
    }

    func add(_ error: any Error) {
        kept.withLock { $0.errors.append("\(error)") }
    }

    var kills: Int { kept.withLock { $0.kills } }
    var largestLog: Int { kept.withLock { $0.largestLog } }
    var errors: [String] { kept.withLock { $0.errors } }
}
