package import ChatService
package import PurserCore
package import PurserStore

extension Demonstration {
    /// Sends the traffic through the chat service and stores the results.
    ///
    /// - Parameter progress: Called after every commit with the number of calls started so far, and that of all.
    package func run(
        in store: Store,
        prices: PriceBook,
        progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> TrafficTally {
        let calls = calls()
        let offset = Int((incident.lowerBound - start) / 1000)
        let window = offset..<(offset + Int((incident.upperBound - incident.lowerBound) / 1000))
        let run = TrafficRun(
            writer: "demo/\(seed)/\(start)",
            start: start,
            calls: calls,
            configuration: ChatConfiguration(),
            faults: [
                FaultPlan(kind: .slow(5), rate: 1, window: window),
                FaultPlan(kind: .error(.throttling), rate: 0.75, window: window),
                FaultPlan(kind: .error(.accessDenied), rate: 0.0005, window: nil),
            ],
            seed: seed,
            options: "demo, seed \(seed), days \(days)",
            liftsLimits: false,
            progress: { progress($0, calls.count) }
        )
        return try run.run(in: store, prices: prices).tally
    }

    /// Evaluates every minute from the start of the traffic, as cron would have done.
    ///
    /// - Parameter progress: Called after every half day with the number of minutes evaluated so far, and that of all.
    package func evaluation(
        by evaluator: Evaluator,
        ran: Timestamp,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> EvaluationRun? {
        var changes: [AlarmChange] = []
        var last: EvaluationRun?
        var steps = 1
        var at = start + 60
        while let run = try evaluator.run(at: at, ran: ran) {
            changes += run.changes
            if case .continued(let more) = run.kind { steps += more }
            last = run
            progress(Int((at - start) / 60_000), Int((end - start) / 60_000))
            if at == end { break }
            at = min(at + 12 * 3600, end)
        }
        last?.changes = changes
        last?.kind = .continued(steps: steps)
        return last
    }

    /// The teams and applications, the model that each calls, and its number of calls in the busiest hour.
    private static let teams: [(team: String, application: String, modelId: String, hourly: Double)] = [
        ("support", "helpdesk", "us.amazon.nova-lite-v1:0", 300),
        ("engineering", "ide", "us.amazon.nova-pro-v1:0", 110),
    ]

    /// Returns the calls second by second; the probability of a call depends on the hour and the day of the week.
    ///
    /// The more days there are, the fewer calls each day has, so that a month's quota is enough for all of them.
    private func calls() -> [TrafficCall] {
        let thinning = 27 / Double(days * 24 + 3)
        var random = SeededRandom(seed: seed)
        var calls: [TrafficCall] = []
        for second in 0..<Int((end - start) / 1000) {
            let share = Self.busyness(start + second)
            for (team, application, modelId, hourly) in Self.teams
            where random.unit() < hourly / 3600 * share * thinning {
                let fraction = Int64(random.next() % 1000) * 1_000_000
                let length = max(0.2, 1 + 0.5 * random.bell())
                calls.append(
                    TrafficCall(
                        offset: Int64(second) * 1_000_000_000 + fraction,
                        requestId: RequestIdentity.make("demo|\(seed)|\(start)|\(calls.count)"),
                        modelId: modelId,
                        caller: Caller(
                            user: "\(team)-\(random.next() % 40 + 1)",
                            team: team,
                            application: application
                        ),
                        inputTokens: min(450, Int(180 * length)),
                        outputTokens: min(990, Int(320 * max(0.1, 1 + 0.4 * random.bell())))
                    )
                )
            }
        }
        return calls.sorted { $0.offset < $1.offset }
    }

    /// Returns the traffic at a time, as a share of the busiest hour's.
    private static func busyness(_ time: Timestamp) -> Double {
        let fields = time.fields
        let isWeekend = fields.weekday == 0 || fields.weekday == 6
        let hours: [Double] = [
            0.60, 0.58, 0.56, 0.56, 0.58, 0.62, 0.68, 0.78, 0.90, 0.97, 1.00, 0.98, 0.90, 0.95, 1.00, 0.98, 0.92, 0.84,
            0.76,
            0.72, 0.69, 0.66, 0.64, 0.62,
        ]
        return hours[fields.hour] * (isWeekend ? 0.5 : 1)
    }
}
