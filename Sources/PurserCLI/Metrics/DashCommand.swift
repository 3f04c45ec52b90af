import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct DashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dash",
        abstract: "Shows what is broken, since when and how bad, and what it costs; or draws a dashboard.",
        discussion: """
            With a NAME, the file NAME.json of the dashboards is drawn: the body of a CloudWatch dashboard.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions

    @Option(name: .long, help: "The format of the result; html is a page in one file.")
    var format = Format.text

    @Argument(help: "The dashboard to draw.", completion: NameCompletion.dashboards)
    var name: String?

    @Flag(name: .long, help: "List the dashboards.")
    var list = false

    @Option(
        name: .long,
        help: "Draw every stored metric of this namespace.",
        completion: NameCompletion.namespaces
    )
    var namespace: String?

    @Option(name: .long, help: "How a dashboard's widgets are placed: list, or grid as in its file; default: list.")
    var layout: DashboardText.Layout?

    @Flag(name: .long, help: "Write the dashboard's file unchanged, or translated with --to.")
    var export = false

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
        help: .init(
            "The end of the time range to show; with --export, \(DashboardFormat.allowed).",
            valueName: "time"
        ),
        transform: DashTo.read
    )
    var to: DashTo?

    @OptionGroup var asOf: AsOfOption
    @OptionGroup var live: LiveOptions

    @Flag(name: .long, help: "Show how many calls took how long over time, in place of the percentiles.")
    var heatmap = false

    @Flag(name: .long, help: "One line, for a status bar or a prompt.")
    var oneline = false

    @Flag(name: .long, help: "Only the verdict, the alarms and the signals.")
    var compact = false

    func validate() throws {
        try validateBody()
        if export { return }
        if (from == nil) != (to == nil) { throw ValidationError("--from and --to must be given together") }
        if from != nil, since != nil { throw ValidationError("give either --since, or --from and --to") }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            if live.watch { return try watch(session) }
            if isOfBody { return try runBody(session) }
            let (asked, at) = try range()
            let range = asked ?? at - (since?.seconds ?? DashFrames.defaultSeconds)..<at
            guard range.lowerBound < at else { throw UsageError("--from must be before --at") }
            let store = try session.store(.existing)
            let rules = try rules(session)
            var frame = try session.frames(store, rules)
                .chat(range, at: at, isOfAskedMoment: isOfAskedMoment, hasHeatmap: heatmap)
            frame.isAheadOfClock = at > .now
            switch format {
            case .json: show(DashJSON.value(frame))
            case .html:
                show(DashPage.html(frame, WebOptions(isCompact: compact)))
                try store.sayIfLimitDiffers(from: rules.budget?.limit)
            case .text where oneline:
                show(DashText.oneLine(frame, style: drawing.style(session.environment)))
            case .text:
                show(DashText.render(frame, style: drawing.style(session.environment), compact: compact))
                try store.sayIfLimitDiffers(from: rules.budget?.limit)
            }
        }
    }
}
