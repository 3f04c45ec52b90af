import PurserCore
import TestSupport
import Testing

@Suite struct PicodollarsTests {
    private let cent: Int128 = 10_000_000_000

    @Test("reading an amount's text returns the amount with every digit", arguments: [UInt64(1), 2, 3])
    func roundTrip(seed: UInt64) throws {
        var random = TestRandom(seed)
        for _ in 0..<5000 {
            // Up to sixteen whole digits and twelve decimals, of every magnitude.
            let bits = Int.random(in: 0...62, using: &random)
            let scale: Int128 = Bool.random(using: &random) ? 1_000_000_000 : 1
            let amount = Picodollars(Int128(UInt64.random(in: 0...(1 << UInt64(bits)), using: &random)) * scale)
            #expect(Picodollars(dollars: amount.description) == amount, "seed \(seed): \(amount)")
        }
    }

    @Test("an amount is written in dollars with twelve decimals")
    func text() {
        #expect(Picodollars(2_322_991_800_000).description == "2.322991800000")
        #expect(Picodollars.zero.description == "0.000000000000")
        #expect(Picodollars(1).description == "0.000000000001")
        #expect(Picodollars(-1_500_000_000_000).description == "-1.500000000000")
        #expect(Picodollars(.max).description == "170141183460469231731687303.715884105727")
        #expect(Picodollars(.min).description == "-170141183460469231731687303.715884105728")
    }

    @Test(
        "plain decimals are read exactly",
        arguments: [
            ("25", 25_000_000_000_000), ("0.00875", 8_750_000_000), ("0", 0), ("007.50", 7_500_000_000_000),
            ("0.000000000001", 1), ("9999999.999999999999", 9_999_999_999_999_999_999),
        ] as [(String, Int128)]
    )
    func reading(text: String, amount: Int128) {
        #expect(Picodollars(dollars: text) == Picodollars(amount))
    }

    @Test(
        "anything but a plain decimal is rejected",
        arguments: [
            "", ".", "1.", ".5", "-1", "+1", "1e3", "1,000", "$1", " 1", "1 ", "0x10", "1.2.3", "٣", "NaN", "inf",
            "0.0000000000001", "12345678901234567",
        ]
    )
    func refusing(text: String) {
        #expect(Picodollars(dollars: text) == nil)
    }

    @Test("sixteen whole digits and twelve decimals are the limit")
    func limit() {
        let most = "9999999999999999.999999999999"
        #expect(Picodollars(dollars: most)?.description == most)
    }

    @Test(
        "cents are rounded half away from zero, and a positive cost is never shown as 0.00",
        arguments: [
            (0, "0.00"), (1, "<0.01"), (4_999_999_999, "<0.01"), (5_000_000_000, "0.01"), (14_999_999_999, "0.01"),
            (15_000_000_000, "0.02"), (19_562_361_270_000, "19.56"), (19_565_000_000_000, "19.57"),
            (1_234_567_890_000_000_000, "1234567.89"), (-1, "0.00"), (-5_000_000_000, "-0.01"),
            (-19_565_000_000_000, "-19.57"),
        ] as [(Int128, String)]
    )
    func cents(amount: Int128, text: String) {
        #expect(Picodollars(amount).cents == text)
    }

    @Test(
        "a minus sign precedes the dollar sign, and an exact amount has all of its decimals",
        arguments: [
            (19_562_361_270_000, "$19.56", "19.56236127"), (0, "$0.00", "0.00"), (4_000_000_000, "<$0.01", "0.004"),
            (25_500_000_000_000, "$25.50", "25.50"), (1, "<$0.01", "0.000000000001"),
            (-3_270_000_000_000, "-$3.27", "-3.27"),
        ] as [(Int128, String, String)]
    )
    func dollars(amount: Int128, rounded: String, exact: String) {
        #expect(Picodollars(amount).inDollars == rounded)
        #expect(Picodollars(amount).exactDollars == exact)
    }

    @Test("sums and differences are exact far beyond 64 bits")
    func arithmetic() {
        var sum = Picodollars.zero
        for _ in 0..<1000 { sum += Picodollars(Int128(Int64.max)) }
        #expect(sum.rawValue == Int128(Int64.max) * 1000)
        sum -= Picodollars(Int128(Int64.max)) + Picodollars(1)
        #expect(sum.rawValue == Int128(Int64.max) * 999 - 1)
        #expect(Picodollars(-1) < .zero && Picodollars.zero < .dollar)
    }

    @Test(
        "rounded rows add up to the rounded total, and each is within a cent of its exact amount",
        arguments: [UInt64(1), 2, 3]
    )
    func addingUp(seed: UInt64) {
        var random = TestRandom(seed)
        for _ in 0..<2000 {
            let most: Int128 = [cent / 100, cent * 3, cent * 100_000][Int.random(in: 0...2, using: &random)]
            let amounts = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Picodollars(Int128(UInt64.random(in: 0...UInt64(most), using: &random)))
            }
            let (rows, total) = Picodollars.centsAddingUp(amounts)
            let exact = amounts.reduce(0) { $0 + $1.rawValue }
            #expect(rows.count == amounts.count)
            #expect(rows.reduce(0, +) == total, "seed \(seed)")
            #expect(total == (exact + cent / 2) / cent, "seed \(seed)")
            for (row, amount) in zip(rows, amounts) {
                let difference = row * cent - amount.rawValue
                #expect(abs(difference) < cent, "seed \(seed): \(row) for \(amount)")
            }
        }
    }

    @Test("the largest remainders are rounded up; among equal ones, the first is")
    func largestRemainders() {
        let third = Picodollars(333_333_333_333)
        #expect(Picodollars.centsAddingUp([third, third, third]).rows == [34, 33, 33])
        let amounts = [1_004_000_000_000, 1_006_000_000_000, 1_005_000_000_000].map { Picodollars($0) }
        #expect(Picodollars.centsAddingUp(amounts).rows == [100, 101, 101])
        #expect(Picodollars.centsAddingUp(amounts).total == 302)
        #expect(Picodollars.centsAddingUp([]).total == 0)
    }
}
