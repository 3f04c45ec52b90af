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
        let start = zone.start(ofPeriod: seconds, at: time)
        // Where the clocks change, a period is longer or shorter than others.
        var end = zone.start(ofPeriod: seconds, at: start + (seconds + seconds / 2))
        while true {
            let earlier = zone.start(ofPeriod: seconds, at: end - 1)
            guard earlier > time else { return start..<max(end, time + 1) }
            end = earlier
        }
    }
}
