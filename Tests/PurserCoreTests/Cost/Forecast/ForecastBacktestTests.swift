import Testing

@testable import PurserCore

@Suite("how good forecasts of past months would have been")
struct ForecastBacktestTests {
    private static let period = SimulatedMonth.period

    private static func backtest(_ kind: SimulatedMonth.Kind, seed: UInt64, rate: Double, history: Int)
        -> ForecastBacktest
    {
        let month = SimulatedMonth(kind, seed: seed, rate: rate, history: history)
        return ForecastBacktest(month.bins, [period])
    }

    /// The parts of 1 that held, of forecasts of every kind of month.
    private static func coverage(_ seeds: ClosedRange<UInt64>, rate: Double, history: Int) -> (Double, String) {
        var (points, held, words) = (0, 0, "rate \(rate), history \(history):")
        for kind in SimulatedMonth.Kind.allCases {
            let tests = seeds.map { backtest(kind, seed: $0, rate: rate, history: history).whole }
            let (ofKind, heldOfKind) = (tests.reduce(0) { $0 + $1.cutPoints }, tests.reduce(0) { $0 + $1.held })
            (points, held) = (points + ofKind, held + heldOfKind)
            let error = tests.reduce(0) { $0 + $1.errors } / Double(max(1, ofKind)) * 100
            words += " \(kind) \(heldOfKind * 100 / max(1, ofKind)) % (error \(Int(error.rounded())) %),"
        }
        return (Double(held) / Double(points), words)
    }

    @Test("80 % intervals of simulated months with growth, weekends, a launch or a stop hold 75 to 85 % of the time")
    func coverage() {
        let found = [(14.0, 35), (420, 35), (14, 7), (420, 7)].map {
            Self.coverage(201...203, rate: $0.0, history: $0.1)
        }
        let coverage = found.reduce(0) { $0 + $1.0 } / Double(found.count)
        #expect((0.75...0.85).contains(coverage), "\(coverage) \(found.map(\.1))")
        #expect(found.allSatisfy { (0.65...0.92).contains($0.0) }, "\(found)")
    }

    @Test("each day of a month is a cut point, and the parts add up to the whole")
    func parts() {
        let found = Self.backtest(.steady, seed: 1, rate: 14, history: 35)
        #expect(found.whole.cutPoints == 29 && found.periods == [Self.period])
        #expect(found.parts.map(\.cutPoints) == [7, 7, 8, 7])
        #expect(found.parts.reduce(0) { $0 + $1.held } == found.whole.held)
        let errors = found.parts.compactMap(\.meanAbsolutePercentageError)
        #expect(errors.count == 4 && errors[3] < errors[0] && errors[0] < 15, "\(errors)")
    }

    @Test("a month's forecast knows nothing of what came after it was made")
    func cut() {
        var month = SimulatedMonth(.weekends, seed: 2, rate: 14, history: 35)
        let before = ForecastBacktest(month.bins, [Self.period])
        month = SimulatedMonth(.weekends, seed: 2, rate: 14, history: 35)
        // A later month changes nothing in this one.
        let later = (0..<240).map {
            TrafficBin(start: Self.period.upperBound + $0 * 3600, seconds: 3600, requests: 1e6, dollars: 1e4)
        }
        #expect(ForecastBacktest(month.bins + later, [Self.period]) == before)
    }

    @Test("without traffic, or with less than three days before a cut point, there is nothing to compare")
    func little() {
        #expect(ForecastBacktest([], [Self.period]).whole.coverage == nil)
        let quiet = SimulatedMonth(.steady, seed: 1, rate: 0, history: 2).bins
        #expect(ForecastBacktest(quiet, [Self.period]).whole.cutPoints == 0)
        let late = SimulatedMonth(.steady, seed: 1, rate: 14, history: 0).bins.filter {
            $0.start >= Self.period.upperBound - 10 * 86_400
        }
        // A scope that appears on the 21st has three whole days from the 24th on.
        let found = ForecastBacktest(late, [Self.period])
        #expect(found.whole.cutPoints == 7 && found.parts[0].cutPoints == 0)
    }
}
