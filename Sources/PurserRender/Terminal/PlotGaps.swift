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
            let begin = start + gap.lowerBound * period
            let end = max(begin, min(start + gap.upperBound * period, reference))
            let isOneDay = begin.floored(toSeconds: 86_400) == end.floored(toSeconds: 86_400)
            let times = [(begin, reference), (end, isOneDay ? reference : begin)].map {
                NumberText.clock($0, seenFrom: $1, seconds: period < 60)
            }
            return times[0] + (times.contains { $0.contains(" ") } ? " to " : "-") + times[1]
        }
    }
}
