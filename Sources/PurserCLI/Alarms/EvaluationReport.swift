import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

/// What a run of the evaluator and its deliveries says, in text and JSON.
struct EvaluationReport {
    let run: EvaluationRun
    let delivery: DeliveryReport
    var isDryRun = false

    /// nil where all is fine.
    var exitCode: ExitCode? {
        if delivery.isIncomplete { return Exit.failed }
        if run.alarms.contains(where: { $0.record.state == .alarm }) { return Exit.inAlarm }
        if run.budgets.contains(where: { $0.notifications.contains(where: \.isCrossed) }) { return Exit.budgetCrossed }
        return nil
    }

    private var isEvaluated: Bool {
        if case .clockBehind = run.kind { false } else { true }
    }

    /// Whether the run evaluated what it should have, and told everybody; a crossed budget and an alarm are good runs.
    var isGoodRun: Bool {
        if case .clockBehind(let last) = run.kind, last > run.at { return false }
        return exitCode != Exit.failed
    }

    /// One line a change, as cron mails it: of an alarm's state, or a threshold of the budget that was crossed.
    var changeLines: [String] {
        let alarms = run.changes.map { change in
            let transition = change.transition
            var parts = [
                transition.time.description, transition.newState.rawValue, transition.name,
                "\(transition.oldState.rawValue)->\(transition.newState.rawValue)", change.summary,
                "sns=\(delivered(transition))",
            ]
            if let runbook = status(transition.name)?.definition.runbook { parts.append("runbook=\(runbook)") }
            return parts.filter { !$0.isEmpty }.joined(separator: " ")
        }
        let letGo = run.news.filter(\.isKeptBack).map { news in
            "\(news.time) \(news.newState.rawValue) \(news.name) told now, after its suppressor let go"
        }
        let budgets = run.budgets.flatMap { budget in
            budget.newlyCrossed.map { crossed in
                let amount = (crossed.amount ?? .zero).inDollars
                let limit = budget.definition.limit.inDollars
                return "\(run.at) BUDGET \(budget.definition.name) \(Self.text(crossed)) crossed: \(amount) of \(limit)"
                    + " runbook=docs/runbooks/budget.md"
            }
        }
        return alarms + letGo + budgets
    }

    private func status(_ name: String) -> AlarmStatus? {
        run.alarms.first { $0.definition.name == name }
    }

    /// What became of a change's messages, in one word.
    private func delivered(_ transition: AlarmTransition) -> String {
        let isMine = { (message: OutboxMessage) in
            message.source == transition.name && message.id.hasPrefix("\(transition.name)/\(transition.number)/")
        }
        if delivery.failed.contains(where: isMine) { return "failed" }
        if delivery.waiting.contains(where: isMine) { return "pending" }
        if delivery.sent.contains(where: isMine) { return "ok" }
        if delivery.failure != nil { return "unknown" }
        guard let definition = status(transition.name)?.definition else { return "none" }
        if definition.actions(for: transition.newState).isEmpty { return "no-topic" }
        if !definition.actionsEnabled { return "disabled" }
        if isDryRun { return "dry-run" }
        return status(transition.name)?.record.suppression?.isPending == true ? "suppressed" : "superseded"
    }

    var text: String {
        var lines = [heading]
        for alarm in run.alarms {
            let summary = alarm.evaluation.map { $0.summary(of: alarm.definition) + "  " } ?? ""
            let name = Self.padded(alarm.definition.name, to: longestName)
            let seen = run.acknowledged.contains(alarm.definition.name) ? ", acknowledged" : ""
            let by = alarm.record.suppression?.phase.map { ", actions suppressed by \($0.name)" } ?? ""
            let since = "since \(alarm.record.updated)"
            lines.append(Self.row(alarm.record.state.rawValue, "\(name) \(summary)\(since)\(seen)\(by)"))
        }
        lines += run.budgets.map { budget in
            let crossed = budget.notifications.filter(\.isCrossed).map(Self.text)
            let forecast = budget.forecast.map { ", run rate \($0.inDollars)" } ?? ""
            let (actual, limit) = (budget.actual.inDollars, budget.definition.limit.inDollars)
            return Self.row(
                crossed.isEmpty ? "OK" : "BUDGET",
                "\(budget.definition.name): \(actual) of \(limit)\(forecast)"
                    + (crossed.isEmpty ? "" : "; crossed \(crossed.joined(separator: ", "))")
            )
        }
        let unsent = delivery.waiting.count + delivery.failed.count + delivery.failedBefore
        if unsent > 0 {
            let count = "\(unsent) message\(unsent == 1 ? "" : "s")"
            lines.append(Self.row("UNSENT", "\(count); see below and purser alarms show"))
        }
        let changes = changeLines
        if !changes.isEmpty { lines += ["", "CHANGES"] + changes }
        if run.alarms.allSatisfy({ !$0.definition.unfilledActions.isEmpty }), !run.alarms.isEmpty {
            lines.append("no topic configured: set --parameter TopicArn=ARN to be told of changes")
        }
        return lines.joined(separator: "\n")
    }

    private var longestName: Int {
        run.alarms.map(\.definition.name.count).max() ?? 0
    }

