public import PurserCore
public import PurserStore

/// What one run of the evaluator did.
public struct EvaluationRun: Sendable {
    public enum Kind: Sendable, Equatable {
        /// The first evaluation of this store: of the one moment alone.
        case first
        /// Every step since the last evaluation.
        case continued(steps: Int)
        /// The last evaluation is too long ago to catch up: of the one moment alone.
        case jumped(over: Timestamp)
        /// The moment is not after the last evaluation, so nothing was evaluated.
        case clockBehind(last: Timestamp)
    }

    public var kind: Kind
    public var at: Timestamp
    public var alarms: [AlarmStatus]
    public var budgets: [BudgetStatus]
    /// All changes of state, the earliest first.
    public var changes: [AlarmChange]
    /// Messages that this run put into the outbox.
    public var queued: Int
}

/// A change of state with what the alarm saw.
public struct AlarmChange: Sendable {
    public var transition: AlarmTransition
    public var evaluation: AlarmEvaluation
    /// `10.98s > 10.00s, 3 of 3 x 1m`.
    public var summary: String
}

/// An alarm after a run.
public struct AlarmStatus: Sendable {
    public var definition: AlarmDefinition
    public var record: AlarmRecord
    public var previous: AlarmState
    /// What the last step saw; nil where nothing was evaluated.
    public var evaluation: AlarmEvaluation?

    public var isChanged: Bool {
        record.state != previous
    }
}

/// A monthly budget after a run.
public struct BudgetStatus: Sendable {
    public var definition: BudgetDefinition
    public var actual: Picodollars
    /// The run rate; nil in the first two days of a month.
    public var forecast: Picodollars?

    /// The notifications that the last evaluation did not find crossed, and this one does.
    public var newlyCrossed: [BudgetDefinition.NotificationStatus] = []

    public var notifications: [BudgetDefinition.NotificationStatus] {
        definition.notifications(actual: actual, forecast: forecast)
    }
}

/// Evaluates all alarms over the time since the last evaluation, and stores states, history and messages together.
public struct Evaluator: Sendable {
    /// After a longer pause the missed steps are not evaluated.
    public static let longestCatchUpSeconds = 24 * 3600
    /// How far the last evaluation may lie ahead of the wall clock and be waited for, in milliseconds: an hour.
    private static let longestWait: Int64 = 3_600_000

    private let reader: MetricReader
    private let alarms: [AlarmDefinition]
    private let budget: BudgetDefinition?

    public init(reader: MetricReader, alarms: [AlarmDefinition], budget: BudgetDefinition?) {
        self.reader = reader
        self.alarms = alarms
        self.budget = budget
    }

    /// Evaluates up to `at`; nil where another run committed the same steps meanwhile.
    ///
    /// `ran` is the wall clock's time, the heartbeat. A dry run stores nothing.
    public func run(at: Timestamp, ran: Timestamp, isDryRun: Bool = false) throws -> EvaluationRun? {
        let store = reader.store
        let last = try store.lastEvaluation()?.time
        let (kind, steps) = plan(at: at, last: last, ran: ran)
        let records = try store.alarmRecords()
        let data = try data(for: steps)
        var statuses: [AlarmStatus] = []
        var changes: [AlarmChange] = []
        var messages: [OutboxMessage] = []
        for definition in alarms {
            let result = evaluate(definition, records[definition.name], steps: steps, now: at, data: data)
            statuses.append(result.status)
            changes += result.changes
            if result.status.isChanged, let last = result.changes.last {
                messages += AlarmMessages.make(
                    definition,
                    result.status,
                    last,
                    late: at - last.transition.time > 60_000
                )
            }
        }
        if !steps.isEmpty, !isDryRun {
            let commit = EvaluationCommit(
                previous: last,
                time: at,
                ran: ran,
                alarms: statuses.map(\.record),
                transitions: changes.map(\.transition),
                messages: messages
            )
            guard try store.commit(commit) else { return nil }
        }
        return EvaluationRun(
            kind: kind,
            at: at,
            alarms: statuses,
            budgets: try budgetStatuses(at: at, last: last),
            changes: changes.sorted { $0.transition.time < $1.transition.time },
            queued: isDryRun ? 0 : messages.count
        )
    }

