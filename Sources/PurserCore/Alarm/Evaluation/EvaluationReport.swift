/// The result of a run of the evaluator and its deliveries.
package struct EvaluationReport: Sendable {
    package enum Verdict: Sendable {
        case fine
        /// A budget needs a person.
        case budget
        case inAlarm
        /// A message was not delivered, or an alarm could not be evaluated.
        case failed
    }

    package var run: EvaluationRun
    package var delivery: DeliveryReport
    package var isDryRun: Bool
    /// The alarms that could not be evaluated, because their files cannot be read.
    package var unreadable: [UnreadableAlarm]
    /// Whether the store has any data to evaluate.
    package var hasData = true

    package init(
        run: EvaluationRun,
        delivery: DeliveryReport,
        isDryRun: Bool = false,
        unreadable: [UnreadableAlarm] = []
    ) {
        self.run = run
        self.delivery = delivery
        self.isDryRun = isDryRun
        self.unreadable = unreadable
    }

    package var verdict: Verdict {
        if delivery.isIncomplete || !unreadable.isEmpty { return .failed }
        if run.alarms.contains(where: { $0.record.state == .alarm }) { return .inAlarm }
        if run.budgets.contains(where: { $0.finding != nil }) { return .budget }
        return .fine
    }

    /// Whether at least one alarm or the budget could be judged by data.
    package var hasSeenAnything: Bool {
        let known = run.alarms.contains { $0.record.state != .insufficientData }
        return hasData && (known || run.alarms.isEmpty && !run.budgets.isEmpty)
    }

    package var isEvaluated: Bool {
        if case .clockBehind = run.kind { false } else { true }
    }

    /// Whether the run evaluated everything it should have and delivered all messages. A run that finds an alarm, or a
    /// budget that needs a person, is still a good run.
    package var isGoodRun: Bool {
        if case .clockBehind(let last) = run.kind, last > run.at { return false }
        return verdict != .failed
    }

    package func status(_ name: String) -> AlarmStatus? {
        run.alarms.first { $0.definition.name == name }
    }

    /// Returns the delivery status of a change's messages, in one word.
    ///
    /// `gatherers` are the composite alarms that send the messages in place of alarms without actions.
    package func delivered(_ transition: AlarmTransition, gatherers: [String: String]) -> String {
        let isMine = { (message: OutboxMessage) in
            message.about == .alarm(transition.name, change: transition.number)
        }
        if delivery.failed.contains(where: isMine) { return "failed" }
        if (delivery.waiting + delivery.leftToAnother).contains(where: isMine) { return "pending" }
        if delivery.sent.contains(where: isMine) { return "ok" }
        if delivery.failure != nil { return "unknown" }
        guard let definition = status(transition.name)?.definition else { return "none" }
        if definition.actions(for: transition.newState).isEmpty {
            return gatherers[transition.name] == nil ? "no-topic" : "gathered"
        }
        if !definition.actionsEnabled { return "disabled" }
        if run.mutes[transition.name] != nil || run.endedMutes[transition.name]?.holds(at: transition.time) == true {
            return "muted"
        }
        if isDryRun { return "dry-run" }
        return status(transition.name)?.record.suppression?.isPending == true ? "suppressed" : "superseded"
    }
}
