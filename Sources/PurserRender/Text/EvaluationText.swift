package import PurserCore

/// A run of the evaluator as text.
extension EvaluationReport {
    /// One line per change, as cron mails it: an alarm's change of state, or a budget threshold that was crossed.
    package var changeLines: [String] {
        let gatherers = run.changes.isEmpty ? [:] : run.alarms.map(\.definition).gatherers()
        let changes = run.changes.map { change in
            let transition = change.transition
            let states = "\(transition.oldState.rawValue)->\(transition.newState.rawValue)"
            return (transition, [states, change.summary])
        }
        let sentLater = run.news.filter(\.isKeptBack).map { news in
            (news.transition, ["no longer held back"] + (suppressor(of: news.name).map { ["by \($0)"] } ?? []))
        }
        let alarms = (changes + sentLater).sorted { $0.0.time < $1.0.time }.map { transition, words in
            let start = [transition.time.description, transition.newState.rawValue, transition.name]
            var end = ["sns=\(delivered(transition, gatherers: gatherers))"]
            if let runbook = status(transition.name)?.definition.runbook { end.append("runbook=\(runbook)") }
            return (start + words + end).filter { !$0.isEmpty }.joined(separator: " ")
        }
        let budgets = (run.budgets + run.limits).flatMap { budget in
            budget.newlyCrossed.map { crossed in
                let (amount, limit) = ComparedText.dollars(crossed.amount ?? .zero, budget.definition.limit)
                return "\(run.at) BUDGET \(budget.definition.name) \(Self.text(crossed)) crossed: \(amount) of \(limit)"
                    + " runbook=\(BudgetDefinition.runbook)"
            }
        }
        return alarms + budgets
    }

    private func suppressor(of name: String) -> String? {
        guard case .composite(let composite)? = status(name)?.definition.rule else { return nil }
        return composite.suppressor?.name
    }

    package var text: String {
        var lines = [heading]
        for alarm in run.alarms {
            let summary = alarm.evaluation.map { $0.summary(of: alarm.definition) + "  " } ?? ""
            let name = Self.padded(alarm.definition.name, to: longestName)
            let seen = run.acknowledgements[alarm.definition.name].map { ", " + $0.words() } ?? ""
            let muted = run.mutes[alarm.definition.name].map { ", " + $0.words() } ?? ""
            let by = alarm.record.suppression?.phase.map { ", actions suppressed by \($0.name)" } ?? ""
            let since = "since \(alarm.record.updated)"
            lines.append(Self.row(alarm.record.state.rawValue, "\(name) \(summary)\(since)\(seen)\(muted)\(by)"))
        }
        lines += run.budgets.map { budget in
            let crossed = budget.notifications.filter(\.isCrossed).map(Self.text)
            let forecast = budget.forecast.map { ", forecast " + ComparedText.dollars($0, budget.definition.limit).0 }
            let (actual, limit) = ComparedText.dollars(budget.actual, budget.definition.limit)
            let finding = budget.finding.map { "; " + $0.reason.words }
            return Self.row(
                finding == nil ? "OK" : "BUDGET",
                "\(budget.definition.name): \(actual) of \(limit)\(forecast ?? "")\(finding ?? "")"
                    + (crossed.isEmpty ? "" : "; crossed \(crossed.joined(separator: ", "))")
            )
        }
        lines += run.limits.map { budget in
            let (actual, limit) = ComparedText.dollars(budget.actual, budget.definition.limit)
            let forecast = budget.forecast.map { ", forecast " + ComparedText.dollars($0, budget.definition.limit).0 }
            let crossed = budget.notifications.filter(\.isCrossed).map(Self.text)
            return Self.row(
                budget.position.isRefusing ? "REFUSING" : "OK",
                "\(budget.definition.name): \(actual) of \(limit)\(forecast ?? "")"
                    + (crossed.isEmpty ? "" : "; crossed \(crossed.joined(separator: ", "))")
            )
        }
        if run.alarms.isEmpty, unreadable.isEmpty {
            lines.append(Self.row("NO ALARMS", DashVerdict.withoutAlarms(hasBudget: !run.budgets.isEmpty)))
        }
        if !unreadable.isEmpty {
            lines.append(Self.row("UNREADABLE", unreadable.counts + " unreadable, named on stderr"))
        }
        let unsent = delivery.waiting.count + delivery.failed.count + delivery.failedBefore
        if unsent > 0 {
            let count = unsent.counted("message")
            lines.append(Self.row("UNSENT", "\(count); see below and purser alarms show"))
        }
        let changes = changeLines
        if !changes.isEmpty { lines += ["", "CHANGES"] + changes }
        if let silent = topicHint { lines.append(silent) }
        return lines.joined(separator: "\n")
    }

    private static let mostFlags = 3

