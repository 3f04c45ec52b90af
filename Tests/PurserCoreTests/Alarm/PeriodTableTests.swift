import PurserCore
import TestSupport
import Testing

@Suite struct PeriodTableTests {
    @Test("evaluations with precomputed values give the same results as without", arguments: UInt64(1)...12)
    func sliding(seed: UInt64) throws {
        var random = TestRandom(seed)
        let start = AlarmFixture.noon
        var slots: [Slot] = []
        for minute in 0..<400 where Double.random(in: 0..<1, using: &random) < 0.7 {
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let value = Double.random(in: 0...100, using: &random)
                slots.append(Slot(start: start + minute * 60, distribution: try #require(Distribution(value: value))))
            }
        }
        let statistic: Statistic = [.sum, .maximum, .percentile(90), .sampleCount][Int(seed % 4)]
        let period = [60, 120, 300, 420, 3600][Int(seed % 5)]
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 2), statistic: statistic, period: period)
        let steps = (0..<390).map { start + $0 * 60 } + [start + 390 * 60 + 17]
        let plain = AlarmData([MetricReference(AlarmFixture.metric): SlotSeries(slots)])
        var table = plain
        table.tabulate(alarm, steps: steps)
        #expect(table != plain)
        for step in steps {
            let (a, b) = (
                alarm.evaluate(data: plain, previous: .ok, at: step),
                alarm.evaluate(data: table, previous: .ok, at: step)
            )
            #expect(a == b)
        }
    }
}
