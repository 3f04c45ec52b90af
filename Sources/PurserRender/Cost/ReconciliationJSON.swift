package import PurserCore

/// A month compared with its bill, for programs: schema `purser.cost-reconcile/1`.
package enum ReconciliationJSON {
    /// - Parameters:
    ///   - isStored: Whether the verdict was new to the store.
    ///   - previous: The verdict of the store before it.
    package static func value(
        _ result: Reconciliation,
        isStored: Bool,
        previous: ReconciliationVerdict?
    ) -> JSONValue {
        let total = result.total
        return JSONValue(
            schema: "purser.cost-reconcile/1",
            [
                "month": .string(result.month.description), "asOf": .string(result.asOf.iso8601()), "currency": "USD",
                "status": .string(result.status.rawValue),
                "tolerance": [
                    "percent": .string(percent(result.tolerance.millionths)),
                    "amount": .string(result.tolerance.amount.description),
                ],
                "billed": .string(total.billed.description), "recorded": .string(total.recorded.description),
                "drift": .string(result.drift.description), "skus": .array(result.rows.map(row)),
                "unmatchedBilled": .array(result.unmatchedBilled.map(row)),
                "unmatchedRecorded": .array(result.unmatchedRecorded.map(row)),
                "unknown": .array(result.unknown.map(unknown)),
                "otherCharges": .array(result.otherCharges.map(charge)),
                "principals": .array(result.principals.map(principal)),
                "otherMonths": .array(result.otherMonths.sorted { $0.key < $1.key }.map(month)),
                "otherServiceLines": .integer(result.otherServices),
                "simulated": .string(result.simulated.description), "files": .array(result.files.map(file)),
                "stored": .bool(isStored), "previous": previous.map(verdict) ?? .null,
            ]
        )
    }

    private static func unknown(_ one: Reconciliation.Unknown) -> JSONValue {
        [
            "name": .string(one.name), "reason": .string(one.reason), "lines": .integer(one.lines),
            "cost": .string(one.cost.description), "mayCountTokens": .bool(one.mayCountTokens),
        ]
    }

    private static func charge(_ charge: Reconciliation.Charge) -> JSONValue {
        [
            "kind": .string(charge.kind), "lines": .integer(charge.lines), "cost": .string(charge.cost.description),
        ]
    }

    private static func principal(_ one: Reconciliation.Principal) -> JSONValue {
        [
            "principal": .string(one.name), "lines": .integer(one.lines), "billed": .string(one.billed.description),
            "recorded": JSONValue(one.recorded?.description),
        ]
    }

    private static func month(_ month: CalendarMonth, _ lines: Int) -> JSONValue {
        ["month": .string(month.description), "lines": .integer(lines)]
    }

    private static func file(_ file: Reconciliation.File) -> JSONValue {
        ["path": .string(file.path), "sha256": .string(file.sha256), "lines": .integer(file.lines)]
    }

    /// A verdict, as `purser.cost/1` has it too.
    static func verdict(_ verdict: ReconciliationVerdict) -> JSONValue {
        [
            "status": .string(verdict.status.rawValue), "at": .string(verdict.time.iso8601()),
            "bill": .string(verdict.bill), "billed": .string(verdict.billed.description),
            "recorded": .string(verdict.recorded.description), "drift": .string(verdict.drift.description),
            "skus": .integer(verdict.skus), "drifting": .integer(verdict.drifting),
            "unmatched": .integer(verdict.unmatched), "unknown": .integer(verdict.unknown),
            "tolerance": .string(percent(verdict.toleranceMillionths)),
            "pricesRetrieved": JSONValue(verdict.pricesRetrieved?.date),
        ]
    }

    /// `0.5` of 5,000 millionths.
    static func percent(_ millionths: Int64) -> String {
        FocusDecimal(Int128(millionths), decimals: 4).description
    }

    private static func row(_ row: Reconciliation.Row) -> JSONValue {
        [
            "sku": .string(row.sku), "model": .string(row.model), "token": .string(row.key.meter.key),
            "tier": .string(row.key.tier.rawValue), "global": .bool(row.key.isGlobal),
            "longContext": .bool(row.key.isLong), "region": JSONValue(row.key.region),
            "billedRegions": .array(row.regions.map { .string($0) }),
            "billedTokens": .integer(Int(clamping: row.billed.tokens)),
            "recordedTokens": .integer(Int(clamping: row.recorded.tokens)),
            "billed": .string(row.billed.amount.description), "recorded": .string(row.recorded.amount.description),
            "drift": .string(row.drift.description), "cause": JSONValue(row.cause?.rawValue),
        ]
    }
}
