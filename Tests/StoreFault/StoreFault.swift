import Foundation
import PurserCore
import PurserStore
import TestSupport

/// What the crash tests start and kill: a writer over a store that says on its standard output what was stored.
///
///     StoreFault PATH WRITER FLUSHES SERIES SECONDS-APART ROLL-UP-EVERY CHECKPOINT-EVERY
///     StoreFault PATH ledger PROCESS ROUNDS CALLERS
///     StoreFault PATH dawdle
///
/// The first records flushes, the second enters calls in the ledger, of which those of a round are committed together.
/// The first goes on with the last flushes that the store has of the writer, which the store must not count again, and rolls up and
/// folds the log in every so many flushes. PURSER_FAULT_AT and PURSER_FAULT_TORN make it die on the way.
@main
struct StoreFault {
    /// The flushes that are brought again at a start.
    private static let repeated = 3

    static func main() async {
        await FaultyMain.run(leastArguments: 2, run)
    }

    private static func run(_ arguments: [String]) async throws {
        if arguments[2] == "dawdle" { return try dawdle(arguments[1]) }
        if arguments[2] == "ledger" {
            let numbers = arguments[4...].compactMap { Int($0) }
            guard numbers.count == 2 else { exit(64) }
            let calls = ScriptedCalls(process: arguments[3], rounds: numbers[0], callers: numbers[1])
            return try await calls.run(try Store(path: arguments[1], .creating))
        }
        let numbers = arguments[3...].compactMap { Int($0) }
        guard numbers.count == 5 else { exit(64) }
        let script = ScriptedFlushes(writer: arguments[2], series: numbers[1], secondsApart: numbers[2])
        let store = try Store(path: arguments[1], .creating)
        // Hours pass in a few flushes: everything that a ladder does happens.
        try store.setRetention(try RetentionLadder(changing: .standard, [10: 1, 60: 2, 300: 4]))
        let done = try store.progress(ofWriter: script.writer)?.sequence ?? 0
        for sequence in max(1, done + 1 - repeated)..<max(done, numbers[0]) + 1 {
            FaultyMain.say(try store.record(script.flush(sequence)) ? "stored \(sequence)" : "known \(sequence)")
            if sequence % numbers[3] == 0 { try store.rollUp(now: script.time(of: sequence)) }
            if sequence % numbers[4] == 0 { try store.checkpoint() }
        }
        try store.rollUp(now: script.time(of: numbers[0]) + 3600)
        FaultyMain.sayOperations()
    }

    /// Holds one snapshot after the other, each for less than a second, until the standard input ends.
    private static func dawdle(_ path: String) throws {
        let store = try Store(path: path, .existing)
        var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        var rounds = 0
        while true {
            let isOver = try store.snapshot {
                _ = try store.slots(
                    of: [ScriptedFlushes.reference(0)],
                    from: ScriptedFlushes.start,
                    to: ScriptedFlushes.start + 1_000_000,
                    period: 86_400
                )
                return poll(&waiting, 1, [100, 400, 900][rounds % 3]) > 0
            }
            rounds += 1
            if isOver { break }
        }
        FaultyMain.say("rounds \(rounds)")
    }
}
