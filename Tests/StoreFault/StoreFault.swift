import Foundation
import PurserCore
import PurserStore
import TestSupport

/// The program that the crash tests start and kill. It writes to a store and reports on standard output what was
/// stored.
///
///     StoreFault PATH WRITER FLUSHES SERIES SECONDS-APART ROLL-UP-EVERY CHECKPOINT-EVERY
///     StoreFault PATH ledger PROCESS ROUNDS CALLERS
///     StoreFault PATH ledger-failing PROCESS ROUNDS CALLERS PREPARED FAULT STRIDE LAST
///     StoreFault PATH dawdle
///
/// The first form records flushes. The second enters calls in the ledger; the calls of a round are committed together.
/// The third does the same once for every STRIDE-th disk operation up to LAST, and makes that operation fail. Each time
/// it works on a new copy of the folder PREPARED, at PATH followed by the operation's number. PURSER_FAULT kills the
/// first two on the way.
@main
struct StoreFault {
    static func main() async {
        await FaultyMain.run(leastArguments: 2, run)
    }

    private static func run(_ arguments: [String]) async throws {
        let path = arguments[1]
        switch arguments[2] {
        case "dawdle":
            try dawdle(path)
        case "ledger":
            try await calls(arguments).run(try Store(path: path, .creating))
            FaultyMain.sayOperations()
        case "ledger-failing":
            guard arguments.count == 10, let fault = DiskPlan.Fault(rawValue: arguments[7]),
                let stride = Int(arguments[8]), let last = Int(arguments[9])
            else { exit(64) }
            await FaultyMain.runFailing(fault, at: Swift.stride(from: 2, through: last, by: stride)) { operation in
                let folder = "\(path)\(operation)"
                try FileManager.default.copyItem(atPath: arguments[6], toPath: folder)
                try await calls(arguments).run(try Store(path: folder + "/purser.db", .existing))
            }
        default:
            let numbers = arguments[3...].compactMap { Int($0) }
            guard numbers.count == 5 else { exit(64) }
            try ScriptedFlushes(writer: arguments[2], series: numbers[1], secondsApart: numbers[2]).run(
                on: try Store(path: path, .creating),
                flushes: numbers[0],
                rollUpEvery: numbers[3],
                checkpointEvery: numbers[4],
                say: FaultyMain.tell
            )
            FaultyMain.sayOperations()
        }
    }

    private static func calls(_ arguments: [String]) -> ScriptedCalls {
        guard arguments.count >= 6, let rounds = Int(arguments[4]), let callers = Int(arguments[5]) else { exit(64) }
        return ScriptedCalls(process: arguments[3], rounds: rounds, callers: callers)
    }

    /// Holds one snapshot after another, each for less than a second, until standard input ends.
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
