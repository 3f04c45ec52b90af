import TestSupport

/// A bill of the month of the demonstration.
enum BillFile {
    /// Without the output of the call, which is then only in the ledger.
    static let text = TestBill.csv(lines.filter { $0.usageType != "USE1-NovaLite-output-tokens" })
    /// Only what the ledger has.
    static let same = TestBill.csv(Array(lines.prefix(2)))

    /// What the imported call used, and what the ledger does not have.
    private static let lines: [TestBill.Line] = {
        let input = TestBill.Line("USE1-NovaLite-input-tokens", "0.01", "0.0000006").with {
            ($0.period, $0.day) = ("2026-11-01T00:00:00Z", "2026-11-24")
            $0.principal = "arn:aws:iam::111122223333:user/ada"
        }
        return [
            input,
            input.with { ($0.usageType, $0.quantity, $0.cost) = ("USE1-NovaLite-output-tokens", "0.02", "0.0000048") },
            input.with { ($0.usageType, $0.quantity, $0.cost) = ("USE1-NovaPro-input-tokens", "1250", "1") },
            input.with { $0.usageType = "USE1-NovaLite-input-tokens-other" }, input.with { $0.type = "Tax" },
            input.with { ($0.period, $0.day) = ("2026-10-01T00:00:00Z", "2026-10-24") },
        ]
    }()
}
