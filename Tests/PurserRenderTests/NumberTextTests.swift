import PurserCore
import Testing

@testable import PurserRender

@Suite("numbers for people")
struct NumberTextTests {
    @Test(
        "counts have three significant digits",
        arguments: [
            (0, "0"), (387, "387"), (999, "999"), (999.6, "1.00k"), (1000, "1.00k"), (18_449, "18.4k"),
            (99_960, "100k"),
            (999_499, "999k"), (999_500, "1.00M"), (1_140_000, "1.14M"), (2.5e9, "2.50G"), (3.404, "3.40"),
            (9.996, "10.0"), (0.2333, "0.233"), (0.04171, "0.0417"), (0.5, "0.5"), (0.0001, "<0.001"),
            (-18_449, "-18.4k"),
            (7e18, "7E"), (.infinity, "?"), (.nan, "?"),
        ] as [(Double, String)]
    )
    func count(value: Double, text: String) {
        #expect(NumberText.count(value) == text)
    }

    @Test(
        "durations have a suitable unit",
        arguments: [
            (0, "0s"), (0.000_001, "<0.01ms"), (0.000_23, "0.23ms"), (0.0023, "2.3ms"), (0.84, "840ms"),
            (0.9996, "1.00s"), (9.84, "9.84s"),
            (31.2, "31.2s"), (59.94, "59.9s"), (59.97, "1m00s"), (72, "1m12s"), (3599.6, "1h00m"), (19_920, "5h32m"),
            (273_600, "3d04h"), (-2, "-2.00s"), (.infinity, "?"), (1e30, "11574074d01h"),
        ] as [(Double, String)]
    )
    func duration(seconds: Double, text: String) {
        #expect(NumberText.duration(seconds: seconds) == text)
    }

    @Test(
        "ages are rounded down and never negative",
        arguments: [
            (-5000, "0s"), (38_999, "38s"), (60_000, "1m"), (1_630_000, "27m"), (19_920_000, "5h32m"),
            (172_799_000, "47h59m"), (273_600_000, "3d04h"),
        ] as [(Int64, String)]
    )
    func age(milliseconds: Int64, text: String) {
        #expect(NumberText.age(milliseconds: milliseconds) == text)
    }

    @Test(
        "percentages have three significant digits",
        arguments: [
            (0, "0 %"), (3.4, "3.40 %"), (0.004, "<0.01 %"), (78.2, "78.2 %"), (106.4, "106 %"), (-3, "-3.00 %"),
            (.nan, "? %"),
        ] as [(Double, String)]
    )
    func percent(value: Double, text: String) {
        #expect(NumberText.percent(value) == text)
    }

    @Test(
        "a change is shown in percent if the value less than doubles, and as a factor otherwise",
        arguments: [
            (398, 387, "-3 %"), (100, 112, "+12 %"), (100, 100, "0 %"), (100, 199, "+99 %"), (100, 199.6, "x2.0"),
            (0.19, 3.4, "x18"), (1, 9.96, "x10"), (1, 20_000, "x20.0k"), (0, 49, "new"), (0, 0, "0 %"),
            (100, 0, "-100 %"),
            (nil, 5, ""), (5, nil, ""), (.nan, 5, ""),
        ] as [(Double?, Double?, String)]
    )
    func change(usual: Double?, now: Double?, text: String) {
        #expect(NumberText.change(from: usual, to: now) == text)
    }

    @Test("unit prices show at least two significant digits")
    func unitPrice() {
        #expect(NumberText.unitPrice(Frames.money("19.56"), per: 8120) == "0.0024")
        #expect(NumberText.unitPrice(Frames.money("19.56"), per: 25_651) == "0.00076")
        #expect(NumberText.unitPrice(Frames.money("3"), per: 2) == "1.5000")
        #expect(NumberText.unitPrice(.zero, per: 2) == "0.0000")
    }

    @Test("thousands are grouped")
    func grouped() {
        #expect([0, 999, 8120, -1_234_567].map(NumberText.grouped) == ["0", "999", "8,120", "-1,234,567"])
    }
}
