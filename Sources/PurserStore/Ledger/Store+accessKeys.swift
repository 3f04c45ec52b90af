import Foundation
import GRDB
package import PurserCore

extension Store {
    /// Stores a new access key together with its budget, if it has one: either both are stored or neither is.
    ///
    /// Throws if the id is taken.
    package func createAccessKey(_ key: AccessKeyRecord, budget: Picodollars? = nil) throws {
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
            if let budget { try setBudget(Budget(scope: .accessKey(key.id), limit: budget), at: key.created) }
        }
    }

    /// Returns the access key with this id, revoked or not; nil if there is none.
    package func accessKey(_ id: String) throws -> AccessKeyRecord? {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT * FROM access_key WHERE id = ?")
            return try Row.fetchOne(select, arguments: [id]).map { try Self.accessKey($0, path) }
        }
    }

    /// Returns all access keys, including revoked ones, oldest first.
    package func accessKeys() throws -> [AccessKeyRecord] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM access_key ORDER BY created, id").map {
                try Self.accessKey($0, path)
            }
        }
    }

    /// Returns the access keys of a file without bringing its schema up to date, for a check beside a running daemon that
    /// may be older; none if the store had no keys yet.
    package static func accessKeys(inFileAt path: String) throws -> [AccessKeyRecord] {
        do {
            return try DatabaseQueue(path: path, configuration: readOnly).read { db in
                guard try db.tableExists("access_key") else { return [] }
                return try Row.fetchAll(db, sql: "SELECT * FROM access_key ORDER BY created, id").map {
                    try accessKey($0, path)
                }
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// Revokes an access key forever. Its budget and its calls are kept.
    package func revokeAccessKey(_ id: String, at time: Timestamp) throws -> AccessKeyRevocation {
        try write { db in
            guard let key = try accessKey(id) else { return .unknown }
            if let revoked = key.revoked { return .alreadyRevoked(revoked) }
            try db.execute(sql: "UPDATE access_key SET revoked = ? WHERE id = ?", arguments: [time.milliseconds, id])
            return .revoked
        }
    }

    /// Records that an access key was used on the day of `time`; does nothing if that day is before the last recorded
    /// one.
    package func noteUse(ofAccessKey id: String, at time: Timestamp) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE access_key SET last_used_day = ?1 WHERE id = ?2 AND coalesce(last_used_day < ?1, 1)",
                arguments: [time.floored(toSeconds: Self.daySeconds).seconds / Int64(Self.daySeconds), id]
            )
        }
    }

    /// Returns the totals of a month's live calls for each access key that made any, by the key's id.
    package func accessKeyTotals(_ month: CalendarMonth) throws -> [ExactText: MonthTotal] {
        try read { db in try ledgerTotals(month.period, .accessKey, .live, db) }
    }

    private static let daySeconds = 86_400

    private static func accessKey(_ row: Row, _ path: String) throws -> AccessKeyRecord {
        let id: String = row["id"]
        let models = try (row["models"] as String?).map { text in
            guard let names = (try? JSONValue(parsing: text))?.array?.map(\.string), !names.contains(nil) else {
                // This must not be read as any model, which would allow the key more than it was granted.
                throw StoreError(.corrupt, path: path, detail: "the models of access key \(id) are not a list")
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
            lastUsedDay: day.map { Timestamp(seconds: $0 * Int64(daySeconds)) }
        )
    }
}
