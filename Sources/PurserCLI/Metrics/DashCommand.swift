import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct DashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dash",
        abstract: "Shows what is broken, since when and how bad, and what it costs."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    @Option(
        name: .long,
        help: .init("How much time to show, up to --at: 90m, 3h, 7d.", valueName: "duration"),
        transform: DurationArgument.read
    )
    var since: ClockDuration?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: .init("The start of the time range to show; needs --to.", valueName: "time"),
        transform: TimeArgument.read
    )
    var from: TimeArgument?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: .init("The end of the time range to show.", valueName: "time"),
        transform: TimeArgument.read
    )
    var to: TimeArgument?

    @OptionGroup var asOf: AsOfOption

    @Flag(name: .long, help: "Only the verdict, the alarms and the signals.")
    var compact = false

    func validate() throws {
        if (from == nil) != (to == nil) { throw ValidationError("--from and --to must be given together") }
        if from != nil, since != nil { throw ValidationError("give either --since, or --from and --to") }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            let now = Timestamp.now
            let window: DashFrame.Window
            let at: Timestamp
            if let from, let to {
                let (start, end) = (from.time(now: now), to.time(now: now))
                guard start < end else { throw UsageError("--from must be before --to") }
                at = asOf.at?.time(now: now) ?? end
                window = DashFrame.Window(from: start, to: end)
            } else {
                at = asOf.at?.time(now: now) ?? now
                window = DashFrame.Window(last: (since ?? ClockDuration(seconds: 3 * 3600)).seconds, at: at)
            }
            let store = try session.store(.existing)
            let rules = try session.rulesIfAny()
            let budget = rules.budget
            let builder = DashBuilder(
                reader: try session.reader(store),
                alarms: rules.watched,
                budget: budget
            )
            var frame = try store.snapshot {
                try builder.frame(window, at: at, region: session.environment["AWS_REGION"])
            }
            frame.unreadable = rules.notWatched
            frame.program = session.program
            frame.isOfAskedMoment = asOf.at != nil || to != nil
            switch output.format {
            case .json: show(DashJSON.value(frame))
            case .text:
                show(DashText.render(frame, style: drawing.style(session.environment), compact: compact))
                try store.sayIfLimitDiffers(from: budget?.limit, CalendarMonth(containing: at))
            }
        }
    }
}
