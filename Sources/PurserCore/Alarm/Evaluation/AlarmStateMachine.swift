/// One period of an alarm's evaluation range.
package struct AlarmPoint: Sendable, Equatable {
    /// The start of the period.
    package var timestamp: Timestamp
    /// Nil if the datapoint is missing.
    package var value: Double?
    /// The number of samples behind the value; nil if it is missing, and for the result of metric math.
    package var sampleCount: Int?
    /// The band that the value is compared with, if the alarm has one. In such an alarm, a point without a band does
    /// not have a value.
    package var band: ClosedRange<Double>?
}

/// The datapoints of an evaluation range, sorted into those that count and those that are missing.
struct AlarmWindow: Equatable {
    /// The whole evaluation range, oldest first.
    let points: [AlarmPoint]
    /// The newest N points that are not missing (fewer if there are not enough), oldest first.
    let used: [AlarmPoint]
    /// The used ones that breach, oldest first.
    let breaching: [AlarmPoint]
    /// The used ones that do not breach, oldest first.
    let good: [AlarmPoint]
    /// How many of the N datapoints are missing, so TreatMissingData applies to them.
    let missing: Int
    /// The number of periods from the oldest breaching datapoint to the end of the range, inclusive.
    let ageOfOldestBreaching: Int?

    init(_ points: [AlarmPoint], _ condition: AlarmCondition) {
        var used: [AlarmPoint] = []
        var breaching: [AlarmPoint] = []
        var good: [AlarmPoint] = []
        var oldest: Int?
        var (start, count) = (points.count, 0)
        while start > 0, count < condition.evaluationPeriods {
            start -= 1
            if points[start].value != nil { count += 1 }
        }
        used.reserveCapacity(count)
        for (index, point) in points.enumerated() where point.value != nil {
            let isBreaching = condition.isBreaching(point)
            if isBreaching, oldest == nil { oldest = index }
            guard index >= start else { continue }
            used.append(point)
            if isBreaching { breaching.append(point) } else { good.append(point) }
        }
        self.points = points
        self.used = used
        self.breaching = breaching
        self.good = good
        missing = condition.evaluationPeriods - used.count
        ageOfOldestBreaching = oldest.map { points.count - $0 }
    }
}

/// CloudWatch's decision about one alarm at one time.
enum AlarmStateMachine {
    /// Returns the new state; nil if the alarm keeps its state.
    ///
    /// Source: the user guide's "Configuring how CloudWatch alarms treat missing data" and its two tables.
    static func state(of window: AlarmWindow, _ condition: AlarmCondition) -> AlarmState? {
        if window.breaching.count >= condition.neededToAlarm { return .alarm }
        if window.good.count >= condition.neededForOK { return .ok }
        // From here on, some of the N datapoints are missing; otherwise one of the two counts would have been reached.
        switch condition.missingDataTreatment {
        case .breaching:
            return window.breaching.count + window.missing >= condition.neededToAlarm ? .alarm : .ok
        case .notBreaching:
            return .ok
        case .ignore:
            return window.good.isEmpty ? nil : .ok
        case .missing:
            if !window.good.isEmpty { return .ok }
            guard let age = window.ageOfOldestBreaching else { return .insufficientData }
            return age >= condition.neededToAlarm ? .alarm : nil
        }
    }
}
