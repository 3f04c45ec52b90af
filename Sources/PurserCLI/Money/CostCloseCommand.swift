import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct CostCloseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Closes a month, so that its figures do not change any more.",
        discussion: """
            What is learned of its calls later, such as a logged call that is imported, counts as a correction in the month in \
            which it is learned. A month with live calls closes by itself seven days after its end.
            """
    )

    @ParentCommand var report: CostCommand

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: CostFormatOption

    @Argument(help: "The month to close (UTC), like 2026-10; it must be over.", completion: NameCompletion.months)
    var closing: String

    func run() throws {
        try reporting {
            try report.rejectOptions(of: "close")
            guard report.asOf.at == nil else {
                throw UsageError("`cost close` closes a month now, so it takes no --at")
            }
            let format = try output.ofPlan()
            guard let month = CalendarMonth(closing) else {
                throw UsageError("`cost close` takes a month like 2026-10, not `\(closing)`")
            }
            // A month of the future would be closed before its calls are made, and nothing opens it again.
            let now = Timestamp.now
            guard month.end <= now else { throw UsageError("\(month) is not over before \(month.end)") }
            let store = try Session(global).store(.existing)
            let closed = try store.close(month, at: now)
            let open = try store.openCalls(CostQuery(month.start..<month.end, asOf: now)).requests
            switch format {
            case .json: show(CostJSON.closed(closed, openRequests: open))
            case .text: show(plain: CostText.closed(closed, openRequests: open))
            }
        }
    }
}