    /// The whole minutes after the last evaluation, and the moment itself.
    private func plan(at: Timestamp, last: Timestamp?, ran: Timestamp) -> (EvaluationRun.Kind, [Timestamp]) {
        guard let last else { return (.first, [at]) }
        if at <= last {
            // An evaluation of a time that is yet to come, by a clock that was wrong, must not silence all until then.
            return last - ran > Self.longestWait ? (.jumped(over: last), [at]) : (.clockBehind(last: last), [])
        }
        if at - last > Int64(Self.longestCatchUpSeconds) * 1000 { return (.jumped(over: last), [at]) }
        // Alarms with short periods are looked at every ten seconds.
        let step = alarms.map(\.evaluationIntervalSeconds).min() ?? 60
        var steps: [Timestamp] = []
        var next = last.floored(toSeconds: step) + step
        while next < at {
            steps.append(next)
            next = next + step
        }
        steps.append(at)
        return (.continued(steps: steps.count), steps)
    }

    /// Everything that any alarm looks at in any step, read at once.
    private func data(for steps: [Timestamp]) throws -> AlarmData {
        guard let first = steps.first, let last = steps.last else { return AlarmData([:]) }
        let references = Set(alarms.flatMap(\.metricReferences))
        let from = alarms.map { $0.evaluationRange(at: first).lowerBound }.min() ?? first
        let to = alarms.map { $0.evaluationRange(at: last).upperBound }.max() ?? last
        return AlarmData(try reader.slots(of: Array(references), from: from, to: to))
    }

    private func evaluate(
        _ definition: AlarmDefinition,
        _ stored: AlarmRecord?,
        steps: [Timestamp],
        now: Timestamp,
        data: AlarmData
    ) -> (status: AlarmStatus, changes: [AlarmChange]) {
        // A new alarm has no past: it begins with the moment itself.
        let steps = stored == nil ? Array(steps.suffix(1)) : steps
        let created = steps.first ?? now
        var record =
            stored
            ?? AlarmRecord(
                name: definition.name,
                state: .insufficientData,
                reason: StateReason.initial,
                reasonData: nil,
                updated: created,
                transition: 0,
                definition: definition.canonicalJSON,
                configured: created
            )
        if record.definition != definition.canonicalJSON {
            record.definition = definition.canonicalJSON
            record.configured = created
        }
        let previous = record.state
        var changes: [AlarmChange] = []
        var evaluation: AlarmEvaluation?
        for step in steps {
            let seen = definition.evaluate(data: data, previous: record.state, at: step)
            evaluation = seen
            guard seen.state != record.state else { continue }
            let transition = AlarmTransition(
                name: definition.name,
                number: record.transition + 1,
                time: step,
                oldState: record.state,
                newState: seen.state,
                reason: seen.reason ?? record.reason,
                reasonData: seen.reasonData
            )
            changes.append(
                AlarmChange(transition: transition, evaluation: seen, summary: seen.summary(of: definition))
            )
            record.state = transition.newState
            record.reason = transition.reason
            record.reasonData = transition.reasonData
            record.updated = step
            record.transition = transition.number
        }
        let status = AlarmStatus(definition: definition, record: record, previous: previous, evaluation: evaluation)
        return (status, changes)
    }

    private func budgetStatuses(at: Timestamp, last: Timestamp?) throws -> [BudgetStatus] {
        guard let budget else { return [] }
        var status = try budgetStatus(budget, at: at)
        // What was crossed before is computed and not stored: the ledger knows how the month stood at any moment.
        let before = try last.flatMap { time in
            CalendarMonth(containing: time) == CalendarMonth(containing: at) && time < at
                ? try budgetStatus(budget, at: time).notifications : nil
        }
        status.newlyCrossed = status.notifications.enumerated().compactMap { index, now in
            now.isCrossed && before?[index].isCrossed != true ? now : nil
        }
        if let last, at <= last { status.newlyCrossed = [] }
        return [status]
    }

    private func budgetStatus(_ budget: BudgetDefinition, at: Timestamp) throws -> BudgetStatus {
        let month = CalendarMonth(containing: at)
        let spent = try reader.store.monthTotal(month, asOf: at).spent
        let forecast = CostReport.runRate(spent: spent, month: month, asOf: at)
        return BudgetStatus(definition: budget, actual: spent, forecast: forecast)
    }
}
