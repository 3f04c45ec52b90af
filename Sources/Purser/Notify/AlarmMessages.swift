import PurserCore
import PurserStore

/// The messages of one change of an alarm: one for each topic of its new state.
enum AlarmMessages {
    static func make(
        _ definition: AlarmDefinition,
        _ status: AlarmStatus,
        _ change: AlarmTransition,
        late: Bool
    ) -> [OutboxMessage] {
        guard definition.actionsEnabled else { return [] }
        return definition.actions(for: change.newState).map { target in
            // A net change over several steps is told as one change from the state that was told last.
            let notification = AlarmNotification(
                definition: definition,
                configured: status.record.configured,
                oldState: status.previous,
                newState: change.newState,
                reason: change.reason,
                time: change.time,
                action: target
            )
            var attributes = notification.attributes(evaluation: status.evaluation).map {
                OutboxMessage.Attribute($0.0, $0.1)
            }
            if late { attributes.append(.init("late", "true")) }
            return OutboxMessage(
                id: [definition.name, String(change.number), target].joined(separator: "/"),
                target: target,
                subject: notification.subject,
                body: notification.body,
                attributes: attributes,
                source: definition.name,
                created: change.time
            )
        }
    }
}
