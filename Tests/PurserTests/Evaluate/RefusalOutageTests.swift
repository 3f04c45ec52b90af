import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// Outages in which every request is refused, as the shipped alarms see them.
@Suite struct RefusalOutageTests {
    /// A refusal and the metrics that count it: besides its own, the one of its class of status.
    struct Refusal: CustomTestStringConvertible {
        let metric: ChatMetric
        let status: ChatMetric
        /// Whether the service itself is the reason.
        var isOwn = true
        /// The alarm that sends the message.
        var alarm = "chat-refusals"

        var testDescription: String { metric.rawValue }
    }

    private static let start = PurserFixture.start
    /// The outage begins after three hours of ordinary traffic.
    private static let outage = 180

    static let refusals = [
        Refusal(metric: .quotaRefusals, status: .clientErrors, alarm: "quota-used-up"),
        Refusal(metric: .budgetRefusals, status: .clientErrors, alarm: "budget-used-up"),
        Refusal(metric: .unpricedRequests, status: .clientErrors),
        Refusal(metric: .unavailableRequests, status: .serverErrors),
        Refusal(metric: .ledgerErrors, status: .serverErrors),
        Refusal(metric: .authenticationFailures, status: .clientErrors, isOwn: false),
        Refusal(metric: .rateLimitedRequests, status: .clientErrors, isOwn: false),
        Refusal(metric: .blockedRequests, status: .clientErrors, isOwn: false),
        Refusal(metric: .invalidRequests, status: .clientErrors, isOwn: false),
    ]

    /// Records requests at an even pace: answered ones, and refused ones from the outage on.
    private static func record(_ refusal: Refusal, perHour: Int, in store: Store) throws {
        var samples: [ChatMetric: [Distribution?]] = [:]
        func add(_ metric: ChatMetric, _ value: Double, count: Int) {
            samples[metric, default: []].append(Distribution(value: value, count: count))
        }
        for minute in 0..<outage + 60 {
            let count = (minute + 1) * perHour / 60 - minute * perHour / 60
            let isRefused = minute >= outage
            for status in [ChatMetric.clientErrors, .serverErrors] {
                add(status, isRefused && status == refusal.status ? 1 : 0, count: count)
            }
            add(refusal.metric, 1, count: isRefused ? count : 0)
            for metric in [ChatMetric.invocations, .errors, .latency] {
                add(metric, metric == .errors ? 0 : 1, count: isRefused ? 0 : count)
            }
        }
        for (metric, distributions) in samples {
            try PurserFixture.record(distributions, of: metric.rawValue, unit: metric.unit, from: start, in: store)
        }
    }

    @Test(
        "one message reports an outage of refusals, within five minutes of the first refused request",
        arguments: refusals,
        [14, 100, 1000, 10_000]
    )
    func told(refusal: Refusal, perHour: Int) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.record(refusal, perHour: perHour, in: store)
        let files = EmbeddedFile.all(in: "alarms").map { (name: $0.path, text: $0.text) }
        let alarms = try TestAlarms.read(files, parameters: ["TopicArn": PurserFixture.topic])
        let evaluator = PurserFixture.evaluator(store, alarms)
        let begin = Self.start + Self.outage * 60
        let before = try #require(try evaluator.run(at: begin, ran: begin))
        #expect(before.alarms.allSatisfy { $0.record.state != .alarm })

        // At 14 an hour, the first request of the outage arrives after four minutes; callers' mistakes take three.
        let first = 60 / perHour
        let limit = first + (refusal.isOwn || perHour > 14 ? 5 : 15)
        var minute = first
        var run = before
        repeat {
            minute += 1
            run = try #require(try evaluator.run(at: begin + minute * 60, ran: begin + minute * 60))
        } while run.alarms.allSatisfy { $0.record.state != .alarm } && minute < limit
        let on = Set(run.alarms.filter { $0.record.state == .alarm }.map(\.definition.name))
        #expect(on.contains(refusal.alarm), "\(minute) minutes: \(on.sorted())")
        for later in minute + 1...minute + 30 {
            _ = try evaluator.run(at: begin + later * 60, ran: begin + later * 60)
        }
        let alarming = try store.messages(.pending).map(\.subject).filter { $0.hasPrefix("ALARM") }
        #expect(alarming == [#"ALARM: "\#(refusal.alarm)" in US East (N. Virginia)"#])
    }
}