    /// A state in a column as wide as the longest, INSUFFICIENT_DATA, and what there is to say.
    private static func row(_ state: String, _ text: String) -> String {
        padded(state, to: 17) + " " + text
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private var heading: String {
        let at = "EVALUATED as of \(run.at)"
        return switch run.kind {
        case .first: at + ", the first time"
        case .continued(let steps): at + ", \(steps) step\(steps == 1 ? "" : "s")"
        case .jumped(let last) where last > run.at: at + ", earlier than the last evaluation, as of \(last)"
        case .jumped(let last): at + ", not the time since \(last), which is more than 24 h ago"
        case .clockBehind(let last): "NOT EVALUATED: \(run.at) is not after the last evaluation, as of \(last)"
        }
    }

    /// What went wrong, for stderr.
    var warnings: [String] {
        var lines: [String] = []
        lines += Self.grouped(delivery.waiting).map { ids, reason in
            "not delivered: \(ids) (\(reason)); kept, and tried again by the next run"
        }
        lines += Self.grouped(delivery.failed).map { ids, reason in
            "refused: \(ids) (\(reason)); kept; `purser alarms retry` sends it again, with --drop it is given up"
        }
        if delivery.failedBefore > 0 {
            let (count, s) = (delivery.failedBefore, delivery.failedBefore == 1 ? "" : "s")
            let kept = "\(count) message\(s) refused earlier \(count == 1 ? "is" : "are") kept"
            lines.append("\(kept); `purser alarms retry` sends again, `purser alarms retry --drop` gives up")
        }
        if let failure = delivery.failure { lines.append("what waits could not be sent: \(failure)") }
        switch run.kind {
        case .jumped(let last) where last > run.at:
            lines.append(
                "the last evaluation was as of \(last), which is still to come; this one goes on from \(run.at)"
            )
        case .jumped(let last):
            lines.append("the time from \(last) to \(run.at) was not evaluated: it is longer than 24 h")
        case .clockBehind(let last) where last - run.at > 60_000:
            lines.append("nothing was evaluated: \(run.at) is before the last evaluation, as of \(last)")
        default: break
        }
        if !run.notCaughtUp.isEmpty {
            let names = run.notCaughtUp.joined(separator: ", ")
            lines.append("not all missed time was caught up for \(names): its data is coarser by now than the periods")
        }
        if run.futureSlots > 0 {
            let count = "\(run.futureSlots) recorded slot\(run.futureSlots == 1 ? "" : "s")"
            lines.append("\(count) lie in the future by this machine's clock; they count when their time comes")
        }
        return lines
    }

    /// The messages by what went wrong, so that a dead network is one line and not one a message.
    private static func grouped(_ messages: [OutboxMessage]) -> [(ids: String, reason: String)] {
        var groups: [(reason: String, ids: [String])] = []
        for message in messages {
            // Who waits for another message shares its reason.
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

    var json: JSONValue {
        Self.json(
            at: isEvaluated ? run.at : nil,
            alarms: run.alarms.map(json),
            budgets: run.budgets.map(json),
            futureSlots: run.futureSlots,
            delivery.json(queued: run.queued)
        )
    }

    /// The result where another run is in progress.
    static var nothingEvaluated: JSONValue {
        json(at: nil, alarms: [], budgets: [], futureSlots: 0, .null)
    }

    private static func json(
        at time: Timestamp?,
        alarms: [JSONValue],
        budgets: [JSONValue],
        futureSlots: Int,
        _ notifications: JSONValue
    ) -> JSONValue {
        JSONValue(
            schema: "purser.evaluate/1",
            [
                "evaluatedAt": JSONValue(time?.iso8601()),
                "alarms": .array(alarms),
                "budgets": .array(budgets),
                "futureSlots": .integer(futureSlots),
                "notifications": notifications,
            ]
        )
    }

    private func json(_ alarm: AlarmStatus) -> JSONValue {
        [
            "name": .string(alarm.definition.name),
            "state": .string(alarm.record.state.rawValue),
            "previousState": .string(alarm.previous.rawValue),
            "changed": .bool(alarm.isChanged),
            "stateReason": .string(alarm.record.reason),
            "stateReasonData": AlarmJSON.reasonData(alarm.record.reasonData),
            "stateUpdatedAt": .string(alarm.record.updated.iso8601()),
            "acknowledged": .bool(run.acknowledged.contains(alarm.definition.name)),
            "actionsSuppressedBy": JSONValue(alarm.record.suppression?.phase?.name),
        ]
    }

    private static func text(_ status: BudgetDefinition.NotificationStatus) -> String {
        let percent = (status.thresholdPercent * 100).rounded() / 100
        return "\(status.kind.rawValue) \(percent.formatted()) %"
    }

    private func json(_ budget: BudgetStatus) -> JSONValue {
        [
            "name": .string(budget.definition.name),
            "limit": .string(budget.definition.limit.description),
            "actual": .string(budget.actual.description),
            "forecast": budget.forecast.map { .string($0.description) } ?? .null,
            "notifications": .array(
                budget.notifications.map { status in
                    [
                        "type": .string(status.kind.rawValue), "threshold": .string(status.threshold.description),
                        "crossed": .bool(status.isCrossed),
                    ]
                }
            ),
        ]
    }
}
