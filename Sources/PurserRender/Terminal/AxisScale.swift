import Foundation

/// A vertical scale with round bounds: linear from zero, or logarithmic if large values would hide small ones.
struct AxisScale: Sendable, Equatable {
    let isLogarithmic: Bool
    let low: Double
    let high: Double
    /// Round values inside the bounds, the most useful first.
    let ticks: [Double]

    /// Creates a scale for all values; logarithmic if the largest is more than twenty times the smallest above zero.
    init(holding values: [Double]) {
        // Values outside the range of a microsecond to thirty thousand years are drawn at the edge.
        let positive = values.filter { $0 > 0 && $0.isFinite }.map { min(max($0, 1e-6), 1e12) }
        let highest = positive.max() ?? 1
        let lowest = positive.min() ?? highest
        isLogarithmic = highest / lowest > 20
        if isLogarithmic {
            low = Self.decade(lowest) * (Self.steps.last { $0 * Self.decade(lowest) <= lowest } ?? 1)
            high = Self.decade(highest) * (Self.steps.first { $0 * Self.decade(highest) >= highest } ?? 10)
            ticks = Self.logarithmicTicks(from: low, to: high)
        } else {
            let raw = highest / 4
            let step = Self.decade(raw) * ([1, 2, 2.5, 5, 10].first { $0 * Self.decade(raw) >= raw } ?? 10)
            low = 0
            // A small tolerance, so that 0.3 / 0.1 does not become four steps.
            high = step * (highest / step - 1e-9).rounded(.up)
            ticks = (0...Int((high / step).rounded())).map { Double($0) * step }
        }
    }

    /// Creates a linear scale that holds all values and zero, unless a bound is given.
    init(holding values: [Double], low least: Double?, high most: Double?) {
        let known = values.filter(\.isFinite).map(Self.bounded)
        let bounds = (least: least.map(Self.bounded), most: most.map(Self.bounded))
        var bottom = bounds.least ?? min(0, known.min() ?? 0)
        var top = bounds.most ?? max(0, known.max() ?? 0)
        if top <= bottom {
            // All values are beyond the only bound that is given.
            if bounds.least == nil, bounds.most != nil {
                bottom = top - max(1, top.magnitude)
            } else {
                top = bottom + max(1, bottom.magnitude)
            }
        }
        let raw = (top - bottom) / 4
        let step = Self.decade(raw) * ([1, 2, 2.5, 5, 10].first { $0 * Self.decade(raw) >= raw * (1 - 1e-9) } ?? 10)
        isLogarithmic = false
        let start = bounds.least ?? step * (bottom / step + 1e-9).rounded(.down)
        let given = bounds.most.flatMap { $0 > start ? $0 : nil }
        low = start
        high = given ?? step * (top / step - 1e-9).rounded(.up)
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        ticks = first <= last ? (0...Int(min(last - first, 100))).map { (first + Double($0)) * step } : []
    }

    /// Returns the position of a value: 0 at the bottom, 1 at the top; values outside are at the nearer end.
    func position(_ value: Double) -> Double {
        let share = isLogarithmic ? log(max(value, low) / low) / log(high / low) : (value - low) / (high - low)
        return share.isFinite ? min(max(share, 0), 1) : 0
    }

    /// Returns the value or, if it is larger than can be drawn, the nearest that can.
    private static func bounded(_ value: Double) -> Double {
        min(max(value, -1e15), 1e15)
    }

    private static let steps = [1.0, 2, 5, 10]

    private static func decade(_ value: Double) -> Double {
        pow(10, floor(log10(value)))
    }

    private static func logarithmicTicks(from low: Double, to high: Double) -> [Double] {
        var decades: [Double] = []
        var decade = Self.decade(low)
        while decade <= high * 1.001 {
            decades.append(decade)
            decade *= 10
        }
        let all = decades + decades.map { $0 * 5 } + decades.map { $0 * 2 }
        return all.filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
    }
}
