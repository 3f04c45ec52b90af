package import PurserCore
package import PurserStore

/// Sets an alarm's state by hand, like CloudWatch's SetAlarmState. The next evaluation may change it back.
package enum ManualState {
    package enum Outcome: Sendable {
        /// The state was changed, and the messages about it are in the outbox.
        case set(AlarmTransition, queued: Int)
        /// The alarm is already in that state.
        case unchanged
        /// An evaluation changed the alarm at the same moment.
        case overtaken
    }

    package static func set(
        _ definition: AlarmDefinition,
        to state: AlarmState,
        reason: String,
        at time: Timestamp,
        in store: Store
    ) throws -> Outcome {
        let stored = try store.alarmRecords()[definition.name]
        var record = try stored ?? AlarmRecord(new: definition, at: time, after: store.lastSkippedNumber())
        guard record.state != state else { return .unchanged }
        let before = record
        let transition = record.change(to: state, reason: reason, reasonData: nil, at: time)
        let news = AlarmNews(
            name: definition.name,
            number: transition.number,
            time: time,
            oldState: before.state,
            newState: state,
            reason: reason,
            evaluation: nil,
            isKeptBack: false
        )
        let isMuted = try store.mutes()[definition.name]?.holds(at: time) ?? false
        let messages = AlarmMessages.make(
            [definition.name: news],
            isMuted ? [] : [definition],
            [definition.name: record],
            from: [definition.name: before],
            at: time
        )
        return try store.set(record, transition, messages: messages)
            ? .set(transition, queued: messages.count) : .overtaken
    }
}
