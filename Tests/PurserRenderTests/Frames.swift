@testable import PurserCore

/// Frames as an on-call engineer sees them.
enum Frames {
    static let now = Timestamp(year: 2026, month: 11, day: 23, hour: 14, minute: 32, second: 10)
    static let window = DashFrame.Window(
        from: Timestamp(year: 2026, month: 11, day: 23, hour: 11, minute: 30),
        to: now,
        periodSeconds: 300
    )

    static func money(_ text: String) -> Picodollars {
        Picodollars(dollars: text) ?? .zero
    }

    static func empty() -> DashFrame {
        var frame = DashFrame(
            title: "ChatService",
            window: window,
            at: now,
            latency: .init(p50: none, p90: none, p99: none, threshold: 10),
            cost: .init(
                month: CalendarMonth(year: 2026, month: 11),
                spent: .zero,
                held: .zero,
                limit: money("25"),
                requests: 0,
                quotaRequests: 0,
                quota: 10_000,
                outlook: .unknown
            )
        )
        frame.alarms = okNames.map { .init(name: $0, state: .insufficientData) }
        return frame
    }

    /// A frame of a folder without alarms.
    static func withoutAlarms() -> DashFrame {
        var frame = calm()
        frame.alarms = []
        return frame
    }

    static func calm() -> DashFrame {
        var frame = empty()
        frame.region = "us-east-1"
        frame.newestData = now - 38
        frame.evaluatedAt = now - 41
        frame.alarms = okNames.map { .init(name: $0, state: .ok, since: now - 86_400) }
        frame.signals = signals(errors: steady(0.19, 0.1), throttled: steady(0, 0))
        frame.latency = .init(p50: steady(1.1, 0.2), p90: steady(2.6, 0.4), p99: steady(4.2, 1), threshold: 10)
        frame.cost.spent = money("12.4102")
        frame.cost.requests = 5200
        frame.cost.quotaRequests = 5120
        frame.cost.forecast = PeriodForecast(
            mean: money("16.4877"),
            low: money("15.1"),
            high: money("18.02"),
            probabilityOver: 0,
            historySeconds: 23 * 86_400,
            isSure: true
        )
        frame.cost.outlook = .lasts
        frame.worstRequests = [request(4, "us.amazon.nova-lite-v1:0", "success", 0, 5120, 2310, 480)]
        return frame
    }

    static func incident() -> DashFrame {
        var frame = calm()
        frame.alarms = okNames.map { .init(name: $0, state: .ok) }
        frame.alarms.insert(
            .init(
                name: "latency-p99",
                state: .alarm,
                summary: "10.98s > 10.00s, 3 of 3 x 1m",
                since: Timestamp(year: 2026, month: 11, day: 23, hour: 14, minute: 5),
                delivery: .sent(Timestamp(year: 2026, month: 11, day: 23, hour: 14, minute: 6)),
                samples: 412,
                runbook: "docs/runbooks/latency.md"
            ),
            at: 2
        )
        frame.budget = .init(
            BudgetFinding(reason: .forecastOverLimit, amount: money("25.9815"), limit: money("25")),
            since: Timestamp(year: 2026, month: 11, day: 23, hour: 9),
            delivery: .sent(Timestamp(year: 2026, month: 11, day: 23, hour: 9, minute: 1))
        )
        let onset = 31
        frame.signals = signals(
            errors: ramp(steady(0.19, 0.1), from: onset, to: 3.4),
            throttled: ramp(steady(0, 0), from: onset, to: 49)
        )
        frame.signals[1].isInAlarm = true
        frame.signals[2].usualRange = UsualRange(low: 0, high: 1)
        frame.latency.p50 = gap(ramp(steady(0.42, 0.1), from: onset, to: 0.9))
        frame.latency.p90 = gap(ramp(steady(2.6, 0.4), from: onset, to: 6.1))
        frame.latency.p99 = gap(ramp(steady(4.2, 1), from: onset, to: 10.98))
        frame.cost.spent = money("19.562361270000")
        frame.cost.held = money("0.0412")
        frame.cost.requests = 7200
        frame.cost.quotaRequests = 7120
        frame.cost.forecast?.mean = money("25.9815")
        frame.cost.forecast?.low = money("25.31")
        frame.cost.forecast?.high = money("27.80")
        frame.cost.forecast?.probabilityOver = 0.9
        frame.cost.outlook = .first(.budget, at: Timestamp(year: 2026, month: 11, day: 28, hour: 6))
        frame.marks = [TimeMark(time: now - 3000, text: "v1.2"), TimeMark(time: now - 600, text: "back to v1.1")]
        frame.alarmSpans = [
            AlarmSpan(name: "error-rate", start: now - 9000, end: now - 7200),
            AlarmSpan(name: "latency-p99", start: Timestamp(year: 2026, month: 11, day: 23, hour: 14, minute: 5)),
        ]
        frame.worstRequests = [
            request(0, "us.amazon.nova-lite-v1:0", "ThrottlingException", 3, 31_200, 1800, 0),
            request(1, "us.amazon.nova-lite-v1:0", "ModelTimeoutException", 0, 60_010, 14_200, 0),
            request(2, "us.anthropic.claude-haiku-4-5-20251001-v1:0", "success", 1, 12_870, 2210, 512),
            request(3, "us.amazon.nova-lite-v1:0", "success", 0, nil, 900, 0),
        ]
        return frame
    }

