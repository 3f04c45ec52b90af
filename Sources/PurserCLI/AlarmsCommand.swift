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

        @Option(name: .long, help: "text or json.")
        var format = OutputFormat.text

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
                switch format {
                case .json:
                    let rows = alarms.map { alarm -> JSONValue in
                        let record = records[alarm.name]
                        return [
                            "name": .string(alarm.name),
                            "state": .string((record?.state ?? .insufficientData).rawValue),
                            "stateReason": JSONValue(record?.reason),
                            "stateUpdatedAt": JSONValue(record?.updated.iso8601()),
                            "acknowledgedAt": JSONValue(seen(alarm.name)?.iso8601()),
                            "actionsSuppressedBy": JSONValue(record?.suppression?.phase?.name),
                            "runbook": JSONValue(alarm.runbook),
                        ]
                    }
                    show(JSONValue.object([.init("schema", "purser.alarms/1"), .init("alarms", .array(rows))]).text())
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

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one alarm: its definition, state, reason, last changes and messages."
        )

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The alarm's name.")
        var name: String

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let alarms = try session.rules().alarms
                let alarm = try session.alarm(name, in: alarms)
                var lines = [try JSONValue(parsing: alarm.canonicalJSON).text(indented: true), ""]
                if let record = try store.alarmRecords()[name] {
                    lines += ["\(record.state.rawValue) since \(record.updated)", record.reason]
                    if let by = record.suppression?.phase?.name { lines.append("Actions suppressed by \(by)") }
                    if let seen = try store.acknowledgements()[name], seen.holds(for: record) {
                        lines.append("acknowledged \(seen.time)" + (seen.note.map { ": " + $0 } ?? ""))
                    }
                } else {
                    lines.append("never evaluated; run purser evaluate")
                }
                for transition in try store.transitions(of: name, limit: 5) {
                    lines.append(
                        "\(transition.time) \(transition.oldState.rawValue)->\(transition.newState.rawValue) \(transition.reason)"
                    )
                }
                for message in try store.messages(about: name, limit: 5) {
                    let error = message.error.map { " (\($0))" } ?? ""
                    lines.append("message \(message.id) \(message.status.rawValue)\(error)")
                }
                show(plain: lines.joined(separator: "\n"))
            }
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the changes of state, the newest first.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Only this alarm's.")
        var name: String?

        @Option(name: .long, help: "At most this many rows.")
        var limit = 100

        @Option(name: .long, help: "text or json.")
        var format = OutputFormat.text

        func run() throws {
            try reporting {
                let session = Session(global)
                let transitions = try session.store(.existing).transitions(of: name, limit: limit)
                // The store may know an alarm whose file is gone.
                if let name, transitions.isEmpty { _ = try session.alarm(name, in: session.rules().alarms) }
                switch format {
                case .json:
                    let rows = transitions.map { transition -> JSONValue in
                        [
                            "name": .string(transition.name),
                            "number": .integer(transition.number),
                            "time": .string(transition.time.iso8601()),
                            "oldState": .string(transition.oldState.rawValue),
                            "newState": .string(transition.newState.rawValue),
                            "stateReason": .string(transition.reason),
                            "stateReasonData": transition.reasonData.flatMap { try? JSONValue(parsing: $0) } ?? .null,
                        ]
                    }
                    show(
                        JSONValue.object([.init("schema", "purser.alarm-history/1"), .init("changes", .array(rows))])
                            .text()
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

        @Flag(name: .long, help: "Give the refused messages up: nobody will be told of what they say.")
        var drop = false

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                if drop {
                    let dropped = try store.dropFailedMessages()
                    dropped.forEach { show(plain: "given up: \($0)") }
                    show("\(dropped.count) message\(dropped.count == 1 ? "" : "s") given up")
                    return
                }
                let count = try store.retryFailedMessages(late: .now)
                let report = try SNSDelivery.run(store, session.environment)
                show(
                    "\(count) put back; \(report.sent.count) sent, \(report.waiting.count) waiting, \(report.failed.count) refused"
                )
                try report.requireDelivery()
            }
        }
    }
}

extension DeliveryReport {
    /// Tells what was not delivered, and ends the command with the exit code for it.
    func requireDelivery() throws {
        for message in waiting + failed {
            say("purser: not delivered: \(message.id) (\(message.error ?? "no reason"))")
        }
        if isIncomplete { throw Exit.failed }
    }
}
