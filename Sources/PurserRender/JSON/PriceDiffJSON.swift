package import PurserCore

/// How the price file compares with AWS's price list, for programs.
package enum PriceDiffJSON {
    /// Schema `purser.prices-diff/1`.
    package static func value(_ diff: PriceDiff) -> JSONValue {
        JSONValue(schema: "purser.prices-diff/1", members(diff))
    }

    /// Schema `purser.prices-update/1`.
    package static func updated(_ diff: PriceDiff, path: String) -> JSONValue {
        JSONValue(schema: "purser.prices-update/1", [.init("output", .string(path))] + members(diff))
    }

    private static func members(_ diff: PriceDiff) -> [JSONValue.Member] {
        [
            .init("published", .string(diff.published.date)), .init("unit", "USD per million tokens"),
            .init("agrees", .integer(diff.count(.agrees))), .init("differs", .integer(diff.count(.differs))),
            .init("missing", .integer(diff.count(.missing))), .init("unconfirmed", .integer(diff.count(.unconfirmed))),
            .init("uncompared", .integer(diff.uncompared)), .init("rows", .array(diff.rows.map(row))),
            .init("unknownNames", .array(diff.unknownNames.map { .string($0) })),
        ]
    }

    private static func row(_ row: PriceDiff.Row) -> JSONValue {
        [
            "model": .string(row.modelId), "outcome": .string(row.outcome.rawValue), "offer": .string(row.offer),
            "name": .string(row.name), "region": .string(row.region), "published": .string(row.published.date),
            "prices": .array(
                row.cells.map { cell in
                    [
                        "column": .string(cell.column), "ours": JSONValue(cell.ours.map(Price.dollarsPerMillion)),
                        "theirs": JSONValue(cell.theirs.map(Price.dollarsPerMillion)), "reason": JSONValue(cell.reason),
                    ]
                }
            ),
        ]
    }
}
