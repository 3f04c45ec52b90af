import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one alarm: its definition, state, reason, last changes and messages."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "The alarm's name.")
        var name: String

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let alarm = try session.alarm(name, in: try session.rules().alarms)
                let account = try store.snapshot { try AlarmAccount(of: alarm, in: store) }
                try output.show(account.json) { show(plain: try account.text) }
            }
        }
    }
}

/// What there is to say about one alarm.
private struct AlarmAccount {
    private static let mostChanges = 5
    private static let mostMessages = 5

    let alarm: AlarmDefinition
    /// Nil where the alarm was never evaluated.
    let record: AlarmRecord?
    /// Of the state that the alarm is in now.
    let acknowledgement: Acknowledgement?
    let changes: [AlarmTransition]
    let messages: [OutboxMessage]

    init(of alarm: AlarmDefinition, in store: Store) throws {
        self.alarm = alarm
        let record = try store.alarmRecords()[alarm.name]
        self.record = record
        acknowledgement = try store.acknowledgements()[alarm.name].flatMap { seen in
            record.map(seen.holds) == true ? seen : nil
        }
        changes = try store.transitions(of: alarm.name, limit: Self.mostChanges)
        messages = try store.messages(about: alarm.name, limit: Self.mostMessages)
    }

    private var definition: JSONValue {
        get throws { try JSONValue(parsing: alarm.canonicalJSON) }
    }

    var json: JSONValue {
        get throws {
            JSONValue(
                schema: "purser.alarms-show/1",
                AlarmJSON.state(of: alarm, record, acknowledged: acknowledgement?.time) + [
                    .init("acknowledgementNote", JSONValue(acknowledgement?.note)),
                    .init("stateReasonData", AlarmJSON.reasonData(record?.reasonData)),
                    .init("definition", try definition),
                    .init("changes", .array(changes.map(AlarmJSON.change))),
                    .init("messages", .array(messages.map(\.json))),
                ]
            )
        }
    }

    var text: String {
        get throws {
            var lines = [try definition.text(indented: true), ""]
            if let record {
                lines += ["\(record.state.rawValue) since \(record.updated)", record.reason]
                if let by = record.suppression?.phase?.name { lines.append("Actions suppressed by \(by)") }
                if let seen = acknowledgement {
                    lines.append("acknowledged \(seen.time)" + (seen.note.map { ": " + $0 } ?? ""))
                }
            } else {
                lines.append("never evaluated; run purser evaluate")
            }
            lines += changes.map { change in
                "\(change.time) \(change.oldState.rawValue)->\(change.newState.rawValue) \(change.reason)"
            }
            lines += messages.map { message in
                "message \(message.id) \(message.status.rawValue)" + (message.error.map { " (\($0))" } ?? "")
            }
            return lines.joined(separator: "\n")
        }
    }
}

extension OutboxMessage {
    /// The message without its body.
    fileprivate var json: JSONValue {
        [
            "id": .string(id),
            "topic": .string(target),
            "subject": .string(subject),
            "status": .string(status.rawValue),
            "createdAt": .string(created.iso8601()),
            "sentAt": JSONValue(sent?.iso8601()),
            "attempts": .integer(attempts),
            "error": JSONValue(error),
        ]
    }
}
