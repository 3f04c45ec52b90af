import ArgumentParser
import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserHTTP
import PurserRender
import PurserStore

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluates alarms and budget up to now, and notifies the topics of changes.",
        discussion: """
            Run it every minute. It catches up on missed minutes, and concurrent runs do no harm. The first evaluation \
            covers only the current moment.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @OptionGroup var asOf: AsOfOption

    @Flag(name: .long, help: "Print one line for each change and nothing else.")
    var quiet = false

    @Flag(name: .customLong("dry-run"), help: "Store nothing and send nothing.")
    var isDryRun = false

    @Option(
        name: .long,
        help: "Interval of reminders for an alarm that stays in ALARM, such as 4h (PURSER_REMIND).",
        transform: DurationArgument.read
    )
    var remind: ClockDuration?

    @Option(name: .long, help: "An address to fetch after a successful run: a dead man's switch (PURSER_PING).")
    var ping: String?

    func run() throws {
        try reporting {
            let session = Session(global)
            let rules = try session.rules(isQuiet: quiet)
            let remind = try remindSeconds(session)
            let switchAddress = try pingAddress(session)
            let store = try session.store(.existing)
            let evaluator = Evaluator(
                reader: try session.reader(store),
                alarms: rules.watched,
                budget: rules.budget,
                home: session.home,
                remindSeconds: remind
            )
            let now = asOf.time
            let run: EvaluationRun??
            do {
                run = try store.whileAlone(in: .evaluate) {
                    try evaluator.run(at: now, ran: .now, isDryRun: isDryRun)
                }
            } catch {
                // Messages left from earlier runs are delivered even though this evaluation failed.
                if !isDryRun { _ = Notifier.run(store, session.environment) }
                throw error
            }
            guard case .some(.some(let run)) = run else {
                if output.format == .json { show(EvaluationReport.nothingEvaluated) }
                say("purser: another evaluation is running, or a state was set by hand just now; nothing was evaluated")
                return
            }
            let delivery = isDryRun ? DeliveryReport() : Notifier.run(store, session.environment)
            let report = EvaluationReport(
                run: run,
                delivery: delivery,
                isDryRun: isDryRun,
                unreadable: rules.notWatched
            )
            switch (output.format, quiet) {
            case (.json, _): show(report.json)
            case (.text, true): report.changeLines.forEach { show(plain: $0) }
            case (.text, false): show(plain: report.text)
            }
            if !isDryRun { session.rollUp(store) }
            report.warnings.forEach { say("purser: \($0)") }
            if report.isGoodRun, !isDryRun, let switchAddress { ping(switchAddress) }
            switch report.verdict {
            case .fine: break
            case .budget: throw Exit.budget
            case .inAlarm: throw Exit.inAlarm
            case .failed: throw Exit.failed
            }
        }
    }

    private func remindSeconds(_ session: Session) throws -> Int? {
        if let remind { return remind.seconds }
        guard let text = session.value(nil, "PURSER_REMIND") else { return nil }
        guard let duration = ClockDuration(text) else {
            throw UsageError("PURSER_REMIND must be \(ClockDuration.allowed), not `\(text)`")
        }
        return duration.seconds
    }

    private func pingAddress(_ session: Session) throws -> String? {
        guard let address = session.value(ping, "PURSER_PING") else { return nil }
        do {
            _ = try HTTPURL(address)
        } catch {
            throw UsageError("--ping (PURSER_PING): \(error)")
        }
        return address
    }

    /// Pings the dead man's switch. A failure is only reported: the missing ping raises the alarm.
    private func ping(_ address: String) {
        do {
            try PurserAWS.ping(address)
        } catch {
            say("purser: the dead man's switch could not be reached: \(error)")
        }
    }
}
