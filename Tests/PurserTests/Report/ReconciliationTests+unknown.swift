import PurserCore
import TestSupport
import Testing

/// Lines that are not known, and amounts that cannot be compared.
extension ReconciliationTests {
    @Test("lines that may count tokens in an unknown form, and those of an unknown type, are listed and are findings")
    func unknown() throws {
        let same = Line("USE1-NovaLite-input-tokens", "1000", "0.06")
        let groups = [try Self.group("us.amazon.nova-lite-v1:0", TokenUsage(input: 1_000_000))]
        #expect(try Self.compare(TestBill.csv([same]), groups).status == .reconciled)
        let long = Line(marketplace: "USE1-MP:USE1_LongContextInput-Units", Self.haiku, "100", "500")
        let hidden = [
            long, long.with { ($0.cost, $0.region) = ("1", "us-west-2") },
            Line(marketplace: "USE1-MP:USE1_InputTokenCount_NewTier-Units", "", "1", "5"),
            Line(marketplace: "xx-MP:Input-Units", "", "1", "4"), same.with { ($0.type, $0.cost) = ("Usag", "-3") },
            same.with { ($0.type, $0.cost) = ("", "2") },
        ]
        for line in hidden {
            let result = try Self.compare(TestBill.csv([same, line]), groups)
            #expect(result.hasFindings && result.status == .estimated && result.unknownTokens.count == 1, "\(line)")
        }
        // A product of another seller that counts no tokens.
        let other = Line(marketplace: "USE1-MP:Seats-Units", "", "1", "4").with { $0.description = "Seats" }
        let result = try Self.compare(TestBill.csv([same, other] + hidden), groups)
        #expect(result.otherServices == 1 && result.otherCharges.isEmpty)
        #expect(
            result.unknown.map { "\($0.name) \($0.lines) \($0.cost.exactDollars)" } == [
                "USE1-MP:USE1_LongContextInput-Units 2 501.00", "USE1-MP:USE1_InputTokenCount_NewTier-Units 1 5.00",
                "xx-MP:Input-Units 1 4.00", "(no type) 1 2.00", "Usag 1 -3.00",
            ]
        )
    }

    @Test("amounts too large to compare are an error")
    func large() throws {
        let huge = Line("USE1-NovaLite-input-tokens", "999999999999999.12345678901234567891", "1").with {
            $0.unit = "1M tokens"
        }
        #expect(throws: BillFault.self) { try Self.compare(TestBill.csv([huge]), []) }
        let most = Line("USE1-NovaLite-input-tokens", "999999999999999", "999999999999999")
        let groups = [try Self.group("us.amazon.nova-lite-v1:0", TokenUsage(input: 1_000_000_000_000))]
        #expect(try Self.compare(TestBill.csv([most]), groups).drifting.map(\.cause) == [.price])
        #expect(try Self.compare(TestBill.csv([most]), []).unmatched.count == 1)
        // Tokens that would cost more than fits, at the ledger's mean price.
        let many = Line("USE1-Claude4.6Sonnet-output-tokens", String(repeating: "9", count: 15), "1").with {
            $0.unit = "1M tokens"
        }
        let call = try Self.group("us.anthropic.claude-sonnet-4-6", TokenUsage(output: 1000))
        #expect(throws: BillFault("an amount is too large to compare")) {
            try Self.compare(TestBill.csv(Array(repeating: many, count: 20_000)), [call])
        }
    }
}
