import PurserAWS
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@testable import Purser

/// Alarms, metrics and calls for the tests in this folder.
enum PurserFixture {
    static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)
    static let topic = "arn:aws:sns:us-east-1:111122223333:oncall"

    /// Returns an alarm on the sum of ServerErrors a minute, by default above 0 for one minute.
    ///
    /// An evaluation at a whole minute reads the minute that began two minutes earlier as the newest one.
    static func alarm(
        _ name: String = "server-errors",
        threshold: Double = 0,
        treatMissingData: String = "notBreaching",
        isEnabled: Bool = true,
        topics: [String] = [topic]
    ) throws -> AlarmDefinition {
        let actions = JSONValue.array(topics.map(JSONValue.string))
        let json: JSONValue = [
            "AlarmName": .string(name), "ActionsEnabled": .bool(isEnabled), "OKActions": actions,
            "AlarmActions": actions, "InsufficientDataActions": actions, "Namespace": "ChatService",
            "MetricName": "ServerErrors", "Statistic": "Sum", "Unit": "Count", "Period": 60, "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1, "Threshold": .number(threshold), "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": .string(treatMissingData),
        ]
        let result = AlarmDefinition.read(json: json.text(), file: name + ".json")
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
        return try #require(result.definition)
    }

    static func evaluator(
        _ store: Store,
        _ alarms: [AlarmDefinition],
        budget: BudgetDefinition? = nil,
        remindSeconds: Int? = nil
    ) -> Evaluator {
        Evaluator(
            reader: MetricReader(store: store, quota: nil),
            alarms: alarms,
            budget: budget,
            remindSeconds: remindSeconds
        )
    }

    static func reference(_ name: String, unit: MetricUnit? = nil) -> MetricReference {
        MetricReference(Metric(namespace: "ChatService", name: name), unit: unit)
    }

    /// Records one sample every `every` seconds; nil is a gap.
    static func record(
        _ values: [Double?],
        of name: String = "ServerErrors",
        unit: MetricUnit = .count,
        from: Timestamp = start,
        every: Int = 60,
        in store: Store
    ) throws {
        let distributions = try values.map { try $0.map { try #require(Distribution(value: $0)) } }
        try record(distributions, of: name, unit: unit, from: from, every: every, in: store)
    }

    static func record(
        _ distributions: [Distribution?],
        of name: String,
        unit: MetricUnit = .count,
        from: Timestamp,
        every: Int = 60,
        in store: Store
    ) throws {
        let series = Series(Metric(namespace: "ChatService", name: name), unit: unit)
        var points: [Flush.Point] = []
        for (index, distribution) in distributions.enumerated() {
            guard let distribution else { continue }
            points.append(.init(series: series, slot: Slot(start: from + index * every, distribution: distribution)))
        }
        #expect(try store.record(Flush(writer: "\(name) \(unit) \(from)", sequence: 1, points: points)))
    }

    /// Enters a call into the ledger and settles it, unless `settled` is nil.
    static func call(
        _ id: String,
        at time: Timestamp,
        settled: Timestamp?,
        cost: Picodollars = .dollar,
        outcome: String = "success",
        source: CallSource = .live,
        caller: Caller = Caller(),
        isUnlimited: Bool = false,
        in store: Store
    ) throws {
        let price = try #require(try TestPrices.catalog().price(for: "us.amazon.nova-lite-v1:0", at: time))
        let reservation = Reservation(
            requestId: id,
            time: time,
            caller: caller,
            modelId: price.modelId,
            correlationId: nil,
            price: price,
            hold: cost,
            limit: nil,
            quota: nil,
            source: source,
            isUnlimited: isUnlimited
        )
        #expect(try store.reserve(reservation).isReserved)
        guard let settled else { return }
        let settlement = Settlement(
            requestId: id,
            time: settled,
            outcome: outcome,
            usage: TokenUsage(input: 10, output: 20),
            isEstimated: false,
            latencyMilliseconds: Int(settled - time),
            retries: 1,
            cost: cost
        )
        #expect(try store.settle(settlement).isSettled)
    }

    /// Puts messages into the outbox as an evaluation would.
    static func queue(_ messages: [OutboxMessage], in store: Store) throws {
        let last = try store.lastEvaluation()?.time
        let commit = EvaluationCommit(
            previous: last,
            time: (last ?? start) + 60,
            ran: (last ?? start) + 60,
            alarms: [],
            transitions: [],
            messages: messages
        )
        #expect(try store.commit(commit))
    }

    static func message(
        _ id: String,
        source: String = "server-errors",
        created: Timestamp = start
    ) -> OutboxMessage {
        OutboxMessage(
            id: id,
            target: OutboxMessage.Target(topic),
            subject: "ALARM",
            body: "{}",
            attributes: [],
            about: .alarm(source, change: 1),
            created: created
        )
    }

    static func dollars(_ text: String) throws -> Picodollars {
        try #require(Picodollars(dollars: text))
    }
}

/// Collects, in order, the entries that a test's closures add.
final class Journal<Entry: Sendable>: Sendable {
    private let entries = Mutex<[Entry]>([])

    var all: [Entry] {
        entries.withLock { $0 }
    }

    func add(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
    }
}
