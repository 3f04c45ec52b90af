import ArgumentParser
import Purser
package import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct Ack: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Acknowledges an alarm, which stops its reminders until its state changes again.",
            discussion: """
                Every state change still sends a notification: an acknowledgement only stops reminders. To stop all \
                messages for a while, use `alarms mute`.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "The alarm's name.", completion: NameCompletion.alarms)
        var name: String

        @Option(
            name: .customLong("for"),
            help: .init("How long it holds, such as 2h, unless the state changes before.", valueName: "duration"),
            transform: DurationArgument.read
        )
        var duration: ClockDuration?

        @OptionGroup var who: SilenceOptions

        @OptionGroup var asOf: AsOfOption

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let rules = try session.rules()
                _ = try session.alarm(name, in: rules)
                guard let record = try store.alarmRecords()[name], record.state == .alarm else {
                    throw UsageError("\(name) is not in ALARM, so there is nothing to acknowledge")
                }
                let time = asOf.time
                let seen = Acknowledgement(
                    transition: record.transition,
                    time: time,
                    until: duration.map { time + $0.seconds },
                    person: who.person,
                    note: who.note
                )
                try store.acknowledge(name, seen)
                output.show(AlarmJSON.acknowledged(record, seen)) {
                    show(plain: AlarmText.acknowledged(record, seen, sender: rules.sender(inPlaceOf: name)))
                }
            }
        }
    }

    struct SetState: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-state",
            abstract: "Sets an alarm's state by hand and notifies its topics, as CloudWatch's SetAlarmState does.",
            discussion: "Use it to see what a state change would do. The next evaluation may change the state back."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "The alarm's name.", completion: NameCompletion.alarms)
        var name: String

        @Argument(help: "OK, ALARM or INSUFFICIENT_DATA.")
        var state: AlarmState

        @Option(name: .long, help: "The reason to show in the history and in the message.")
        var reason = "Set by hand"

        @OptionGroup var asOf: AsOfOption

        func validate() throws {
            guard (1...1023).contains(reason.utf16.count), TerminalText.sanitized(reason) == reason else {
                throw ValidationError("--reason must be 1 to 1,023 characters long, without control characters")
            }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let rules = try session.rules()
                let alarm = try session.alarm(name, in: rules)
                let time = asOf.time
                switch try ManualState.set(alarm, to: state, reason: reason, at: time, in: store) {
                case .unchanged:
                    output.show(AlarmJSON.stateSet(name, to: state, nil, DeliveryReport(), queued: 0)) {
                        show("\(name) is already in \(state.rawValue); nothing was changed")
                    }
                case .overtaken:
                    say("purser: \(name) was not set, because an evaluation changed it at the same moment; try again")
                    throw Exit.failed
                case .set(let change, let queued):
                    // Shown before the messages are sent, because it applies regardless of their delivery.
                    if output.format == .text {
                        let sender = rules.sender(inPlaceOf: name)
                        show(plain: AlarmText.stateSet(change, of: alarm, queued: queued, sender: sender))
                    }
                    let report = queued > 0 ? Notifier.run(store, session.environment) : DeliveryReport()
                    if output.format == .json {
                        show(AlarmJSON.stateSet(name, to: state, change, report, queued: queued))
                    }
                    try report.requireDelivery()
                }
            }
        }
    }
}

extension AlarmState: ExpressibleByArgument {}
