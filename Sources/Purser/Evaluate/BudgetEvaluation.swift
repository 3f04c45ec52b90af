import PurserCore
import PurserStore

/// The status of a budget, and the notifications that are due.
struct BudgetEvaluation {
    var statuses: [BudgetStatus] = []
    /// The budgets of the store.
    var limits: [BudgetStatus] = []
    var records: [BudgetNotificationRecord] = []
    var messages: [OutboxMessage] = []
    /// The forecasts of the store's budgets, if they were made anew.
    var forecasts: [StoredForecast]?

    /// Evaluates the month of `at` and, if the month of the last evaluation has ended since, the final state of that
    /// month.
    ///
    /// If no step is stored, nothing is due.
    static func run(
        _ budget: BudgetDefinition?,
        _ reader: MetricReader,
        after last: Timestamp?,
        at: Timestamp,
        isStored: Bool
    ) throws -> BudgetEvaluation {
        var evaluation = BudgetEvaluation()
        let store = reader.store
        try evaluation.addLimits(reader, budget, after: last, at: at, isStored: isStored)
        guard let budget else { return evaluation }
        let month = CalendarMonth(containing: at)
        if let last, isStored, CalendarMonth(containing: last) < month {
            let ended = CalendarMonth(containing: last)
            let spent = try store.monthTotal(ended).spent
            let final = BudgetStatus(definition: budget, BudgetPosition(actual: spent))
            _ = try evaluation.add(final, budget.notifications, store, ended.description, at: at)
        }
        let totals = try store.monthTotals(month, asOf: at).all
        let spent = totals.spent
        let traffic = try reader.trafficForecast(month, totals, at: at)
        let limit = PeriodLimit(dollars: budget.limit)
        let forecast = traffic.map { PeriodForecast(month.start..<month.end, totals, limit: limit, $0) }
        let position = BudgetPosition(month, at: at, actual: spent, forecast: forecast)
        var status = BudgetStatus(definition: budget, position)
        if isStored {
            let notifications = budget.notifications(at: position)
            status.newlyCrossed = try evaluation.add(status, notifications, store, month.description, at: at)
        }
        evaluation.statuses = [status]
        return evaluation
    }

    /// Adds the budgets of the store. The month of all calls is the file's, if there is one, so that no crossing is reported
    /// twice. A period that has ended since the last evaluation is looked at once more.
    private mutating func addLimits(
        _ reader: MetricReader,
        _ file: BudgetDefinition?,
        after last: Timestamp?,
        at: Timestamp,
        isStored: Bool
    ) throws {
        let (store, topics, hasFile) = (reader.store, file?.topics ?? [], file != nil)
        var ended: [BudgetUse] = []
        if let last, isStored {
            ended = try store.budgetUse(at: last, inPeriodsEndedBy: at)
        }
        let present = try store.budgetUse(at: at)
        let forecasts = try BudgetForecasts(of: present, reader, at: at)
        self.forecasts = forecasts.new
        for use in ended + present where !(hasFile && use.budget.isOfAllInMonth) {
            let definition = use.definition(topics: topics)
            let position = BudgetPosition(
                actual: use.spent,
                forecast: forecasts.mean(use),
                isRefusing: use.isRefusing
            )
            var status = BudgetStatus(definition: definition, position)
            let period = use.period.lowerBound.iso8601()
            if isStored, try isReported(use, definition.name, period, store) {
                let isDue = forecasts.isDue(use)
                let notifications = definition.notifications.filter { $0.kind == .actual || isDue }
                status.newlyCrossed = try add(status, notifications, store, period, at: at)
            }
            if use.period.contains(at) || !status.newlyCrossed.isEmpty { limits.append(status) }
        }
    }

    /// Whether a budget's crossings are reported: of one for each name, those of the first names of a period, so that no
    /// caller can send any number of messages.
    private func isReported(_ use: BudgetUse, _ name: String, _ period: String, _ store: Store) throws -> Bool {
        guard use.isOfEach else { return true }
        let prefix = use.budget.scope.word + " "
        let window = ", " + use.budget.window.rawValue
        let known = try store.notifiedBudgets(period, prefix: prefix)
        let all = known.union(records.filter { $0.period == period }.map(\.budget))
        let names = all.filter { $0.hasPrefix(prefix) && $0.hasSuffix(window) }
        return names.contains(name) || names.count < BudgetUse.mostNames
    }

    /// Adds messages for the notifications that are due, and returns those notifications.
    private mutating func add(
        _ found: BudgetStatus,
        _ notifications: [BudgetDefinition.Notification],
        _ store: Store,
        _ period: String,
        at: Timestamp
    ) throws -> [BudgetDefinition.NotificationStatus] {
        let budget = found.definition
        let known = try store.budgetNotifications(budget.name, period)
        var due: [BudgetDefinition.NotificationStatus] = []
        for notification in notifications {
            let status = notification.status(found.position)
            let mine = { (record: BudgetNotificationRecord) in
                record.budget == budget.name && record.kind == status.kind && record.threshold == status.threshold
            }
            // Two notifications at the same threshold are one crossing, which is sent to the topics of both.
            let before = records.first { mine($0) && $0.period == period } ?? known.first(where: mine)
            var record =
                before
                ?? BudgetNotificationRecord(
                    budget: budget.name,
                    period: period,
                    kind: status.kind,
                    threshold: status.threshold
                )
            let isSent = record.note(isCrossed: status.isCrossed, isOnce: budget.resets != nil, at: at)
            if record != before, before != nil || status.isCrossed {
                records.removeAll { mine($0) && $0.period == period }
                records.append(record)
            }
            guard isSent || status.isCrossed && record.time == at else { continue }
            if isSent { due.append(status) }
            messages += BudgetMessages.make(budget, notification, status, period, record.number, at: at)
        }
        return due
    }
}
