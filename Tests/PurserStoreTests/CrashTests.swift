import Foundation
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

/// Runs the program that is made to die.
struct FaultyProgram {
    struct Run {
        var isKilled: Bool
        /// The last number behind a word that it said.
        var numbers: [String: Int]
    }

    let arguments: [String]

    func start(_ environment: [String: String] = [:]) throws -> (Process, output: Pipe, input: Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: PurserProgram.path).deletingLastPathComponent()
            .appendingPathComponent("StoreFault")
        process.arguments = arguments
        process.environment = environment
        let (output, input) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        try output.fileHandleForWriting.close()
        return (process, output, input)
    }

    func run(at operation: Int = 0, isTorn: Bool = false) throws -> Run {
        var environment = ["PURSER_FAULT_AT": "\(operation)"]
        if isTorn { environment["PURSER_FAULT_TORN"] = "1" }
        let (process, output, _) = try start(environment)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let isKilled = process.terminationReason == .uncaughtSignal
        if !isKilled { #expect(process.terminationStatus == 0) }
        return Run(isKilled: isKilled, numbers: Self.numbers(text))
    }

    static func numbers(_ text: String) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let number = Int(words[1]) { numbers[String(words[0])] = number }
        }
        return numbers
    }
}

@Suite struct CrashTests {
    static let isLong = ProcessInfo.processInfo.environment["PURSER_LONG_TESTS"] == "1"
    private static let flushes = 14
    private static let script = ScriptedFlushes(writer: "w", series: 5, secondsApart: 1200)
    /// Lanes run side by side.
    private static let lanes = 4

    private static func program(_ folder: TemporaryFolder) -> FaultyProgram {
        let numbers = [flushes, script.series, script.secondsApart, 1, 5].map { "\($0)" }
        return FaultyProgram(arguments: [folder.path("purser.db"), script.writer] + numbers)
    }

    /// What all series of a store have must be what so many flushes brought, by whatever way it is asked for.
    private static func check(_ store: Store, flushes: Int, _ note: Comment) throws {
        #expect(try store.health().faults == [], note)
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
                #expect(!second.isKilled && second.numbers["stored"] ?? Self.flushes == Self.flushes, note)
                try Self.check(store, flushes: Self.flushes, note)
            }
        }
        print("kill -9: \(kills) kills in lane \(lane)")
        #expect(kills >= (Self.isLong ? 150 : 15))
    }

    @Test(
        "four writers for a simulated day, killed now and then, and a reader that dawdles: totals exact, the log small"
    )
    func day() throws {
        let environment = ProcessInfo.processInfo.environment
        let days = environment["PURSER_STRESS_DAYS"].flatMap { Double($0) } ?? (Self.isLong ? 1 : 0.02)
        let flushes = Int(days * 8640)
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let store = try Store(path: path, .creating)
        let scripts = (0..<4).map { ScriptedFlushes(writer: "w\($0)", series: 20, secondsApart: 10) }
        let (reader, readerOutput, readerInput) = try FaultyProgram(arguments: [path, "dawdle"]).start()
        let group = DispatchGroup()
        let results = StressResults()
        for (number, script) in scripts.enumerated() {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                do {
                    let numbers = [flushes, script.series, script.secondsApart, 30, 1_000_000].map { "\($0)" }
                    let program = FaultyProgram(arguments: [path, script.writer] + numbers)
                    // Three of the writers die after some thousand operations, again and again, and are started anew.
                    var at = number == 0 ? 0 : 3 * flushes + 131 * number
                    while true {
                        let run = try program.run(at: at)
                        results.add(run)
                        if !run.isKilled { break }
                        at += 17
                    }
                } catch {
                    results.add(error)
                }
            }
        }
        group.wait()
        try readerInput.fileHandleForWriting.close()
        let rounds = FaultyProgram.numbers(
            String(decoding: readerOutput.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        )["rounds"]
        reader.waitUntilExit()
        #expect(results.errors == [])
        #expect(rounds ?? 0 > 0)
        print(
            "stress: \(4 * flushes) flushes, \(results.kills) kills, \(rounds ?? 0) snapshots of half a second, log at most \(results.largestLog >> 10) KiB"
        )
        #expect(results.largestLog < 64 << 20)
        #expect(results.kills >= 5)
        try store.rollUp(now: scripts[0].time(of: flushes) + 7200)
        let health = try store.health()
        #expect(health.faults == [] && health.points == 0)
        let end = scripts[0].time(of: flushes + 1)
        for series in 0..<20 {
            let reference = ScriptedFlushes.reference(series)
            var expected = scripts[0].total(series, flushes: flushes)
            for script in scripts.dropFirst() {
                expected.merge(script.total(series, flushes: flushes))
            }
            for period in [nil, 3600, 86_400, 30 * 86_400] {
                let slots = try store.slots(of: [reference], from: ScriptedFlushes.start, to: end, period: period)
                #expect(slots[reference]?.total(from: ScriptedFlushes.start, to: end) == expected, "S\(series)")
            }
        }
    }
}

/// What the writers of a stress test came to.
private final class StressResults: Sendable {
    private struct Kept {
        var kills = 0
        var largestLog = 0
        var errors: [String] = []
    }

    private let kept = Mutex(Kept())

    func add(_ run: FaultyProgram.Run) {
        kept.withLock {
            $0.kills += run.isKilled ? 1 : 0
            $0.largestLog = max($0.largestLog, run.numbers["log"] ?? 0)
        }
    }

    func add(_ error: any Error) {
        kept.withLock { $0.errors.append("\(error)") }
    }

    var kills: Int { kept.withLock { $0.kills } }
    var largestLog: Int { kept.withLock { $0.largestLog } }
    var errors: [String] { kept.withLock { $0.errors } }
}
