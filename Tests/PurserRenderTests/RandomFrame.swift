@testable import PurserCore

/// Random frames and reports of every shape; a seed always gives the same ones.
enum RandomFrame {
    /// SplitMix64, so that a seed gives the same values on every platform.
    private struct Source: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int {
            Int.random(in: range, using: &self)
        }

        mutating func chance(_ percent: Int) -> Bool {
            number(0...99) < percent
        }

        mutating func pick<Value>(_ values: [Value]) -> Value {
            values[number(0...values.count - 1)]
        }

        mutating func name() -> String {
            let syllables = [
                "latency", "-", "p99", "エラー", "é", "e\u{301}", "\u{1b}[1m", "😀", " ", "'", "x", "\u{202e}", "한",
            ]
            return (0...number(0...14)).map { _ in pick(syllables) }.joined()
        }

        mutating func values(_ count: Int) -> [Double?] {
            let (level, gaps) = (pick([0, 0.0002, 0.3, 12, 1800, 4e6, 9e14]), pick([0, 0, 5, 60, 100]))
            return (0..<count).map { _ in chance(gaps) ? nil : level * Double(number(0...2000)) / 1000 }
        }

        mutating func money() -> Picodollars {
            Picodollars(Int128(number(0...1_000_000)) * pick([0, 1, 99_999, 25_000_000, 7_000_000_000]))
        }
    }

    static func make(seed: UInt64) -> DashFrame {
        var source = Source(state: seed)
        let period = source.pick([10, 60, 300, 3600, 86_400])
        let steps = source.number(1...400)
        let end = Frames.now.floored(toSeconds: period)
        let isPartial = period > 10 && source.chance(50) && Frames.now - end > 60_000
        let from = end - (steps - (isPartial ? 1 : 0)) * period
        let window = DashFrame.Window(from: from, to: isPartial ? Frames.now : end, periodSeconds: period)
        var frame = DashFrame(
            title: source.name(),
            region: source.chance(50) ? "us-east-1" : nil,
            window: window,
            at: Frames.now,
            latency: .init(
                p50: source.values(steps),
                p90: source.values(steps),
                p99: source.values(steps),
                threshold: source.chance(70) ? Double(source.number(0...90_000)) / 1000 : nil
            ),
            cost: cost(&source)
        )
        if source.chance(30) {
            frame.heatmap = LatencyHeatmap(
                (0..<steps).map { _ in
                    source.chance(20)
                        ? .empty
                        : Distribution(value: Double(source.number(0...90_000)) / 1000, count: source.number(1...900))
                            ?? .empty
                }
            )
        }
        frame.latency.now = Distribution(value: 2.5, count: source.number(0...1)).flatMap(DashFrame.Percentiles.init)
        frame.newestData = source.chance(90) ? Frames.now - source.number(-60...200_000) : nil
        frame.newestHeartbeat = source.chance(50) ? Frames.now - source.number(0...4000) : nil
        frame.isEvaluatedLater = source.chance(20)
        frame.evaluatedAt = source.chance(80) ? Frames.now - source.number(-60...4000) : nil
        frame.evaluationIntervalSeconds = source.pick([10, 60, 3600])
        frame.alarms = (0..<source.number(0...30)).map { _ in alarm(&source) }
        for index in frame.alarms.indices.dropFirst() where source.chance(30) {
            frame.alarms[index].gatherer = frame.alarms[0].name
        }
        if source.chance(50) { frame.budget = budget(&source) }
        let seconds = steps * period
        frame.marks = (0..<source.pick([0, 0, 1, 9])).map { _ in
            TimeMark(time: from + source.number(-5...seconds + 5), text: source.name())
        }
        frame.alarmSpans = (0..<source.pick([0, 0, 2, 15])).map { _ in
            let start = from + source.number(-seconds...seconds)
            return AlarmSpan(
                name: source.name(),
                start: start,
                end: source.chance(70) ? start + source.number(0...seconds) : nil
            )
        }
        frame.signals = (0..<source.number(0...7)).map { _ in signal(&source, steps) }
        frame.worstRequests = (0..<source.number(0...6)).map { _ in request(&source) }
        frame.pendingNotifications = source.pick([0, 0, 3])
        frame.failedNotifications = source.pick([0, 0, 12])
        return frame
    }

    static func report(seed: UInt64) -> CostReport {
        var source = Source(state: seed &+ 10_000)
        let all: [CostKey] = [.model, .team, .user, .application, .accessKey, .session, .tier, .day, .tag("env")]
        let keys = Array(all.shuffled(using: &source).prefix(source.number(0...4)))
        let day = source.number(1...30)
        var report = CostReport(
            month: CalendarMonth(year: 2026, month: 11),
            asOf: Timestamp(year: 2026, month: 11, day: day, hour: source.number(0...23)),
            keys: keys,
            rows: (0..<source.number(0...9)).map { _ in
                CostReport.Row(
                    keys: keys.map { _ in source.chance(80) ? source.name() : nil },
                    requests: source.number(1...90_000),
                    usage: TokenUsage(
                        input: source.number(0...90_000_000),
                        output: source.number(0...90_000_000),
                        cacheRead: source.pick([0, 12_345]),
                        cacheWrite5m: source.pick([0, 0, 777])
                    ),
                    cost: source.money()
                )
            }
        )
        report.successfulRequests = source.number(0...90_000)
        report.activeUsers = source.pick([0, 1, 250])
        report.estimatedRequests = source.pick([0, 1, 20])
        report.estimatedCost = source.money()
        report.openRequests = source.pick([0, 1, 20])
        report.held = source.money()
        report.budget = source.chance(70) ? source.money() : nil
        let read = Timestamp(year: 2026, month: 11, day: source.number(1...15))
        report.pricesRetrieved = source.chance(70) ? read...Timestamp(year: 2026, month: 11, day: 15) : nil
        report.hasDiscount = source.chance(20)
        report.daily = (0..<day).map { _ in source.money() }
        report.unpricedRequests = source.pick([0, 5, nil])
        if source.chance(30) { report.filters = [CostFilter(.team, [source.name(), nil])] }
        if source.chance(50) { report.waste.failed = source.money() }
        if source.chance(50) { report.cache.writeCost = source.money() }
        if source.chance(50) {
            for index in report.rows.indices { report.rows[index].previousCost = source.pick([.zero, source.money()]) }
            let change = CostChange(
                total: source.money(),
                volume: source.money(),
                price: .zero - source.money(),
                mix: .zero
            )
            report.previous = CostReport.Previous(
                period: Timestamp(year: 2026, month: 10, day: 1)..<Timestamp(year: 2026, month: 10, day: day + 1),
                total: source.money(),
                requests: 5,
                change: source.chance(80) ? change : nil
            )
        }
        report.forecast = forecast(&source)
        return report
    }

    private static func cost(_ source: inout Source) -> DashFrame.CostPanel {
        .init(
            month: CalendarMonth(year: 2026, month: source.pick([10, 11])),
            spent: source.money(),
            held: source.money(),
            limit: source.chance(70) ? source.money() : nil,
            requests: source.number(0...20_000),
            quotaRequests: source.number(0...20_000),
            quota: source.chance(70) ? 10_000 : nil,
            forecast: forecast(&source),
            outlook: source.pick([
                .unlimited, .reached(.quota), .unknown, .lasts, .first(.budget, at: Frames.now + 4000),
                .first(.quota, at: Frames.now + 400_000),
            ])
        )
    }

    private static func forecast(_ source: inout Source) -> PeriodForecast? {
        guard source.chance(70) else { return nil }
        let hasRange = source.chance(50)
        return PeriodForecast(
            mean: source.money(),
            low: hasRange ? source.money() : nil,
            high: hasRange ? source.money() : nil,
            probabilityOver: hasRange ? 0.5 : nil,
            historySeconds: source.number(0...2_000_000),
            isSure: source.chance(50)
        )
    }

    private static func alarm(_ source: inout Source) -> DashFrame.AlarmLine {
        var line = DashFrame.AlarmLine(
            name: source.name(),
            state: source.pick(AlarmState.allCases),
            summary: source.chance(80) ? source.name() : nil,
            since: source.chance(80) ? Frames.now - source.number(0...40_000_000) : nil,
            delivery: source.pick([nil, .pending, .failed, .noTopic, .sent(Frames.now - 90)]),
            samples: source.chance(50) ? source.number(0...1_000_000) : nil,
            runbook: source.chance(50) ? source.name() : nil
        )
        if source.chance(20) {
            line.mute = Mute(
                start: Frames.now - 600,
                until: Frames.now + 600,
                state: .ok,
                person: source.name(),
                note: source.name()
            )
        }
        if source.chance(20) {
            line.acknowledgement = Acknowledgement(transition: 1, time: Frames.now - 600, note: source.name())
        }
        return line
    }

    private static func budget(_ source: inout Source) -> DashFrame.BudgetLine {
        .init(
            BudgetFinding(
                reason: source.pick(BudgetFinding.Reason.allCases),
                amount: source.money(),
                limit: source.money()
            ),
            since: source.chance(50) ? Frames.now - source.number(0...40_000_000) : nil,
            delivery: source.pick([nil, .pending, .failed, .noTopic, .sent(Frames.now - 90)])
        )
    }

    private static func signal(_ source: inout Source, _ steps: Int) -> DashFrame.Signal {
        let values = source.values(steps)
        var signal = DashFrame.Signal(
            name: source.name(),
            format: source.pick([.perMinute, .percent]),
            isPart: source.chance(20),
            kind: source.pick([.traffic, .failures, .refusals]),
            now: values.last ?? nil,
            usual: source.values(1)[0],
            usualRange: source.chance(50) ? UsualRange(low: 0, high: Double(source.number(0...2000))) : nil,
            values: values
        )
        signal.isInAlarm = source.chance(20)
        if source.chance(20) { signal.nowTime = Frames.now - 3600..<Frames.now }
        return signal
    }

    private static func request(_ source: inout Source) -> DashFrame.RequestLine {
        .init(
            time: Frames.now - source.number(0...400_000),
            requestId: source.name(),
            modelId: source.name(),
            outcome: source.name(),
            retries: source.number(0...3),
            latencyMilliseconds: source.chance(80) ? source.number(0...90_000_000) : nil,
            inputTokens: source.number(0...1_000_000),
            outputTokens: source.number(0...1_000_000)
        )
    }
}
