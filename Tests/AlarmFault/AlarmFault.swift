import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserStore
import TestSupport

/// The program that the crash tests of alarms start and kill. It does cron's work: the evaluation of every minute and
/// the delivery after it.
///
///     AlarmFault STORE DELIVERIES MINUTES     evaluates and delivers minute after minute
///     AlarmFault STORE DELIVERIES             evaluates and delivers a minute for each number on standard input
///
/// A delivery is a line of the file DELIVERIES: the message's id. The program continues from the last evaluation in the
/// store. PURSER_FAULT kills it on the way.
@main
struct AlarmFault {
    static func main() async {
        await FaultyMain.run(leastArguments: 2) { arguments in
            let cron = try Cron(store: arguments[1], deliveries: arguments[2])
            if arguments.count > 3, let minutes = Int(arguments[3]) {
                try cron.run(minutes: minutes)
            } else {
                while let line = readLine(), let minute = Int(line) {
                    try cron.run(minute)
                    FaultyMain.say("minute \(minute)")
                }
            }
            FaultyMain.sayOperations()
        }
    }
}

/// A process that cron would start every minute.
struct Cron {
    private let store: Store
    private let deliveries: FileHandle
    private let evaluator: Evaluator

    init(store path: String, deliveries: String) throws {
        store = try Store(path: path, .existing)
        // Opened for appending, because two processes write and no line may be torn.
        let descriptor = open(deliveries, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        self.deliveries = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        evaluator = Evaluator(
            reader: MetricReader(store: store, quota: nil),
            alarms: try ScriptedAlarms.alarms(),
            budget: try ScriptedAlarms.budget()
        )
    }

    /// Runs the minutes from the last evaluation in the store on, up to `minutes` in all.
    func run(minutes: Int) throws {
        for minute in 0..<minutes where try isOpen(minute) { try run(minute) }
    }

    private func isOpen(_ minute: Int) throws -> Bool {
        guard let last = try store.lastEvaluation() else { return true }
        // Messages of the last evaluation may not have been delivered yet.
        return last.time <= ScriptedAlarms.time(minute)
    }

    func run(_ minute: Int) throws {
        let time = ScriptedAlarms.time(minute)
        _ = try store.whileAlone(in: .evaluate) { try evaluator.run(at: time, ran: time) }
        let sender = OutboxSender(
            store: store,
            deliver: { message in
                deliveries.write(Data((message.id + "\n").utf8))
                return .sent(messageID: "m")
            },
            now: { time },
            sleep: { _ in }
        )
        _ = try sender.run()
    }
}
