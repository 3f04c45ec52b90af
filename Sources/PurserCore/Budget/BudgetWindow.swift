/// The time over which a budget counts: the hours, days, weeks or months of a time zone's clock, one after the other. A
/// week begins on Monday.
package enum BudgetWindow: String, Sendable, CaseIterable, Comparable {
    case hour
    case day
    case week
    case month

    package static func < (a: BudgetWindow, b: BudgetWindow) -> Bool {
        a.index < b.index
    }

    package var index: Int {
        switch self {
        case .hour: 0
        case .day: 1
        case .week: 2
        case .month: 3
        }
    }

    /// Whether a forecast of the window is compared with the limit. In an hour of little traffic, it would be noise.
    package var isForecast: Bool { self != .hour }

    /// Nil for a month.
    private var seconds: Int? {
        switch self {
        case .hour: 3600
        case .day: 86_400
        case .week: 7 * 86_400
        case .month: nil
        }
    }

    /// Returns the period of this length that contains a moment: from its first moment to the first one after it.
    package func period(containing time: Timestamp, in zone: ClockZone) -> Range<Timestamp> {
        guard let seconds else {
            let month = zone.month(containing: time)
            return zone.start(of: month)..<zone.start(of: month.next)
        }
        var start = zone.start(ofPeriod: seconds, at: time)
        // Clocks that skip an hour's beginning within an hour: both parts are one period.
        if start > time { start = zone.start(ofPeriod: seconds, at: start - seconds) }
        var end = Self.end(ofPeriod: seconds, from: start, in: zone)
        // Where clocks that differ by quarter hours are set back, an hour ends before its own clock says so.
        while end <= time { (start, end) = (end, Self.end(ofPeriod: seconds, from: end, in: zone)) }
        return start..<end
    }

    /// Returns the last periods that have ended by a time, the earliest first.
    package func periods(endedBy time: Timestamp, count: Int, in zone: ClockZone) -> [Range<Timestamp>] {
        var (periods, end) = ([Range<Timestamp>](), period(containing: time, in: zone).lowerBound)
        for _ in 0..<count {
            periods.append(period(containing: Timestamp(milliseconds: end.milliseconds - 1), in: zone))
            end = periods[periods.count - 1].lowerBound
        }
        return periods.reversed()
    }

    /// Returns the first moment after `start` at which a period begins. Where the clocks change, a period is longer or shorter
    /// than others.
    private static func end(ofPeriod seconds: Int, from start: Timestamp, in zone: ClockZone) -> Timestamp {
        var end = zone.start(ofPeriod: seconds, at: start + (seconds + seconds / 2))
        while true {
            let earlier = zone.start(ofPeriod: seconds, at: end - 1)
            guard earlier > start, earlier < end else { return max(end, start + 1) }
            end = earlier
        }
    }
}
