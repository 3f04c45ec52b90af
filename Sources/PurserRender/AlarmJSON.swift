public import PurserCore

/// Alarms for programs: the parts that the schemas of `purser alarms` share.
public enum AlarmJSON {
    /// An alarm's present state as the members of an object.
    ///
    /// An alarm that was never evaluated is in INSUFFICIENT_DATA, and the other members are null.
    public static func state(
        of alarm: AlarmDefinition,
        _ record: AlarmRecord?,
        acknowledged: Timestamp?
    ) -> [JSONValue.Member] {
        [
            .init("name", .string(alarm.name)),
            .init("state", .string((record?.state ?? .insufficientData).rawValue)),
            .init("stateReason", JSONValue(record?.reason)),
            .init("stateUpdatedAt", JSONValue(record?.updated.iso8601())),
            .init("acknowledgedAt", JSONValue(acknowledged?.iso8601())),
            .init("actionsSuppressedBy", JSONValue(record?.suppression?.phase?.name)),
            .init("runbook", JSONValue(alarm.runbook)),
        ]
    }

    /// A change of an alarm's state.
    public static func change(_ transition: AlarmTransition) -> JSONValue {
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

    /// CloudWatch's StateReasonData as an object; null where there is none.
    public static func reasonData(_ text: String?) -> JSONValue {
        text.flatMap { try? JSONValue(parsing: $0) } ?? .null
    }
}
