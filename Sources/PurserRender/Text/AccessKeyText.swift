package import PurserCore

/// Access keys as text.
package enum AccessKeyText {
    package static func list(_ lines: [AccessKeyLine]) -> TextTable {
        TextTable(
            [
                .init("ACCESS KEY"), .init("TEAM"), .init("USER", dropRank: 2), .init("MODELS", leastWidth: 6),
                .init("BUDGET", .trailing), .init("SPENT", .trailing), .init("CREATED"),
                .init("LAST USED", dropRank: 1), .init("REVOKED"),
            ],
            rows: lines.map { line in
                [
                    line.key.id, line.key.team, line.key.user ?? "", line.key.models?.joined(separator: ",") ?? "any",
                    line.budget?.exactDollars ?? "none", line.total.spent.cents, line.key.created.date,
                    line.key.lastUsedDay?.date ?? "", line.key.revoked?.date ?? "",
                ]
            }
        )
    }
}
