import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

/// The options of commands that quieten an alarm: who does so, and why.
struct SilenceOptions: ParsableArguments {
    @Option(name: .customLong("by"), help: .init("Your name.", valueName: "name"))
    var person: String?

    @Option(name: .long, help: .init("What is being done.", valueName: "text"))
    var note: String?

    func validate() throws {
        if let person, !CallerName.isValid(person) {
            throw ValidationError("--by must be \(CallerName.form)")
        }
        if let note, TerminalText.sanitized(note) != note {
            throw ValidationError("--note must not contain control characters")
        }
    }
}

extension AlarmsCommand {
    struct Mute: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends no messages about an alarm for a while.",
            discussion: """
                The state changes as usual, and `dash` and the exit code of `evaluate` show it. At the end, the topics \
                are notified if the alarm is in ALARM, or in another state than at the start.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "The alarm's name.", completion: NameCompletion.alarms)
        var name: String

        @Option(
            name: .customLong("for"),
            help: .init("How long, such as 2h.", valueName: "duration"),
            transform: DurationArgument.read
        )
        var duration: ClockDuration?

        @Flag(name: .customLong("end"), help: "End the mute now.")
        var isEnded = false

        @OptionGroup var who: SilenceOptions

        @OptionGroup var asOf: AsOfOption

        func validate() throws {
            if (duration == nil) != isEnded { throw ValidationError("give either --for, such as --for 2h, or --end") }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let rules = try session.rules()
                _ = try session.alarm(name, in: rules)
                if !isEnded, let sender = rules.sender(inPlaceOf: name) {
                    throw UsageError("\(name) sends no messages: \(sender) sends them in its place; mute \(sender)")
                }
                let time = asOf.time
                guard time <= .now else {
                    throw UsageError("--at must not be later than now: a mute cannot be planned")
                }
                let mute: PurserCore.Mute
                if let duration {
                    mute = try store.mute(
                        name,
                        PurserCore.Mute(
                            start: time,
                            until: time + duration.seconds,
                            state: try store.alarmRecords()[name]?.state ?? .insufficientData,
                            person: who.person,
                            note: who.note
                        )
                    )
                } else if let ended = try store.endMute(name, at: time) {
                    mute = ended
                } else {
                    throw UsageError("\(name) is not muted")
                }
                output.show(AlarmJSON.muted(name, mute)) {
                    show(plain: AlarmText.muted(name, mute, isEnded: isEnded))
                }
            }
        }
    }
}
