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

    /// The format of the result; that for monitoring plugins is this command's own.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case nagios
    }

    @OptionGroup var global: GlobalOptions

    @Option(name: .long, help: "The format of the result; nagios is a line of a monitoring plugin.")
    var format = Format.text

    @OptionGroup var asOf: AsOfOption

    @Flag(name: .long, help: "Print one line for each change and nothing else.")
    var quiet = false

    @Flag(name: .customLong("dry-run"), help: "Store nothing and send nothing.")
    var isDryRun = false

    @Option(
        name: .long,
        help: .init(
            "Interval of reminders for an alarm that stays in ALARM, such as 4h (PURSER_REMIND).",
            valueName: "duration"
        ),
        transform: DurationArgument.read
    )
    var remind: ClockDuration?

    @Option(
        name: .long,
        help: .init("An address to fetch after a successful run: a dead man's switch (PURSER_PING).", valueName: "url")
    )
    var ping: String?

    func validate() throws {
        if quiet, format == .nagios {
            throw ValidationError("give either --quiet or --format nagios, which is one line")
        }
    }

    func run() throws {
        try reporting {
            do {
                try evaluate()
            } catch  where format == .nagios && !(error is ExitCode) {
                show(plain: PluginText.failed("\(error)"))
                // A plugin has no exit code for wrong usage.
                sayFaults(error)
                throw Exit.failed
            }
        }
    }

    /// Whether arguments ask for the line of a monitoring plugin, also if they are wrong otherwise.
    static func isPlugin(_ arguments: [String]) -> Bool {
        let words = arguments.prefix { $0 != "--" }
        let asks = zip(words, words.dropFirst()).contains { $0 == "--format" && $1 == Format.nagios.rawValue }
        return words.contains("evaluate") && (asks || words.contains("--format=" + Format.nagios.rawValue))
    }

    private func evaluate() throws {
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
            say("purser: another evaluation is running, or a state was set by hand just now; nothing was evaluated")
            try showNothing(evaluator, rules, store)
            return
        }
        let delivery = isDryRun ? DeliveryReport() : Notifier.run(store, session.environment)
        var report = EvaluationReport(
            run: run,
            delivery: delivery,
            isDryRun: isDryRun,
            unreadable: rules.notWatched
        )
        report.hasData = try store.hasData()
        switch (format, quiet) {
        case (.json, _): show(report.json)
        case (.nagios, _): show(plain: report.pluginLine)
        case (.text, true): report.changeLines.forEach { show(plain: $0) }
        case (.text, false): show(plain: report.text)
        }
        if !isDryRun { session.rollUp(store) }
        report.warnings.forEach { say("purser: \($0)") }
        if report.isGoodRun, !isDryRun, let switchAddress { ping(switchAddress) }
        // The alarms on quotas keep their states, and the exit code says that they were not judged.
        guard (try? session.readQuotas()) != nil else { throw Exit.failed }
        try exit(report)
    }

    /// Shows the result of a run that left the evaluation to another one. A monitoring system sees the states as they are
    /// in the store, because a check without a verdict would look like a good one.
    private func showNothing(_ evaluator: Evaluator, _ rules: AlarmRules, _ store: Store) throws {
        switch format {
        case .text: break
        case .json: show(EvaluationReport.nothingEvaluated)
        case .nagios:
            let at = try store.lastEvaluation()?.time ?? .now
            guard let run = try evaluator.run(at: at, ran: .now, isDryRun: true) else { return }
            var report = EvaluationReport(run: run, delivery: DeliveryReport(), unreadable: rules.notWatched)
            report.hasData = try store.hasData()
            show(plain: report.pluginLine)
            try exit(report)
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

    /// Ends the command with the exit code of the verdict.
    private func exit(_ report: EvaluationReport) throws {
        if format == .nagios, report.pluginStatus == .unknown { throw Exit.failed }
        switch report.verdict {
        case .fine: break
        case .budget: throw Exit.budget
        case .inAlarm: throw Exit.inAlarm
        case .failed: throw Exit.failed
        }
    }
}
