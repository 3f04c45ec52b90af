package import PurserCore

extension Diagnostic {
    /// The diagnostic for programs: where the fault is, and what is wrong.
    package var json: JSONValue {
        .object(members)
    }

    /// The members of ``json``, for objects that have more.
    package var members: [JSONValue.Member] {
        [
            .init("file", .string(file)),
            .init("key", JSONValue(key)),
            .init("message", .string(message)),
        ]
    }
}

extension [UnreadableAlarm] {
    /// The faults for programs, each with the name of its alarm.
    var json: JSONValue {
        .array(
            flatMap { alarm in
                alarm.faults.map { .object([.init("name", JSONValue(alarm.name))] + $0.members) }
            }
        )
    }
}

extension PriceLintFinding {
    /// The finding for programs.
    package var json: JSONValue {
        .object(
            [.init("rule", .string(rule.rawValue)), .init("severity", .string(severity.rawValue))]
                + diagnostic.members
        )
    }
}
