import Foundation

/// The results of many trials of one alarm under one kind of traffic.
struct Figures: Sendable {
    /// The number of false alarms in each week.
    var weeks: [Int] = []
    var detections: [Trial.Detection] = []

    /// The mean per week.
    var falseAlarms: Double {
        Double(weeks.reduce(0, +)) / Double(weeks.count)
    }

    /// The 95 % score interval of the mean, widened if false alarms occur in bunches (variance above the mean).
    var falseAlarmInterval: ClosedRange<Double> {
        let (mean, weekCount) = (falseAlarms, Double(weeks.count))
        let squares = weeks.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +)
        let spread = mean > 0 ? max(1, squares / max(1, weekCount - 1) / mean) : 1
        let (events, z) = (mean * weekCount / spread, 1.959964)
        let (middle, half) = (events + z * z / 2, z * (events + z * z / 4).squareRoot())
        return max(0, (middle - half) * spread / weekCount)...(middle + half) * spread / weekCount
    }

    /// Returns the minutes within which a percentage of all incidents was detected; nil if fewer were detected.
    func minutes(percent: Int) -> Double? {
        Self.quantile(detections.map(\.minutes), percent: percent)
    }

    /// Returns the minutes after which the alarm was OK again for a percentage of the detected incidents.
    func minutesToOK(percent: Int) -> Double? {
        Self.quantile(detections.filter { $0.minutes != nil }.map(\.minutesToOK), percent: percent)
    }

    var undetectedPercent: Double {
        100 * Double(detections.filter { $0.minutes == nil }.count) / Double(detections.count)
    }

    /// Returns a quantile by nearest rank; missing values count as larger than all others.
    private static func quantile(_ values: [Double?], percent: Int) -> Double? {
        let known = values.compactMap { $0 }.sorted()
        let rank = max(1, (values.count * percent + 99) / 100)
        return rank <= known.count ? known[rank - 1] : nil
    }

    /// The columns of the report.
    var columns: [String] {
        let interval = falseAlarmInterval
        func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
        func whole(_ minutes: Double?) -> String {
            detections.isEmpty || undetectedPercent == 100 ? "-" : minutes.map { number($0, 0) } ?? "> 360"
        }
        return [
            "\(number(falseAlarms, 2)) (\(number(interval.lowerBound, 2)) to \(number(interval.upperBound, 2)))",
            whole(minutes(percent: 50)), whole(minutes(percent: 90)), number(undetectedPercent, 1) + " %",
            undetectedPercent == 100 ? "-" : minutesToOK(percent: 50).map { number($0, 0) } ?? "> 1440",
        ]
    }
}
