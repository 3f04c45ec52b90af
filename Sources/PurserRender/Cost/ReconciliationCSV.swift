package import PurserCore

/// The SKUs of a month compared with its bill as CSV (RFC 4180), those of both sides and those of one.
package enum ReconciliationCSV {
    package static func text(_ result: Reconciliation) -> String {
        let header = [
            "side", "sku", "model", "token", "tier", "billedTokens", "recordedTokens", "billed", "recorded", "drift",
            "cause",
        ]
        let sides = [("both", result.rows), ("bill", result.unmatchedBilled), ("ledger", result.unmatchedRecorded)]
        let rows = sides.flatMap { side, rows in
            rows.map { row in
                [
                    side, CostCSV.field(row.sku), CostCSV.field(row.model), row.key.meter.key, row.key.tier.rawValue,
                    String(row.billed.tokens), String(row.recorded.tokens), row.billed.amount.description,
                    row.recorded.amount.description, row.drift.description, row.cause?.rawValue ?? "",
                ]
            }
        }
        return CostCSV.text(lines: [header] + rows)
    }
}
