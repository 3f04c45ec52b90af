/// The normal values of a metric at each time of the week, learned from its own history.
///
/// This is Purser's own model, not CloudWatch's, which is not published. With a week of history, it distinguishes the
/// hours of weekdays and of weekends (UTC). With two days, it distinguishes the hours of the day, and with less, it has
/// a single level. The expected value is the median of its kind of hour; the deviation is derived from the median
/// distance to it, in this hour and the adjacent ones; if these are few, it is at least what all hours together suggest
/// for a value that varies as counts do. Single outliers change neither. With at least a week, the
/// expected value also follows the median distance of the last two days; with at least nine days, these two days are
/// used only for that. A lasting change of level therefore counts as normal after little more than a day.
package struct AnomalyModel: Sendable, Equatable {
    /// How many seconds of history count.
    package static let historySeconds = 14 * 86_400
    /// Returns the start of the history for the day that contains `time`.
    package static func historyStart(of time: Timestamp) -> Timestamp {
        time.floored(toSeconds: daySeconds) - historySeconds
    }

    /// Returns the number of datapoints below which there is no model: 30, or half of those that periods longer than
    /// some hours can have.
    static func leastPoints(period: Int) -> Int {
        min(30, historySeconds / period / 2)
    }
    /// The smallest deviation as a share of the expected value: a band of two deviations extends at least 5 % up and
    /// down.
    package static let leastShare = 0.025
    /// The smallest deviation as a share of the metric's median magnitude, for hours with small expected values.
    package static let leastShareOfLevel = 0.01
    /// A change of level may end again, as a holiday does: the smallest deviation as a share of the recent change.
    private static let leastShareOfShift = 0.25
    /// With fewer distances than this, an hour's deviation is at least what all hours together suggest.
    private static let fewDistances = 40
    /// The variation of counts grows as the square root of their size. Smaller sizes than this share of the metric's
    /// median magnitude count as this share, because hours with few events say little about their true size.
    package static let leastSizeShare = 0.25
    /// The smallest deviation if all values are 0.
    package static let leastDeviation = 1e-9

    private static let hourSeconds = 3600
    private static let daySeconds = 86_400
    // Hours of weekdays, then of weekends.
    private static let buckets = 48
    private static let leastPointsOfBucket = 3
    private static let recentSeconds = 2 * daySeconds
    private static let leastRecentPoints = 20
    // The standard deviation of a normal distribution is its median distance times the first constant, or its mean
    // distance times the second.
    private static let deviationsOfMedian = 1.4826
    private static let deviationsOfMean = 1.2533

    private enum Season {
        case none
        case day
        case week
    }

    /// Whether hours are distinguished; periods of a day or more have none, so only their first hour is used.
    private let hasHours: Bool
    /// Whether the history has one period for each hour at most, so that one that begins between two full hours lies
    /// between their values.
    private let isInterpolated: Bool
    /// For each hour of weekdays, then of weekends.
    private let table: [AnomalyBandPoint]

    /// Learns from datapoints of `period` seconds in any order; returns nil if their last two weeks have too few of them.
    ///
    /// Values that are not finite are ignored.
    package init?(history: [Datapoint], period: Int = 60) {
        hasHours = period < Self.daySeconds
        isInterpolated = hasHours && period >= Self.hourSeconds
        let bucket = { [hasHours] in Self.bucket(of: $0, hasHours: hasHours) }
        let known = history.filter(\.value.isFinite).sorted { $0.timestamp < $1.timestamp }
        guard let last = known.last else { return nil }
        let points = known.filter { $0.timestamp > last.timestamp - Self.historySeconds }
        guard points.count >= Self.leastPoints(period: period), let first = points.first else { return nil }
        let span = (last.timestamp - first.timestamp) / 1000
        let season: Season =
            span >= Int64(7 * Self.daySeconds - Self.hourSeconds)
            ? .week : span >= Int64(2 * Self.daySeconds - Self.hourSeconds) ? .day : .none
        // The last two days determine the level. They are left out of the hours, which they would distort if the level
        // had just changed.
        let recentStart = last.timestamp - Self.recentSeconds
        let recent = season == .week ? points.filter { $0.timestamp > recentStart } : []
        // Periods of an hour have too few datapoints of each hour before that, and none of weekends.
        if period >= Self.hourSeconds, span + Int64(period) < Int64(7 * Self.daySeconds - Self.hourSeconds) {
            return nil
        }
        let isLongEnough = span >= Int64(7 * Self.daySeconds + Self.recentSeconds - Self.hourSeconds)
        let hasLevel = recent.count >= Self.leastRecentPoints
        let base = isLongEnough && hasLevel ? points.filter { $0.timestamp <= recentStart } : points
        var values = [[Double]](repeating: [], count: Self.buckets)
        for point in base {
            values[bucket(point.timestamp)].append(point.value)
        }
        let expected = (0..<Self.buckets).map { bucket in
            Self.median(Self.pool(bucket, season, leastPoints: Self.leastPointsOfBucket) { values[$0] })
        }
        var distances = [[Double]](repeating: [], count: Self.buckets)
        for point in base {
            let bucket = bucket(point.timestamp)
            distances[bucket].append((point.value - expected[bucket]).magnitude)
        }
        let shifts = recent.map { $0.value - expected[bucket($0.timestamp)] }
        let shift = hasLevel ? Self.median(shifts) : 0
        let level = Self.median(points.map(\.value.magnitude))
        func size(_ value: Double) -> Double { max(value.magnitude, Self.leastSizeShare * level).squareRoot() }
        let variation = Self.variation(distances, sizes: expected.map(size))
        table = (0..<Self.buckets).map { bucket in
            // Three hours are used if the season distinguishes hours, because a single hour has few distances.
            let near = Self.pool(bucket, season, leastPoints: 3 * Self.leastPointsOfBucket, reach: 1) { distances[$0] }
            let value = expected[bucket] + shift
            let deviation = max(
                Self.deviation(near),
                near.count < Self.fewDistances ? variation * max(size(value), size(expected[bucket])) : 0,
                Self.leastShareOfShift * shift.magnitude,
                Self.leastShare * value.magnitude,
                Self.leastShareOfLevel * level,
                Self.leastDeviation
            )
            return AnomalyBandPoint(expected: value, deviation: deviation)
        }
        guard table.allSatisfy({ $0.expected.isFinite && $0.deviation.isFinite }) else { return nil }
    }

    /// Returns the expected values for a period that starts at `start`.
    package func point(at start: Timestamp) -> AnomalyBandPoint {
        let point = table[Self.bucket(of: start, hasHours: hasHours)]
        let hour = start.floored(toSeconds: Self.hourSeconds)
        guard isInterpolated, start > hour else { return point }
        let next = table[Self.bucket(of: hour + Self.hourSeconds, hasHours: true)]
        let share = Double(start - hour) / Double(1000 * Self.hourSeconds)
        return AnomalyBandPoint(
            expected: (1 - share) * point.expected + share * next.expected,
            deviation: (1 - share) * point.deviation + share * next.deviation
        )
    }

    /// Returns the expected values for each period of a frame.
    package func points(of frame: MetricMathFrame) -> AnomalyBandPoints {
        AnomalyBandPoints((0..<frame.count).map { point(at: frame.time($0)) })
    }

    private static func bucket(of time: Timestamp, hasHours: Bool) -> Int {
        let fields = time.fields
        return ([0, 6].contains(fields.weekday) ? 24 : 0) + (hasHours ? fields.hour : 0)
    }

    /// Returns the values that an hour is judged by: its own and those of the hours within `reach`. If these are too
    /// few, the selection is widened step by step.
    private static func pool(
        _ bucket: Int,
        _ season: Season,
        leastPoints: Int,
        reach: Int = 0,
        _ values: (Int) -> [Double]
    ) -> [Double] {
        let hour = bucket % 24
        func gather(_ kinds: [Int], _ reach: Int) -> [Double] {
            kinds.flatMap { kind in (hour - reach...hour + reach).flatMap { values(kind + ($0 + 24) % 24) } }
        }
        let ownKind = [bucket - hour]
        if season == .week {
            for reach in [reach, 1] {
                let found = gather(ownKind, reach)
                if found.count >= leastPoints { return found }
            }
        }
        if season != .none {
            for reach in [reach, 1] {
                let found = gather([0, 24], reach)
                if found.count >= leastPoints { return found }
            }
        }
        return (0..<buckets).flatMap(values)
    }

    /// Returns the deviation of the distances of all hours, each relative to its hour's size.
    private static func variation(_ distances: [[Double]], sizes: [Double]) -> Double {
        deviation(zip(distances, sizes).flatMap { distances, size in size > 0 ? distances.map { $0 / size } : [] })
    }

    /// Estimates the standard deviation from the median of the distances, or from their mean if more than half are 0.
    private static func deviation(_ distances: [Double]) -> Double {
        let median = median(distances)
        if median > 0 { return deviationsOfMedian * median }
        guard !distances.isEmpty else { return 0 }
        return deviationsOfMean * distances.reduce(0, +) / Double(distances.count)
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
    }
}
