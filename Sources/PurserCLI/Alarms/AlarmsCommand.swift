import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "Lists alarms, their history and their messages; tries them on the past; acknowledges and sets them.",
        subcommands: [
            List.self, Show.self, History.self, Test.self, Lint.self, BacktestCommand.self, Export.self, Ack.self,
            SetState.self, Retry.self,
        ]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the alarms with their present states.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let records = try store.alarmRecords()
                let acknowledgements = try store.acknowledgements()
                let seen = { (name: String) -> Timestamp? in
                    guard let record = records[name], let last = acknowledgements[name], last.holds(for: record) else {
                        return nil
                    }
                    return last.time
                }
                let alarms = try session.rules().alarms
                switch output.format {
                case .json:
                    let rows = alarms.map { alarm -> JSONValue in
                        .object(AlarmJSON.state(of: alarm, records[alarm.name], acknowledged: seen(alarm.name)))
                    }
                    show(JSONValue(schema: "purser.alarms-list/1", ["alarms": .array(rows)]))
                case .text:
                    var table = TextTable([
                        .init("STATE"), .init("ALARM"), .init("SINCE"), .init("ACKNOWLEDGED"), .init("RUNBOOK"),
                    ])
                    for alarm in alarms {
                        let record = records[alarm.name]
                        table.rows.append([
                            record?.state.rawValue ?? "not evaluated", alarm.name, record?.updated.iso8601() ?? "",
                            seen(alarm.name)?.iso8601() ?? "", alarm.runbook ?? "",
                        ])
                    }
                    show(table.text(style: drawing.style(session.environment), piped: !DrawingOptions.isTerminal))
                }
            }
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the changes of state, the newest first.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Only this alarm's.")
        var name: String?

        @Option(name: .long, help: "At most this many rows.")
        var limit = 100

        func run() throws {
            try reporting {
                let session = Session(global)
                let transitions = try session.store(.existing).transitions(of: name, limit: limit)
                // The store may know an alarm whose file is gone.
                if let name, transitions.isEmpty { _ = try session.alarm(name, in: session.rules().alarms) }
                switch output.format {
                case .json:
                    show(
                        JSONValue(
                            schema: "purser.alarms-history/1",
                            ["changes": .array(transitions.map(AlarmJSON.change))]
                        )
                    )
                case .text:
                    for transition in transitions {
                        show(
                            plain: "\(transition.time) \(transition.name) \(transition.oldState.rawValue)->"
                                + "\(transition.newState.rawValue) \(transition.reason)"
                        )
                    }
                }
            }
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends the messages again that a topic refused, or gives them up."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Flag(name: .long, help: "Give the refused messages up: nobody will be told of what they say.")
        var drop = false

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                if drop {
                    let dropped = try store.dropFailedMessages()
                    output.show(json(dropped: dropped, retried: 0, nil)) {
                        dropped.forEach { show(plain: "given up: \($0)") }
                        show("\(dropped.count) message\(dropped.count == 1 ? "" : "s") given up")
                    }
                    return
                }
                let count = try store.retryFailedMessages(late: .now)
                let report = SNSDelivery.run(store, session.environment)
                output.show(json(dropped: [], retried: count, report)) {
                    show(
                        "\(count) put back; \(report.sent.count) sent, \(report.waiting.count) waiting, \(report.failed.count) refused"
                    )
                }
                try report.requireDelivery()
            }
        }

        private func json(dropped: [String], retried: Int, _ report: DeliveryReport?) -> JSONValue {
            JSONValue(
                schema: "purser.alarms-retry/1",
                [
                    "dropped": .array(dropped.map(JSONValue.string)),
                    "retried": .integer(retried),
                    "notifications": report?.json() ?? .null,
                ]
            )
        }
    }
}

extension DeliveryReport {
    /// How many messages were sent, wait, and were refused by this run or an earlier one; `queued` are those that are new.
    ///
    /// After an error of the store there may be more that wait or were refused.
    func json(queued: Int? = nil) -> JSONValue {
        var members: [JSONValue.Member] = []
        if let queued { members.append(.init("queued", .integer(queued))) }
        members.append(.init("sent", .integer(sent.count)))
        members.append(.init("pending", .integer(waiting.count)))
        members.append(.init("failed", .integer(failed.count + failedBefore)))
        members.append(.init("error", JSONValue(failure)))
        return .object(members)
    }

    /// Tells what was not delivered, and ends the command with the exit code for it.
    func requireDelivery() throws {
        for message in waiting + failed {
            say("purser: not delivered: \(message.id) (\(message.error ?? "no reason"))")
        }
        if let failure { say("purser: \(failure)") }
        if isIncomplete { throw Exit.failed }
    }
}
