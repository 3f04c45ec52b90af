import PurserCore
import PurserStore

/// The messages of one change of an alarm: one for each topic of its new state.
enum AlarmMessages {
    static func make(
        _ definition: AlarmDefinition,
        _ status: AlarmStatus,
        _ change: AlarmChange,
        late: Bool
    ) -> [OutboxMessage] {
        guard definition.actionsEnabled else { return [] }
        let transition = change.transition
        return definition.actions(for: transition.newState).map { target in
            // A net change over several steps is told as one change from the state that was told last.
            let notification = AlarmNotification(
                definition: definition,
                configured: status.record.configured,
                oldState: status.previous,
                newState: transition.newState,
                reason: transition.reason,
                time: transition.time,
                action: target
            )
            var attributes = notification.attributes(evaluation: change.evaluation).map {
                OutboxMessage.Attribute($0.0, $0.1)
            }
            if late { attributes.append(.init("late", "true")) }
            return OutboxMessage(
                id: [definition.name, String(transition.number), target].joined(separator: "/"),
                target: target,
                subject: notification.subject,
                body: notification.body,
                attributes: attributes,
                source: definition.name,
                created: transition.time
            )
        }
    }
}
