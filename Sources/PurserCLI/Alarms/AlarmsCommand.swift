import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "Lists alarms, their history and their messages; backtests, acknowledges, mutes and sets them.",
        subcommands: [
            List.self, Show.self, History.self, Test.self, Lint.self, BacktestCommand.self, Export.self, Ack.self,
            Mute.self, Runbook.self, SetState.self, Retry.self,
        ]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the alarms with their current states.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let rules = try session.rules()
                let accounts = try store.accounts(of: rules.alarms, at: .now)
                output.show(AlarmJSON.list(accounts, unreadable: rules.notWatched)) {
                    let table = AlarmText.list(accounts, unreadable: rules.unreadable, unwatched: rules.unwatched)
                    drawing.show(table, session.environment, ifEmpty: "no alarms")
                }
                try rules.requireReadable()
            }
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the state changes, newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Only this alarm's changes.", completion: NameCompletion.alarms)
        var name: String?

        @Option(name: .long, help: "At most this many rows; default: 100.", transform: RowLimit.read)
        var limit = 100

        func run() throws {
            try reporting {
                let session = Session(global)
                let transitions = try session.store(.existing).transitions(of: name, limit: limit)
                // The store may know an alarm whose file is gone.
                if let name, transitions.isEmpty { _ = try session.alarm(name, in: session.rules()) }
                output.show(AlarmJSON.history(transitions)) {
                    if transitions.isEmpty { say("no changes of state") }
                    transitions.forEach { show(plain: AlarmText.change($0)) }
                }
            }
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Resends the messages that a topic refused, or drops them."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Flag(name: .long, help: "Drop the refused messages without sending them.")
        var drop = false

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                if drop {
                    let dropped = try store.dropFailedMessages()
                    output.show(AlarmJSON.retry(dropped: dropped, retried: 0, nil)) {
                        dropped.forEach { show(plain: "dropped: \($0)") }
                        show(dropped.count.counted("message") + " dropped")
                    }
                    return
                }
                let count = try store.retryFailedMessages(late: .now)
                let report = Notifier.run(store, session.environment)
                output.show(AlarmJSON.retry(dropped: [], retried: count, report)) {
                    show(
                        "\(count) retried; \(report.sent.count) sent, \(report.waiting.count + report.leftToAnother.count) waiting, \(report.failed.count) refused"
                    )
                }
                try report.requireDelivery()
            }
        }
    }
}

extension DeliveryReport {
    /// Reports the messages that were not delivered, and ends the command with the exit code for that.
    func requireDelivery() throws {
        for message in waiting + failed {
            say("purser: not delivered: \(message.id) (\(message.error ?? "no reason"))")
        }
        if let leftWords { say("purser: \(leftWords)") }
        if let failure { say("purser: \(failure)") }
        if isIncomplete { throw Exit.failed }
    }
}
