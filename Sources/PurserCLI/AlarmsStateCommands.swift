public import ArgumentParser
import Purser
public import PurserCore
import PurserStore

extension AlarmsCommand {
    struct Ack: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Notes that an alarm was seen, which ends its reminders until it changes again.",
            discussion: "Every change of the state is told all the same: an acknowledgement silences no news."
        )

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The alarm's name.")
        var name: String

        @Option(name: .long, help: "Who has seen it, and what is being done.")
        var note: String?

        @Option(name: .long, parsing: .unconditional, help: "The moment that is taken for now.")
        var at: TimeArgument?

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                _ = try session.alarm(name, in: try session.rules().alarms)
                guard let record = try store.alarmRecords()[name], record.state == .alarm else {
                    throw UsageError("\(name) is not in ALARM, so there is nothing to acknowledge")
                }
                let time = at?.time(now: .now) ?? .now
                try store.acknowledge(name, Acknowledgement(transition: record.transition, time: time, note: note))
                show("\(time) \(name) acknowledged: in ALARM since \(record.updated), no reminders until it changes")
            }
        }
    }

    struct SetState: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-state",
            abstract: "Sets an alarm's state by hand and tells its topics, as CloudWatch's SetAlarmState does.",
            discussion: "It tries out what a change would bring. The next evaluation may change the state back."
        )

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The alarm's name.")
        var name: String

        @Argument(help: "OK, ALARM or INSUFFICIENT_DATA.")
        var state: AlarmState

        @Option(name: .long, help: "The reason that history and message give.")
        var reason = "Set by hand"

        @Option(name: .long, parsing: .unconditional, help: "The moment that is taken for now.")
        var at: TimeArgument?

        func validate() throws {
            guard (1...1023).contains(reason.utf16.count) else {
                throw ValidationError("--reason takes 1 to 1,023 characters")
            }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let alarm = try session.alarm(name, in: try session.rules().alarms)
                let time = at?.time(now: .now) ?? .now
                switch try ManualState.set(alarm, to: state, reason: reason, at: time, in: store) {
                case .unchanged: show("\(name) is in \(state.rawValue) already; nothing was changed")
                case .overtaken:
                    say("purser: \(name) was not set: it was changed by an evaluation at the same moment; try again")
                    throw Exit.failed
                case .set(let change, let queued):
                    let change = "\(change.oldState.rawValue)->\(change.newState.rawValue)"
                    let told =
                        alarm.actionsEnabled
                        ? alarm.actions(for: state).isEmpty ? "no topic configured" : ""
                        : "the alarm's actions are disabled"
                    let count = "\(queued) message\(queued == 1 ? "" : "s") queued" + (told.isEmpty ? "" : ": " + told)
                    show(plain: "\(time) \(name) \(change) set by hand; \(count)")
                    guard queued > 0 else { return }
                    try SNSDelivery.run(store, session.environment).requireDelivery()
                }
            }
        }
    }
}

extension AlarmState: ExpressibleByArgument {}
