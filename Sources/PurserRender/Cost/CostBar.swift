import Foundation
import PurserCore

/// The month's costs as a bar: what is spent, held by calls in flight, and forecast for the rest of the month, with a mark
/// for the budget.
struct CostBar {
    struct Segment {
        var character: Character
        var name: String
        var end: Double
    }

    let segments: [Segment]
    let limit: Double?
    private let rest: Character
    /// The dollars at the right end.
    let scale: Double

    /// Nil if there is nothing to draw: nothing spent and no budget.
    init?(_ cost: DashFrame.CostPanel, symbols: TerminalStyle.Symbols) {
        let spent = cost.spent.dollars
        let used = (cost.spent + cost.held).dollars
        let rate = cost.forecast?.mean.dollars ?? 0
        let highest = max(used, rate, cost.limit?.dollars ?? 0)
        guard highest > 0 else { return nil }
        let marks: [Character] = symbols == .utf8 ? ["█", "▓", "▒", "·"] : ["#", "%", "=", "."]
        let all = [
            Segment(character: marks[0], name: "spent", end: spent),
            Segment(character: marks[1], name: "held", end: used),
            Segment(character: marks[2], name: "to come", end: rate),
        ]
        var end = 0.0
        segments = all.filter { segment in
            defer { end = max(end, segment.end) }
            return segment.end > end
        }
        rest = marks[3]
        limit = cost.limit?.dollars
        scale = Self.roundEnd(max(highest * 1.02, 0.01))
    }

    var scaleText: String {
        "$" + (scale == scale.rounded() ? NumberText.fixed(scale, decimals: 0) : NumberText.fixed(scale, decimals: 2))
    }

    /// Returns the segments that a bar of this width shows, by their characters.
    func legend(width: Int) -> Line {
        let drawn = characters(width: width)
        let shown = segments.filter { drawn.contains($0.character) }
        return Line(shown.map { "\($0.character) \($0.name)" }.joined(separator: "  "))
    }

    func line(width: Int) -> Line {
        var line = Line()
        let mark = limit.map { markColumn($0, width) }
        for (column, character) in characters(width: width).enumerated() {
            if column == mark {
                line.append("|")
            } else {
                let isOver = mark.map { column > $0 && character != rest } ?? false
                line.append(String(character), isOver ? .warning : nil)
            }
        }
        return line
    }

    /// Returns the column of the budget's mark; nil without a budget.
    func mark(width: Int) -> Int? {
        limit.map { markColumn($0, width) }
    }

    private func markColumn(_ limit: Double, _ width: Int) -> Int {
        min(Int(limit / scale * Double(width)), width - 1)
    }

    private func characters(width: Int) -> [Character] {
        // An amount is always visible, however small.
        let ends = segments.enumerated().map { position, segment in
            max(Int((segment.end / scale * Double(width)).rounded()), position == 0 ? 1 : 0)
        }
        return (0..<width).map { column in
            zip(segments, ends).first { column < $0.1 }?.0.character ?? rest
        }
    }

    private static func roundEnd(_ value: Double) -> Double {
        let decade = pow(10, floor(log10(value)))
        let factor = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].first { $0 * decade >= value * 0.999_999 } ?? 10
        return factor * decade
    }
}
