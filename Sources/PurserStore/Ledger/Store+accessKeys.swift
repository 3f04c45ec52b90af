import Foundation
import GRDB
public import PurserCore

extension Store {
    /// Keeps a new access key, and its budget where it has one: both or neither.
    ///
    /// Throws where the id is taken.
    public func createAccessKey(_ key: AccessKeyRecord, budget: Picodollars? = nil) throws {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO access_key (id, sealed_secret, team, user, models, created) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    key.id, Data(key.sealedSecret), key.team, key.user,
                    key.models.map { JSONValue.array($0.map(JSONValue.string)).description },
                    key.created.milliseconds,
                ]
            )
            if let budget { try setBudget(budget, for: .accessKey(key.id), at: key.created) }
        }
    }

    /// The access key of this id, revoked or not; nil where there is none.
    public func accessKey(_ id: String) throws -> AccessKeyRecord? {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT * FROM access_key WHERE id = ?")
            return try Row.fetchOne(select, arguments: [id]).map(accessKey)
        }
    }

    /// All access keys, revoked ones too, the oldest first.
    public func accessKeys() throws -> [AccessKeyRecord] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM access_key ORDER BY created, id").map(accessKey)
        }
    }

    /// Ends an access key for ever. Its budget and its calls stay where they are.
    public func revokeAccessKey(_ id: String, at time: Timestamp) throws -> AccessKeyRevocation {
        try write { db in
            guard let key = try accessKey(id) else { return .unknown }
            if let revoked = key.revoked { return .alreadyRevoked(revoked) }
            try db.execute(sql: "UPDATE access_key SET revoked = ? WHERE id = ?", arguments: [time.milliseconds, id])
            return .revoked
        }
    }

    /// Notes that an access key was used on the day of `time`; an earlier day than the last one changes nothing.
    public func noteUse(ofAccessKey id: String, at time: Timestamp) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE access_key SET last_used_day = ?1 WHERE id = ?2 AND coalesce(last_used_day < ?1, 1)",
                arguments: [time.floored(toSeconds: Self.daySeconds).seconds / Int64(Self.daySeconds), id]
            )
        }
    }

    /// What the calls of a month come to for each access key that made any, by the key's id.
    public func accessKeyTotals(_ month: CalendarMonth) throws -> [String: MonthTotal] {
        try read { db in try ledgerTotals(month, .accessKey, db) }
    }

    private static let daySeconds = 86_400

    private func accessKey(_ row: Row) throws -> AccessKeyRecord {
        let id: String = row["id"]
        let models = try (row["models"] as String?).map { text in
            guard let names = (try? JSONValue(parsing: text))?.array?.map(\.string), !names.contains(nil) else {
                // Never any model instead: the key would get more than it was given.
                throw StoreError(.corrupt, path: path, detail: "the models of access key \(id) are no list")
            }
            return names.compactMap(\.self)
        }
        let day: Int64? = row["last_used_day"]
        return AccessKeyRecord(
            id: id,
            sealedSecret: [UInt8](row["sealed_secret"] as Data),
            team: row["team"],
            user: row["user"],
            models: models,
            created: Timestamp(milliseconds: row["created"]),
            revoked: (row["revoked"] as Int64?).map(Timestamp.init(milliseconds:)),
            lastUsedDay: day.map { Timestamp(seconds: $0 * Int64(Self.daySeconds)) }
        )
    }
}
