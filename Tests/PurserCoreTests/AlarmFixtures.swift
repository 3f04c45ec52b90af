import Foundation
import PurserCore
import Testing

/// Alarms and data for the tests of this folder.
enum AlarmFixture {
    static let topic = "arn:aws:sns:us-east-1:111122223333:oncall"
    static let metric = Metric(namespace: "ChatService", name: "Latency")
    static let noon = Timestamp(year: 2026, month: 9, day: 14, hour: 12)

    /// Returns an alarm on one metric, by default on its maximum and without a unit.
    static func alarm(
        _ condition: AlarmCondition,
        statistic: Statistic = .maximum,
        period: Int = 60,
        unit: MetricUnit? = nil
    ) -> AlarmDefinition {
        AlarmDefinition(
            name: "latency",
            rule: .metric(AlarmMetric(metric: metric, statistic: statistic, period: period, unit: unit)),
            condition: condition
        )
    }

    /// Returns the condition `> 50` for M out of N; a nil M leaves DatapointsToAlarm out.
    static func condition(
        _ datapointsToAlarm: Int?,
        of evaluationPeriods: Int,
        _ treatment: MissingDataTreatment? = nil,
        threshold: Double = 50
    ) -> AlarmCondition {
        AlarmCondition(
            threshold: threshold,
            comparison: .greater,
            evaluationPeriods: evaluationPeriods,
            datapointsToAlarm: datapointsToAlarm,
            treatMissingData: treatment
        )
    }

    /// Returns one sample a period, oldest first. The newest is in the last period of the alarm's range at `time`; nil
    /// is a gap.
    static func data(_ values: [Double?], for alarm: AlarmDefinition, at time: Timestamp = noon) throws -> AlarmData {
        let start = alarm.evaluationRange(at: time).upperBound - values.count * alarm.period
        var slots: [Slot] = []
        for (index, value) in values.enumerated() {
            guard let value else { continue }
            let distribution = try #require(Distribution(value: value))
            slots.append(Slot(start: start + index * alarm.period, distribution: distribution))
        }
        return AlarmData(Dictionary(uniqueKeysWithValues: alarm.metricReferences.map { ($0, SlotSeries(slots)) }))
    }

    static func evaluate(
        _ values: [Double?],
        _ alarm: AlarmDefinition,
        previous: AlarmState = .ok,
        at time: Timestamp = noon
    ) throws -> AlarmEvaluation {
        alarm.evaluate(data: try data(values, for: alarm, at: time), previous: previous, at: time)
    }

    /// Returns the definition in a file, which must be free of faults.
    static func read(_ json: String, parameters: [String: String] = ["TopicArn": topic]) throws -> AlarmDefinition {
        let result = AlarmDefinition.read(json: json, file: "a.json", parameters: parameters)
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
        return try #require(result.definition)
    }

    /// Returns the JSON files of the repository's alarms directory.
    static func shippedFiles() throws -> [(name: String, text: String)] {
        let folder = repository.appending(path: "alarms")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        return try names.sorted().map { name in
            ("alarms/" + name, try String(contentsOf: folder.appending(path: name), encoding: .utf8))
        }
    }

    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func goldenText(_ name: String) throws -> String {
        try String(contentsOf: golden.appending(path: name), encoding: .utf8)
    }

    /// Compares a text with a golden file exactly; with UPDATE_GOLDEN=1, writes the file and fails anyway.
    static func expect(_ text: String, equals name: String) throws {
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: golden.appending(path: name))
            Issue.record("\(name) was rewritten")
        } else {
            #expect(text == (try goldenText(name)))
        }
    }
}

extension AlarmEvaluation {
    /// The value of the newest used datapoint; nil if all are missing.
    var newestValue: Double? {
        datapoints.last?.value
    }
}
