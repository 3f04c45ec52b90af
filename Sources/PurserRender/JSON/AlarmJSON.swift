package import PurserCore

/// Alarms for programs: the schemas of `purser alarms`.
package enum AlarmJSON {
    /// Returns the alarms with their current states, and those that are not watched: schema `purser.alarms-list/1`.
    package static func list(_ accounts: [AlarmAccount], unreadable: [UnreadableAlarm]) -> JSONValue {
        JSONValue(
            schema: "purser.alarms-list/1",
            ["alarms": .array(accounts.map { .object(state($0)) }), "unreadable": unreadable.json]
        )
    }

    /// Returns one alarm: schema `purser.alarms-show/1`.
    package static func show(_ account: AlarmAccount) throws -> JSONValue {
        JSONValue(
            schema: "purser.alarms-show/1",
            state(account) + [
                .init("acknowledgementNote", JSONValue(account.acknowledgement?.note)),
                .init("muteNote", JSONValue(account.mute?.note)),
                .init("stateReasonData", reasonData(account.record?.reasonData)),
                .init("definition", try account.definition),
                .init("changes", .array(account.changes.map(change))),
                .init("messages", .array(account.messages.map(message))),
            ]
        )
    }

    /// Returns changes of state: schema `purser.alarms-history/1`.
    package static func history(_ changes: [AlarmTransition]) -> JSONValue {
        JSONValue(schema: "purser.alarms-history/1", ["changes": .array(changes.map(change))])
    }

    /// Returns an alarm that was acknowledged: schema `purser.alarms-ack/1`.
    package static func acknowledged(_ record: AlarmRecord, _ acknowledgement: Acknowledgement) -> JSONValue {
        JSONValue(
            schema: "purser.alarms-ack/1",
            [
                "name": .string(record.name),
                "state": .string(record.state.rawValue),
                "stateUpdatedAt": .string(record.updated.iso8601()),
                "acknowledgedAt": .string(acknowledgement.time.iso8601()),
                "acknowledgedBy": JSONValue(acknowledgement.person),
                "acknowledgedUntil": JSONValue(acknowledgement.until?.iso8601()),
                "acknowledgementNote": JSONValue(acknowledgement.note),
            ]
        )
    }

    /// Returns an alarm that was muted, or whose mute was ended: schema `purser.alarms-mute/1`.
    package static func muted(_ name: String, _ mute: Mute) -> JSONValue {
        JSONValue(
            schema: "purser.alarms-mute/1",
            [
                "name": .string(name),
                "mutedAt": .string(mute.start.iso8601()),
                "mutedUntil": .string(mute.until.iso8601()),
                "mutedBy": JSONValue(mute.person),
                "muteNote": JSONValue(mute.note),
            ]
        )
    }

    /// Returns an alarm's runbook: schema `purser.alarms-runbook/1`. The text of a link is null.
    package static func runbook(_ name: String, _ runbook: String, text: String?) -> JSONValue {
        JSONValue(
            schema: "purser.alarms-runbook/1",
            ["name": .string(name), "runbook": .string(runbook), "text": JSONValue(text)]
        )
    }

    /// Returns a state that was set by hand: schema `purser.alarms-set-state/1`.
    ///
    /// If `change` is nil, the alarm was already in that state.
    package static func stateSet(
        _ name: String,
        to state: AlarmState,
        _ change: AlarmTransition?,
        _ delivery: DeliveryReport,
        queued: Int
    ) -> JSONValue {
        JSONValue(
            schema: "purser.alarms-set-state/1",
            [
                "name": .string(name),
                "state": .string(state.rawValue),
                "previousState": .string((change?.oldState ?? state).rawValue),
                "changed": .bool(change != nil),
                "time": JSONValue(change?.time.iso8601()),
                "notifications": delivery.json(queued: queued),
            ]
        )
    }

    /// Returns messages that were sent again or given up: schema `purser.alarms-retry/1`.
    package static func retry(dropped: [String], retried: Int, _ delivery: DeliveryReport?) -> JSONValue {
        JSONValue(
            schema: "purser.alarms-retry/1",
            [
                "dropped": .array(dropped.map(JSONValue.string)),
                "retried": .integer(retried),
                "notifications": delivery?.json() ?? .null,
            ]
        )
    }

    /// Returns an alarm's current state as the members of an object.
    ///
    /// An alarm that was never evaluated is in INSUFFICIENT_DATA, and the other members are null.
    private static func state(_ account: AlarmAccount) -> [JSONValue.Member] {
        let (alarm, record) = (account.alarm, account.record)
        return [
            .init("name", .string(alarm.name)),
            .init("state", .string((record?.state ?? .insufficientData).rawValue)),
            .init("stateReason", JSONValue(record?.reason)),
            .init("stateUpdatedAt", JSONValue(record?.updated.iso8601())),
            .init("acknowledgedAt", JSONValue(account.acknowledgement?.time.iso8601())),
            .init("acknowledgedBy", JSONValue(account.acknowledgement?.person)),
            .init("acknowledgedUntil", JSONValue(account.acknowledgement?.until?.iso8601())),
            .init("mutedUntil", JSONValue(account.mute?.until.iso8601())),
            .init("mutedBy", JSONValue(account.mute?.person)),
            .init("actionsSuppressedBy", JSONValue(record?.suppression?.phase?.name)),
            .init("runbook", JSONValue(alarm.runbook)),
        ]
    }

    /// Returns a message without its body.
    private static func message(_ message: OutboxMessage) -> JSONValue {
        [
            "id": .string(message.id),
            "topic": .string(message.target.description),
            "subject": .string(message.subject),
            "status": .string(message.status.rawValue),
            "createdAt": .string(message.created.iso8601()),
            "sentAt": JSONValue(message.sent?.iso8601()),
            "attempts": .integer(message.attempts),
            "error": JSONValue(message.error),
        ]
    }

    /// Returns a change of an alarm's state.
    private static func change(_ transition: AlarmTransition) -> JSONValue {
        [
            "name": .string(transition.name),
            "number": .integer(transition.number),
            "time": .string(transition.time.iso8601()),
            "oldState": .string(transition.oldState.rawValue),
            "newState": .string(transition.newState.rawValue),
            "stateReason": .string(transition.reason),
            "stateReasonData": reasonData(transition.reasonData),
        ]
    }

    /// Returns CloudWatch's StateReasonData as an object; null if there is none.
    static func reasonData(_ text: String?) -> JSONValue {
        text.flatMap { try? JSONValue(parsing: $0) } ?? .null
    }
}

extension DeliveryReport {
    /// Returns how many messages were sent, are waiting or being sent by another run, and were rejected by this run or an
    /// earlier one; `queued` counts new ones.
    ///
    /// After a store error, more messages may be waiting or rejected.
    func json(queued: Int? = nil) -> JSONValue {
        var members: [JSONValue.Member] = []
        if let queued { members.append(.init("queued", .integer(queued))) }
        members.append(.init("sent", .integer(sent.count)))
        members.append(.init("pending", .integer(waiting.count + leftToAnother.count)))
        members.append(.init("failed", .integer(failed.count + failedBefore)))
        members.append(.init("error", JSONValue(failure)))
        return .object(members)
    }
}
