package import PurserCore

/// A run of the evaluator for programs.
extension EvaluationReport {
    /// The run for programs: schema `purser.evaluate/1`.
    package var json: JSONValue {
        Self.json(
            at: isEvaluated ? run.at : nil,
            alarms: run.alarms.map(json),
            budgets: run.budgets.map(json),
            limits: run.limits.map(Self.limit),
            unreadable: unreadable,
            futureSlots: run.futureSlots,
            delivery.json(queued: run.queued)
        )
    }

    /// The result if another run is in progress.
    package static var nothingEvaluated: JSONValue {
        json(at: nil, alarms: [], budgets: [], limits: [], unreadable: [], futureSlots: 0, .null)
    }

    private static func json(
        at time: Timestamp?,
        alarms: [JSONValue],
        budgets: [JSONValue],
        limits: [JSONValue],
        unreadable: [UnreadableAlarm],
        futureSlots: Int,
        _ notifications: JSONValue
    ) -> JSONValue {
        JSONValue(
            schema: "purser.evaluate/1",
            [
                "evaluatedAt": JSONValue(time?.iso8601()),
                "alarms": .array(alarms),
                "budgets": .array(budgets),
                "limits": .array(limits),
                "unreadable": unreadable.json,
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
            "acknowledged": .bool(run.acknowledgements[alarm.definition.name] != nil),
            "mutedUntil": JSONValue(run.mutes[alarm.definition.name]?.until.iso8601()),
            "actionsSuppressedBy": JSONValue(alarm.record.suppression?.phase?.name),
        ]
    }

    private func json(_ budget: BudgetStatus) -> JSONValue {
        [
            "name": .string(budget.definition.name),
            "limit": .string(budget.definition.limit.description),
            "actual": .string(budget.actual.description),
            "forecast": budget.forecast.map { .string($0.description) } ?? .null,
            "finding": JSONValue(budget.finding?.reason.rawValue),
            "notifications": Self.notifications(budget),
        ]
    }

    private static func limit(_ budget: BudgetStatus) -> JSONValue {
        [
            "name": .string(budget.definition.name),
            "limit": .string(budget.definition.limit.description),
            "actual": .string(budget.actual.description),
            "forecast": JSONValue(budget.forecast?.description),
            "refusing": .bool(budget.position.isRefusing),
            "notifications": notifications(budget),
        ]
    }

    private static func notifications(_ budget: BudgetStatus) -> JSONValue {
        .array(
            budget.notifications.map { status in
                [
                    "type": .string(status.kind.rawValue), "threshold": .string(status.threshold.description),
                    "crossed": .bool(status.isCrossed),
                ]
            }
        )
    }
}
