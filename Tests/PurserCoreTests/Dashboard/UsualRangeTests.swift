import PurserCore
import Testing

@Suite("the usual range of a signal")
struct UsualRangeTests {
    @Test("with fewer than three days there is no range")
    func tooFew() {
        #expect(UsualRange(rates: [(60, 60), (60, 60)], minutes: 5, hasAmounts: false) == nil)
        #expect(UsualRange(shares: [(1, 60), (1, 60), (0, 0)], whole: 10) == nil)
        #expect(UsualRange(shares: [(1, 60), (1, 60), (0, 9)], whole: 0) == nil)
    }

    @Test(
        "a rate is usual between the lowest and the highest day, widened by the noise of its count",
        arguments: [
            // 400 a minute on all days: 2,000 in five minutes, whose deviation is 45.
            (24_000.0, 24_000.0, 380.0, true), (24_000, 24_000, 420, true),
            (24_000, 24_000, 365, false), (24_000, 24_000, 435, false),
            // 14 an hour: none or four in five minutes are usual, six are not.
            (14, 14, 0, true), (14, 14, 0.8, true), (14, 14, 1.2, false),
            // A quiet and a busy day: 50 and 500 in five minutes, whose deviations are 7 and 22.
            (600, 6000, 7, true), (600, 6000, 110, true), (600, 6000, 1, false), (600, 6000, 120, false),
        ]
    )
    func rates(lowDay: Double, highDay: Double, rate: Double, isUsual: Bool) throws {
        let days = [lowDay, highDay, (lowDay + highDay) / 2]
        let range = try #require(UsualRange(rates: days.map { ($0, $0) }, minutes: 5, hasAmounts: false))
        #expect(range.contains(rate) == isUsual, "\(range)")
    }

    @Test("amounts vary more than counts, and the same whatever their size is")
    func amounts() throws {
        let range = { (size: Double, hasAmounts: Bool) in
            UsualRange(rates: (0..<7).map { _ in (600 * size, 600.0) }, minutes: 5, hasAmounts: hasAmounts)
        }
        let (small, large) = (try #require(range(1, true)), try #require(range(1000, true)))
        #expect(abs(large.high / small.high - 1000) < 1e-6 && abs(large.low / small.low - 1000) < 1e-6)
        #expect(small.high > (try #require(range(1, false))).high)
    }

    @Test("one failure of a few calls is usual for a service that has some, a tenth of many is not")
    func shares() throws {
        let days = (0..<7).map { _ in (part: 1.0, whole: 500.0) }
        let few = try #require(UsualRange(shares: days, whole: 1))
        #expect(few.contains(0) && few.high < 100)
        let many = try #require(UsualRange(shares: days, whole: 2000))
        #expect(many.contains(0.4) && !many.contains(10))
        // A week without a failure does not make one call of a thousand unusual.
        let clean = try #require(UsualRange(shares: (0..<7).map { _ in (part: 0.0, whole: 500.0) }, whole: 2000))
        #expect(clean.contains(0.1) && !clean.contains(1))
    }
}
