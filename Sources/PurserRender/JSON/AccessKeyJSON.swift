package import PurserCore

/// Access keys for programs.
package enum AccessKeyJSON {
    /// Returns a new key and its secret: schema `purser.keys-create/1`.
    package static func created(_ key: AccessKeyRecord, budget: Picodollars?, secret: String) -> JSONValue {
        JSONValue(
            schema: "purser.keys-create/1",
            members(key, budget: budget) + [.init("secretAccessKey", .string(secret))]
        )
    }

    /// Returns only a new key and its secret, in the form that has no schema.
    package static func pair(_ id: String, secret: String) -> JSONValue {
        ["accessKeyId": .string(id), "secretAccessKey": .string(secret)]
    }

    /// Returns the keys, never their secrets: schema `purser.keys-list/1`.
    package static func list(_ lines: [AccessKeyLine], _ month: CalendarMonth) -> JSONValue {
        let keys = lines.map { line -> JSONValue in
            .object(
                members(line.key, budget: line.budget) + [
                    .init("requests", .integer(line.total.requests)),
                    .init("spent", .string(line.total.spent.description)),
                    .init("held", .string(line.total.held.description)),
                    .init("lastUsedOn", JSONValue(line.key.lastUsedDay?.date)),
                    .init("revokedAt", JSONValue(line.key.revoked?.iso8601(milliseconds: true))),
                ]
            )
        }
        return JSONValue(
            schema: "purser.keys-list/1",
            ["month": .string(month.description), "keys": .array(keys)]
        )
    }

    /// Returns a key that was revoked: schema `purser.keys-revoke/1`.
    package static func revoked(_ id: String, at time: Timestamp, changed: Bool) -> JSONValue {
        JSONValue(
            schema: "purser.keys-revoke/1",
            [
                "accessKeyId": .string(id), "revokedAt": .string(time.iso8601(milliseconds: true)),
                "changed": .bool(changed),
            ]
        )
    }

    private static func members(_ key: AccessKeyRecord, budget: Picodollars?) -> [JSONValue.Member] {
        [
            .init("accessKeyId", .string(key.id)),
            .init("team", .string(key.team)),
            .init("user", JSONValue(key.user)),
            .init("models", key.models.map { .array($0.map(JSONValue.string)) } ?? .null),
            .init("budget", JSONValue(budget?.description)),
            .init("createdAt", .string(key.created.iso8601(milliseconds: true))),
        ]
    }
}
