import Testing

@testable import PurserCore

@Suite struct FocusDecimalTests {
    @Test(
        "a number is read as FOCUS writes it, and printed without zeros at the end",
        arguments: [
            ("0", "0"), ("-0.50", "-0.5"), ("1.250", "1.25"), ("12", "12"), ("1.25E-3", "0.00125"), ("-2E3", "-2000"),
            ("0.000000000001", "0.000000000001"),
            ("9223372036854775807.000000000001", "9223372036854775807.000000000001"),
        ]
    )
    func numbers(text: String, printed: String) {
        #expect(FocusDecimal(text)?.description == printed)
    }

    @Test(
        "anything else is no number",
        arguments: [
            "", "+1", "1,000", "$1", "1/2", "1.", ".5", "1e3", "1E+3", "1E", "0x1", "1 ", "--1", "1.2.3", "NaN", "1E99",
            "٣", String(repeating: "9", count: 50),
        ]
    )
    func others(text: String) {
        #expect(FocusDecimal(text) == nil)
    }

    @Test("products and sums are exact, and too many digits are no number instead of a wrong one")
    func arithmetic() throws {
        let (price, quantity) = (try #require(FocusDecimal("0.06")), try #require(FocusDecimal("0.000001")))
        #expect(price.times(quantity)?.description == "0.00000006")
        #expect(price.plus(try #require(FocusDecimal("-0.06"))) == .zero)
        #expect(price.plus(quantity)?.description == "0.060001")
        let large = FocusDecimal(.max, decimals: 0)
        #expect(large.times(large) == nil && large.plus(large) == nil && large.plus(quantity) == nil)
        #expect(FocusDecimal(Picodollars(-1)).description == "-0.000000000001")
    }
}