    /// Most calls take a second or two; from the middle on, some take half a minute.
    static func heatmap() -> DashFrame {
        var frame = incident()
        let steps = (0..<window.steps).map { step -> Distribution in
            if (8..<11).contains(step) { return .empty }
            let samples = [(0.4, 20), (1.2, 300 + step % 5), (2.5, 80), step > 18 ? (28.0, step) : (3, 1)]
            return samples.compactMap { Distribution(value: $0.0, count: $0.1) }
                .reduce(into: .empty) { $0.merge($1) }
        }
        frame.heatmap = LatencyHeatmap(steps)
        return frame
    }

    static func stale() -> DashFrame {
        var frame = calm()
        frame.newestData = now - 1640
        frame.evaluatedAt = now - 1620
        frame.latency.p50 = ended(frame.latency.p50)
        frame.latency.p90 = ended(frame.latency.p90)
        frame.latency.p99 = ended(frame.latency.p99)
        frame.signals = frame.signals.map { signal in
            var signal = signal
            signal.values = ended(signal.values)
            signal.now = nil
            return signal
        }
        frame.alarms[3].state = .insufficientData
        frame.pendingNotifications = 1
        return frame
    }

    private static let okNames = [
        "any-5xx", "error-rate", "error-rate-low-traffic", "latency-low-traffic", "month-cost", "quota", "throttles",
        "unpriced-requests", "budget-refusals",
    ]
    private static let none = [Double?](repeating: nil, count: window.steps)

    private static func request(
        _ number: Int,
        _ model: String,
        _ outcome: String,
        _ retries: Int,
        _ latency: Int?,
        _ input: Int,
        _ output: Int
    ) -> DashFrame.RequestLine {
        .init(
            time: now - 18 * (number + 1),
            requestId: "01JDCV8T3Q7M2R4WZK9F0E6HX\(number)",
            modelId: model,
            outcome: outcome,
            retries: retries,
            isRunning: latency == nil,
            latencyMilliseconds: latency,
            inputTokens: input,
            outputTokens: output
        )
    }

    private static func signals(errors: [Double?], throttled: [Double?]) -> [DashFrame.Signal] {
        func signal(
            _ name: String,
            _ format: DashFrame.Signal.Format,
            _ usual: Double,
            _ values: [Double?],
            kind: DashFrame.Signal.Kind = .traffic
        )
            -> DashFrame.Signal
        {
            .init(name: name, format: format, kind: kind, now: values.last ?? nil, usual: usual, values: values)
        }
        return [
            signal("invocations", .perMinute, 398, steady(390, 40)),
            signal("errors", .percent, 0.19, errors, kind: .failures),
            signal("throttled", .perMinute, 0, throttled, kind: .failures),
            signal("tokens in", .perMinute, 1_170_000, steady(1_150_000, 120_000)),
            signal("tokens out", .perMinute, 163_000, steady(158_000, 20_000)),
        ]
    }

    /// Returns a gentle wave, the same on every call.
    private static func steady(_ level: Double, _ swing: Double) -> [Double?] {
        let wave = [0.1, 0.5, 0.9, 0.4, -0.2, -0.8, -0.5, 0.3, 1, 0.2, -0.6, -1, 0]
        return (0..<window.steps).map { level + swing / 2 * wave[$0 % wave.count] }
    }

    private static func ramp(_ values: [Double?], from onset: Int, to level: Double) -> [Double?] {
        values.enumerated().map { step, value in
            guard step >= onset, let value else { return value }
            let share = Double(step - onset + 1) / Double(values.count - onset)
            return value + (level - value) * share
        }
    }

    private static func gap(_ values: [Double?]) -> [Double?] {
        values.enumerated().map { (8..<11).contains($0) ? nil : $1 }
    }

    private static func ended(_ values: [Double?]) -> [Double?] {
        values.enumerated().map { $0 >= 31 ? nil : $1 }
    }
}
