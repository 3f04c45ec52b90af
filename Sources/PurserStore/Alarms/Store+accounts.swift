package import PurserCore

extension Store {
    /// Returns the alarms with their current states, in one snapshot.
    package func accounts(of alarms: [AlarmDefinition]) throws -> [AlarmAccount] {
        try snapshot {
            let (records, acknowledgements) = (try alarmRecords(), try acknowledgements())
            return alarms.map { AlarmAccount(of: $0, records[$0.name], acknowledgements[$0.name]) }
        }
    }

    /// Returns an alarm with its last changes and messages, in one snapshot.
    package func account(of alarm: AlarmDefinition, changes: Int = 5, messages: Int = 5) throws -> AlarmAccount {
        try snapshot {
            AlarmAccount(
                of: alarm,
                try alarmRecords()[alarm.name],
                try acknowledgements()[alarm.name],
                changes: try transitions(of: alarm.name, limit: changes),
                messages: try self.messages(about: alarm.name, limit: messages)
            )
        }
    }
}
