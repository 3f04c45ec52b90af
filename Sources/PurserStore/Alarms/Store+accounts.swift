package import PurserCore

extension Store {
    /// Returns the alarms with their current states, in one snapshot, as of a time.
    package func accounts(of alarms: [AlarmDefinition], at time: Timestamp) throws -> [AlarmAccount] {
        try snapshot {
            let (records, acknowledgements) = (try alarmRecords(), try acknowledgements())
            let mutes = try mutes()
            return alarms.map {
                AlarmAccount(of: $0, records[$0.name], acknowledgements[$0.name], mutes[$0.name], at: time)
            }
        }
    }

    /// Returns an alarm with its last changes and messages, in one snapshot.
    package func account(
        of alarm: AlarmDefinition,
        at time: Timestamp,
        changes: Int = 5,
        messages: Int = 5
    ) throws -> AlarmAccount {
        try snapshot {
            AlarmAccount(
                of: alarm,
                try alarmRecords()[alarm.name],
                try acknowledgements()[alarm.name],
                try mutes()[alarm.name],
                at: time,
                changes: try transitions(of: alarm.name, limit: changes),
                messages: try self.messages(about: alarm.name, limit: messages)
            )
        }
    }
}
