/// The verdict on a frame: the words that are first and last on every screen.
package struct DashVerdict: Sendable, Equatable {
    package enum Evaluation: Sendable, Equatable {
        case fresh
        /// The last one is older than twice the interval, so its results may no longer hold.
        case stale
        /// It was as of a time that is still to come: `evaluate --at`, or by a clock that was ahead.
        case ahead
        /// There was none up to the frame's time.
        case never
    }

    /// The alarms in ALARM, without those that a composite alarm in ALARM gathers.
    package private(set) var alarms: [DashFrame.AlarmLine]
    /// The alarms in ALARM that a composite alarm in ALARM gathers, by its name.
    package private(set) var gathered: [String: [DashFrame.AlarmLine]]
    package private(set) var noData: [DashFrame.AlarmLine]
    /// The muted alarms that are not in ALARM.
    package private(set) var muted: [DashFrame.AlarmLine]
    package private(set) var okCount: Int
    package private(set) var budget: DashFrame.BudgetLine?
    package private(set) var evaluation: Evaluation
    /// Whether the last data and the last heartbeat of its writers are both older than two periods.
    package private(set) var isDataStale: Bool
    /// Whether the first evaluation was after the frame's time.
    package private(set) var isEvaluatedLater: Bool
    /// Whether the store has no sample at all.
    package private(set) var isEmpty: Bool
    package private(set) var unsent: Int
    /// How many of the newest requests were refused, in percent, if they are too many.
    package private(set) var refusedPercent: Double?
    /// What is not watched, because it cannot be read: `2 alarms, 1 file`; nil if everything is.
    package private(set) var unreadable: String?
    /// What is watched if there are no alarms: nothing, or only the budget; nil if there are.
    package private(set) var withoutAlarms: String?
    /// What to do if there was no evaluation; blank if the command for the frame's store is longer than its last line.
    package let evaluateHint: String

    package init(_ frame: DashFrame) {
        let on = frame.alarms.filter { $0.state == .alarm }
        let names = Set(on.map(\.name))
        alarms = on.filter { $0.gatherer.map { !names.contains($0) } ?? true }
        gathered = Dictionary(grouping: on.filter { $0.gatherer.map(names.contains) ?? false }) { $0.gatherer ?? "" }
        noData = frame.alarms.filter { $0.state == .insufficientData }
        muted = frame.alarms.filter { $0.mute != nil && $0.state != .alarm }
        okCount = frame.alarms.filter { $0.state == .ok }.count
        budget = frame.budget
        let longest = 2000 * Int64(frame.evaluationIntervalSeconds)
        evaluation =
            frame.evaluatedAt.map { time in
                if time - frame.at > EvaluationRun.longestLead { return .ahead }
                return frame.at - time > longest ? .stale : .fresh
            } ?? .never
        let newest = [frame.newestData, frame.newestHeartbeat].compactMap(\.self).max()
        isDataStale = frame.newestData != nil && newest.map { frame.at - $0 > DashFrame.longestSilence } ?? false
        isEvaluatedLater = frame.isEvaluatedLater
        isEmpty = frame.newestData == nil
        refusedPercent = Self.refusedPercent(frame)
        evaluateHint = frame.program == "purser" ? ": run purser evaluate" : ""
        unsent = frame.failedNotifications + frame.pendingNotifications
        unreadable = frame.unreadable.isEmpty ? nil : frame.unreadable.counts
        if frame.alarms.isEmpty, frame.unreadable.isEmpty {
            withoutAlarms = Self.withoutAlarms(hasBudget: frame.hasBudget)
        }
    }

    /// The most serious finding, and what makes it doubtful: `ALARM`, `OK`, `ALARM, STALE`.
    package var headline: String {
        var words: [String] = []
        if !alarms.isEmpty {
            words.append("ALARM")
        } else if budget != nil {
            words.append("BUDGET")
        }
        if evaluation == .never {
            words.append("NOT EVALUATED")
        } else if evaluation == .stale || isDataStale {
            words.append("STALE")
        }
        if evaluation == .ahead { words.append("EVALUATED AHEAD") }
        if unreadable != nil { words.append("UNREADABLE") }
        if words.isEmpty, unsent > 0 { words.append("UNSENT") }
        if words.isEmpty, refusedPercent != nil { words.append("REFUSED") }
        if withoutAlarms != nil { words.append("NO ALARMS") }
        if words.isEmpty { words.append(isEmpty || !noData.isEmpty ? "NO DATA" : "OK") }
        return words.joined(separator: ", ")
    }

    package var isFine: Bool { headline == "OK" }

    /// Returns what is watched if there is no alarm.
    package static func withoutAlarms(hasBudget: Bool) -> String {
        hasBudget ? "only the budget is watched" : "nothing is watched"
    }

    /// Above this percentage of the requests, refusals are a part of the verdict.
    private static let mostRefusedPercent = 5.0
    /// One or two refusals in an hour may be a single caller's mistake.
    private static let fewestRefusals = 3.0

    /// Returns how many of the newest requests were refused, in percent; nil if they are few.
    ///
    /// It does not matter whether that is usual: after a day of an outage it is.
    private static func refusedPercent(_ frame: DashFrame) -> Double? {
        guard let now = frame.refusals?.now, now > 0, frame.refusedInHour >= fewestRefusals else { return nil }
        let percent = 100 * now / (now + (frame.calls?.now ?? 0))
        return percent > mostRefusedPercent ? percent : nil
    }

    /// How many alarms are in ALARM, gathered or not.
    package var alarmCount: Int {
        gathered.values.reduce(alarms.count) { $0 + $1.count }
    }

    /// Returns the alarms in ALARM that a composite alarm gathers, also through another one.
    package func gathered(by name: String) -> [DashFrame.AlarmLine] {
        (gathered[name] ?? []).flatMap { [$0] + gathered(by: $0.name) }
    }

    /// `1 alarm  1 budget  0 no-data  9 ok`; if the evaluation is stale, only the states that it found at the time.
    package var counts: String {
        if evaluation == .never, alarms.isEmpty, budget == nil { return notEvaluated }
        let ok = evaluation == .stale || evaluation == .never ? "\(okCount) were ok" : "\(okCount) ok"
        let budgets = "\(budget == nil ? 0 : 1) budget"
        var parts = ["\(alarmCount) alarm", budgets, "\(noData.count) no-data", ok]
        if let withoutAlarms { parts = [withoutAlarms] + (budget == nil ? [] : [budgets]) }
        if unsent > 0 { parts.append("\(unsent) unsent") }
        if let unreadable { parts.append(unreadable + " unreadable") }
        return parts.joined(separator: "  ")
    }

    /// What to say if there was no evaluation.
    package var notEvaluated: String {
        isEvaluatedLater ? "not evaluated at that time" : "never evaluated" + evaluateHint
    }
}
