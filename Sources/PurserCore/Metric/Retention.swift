/// How long a store keeps its records before it removes them.
package struct Retention: Sendable, Equatable {
    /// The records other than metrics.
    package enum Record: String, Sendable, CaseIterable {
        /// Messages that were sent. The others are kept until they are sent or dropped.
        case messages
        /// State changes of alarms, except the last one of each alarm, and the months of budget notifications.
        case history
        /// Calls of the ledger. What the calls of a day add up to is never removed.
        case ledger

        /// How many hours records have to be kept: totals of budgets are counted from the calls of up to a month, and a
        /// report compares a month with the one before.
        var leastHours: Int { self == .ledger ? 62 * 24 : 1 }
    }

    package var metrics: RetentionLadder
    private var recordHours: [Record: Int]

    /// Metrics as ``RetentionLadder/standard``, messages for 90 days, history for two years, calls for 13 months.
    package static let standard = Retention(
        metrics: .standard,
        [.messages: 90 * 24, .history: 2 * 365 * 24, .ledger: 397 * 24]
    )

    /// - Parameter hours: Records that are not given are kept as long as in ``standard``.
    package init(metrics: RetentionLadder, _ hours: [Record: Int]) {
        self.metrics = metrics
        recordHours = hours
    }

    /// Changes durations, written as `1m=30d` or `messages=90d`: hours (h), days (d) or years of 365 days (y).
    ///
    /// Throws ``Diagnostics`` that say which text or duration is wrong and what is allowed.
    package init(changing retention: Retention, texts: [String]) throws {
        self = retention
        var steps: [Int: Int] = [:]
        var problems: [Diagnostic] = []
        for text in texts {
            let match = text.wholeMatch(of: /([0-9a-z]+)=([0-9]{1,7})([hdy])/)
            let name = match.map { String($0.1) } ?? ""
            let step = DistributionBlock.steps.first { RetentionLadder.name(ofStep: $0) == name }
            let record = Record(rawValue: name)
            guard let match, let number = Int(match.2), step != nil || record != nil else {
                let steps = DistributionBlock.steps.map(RetentionLadder.name).joined(separator: ", ")
                let message =
                    "must be NAME=DURATION: a step of metrics (\(steps)), messages, history or ledger, and hours, days "
                    + "or years, as in 1m=92d, 1h=5y, messages=90d"
                problems.append(Diagnostic(file: "retention", key: text, message))
                continue
            }
            let hours = number * (match.3 == "h" ? 1 : match.3 == "d" ? 24 : 24 * 365)
            if let step { steps[step] = hours }
            guard let record else { continue }
            let allowed = record.leastHours...RetentionLadder.mostHours
            if allowed.contains(hours) {
                recordHours[record] = hours
            } else {
                let message = "\(hours) hours; must be \(allowed.lowerBound) to \(allowed.upperBound)"
                problems.append(Diagnostic(file: "retention", key: name, message))
            }
        }
        if !problems.isEmpty { throw Diagnostics(problems) }
        metrics = try RetentionLadder(changing: metrics, steps)
    }

    package func hours(of record: Record) -> Int {
        recordHours[record] ?? Self.standard.recordHours[record] ?? RetentionLadder.mostHours
    }

    /// `10s for 3h, 1m for 92d`, and so on, and the records on a line of their own.
    package var text: String {
        let records = Record.allCases.map { "\($0.rawValue) for \(RetentionLadder.duration(hours(of: $0)))" }
        return metrics.text + "\n" + records.joined(separator: ", ")
    }

    /// Durations by the length of the slots, and by record.
    package var json: JSONValue {
        let records = Record.allCases.map { record in
            JSONValue.Member(record.rawValue, .string(RetentionLadder.duration(hours(of: record))))
        }
        return .object((metrics.json.members ?? []) + records)
    }
}
