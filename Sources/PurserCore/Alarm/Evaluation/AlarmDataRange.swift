/// The data that evaluations need: all slots from `from` on and before `to`, merged at least into the pieces of a grid.
package struct AlarmDataRange: Sendable, Hashable {
    package var from: Timestamp
    package var to: Timestamp
    package let grid: SlotGrid
    let window: EvaluationWindow

    /// What two ranges have in common if the same tables serve both.
    package struct Alignment: Hashable {
        let grid: SlotGrid
        let window: EvaluationWindow
    }

    package var alignment: Alignment {
        Alignment(grid: grid, window: window)
    }

    /// Returns the range that includes another one with the same alignment.
    package func union(_ other: AlarmDataRange) -> AlarmDataRange {
        var range = self
        (range.from, range.to) = (min(from, other.from), max(to, other.to))
        return range
    }
}

extension AlarmDefinition {
    package var metrics: [AlarmMetric] { rule.metrics }

    /// Whether the alarm has a band, so that its data includes the history of its metrics.
    package var usesBand: Bool {
        if case .math(let math) = rule { !math.bandedIds.isEmpty } else { false }
    }

    /// With more cuts than this, pieces of one length are as good.
    private static let mostCuts = 64

    /// Returns the data needed by evaluations at `steps`, which must be in ascending order; nil if they do not need
    /// data.
    package func dataRange(steps: [Timestamp]) -> AlarmDataRange? {
        guard let first = steps.first, let last = steps.last, let condition else { return nil }
        let (from, to) = (evaluationRange(at: first).lowerBound, evaluationRange(at: last).upperBound)
        let grid: SlotGrid
        switch condition.window {
        case .wallClock(let zone):
            // Days that are longer than others are made of the same pieces.
            let all = SlotGrid(period: period, cuts: zone.bounds(ofPeriod: period, from: from, to: to))
            grid = SlotGrid(period: all.stride, from: from)
        case .sliding:
            let grain = AlarmFittedRules.windowGrain(period: period, evaluationPeriods: condition.evaluationPeriods)
            grid = slidingGrid(from, steps, grain: grain)
        }
        return AlarmDataRange(from: from, to: to, grid: grid, window: condition.window)
    }

    /// Returns the pieces between the periods of all steps; windows begin and end at multiples of `grain` seconds.
    private func slidingGrid(_ from: Timestamp, _ steps: [Timestamp], grain: Int) -> SlotGrid {
        if grain % period == 0 { return SlotGrid(period: period, from: from) }
        // A period's end is the start of the next one, and only its place within the period counts.
        var cuts: Set<Timestamp> = []
        for step in steps {
            let end = evaluationRange(at: step).upperBound
            cuts.insert(from + Int((end - from) / 1000) % period)
            if cuts.count > Self.mostCuts {
                let stride = SlotGrid(period: period, cuts: [from, from + grain]).stride
                return SlotGrid(period: stride, from: from)
            }
        }
        return SlotGrid(period: period, cuts: cuts)
    }
}
