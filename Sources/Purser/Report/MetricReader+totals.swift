package import PurserCore

extension MetricReader {
    /// Splits a range into parts of whole periods, about a day each, so that a long range is never in memory all at
    /// once.
    ///
    /// `period` is in seconds.
    package static func stretches(from: Timestamp, to: Timestamp, period: Int) -> [Range<Timestamp>] {
        let length = max(1, 86_400 / period) * period
        return stride(from: from.milliseconds, to: to.milliseconds, by: length * 1000).map {
            let start = Timestamp(milliseconds: $0)
            return start..<min(start + length, to)
        }
    }

    /// Returns all samples of each series from `from` up to `to`, merged; series without samples are left out.
    ///
    /// - Parameter progress: Called after every part of the range with the number of those done so far, and that of all.
    package func totals(
        of series: [Series],
        from: Timestamp,
        to: Timestamp,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> [(series: Series, distribution: Distribution)] {
        let references = series.map { MetricReference($0.metric, unit: $0.unit) }
        var totals = [DistributionAccumulator](repeating: DistributionAccumulator(), count: series.count)
        let stretches = Self.stretches(from: from, to: to, period: Slot.seconds)
        for (done, range) in stretches.enumerated() {
            progress(done, stretches.count)
            let seconds = Int(range.upperBound - range.lowerBound) / 1000
            let found = try slots(of: references, from: range.lowerBound, to: range.upperBound, period: seconds)
            for (number, reference) in references.enumerated() {
                let merged = found[reference]?.merged(from: range.lowerBound, to: range.upperBound, period: seconds)
                for distribution in merged ?? [] where !distribution.isEmpty { totals[number].add(distribution) }
            }
        }
        return zip(series, totals).compactMap { series, total in
            let distribution = total.distribution
            return distribution.isEmpty ? nil : (series, distribution)
        }
    }
}
