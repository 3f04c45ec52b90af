import PurserCore
import PurserStore

/// The status of a budget, and the notifications that are due.
struct BudgetEvaluation {
    var statuses: [BudgetStatus] = []
    /// The budgets of the store.
    var limits: [BudgetStatus] = []
    var records: [BudgetNotificationRecord] = []
    var messages: [OutboxMessage] = []

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
        try evaluation.addLimits(
            store,
            topics: budget?.topics ?? [],
            hasFile: budget != nil,
            at: at,
            isStored: isStored
        )
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
        let forecast = traffic.map { MonthForecast(month, spent: spent, limit: budget.limit, $0) }
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
    /// twice.
    private mutating func addLimits(
        _ store: Store,
        topics: [String],
        hasFile: Bool,
        at: Timestamp,
        isStored: Bool
    ) throws {
        for use in try store.budgetUse(at: at) where !(hasFile && use.budget.isOfAllInMonth) {
            let definition = use.definition(topics: topics)
            let position = BudgetPosition(actual: use.spent, isRefusing: use.isRefusing)
            var status = BudgetStatus(definition: definition, position)
            if isStored {
                let period = use.period.lowerBound.iso8601()
                status.newlyCrossed = try add(status, definition.notifications, store, period, at: at)
            }
            limits.append(status)
        }
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
            let isSent = record.note(isCrossed: status.isCrossed, at: at)
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
