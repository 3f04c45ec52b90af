import PurserCore
import PurserStore

extension DashBuilder {
    /// Returns the time of the evaluation whose states a frame shows; nil if there was none.
    ///
    /// Now, that is the last one, also if it was as of a time that is still to come. A past moment shows what was known then.
    func lastEvaluation(at: Timestamp, isOfAskedMoment: Bool) throws -> Timestamp? {
        if !isOfAskedMoment, let last = try reader.store.lastEvaluation()?.time, last > at { return last }
        return try reader.store.lastEvaluation(upTo: at)
    }

    /// Returns the alarms as of the evaluation that a frame shows, which need not be the last one.
    func alarmLines(evaluatedAt: Timestamp?, at: Timestamp) throws -> [DashFrame.AlarmLine] {
        let isLast = try evaluatedAt == reader.store.lastEvaluation()?.time
        let records = try reader.store.alarmRecords()
        let changes = try lastChanges(of: records, upTo: evaluatedAt, isLast: isLast, at: at)
        let (acknowledgements, mutes) = (try reader.store.acknowledgements(), try reader.store.mutes())
        let data = try AlarmDataReader(reader).data(for: alarms.filter { changes[$0.name]?.newState == .alarm }) { _ in
            evaluatedAt.map { [$0] } ?? []
        }
        let gatherers = alarms.gatherers()
        return try alarms.map { definition in
            var line = DashFrame.AlarmLine(
                name: definition.name,
                state: .insufficientData,
                runbook: definition.runbook
            )
            line.gatherer = gatherers[definition.name]
            line.mute = mutes[definition.name].flatMap { $0.holds(at: at) ? $0 : nil }
            guard let evaluatedAt, let change = changes[definition.name] else { return line }
            line.state = change.newState
            line.since = change.time
            line.delivery = try delivery(definition, change, isLast ? records[definition.name]?.suppression : nil)
            if line.gatherer != nil, line.delivery == .noTopic { line.delivery = nil }
            guard change.newState == .alarm else { return line }
            line.acknowledgement = acknowledgements[definition.name].flatMap {
                $0.holds(forChange: change.number, at: at) ? $0 : nil
            }
            if definition.condition == nil {
                line.summary = definition.ruleWords(.alarm) { changes[$0]?.newState }
            } else {
                let seen = definition.evaluate(
                    data: data[definition.name] ?? AlarmData([:]),
                    previous: change.newState,
                    at: evaluatedAt
                )
                line.summary = seen.state == .alarm ? seen.summary(of: definition) : change.summaryByHand
                // Of a metric that is derived from the ledger, they are minutes.
                let derived = MetricReader.Derived.allCases.map(\.metric)
                let isDerived = definition.metrics.allSatisfy { derived.contains($0.metric) }
                line.samples = isDerived ? nil : seen.newestSampleCount
            }
            return line
        }
    }

    /// Returns each alarm's last change up to an evaluation; none if there was no evaluation.
    ///
    /// The states of the store's last evaluation may come from one by a clock that was ahead, so that their changes are
    /// later than it. A state that was set by hand counts from then on.
    private func lastChanges(
        of records: [String: AlarmRecord],
        upTo evaluatedAt: Timestamp?,
        isLast: Bool,
        at: Timestamp
    ) throws -> [String: AlarmTransition] {
        guard let evaluatedAt else { return [:] }
        let until = isLast ? Timestamp(milliseconds: .max) : evaluatedAt
        var changes: [String: AlarmTransition] = [:]
        for name in alarms.map(\.name) where records[name] != nil {
            changes[name] = try reader.store.transitions(of: name, until: until, limit: Self.mostByHand)
                .first { $0.time <= at || !$0.isByHand }
        }
        return changes
    }

    /// How many changes by hand may be later than a frame.
    private static let mostByHand = 10

    private func delivery(
        _ definition: AlarmDefinition,
        _ change: AlarmTransition,
        _ suppression: AlarmSuppression?
    ) throws -> DashFrame.Delivery? {
        let messages = try reader.store.messages(about: definition.name, change: change.number, limit: 100)
        // The files read here may name no topic even though the evaluator's did, so queued messages are checked first.
        let hasTopic = !definition.actions(for: change.newState).isEmpty
        if let known = Self.delivery(of: messages) { return known }
        if let suppression, suppression.isPending {
            return .suppressed(by: suppression.suppressor, until: suppression.phase?.end)
        }
        guard change.newState == .alarm else { return nil }
        if !hasTopic { return .noTopic }
        // A change that was undone and made again within one run has no message of its own.
        let isEverSent = try !reader.store.messages(about: definition.name, limit: 1).isEmpty
        return isEverSent || !definition.actionsEnabled ? nil : .notSent
    }

    private static func delivery(of messages: [OutboxMessage]) -> DashFrame.Delivery? {
        // If there are several topics, the operator must know about the one that the message did not reach.
        if messages.contains(where: { $0.status == .failed }) { return .failed }
        if messages.contains(where: { $0.status == .pending }) { return .pending }
        return messages.map { $0.sent ?? $0.created }.max().map { .sent($0) }
    }

    /// Returns what about the budget needs a person, with the delivery of the notification at the same threshold.
    func budgetLine(_ cost: DashFrame.CostPanel, at: Timestamp) throws -> DashFrame.BudgetLine? {
        guard let budget else { return nil }
        let position = BudgetPosition(cost.month, at: at, actual: cost.spent, forecast: cost.forecast)
        guard let finding = budget.finding(position) else { return nil }
        let (kind, threshold) = (finding.kind, finding.threshold)
        let notified = budget.notifications(at: position).filter {
            $0.kind == kind && $0.threshold == threshold
        }
        var line = DashFrame.BudgetLine(finding)
        if !notified.isEmpty, notified.allSatisfy(\.topics.isEmpty) { line.delivery = .noTopic }
        let record = try reader.store.budgetNotifications(budget.name, cost.month.description).first {
            $0.kind == kind && $0.threshold == threshold && $0.number > 0 && $0.time <= at
        }
        guard let record else { return line }
        line.since = record.time
        let id = BudgetMessages.idStart(budget.name, cost.month.description, kind, threshold, record.number)
        let messages = try reader.store.messages(aboutBudget: budget.name, cost.month).filter { $0.id.hasPrefix(id) }
        line.delivery = Self.delivery(of: messages) ?? line.delivery
        return line
    }
}

extension AlarmTransition {
    /// Whether the state was set by hand, and not by an evaluation.
    fileprivate var isByHand: Bool { reasonData == nil }

    /// The summary of a state that the data does not explain: it was set by hand, or other data has arrived since.
    fileprivate var summaryByHand: String {
        isByHand ? "set by hand: \(reason)" : "by the data of that time"
    }
}
