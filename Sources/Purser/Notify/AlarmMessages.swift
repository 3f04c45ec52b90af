import PurserCore

/// The messages about alarms: one for each topic of the state.
enum AlarmMessages {
    /// A message that is delayed by more than this, in milliseconds, is marked as late.
    private static let punctual: Int64 = 60_000

    /// Returns the messages of a run, given the states before and after it.
    static func make(
        _ news: [String: AlarmNews],
        _ definitions: [AlarmDefinition],
        _ records: [String: AlarmRecord],
        from stored: [String: AlarmRecord],
        at: Timestamp
    ) -> [OutboxMessage] {
        definitions.flatMap { definition -> [OutboxMessage] in
            guard var news = news[definition.name], let record = records[definition.name],
                // A later change that a suppressor holds back makes it outdated.
                news.number == record.transition
            else { return [] }
            if !news.isKeptBack {
                // A net change over several steps is sent as one change from the last state that was sent; without a
                // net change, nothing is sent.
                news.oldState = stored[definition.name]?.state ?? .insufficientData
                // A state that a suppressor held back was never sent.
                let wasPending = stored[definition.name]?.suppression?.isPending == true
                guard news.oldState != news.newState || wasPending else { return [] }
            }
            let late = at - news.time > punctual
            return make(definition, record, news, extra: late ? [.init("late", "true")] : [])
        }
    }

    /// Returns the messages that were not sent while alarms were muted, for those whose mute has ended: about each that is
    /// in ALARM, and about each that is in another state than at the start.
    static func afterMute(
        _ ended: [String: Mute],
        _ definitions: [AlarmDefinition],
        _ records: [String: AlarmRecord],
        at: Timestamp
    ) -> [OutboxMessage] {
        definitions.flatMap { definition -> [OutboxMessage] in
            guard let mute = ended[definition.name], let record = records[definition.name],
                record.suppression?.isPending != true, record.state == .alarm || record.state != mute.state
            else { return [] }
            let news = AlarmNews(
                name: definition.name,
                number: record.transition,
                time: record.updated,
                oldState: mute.state,
                newState: record.state,
                reason: record.reason,
                evaluation: nil,
                isKeptBack: true
            )
            return make(
                definition,
                record,
                news,
                suffix: "/after-mute-\(mute.until.iso8601())",
                created: at,
                extra: [.init("mutedUntil", mute.until.iso8601())]
            )
        }
    }

    /// Returns reminders for the alarms whose time in ALARM has passed a multiple of `seconds` since the last run.
    static func reminders(
        _ definitions: [AlarmDefinition],
        _ records: [String: AlarmRecord],
        every seconds: Int,
        after last: Timestamp?,
        at: Timestamp
    ) -> [OutboxMessage] {
        definitions.flatMap { definition -> [OutboxMessage] in
            guard let record = records[definition.name], record.state == .alarm, record.suppression == nil,
                record.hasChanged
            else { return [] }
            let number = (at - record.updated) / (Int64(seconds) * 1000)
            let before = last.map { ($0 - record.updated) / (Int64(seconds) * 1000) } ?? 0
            guard number >= 1, number > before else { return [] }
            let news = AlarmNews(
                name: definition.name,
                number: record.transition,
                time: record.updated,
                oldState: .alarm,
                newState: .alarm,
                reason: record.reason,
                evaluation: nil,
                isKeptBack: false
            )
            return make(
                definition,
                record,
                news,
                suffix: "/reminder-\(number)",
                created: at,
                extra: [.init("reminder", String(number))]
            )
        }
    }

    private static func make(
        _ definition: AlarmDefinition,
        _ record: AlarmRecord,
        _ news: AlarmNews,
        suffix: String = "",
        created: Timestamp? = nil,
        extra: [OutboxMessage.Attribute]
    ) -> [OutboxMessage] {
        guard definition.actionsEnabled else { return [] }
        return definition.actions(for: news.newState).map { target in
            let notification = AlarmNotification(
                definition: definition,
                configured: record.configured,
                oldState: news.oldState,
                newState: news.newState,
                reason: news.reason,
                time: news.time,
                children: news.evaluation?.children ?? [],
                action: target
            )
            let attributes = notification.attributes(evaluation: news.evaluation)
            return OutboxMessage(
                id: [definition.name, String(news.number), target].joined(separator: "/") + suffix,
                target: OutboxMessage.Target(target),
                subject: notification.subject,
                body: notification.body,
                attributes: attributes.map { .init($0.0, $0.1) } + extra,
                about: .alarm(definition.name, change: news.number),
                created: created ?? news.time
            )
        }
    }
}
