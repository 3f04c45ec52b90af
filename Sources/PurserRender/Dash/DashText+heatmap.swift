import Foundation
import PurserCore

extension DashText {
    /// The latency of all calls over time, in place of the plot of its percentiles.
    func heatmapLines(_ heatmap: LatencyHeatmap) -> [Line] {
        var heading = [Line("LATENCY", .heading), Line("calls by how long they took, log scale")]
        if frame.window.isPartial { heading.append(Line("*\(partialStep)")) }
        let most = heatmap.counts.compactMap { $0?.max() }.max() ?? 0
        let legend = legend(most: most)
        var lines = Line.flow(heading, width: width)
        if lines.count == 1, lines[0].width + 2 + legend.width <= width {
            lines[0].append(legend.rightAligned(in: width - lines[0].width))
        } else {
            lines.append(legend)
        }
        let labels = heatmap.edges.map { NumberText.duration(seconds: $0) }
        let axis = (labels.map(\.count).max() ?? 0) + 2
        let columns = max(8, width - axis)
        let shades = shades
        for row in (0..<heatmap.rows).reversed() {
            var line = Line(labels[row]).rightAligned(in: axis - 2)
            line.append(style.symbols == .utf8 ? " ┤" : " +")
            let cells = heatmap.counts.map { counts in counts.map { shade($0[row], of: most, shades) } }
            line.append(String(stretched(cells, to: columns).map { $0 ?? " " }))
            lines.append(line)
        }
        lines += TimeAxis(window: frame.window, symbols: style.symbols).lines(plot: axis..<axis + columns)
        return lines + events.lines(plot: axis..<axis + columns, width: width) + gapLines(indent: axis)
    }

    private var shades: [Character] {
        style.symbols == .utf8 ? ["·", "░", "▒", "▓", "█"] : [".", ":", "-", "+", "#"]
    }

    /// Returns a denser character for more calls, on a logarithmic scale: a single slow call stays visible.
    private func shade(_ count: Int, of most: Int, _ shades: [Character]) -> Character {
        guard count > 0 else { return " " }
        guard most > 1 else { return shades[shades.count - 1] }
        let share = log(Double(count)) / log(Double(most))
        return shades[min(Int(share * Double(shades.count)), shades.count - 1)]
    }

    private func legend(most: Int) -> Line {
        let shades = shades
        let least = shades.indices.map { index in
            most > 1 ? Int(pow(Double(most), Double(index) / Double(shades.count)).rounded(.up)) : 1
        }
        var shown: [String] = []
        for (index, shade) in shades.enumerated() where index == shades.count - 1 || least[index] < least[index + 1] {
            shown.append("\(shade) \(NumberText.count(Double(least[index])))")
        }
        return Line(shown.joined(separator: "  ") + " or more calls")
    }

    /// Returns one cell per column; a step has as many columns as there is room for, and steps that share a column show
    /// the densest.
    private func stretched(_ cells: [Character?], to columns: Int) -> [Character?] {
        guard !cells.isEmpty else { return [] }
        let order = shades
        return (0..<columns).map { column in
            let first = column * cells.count / columns
            let last = max(first + 1, (column + 1) * cells.count / columns)
            return cells[first..<last].compactMap(\.self).max {
                (order.firstIndex(of: $0) ?? -1) < (order.firstIndex(of: $1) ?? -1)
            }
        }
    }
}