    /// What to do to be notified, if alarms or the budget have no topic yet.
    private var topicHint: String? {
        let senders = run.alarms.map(\.definition).filter { $0.takesActions(in: .alarm) }
        let silent = senders.filter { $0.actions(for: .alarm).isEmpty && !$0.unfilledActions.isEmpty }
        let budgets = run.budgets.map(\.definition).filter { budget in
            !budget.unfilledActions.isEmpty && budget.notifications.allSatisfy(\.topics.isEmpty)
        }
        guard !silent.isEmpty || !budgets.isEmpty else { return nil }
        let flags = UnfilledAction.flags(silent.flatMap(\.unfilledActions) + budgets.flatMap(\.unfilledActions))
        let more = flags.count > Self.mostFlags ? ", ... (purser alarms lint shows all)" : ""
        let shown = flags.prefix(Self.mostFlags).joined(separator: ", ")
        let names = silent.map(\.name) + budgets.map(\.name)
        let isPart = silent.count < senders.count || budgets.count < run.budgets.count
        let rest = names.count > Self.mostFlags ? " and \(names.count - Self.mostFlags) more" : ""
        let which = isPart ? " for " + names.prefix(Self.mostFlags).joined(separator: ", ") + rest : ""
        return "no topic configured\(which): set \(shown)\(more) to be notified of changes"
    }

    private var longestName: Int {
        run.alarms.map(\.definition.name.count).max() ?? 0
    }

    /// Returns a state, padded to the width of the longest, INSUFFICIENT_DATA, and the text about it.
    private static func row(_ state: String, _ text: String) -> String {
        padded(state, to: 17) + " " + text
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private var heading: String {
        let at = "EVALUATED as of \(run.at)"
        return switch run.kind {
        case .first: at + ", for the first time"
        case .continued(let steps): at + ", " + steps.counted("step")
        case .jumped(let last) where last > run.at: at + ", earlier than the last evaluation, as of \(last)"
        case .jumped(let last): at + ", without the time since \(last), which is more than 24 h ago"
        case .clockBehind(let last): "NOT EVALUATED: \(run.at) is not after the last evaluation, as of \(last)"
        }
    }

    /// What went wrong, for stderr.
    package var warnings: [String] {
        var lines: [String] = []
        lines += Self.grouped(delivery.waiting).map { ids, reason in
            "not delivered: \(ids) (\(reason)); kept, and retried by the next run"
        }
        lines += Self.grouped(delivery.failed).map { ids, reason in
            "refused: \(ids) (\(reason)); kept; `purser alarms retry` sends again, and with --drop gives up"
        }
        if delivery.failedBefore > 0 {
            let count = delivery.failedBefore
            let kept = "\(count.counted("message")) refused earlier \(count == 1 ? "is" : "are") kept"
            lines.append("\(kept); `purser alarms retry` sends again, `purser alarms retry --drop` gives up")
        }
        if let words = delivery.leftWords { lines.append(words) }
        if let failure = delivery.failure { lines.append("waiting messages could not be sent: \(failure)") }
        switch run.kind {
        case .jumped(let last) where last > run.at:
            lines.append(
                "the last evaluation was as of \(last), which is in the future; this one continues from \(run.at)"
            )
        case .jumped(let last):
            lines.append("the time from \(last) to \(run.at) was not evaluated: it is longer than 24 h")
        case .clockBehind(let last) where last - run.at > 60_000:
            lines.append("nothing was evaluated: \(run.at) is before the last evaluation, as of \(last)")
        default: break
        }
        if !run.notCaughtUp.isEmpty {
            let names = run.notCaughtUp.joined(separator: ", ")
            lines.append("not all missed time was evaluated for \(names): its data is by now coarser than the periods")
        }
        if run.futureSlots > 0 {
            let count = run.futureSlots.counted("recorded slot")
            lines.append("\(count) in the future by this machine's clock: not counted until that time comes")
        }
        return lines
    }

    /// Returns the messages grouped by what went wrong, so a network failure takes one line instead of one per message.
    private static func grouped(_ messages: [OutboxMessage]) -> [(ids: String, reason: String)] {
        var groups: [(reason: String, ids: [String])] = []
        for message in messages {
            // A message that waits for another shares its reason.
            let isFollower = message.error?.hasPrefix("waits for ") == true && !groups.isEmpty
            let reason = isFollower ? groups[groups.count - 1].reason : message.error ?? "no reason"
            if let index = groups.firstIndex(where: { $0.reason == reason }) {
                groups[index].ids.append(message.id)
            } else {
                groups.append((reason, [message.id]))
            }
        }
        return groups.map { group in
            let more = group.ids.count > 3 ? " and \(group.ids.count - 3) more" : ""
            return (group.ids.prefix(3).joined(separator: ", ") + more, group.reason)
        }
    }

    private static func text(_ status: BudgetDefinition.NotificationStatus) -> String {
        let percent = (status.thresholdPercent * 100).rounded() / 100
        let number = Int(exactly: percent).map(NumberText.grouped) ?? "\(percent)"
        return "\(status.kind.rawValue) \(number) %"
    }
}

extension DeliveryReport {
    /// What is left to another run, as a sentence; nil if nothing is.
    package var leftWords: String? {
        guard !leftToAnother.isEmpty else { return nil }
        return "another run is sending: \(leftToAnother.count.counted("message")) left to it"
    }
}

extension BudgetFinding.Reason {
    /// The reason in words: `over the limit`.
    var words: String {
        switch self {
        case .overLimit: "over the limit"
        case .forecastOverLimit: "forecast over the limit"
        case .aheadOfPlan: "ahead of plan"
        }
    }
}
