import PurserCore

/// The stretches of a plot's steps in which no series has a value.
struct PlotGaps {
    let gaps: [Range<Int>]
    /// How many steps of a plot there are, and in how many of them no series has a value.
    let steps: Int
    let missing: Int

    /// Finds the gaps of series that share their steps. The last step may have only begun, so it alone is no gap.
    init(_ series: [[Double?]], steps: Int, isPartial: Bool) {
        let isMissing = (0..<steps).map { step in
            series.allSatisfy { !$0.indices.contains(step) || !($0[step]?.isFinite ?? false) }
        }
        var gaps: [Range<Int>] = []
        for step in 0..<steps where isMissing[step] {
            if let last = gaps.last, last.upperBound == step {
                gaps[gaps.count - 1] = last.lowerBound..<step + 1
            } else {
                gaps.append(step..<step + 1)
            }
        }
        if isPartial, gaps.last == steps - 1..<steps { gaps.removeLast() }
        self.gaps = gaps
        self.steps = steps
        missing = isMissing.count { $0 }
    }

    /// Returns the times of the gaps: `10:30-10:35`.
    func names(from start: Timestamp, period: Int, seenFrom reference: Timestamp) -> [String] {
        gaps.map { gap in
            let times = [gap.lowerBound, gap.upperBound].map {
                NumberText.clock(start + $0 * period, seenFrom: reference, seconds: period < 60)
            }
            return times[0] + (times.contains { $0.contains(" ") } ? " to " : "-") + times[1]
        }
    }
}
