package import PurserCore
import PurserStore

/// Evaluates all alarms over the time since the last evaluation, and stores states, history and messages together.
package struct Evaluator: Sendable {
    /// After a longer pause the missed steps are not evaluated.
    package static let longestCatchUpSeconds = 24 * 3600
    /// How many seconds writers' clocks may be ahead without being reported.
    private static let clockTolerance = 60

    private let reader: MetricReader
    private let alarms: [AlarmDefinition]
    private let budget: BudgetDefinition?
    private let home: AlarmHome
    private let remindSeconds: Int?

    /// - Parameters:
    ///   - home: The region and the account for alarms without a topic.
    ///   - remindSeconds: How often to repeat the notification of an alarm that stays on; nil for never.
    package init(
        reader: MetricReader,
        alarms: [AlarmDefinition],
        budget: BudgetDefinition?,
        home: AlarmHome = AlarmHome(),
        remindSeconds: Int? = nil
    ) {
        self.reader = reader
        self.alarms = alarms
        self.budget = budget
        self.home = home
        self.remindSeconds = remindSeconds
    }

    /// Evaluates up to `at`; returns nil if another run committed the same steps in the meantime.
    ///
    /// `ran` is the wall clock's time, which is stored as the heartbeat. A dry run stores nothing.
    package func run(at: Timestamp, ran: Timestamp, isDryRun: Bool = false) throws -> EvaluationRun? {
        let store = reader.store
        let last = try store.lastEvaluation()?.time
        let (kind, steps) = plan(at: at, last: last, ran: ran)
        let read = try store.alarmRecords()
        let isBack = last.map { $0 > at } == true && !steps.isEmpty
        let stored = isBack ? read.mapValues { $0.clamped(to: at) } : read
        let result = try evaluate(from: stored, steps)
        let acknowledged = try store.acknowledgements().filter { name, acknowledgement in
            result.records[name].map { acknowledgement.holds(for: $0, at: at) } ?? false
        }
        let mutes = try store.mutes()
        let muted = mutes.filter { $0.value.holds(at: at) }
        let names = Set(alarms.map(\.name))
        // The end of an alarm's mute is dealt with when the alarm is evaluated again, whose file may be unreadable now.
        let ended = steps.isEmpty ? [:] : mutes.filter { names.contains($0.key) && $0.value.isDue(at: at) }
        let heard = alarms.filter { muted[$0.name] == nil && ended[$0.name] == nil }
        var messages = AlarmMessages.make(result.news, heard, result.records, from: stored, at: at)
        messages += AlarmMessages.afterMute(ended, alarms, result.records, at: at)
        if let remindSeconds, !steps.isEmpty {
            let on = heard.filter { acknowledged[$0.name] == nil && result.news[$0.name] == nil }
            messages += AlarmMessages.reminders(on, result.records, every: remindSeconds, after: last, at: at)
        }
        let budgets = try BudgetEvaluation.run(budget, reader, after: last, at: at, isStored: !steps.isEmpty)
        messages += budgets.messages
        if !steps.isEmpty, !isDryRun {
            let commit = EvaluationCommit(
                previous: last,
                time: at,
                ran: ran,
                alarms: alarms.compactMap { result.records[$0.name] }.filter { $0 != read[$0.name] },
                transitions: result.changes.map(\.transition),
                messages: messages,
                budgetNotifications: budgets.records,
                endedMutes: ended,
                isContinued: kind == .continued(steps: steps.count)
            )
            guard try store.commit(commit) else { return nil }
            if let forecasts = budgets.forecasts { try store.setForecasts(forecasts) }
        }
        return EvaluationRun(
            kind: kind,
            at: at,
            alarms: alarms.map { result.status(of: $0, from: stored[$0.name], at: at) },
            budgets: budgets.statuses,
            limits: budgets.limits,
            changes: result.changes,
            news: result.news.values.filter { $0.number == result.records[$0.name]?.transition }
                .sorted { $0.name < $1.name },
            queued: isDryRun ? 0 : messages.count,
            acknowledgements: acknowledged,
            mutes: muted,
            endedMutes: ended,
            notCaughtUp: result.notCaughtUp,
            futureSlots: try store.slotCount(after: ran + Self.clockTolerance)
        )
    }

    /// Returns the whole minutes after the last evaluation, and `at` itself.
    private func plan(at: Timestamp, last: Timestamp?, ran: Timestamp) -> (EvaluationRun.Kind, [Timestamp]) {
        guard let last else { return (.first, [at]) }
        if at <= last {
            // An evaluation at a future time, caused by a wrong clock, must not stop all evaluations until then.
            return last - ran > EvaluationRun.longestWait ? (.jumped(over: last), [at]) : (.clockBehind(last: last), [])
        }
        if at - last > Int64(Self.longestCatchUpSeconds) * 1000 { return (.jumped(over: last), [at]) }
        // Alarms with short periods are evaluated every ten seconds.
        let step = min(60, alarms.map(\.evaluationIntervalSeconds).min() ?? 60)
        var steps: [Timestamp] = []
        var next = last.floored(toSeconds: step) + step
        while next < at {
            steps.append(next)
            next = next + step
        }
        steps.append(at)
        return (.continued(steps: steps.count), steps)
    }

    private struct Result {
        var records: [String: AlarmRecord]
        /// The last evaluation of each alarm.
        var evaluations: [String: AlarmEvaluation] = [:]
        /// Earliest first.
        var changes: [AlarmChange] = []
        /// The latest news about each alarm.
        var news: [String: AlarmNews] = [:]
        var notCaughtUp: [String] = []

        func status(of definition: AlarmDefinition, from stored: AlarmRecord?, at: Timestamp) -> AlarmStatus {
            AlarmStatus(
                definition: definition,
                record: records[definition.name] ?? AlarmRecord(new: definition, at: at),
                previous: stored?.state ?? .insufficientData,
                evaluation: evaluations[definition.name]
            )
        }
    }

    /// Returns the first step at which each alarm can be evaluated, for alarms that cannot catch up on all steps
    /// because the short slots that they need are kept for only a few hours.
    private func firstSteps(_ steps: [Timestamp]) throws -> [String: Timestamp] {
        guard let first = steps.first, steps.count > 1 else { return [:] }
        var kept: [Int: Timestamp] = [:]
        var firstSteps: [String: Timestamp] = [:]
        for alarm in alarms {
            guard let stride = alarm.dataRange(steps: steps)?.grid.stride else { continue }
            let from = try kept[stride] ?? reader.store.slotsKeptFrom(dividing: stride)
            kept[stride] = from
            guard alarm.evaluationRange(at: first).lowerBound < from else { continue }
            firstSteps[alarm.name] = steps.first { alarm.evaluationRange(at: $0).lowerBound >= from } ?? steps.last
        }
        return firstSteps
    }

    /// Evaluates all alarms at the steps; a new alarm has no past and starts at the last step.
    private func evaluate(from stored: [String: AlarmRecord], _ steps: [Timestamp]) throws -> Result {
        var result = Result(records: stored)
        guard let last = steps.last else { return result }
        let firstSteps = try firstSteps(steps)
        let dueSteps = { (alarm: AlarmDefinition) in
            let first = firstSteps[alarm.name] ?? steps[0]
            return stored[alarm.name] == nil
                ? [last] : steps.filter { $0 >= first && alarm.isDue(at: $0) || $0 == last }
        }
        result.notCaughtUp = firstSteps.keys.sorted()
        let data = try AlarmDataReader(reader).data(for: alarms, steps: dueSteps)
        let definitions = Dictionary(alarms.map { ($0.name, $0) }) { first, _ in first }
        var timeline = AlarmTimeline(
            alarms,
            records: stored,
            lastNumber: try reader.store.lastSkippedNumber(),
            home: home
        )
        for step in steps {
            let isLast = step == last
            let outcomes = timeline.step(at: step, end: last) { alarm in
                step == last || step >= firstSteps[alarm.name] ?? step ? data[alarm.name] : nil
            }
            for outcome in outcomes {
                if isLast { result.evaluations[outcome.name] = outcome.evaluation }
                if let news = outcome.news { result.news[outcome.name] = news }
                guard let change = outcome.change, let definition = definitions[outcome.name] else { continue }
                let summary = outcome.evaluation.summary(of: definition)
                result.changes.append(
                    AlarmChange(transition: change, evaluation: outcome.evaluation, summary: summary)
                )
            }
        }
        result.records = timeline.records
        return result
    }
}
