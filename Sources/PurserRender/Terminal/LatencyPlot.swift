import PurserCore

/// A plot of the latency percentiles over the window, ten rows high.
struct LatencyPlot {
    private struct Course {
        let name: String
        let letter: Character
        let ink: Ink
        let values: [Double?]
    }

    static let rows = 10

    let scale: AxisScale
    private let courses: [Course]
    private let threshold: Double?
    private let window: DashFrame.Window
    private let symbols: TerminalStyle.Symbols

    /// Nil if no step has a value.
    init?(_ latency: DashFrame.Latency, window: DashFrame.Window, symbols: TerminalStyle.Symbols) {
        // The most serious comes last, because it is drawn over the others.
        courses = [
            Course(name: "p50", letter: ".", ink: .p50, values: latency.p50),
            Course(name: "p90", letter: "o", ink: .p90, values: latency.p90),
            Course(name: "p99", letter: "^", ink: .p99, values: latency.p99),
        ]
        let values = courses.flatMap { $0.values.compactMap { $0 } }.filter(\.isFinite)
        guard !values.isEmpty else { return nil }
        threshold = latency.threshold.flatMap { $0.isFinite ? $0 : nil }
        scale = AxisScale(holding: values + [threshold].compactMap { $0 })
        self.window = window
        self.symbols = symbols
    }

    /// The legend of the lines, for the panel's heading.
    var legend: Line {
        var line = Line()
        for course in courses {
            line.append((line.width > 0 ? "  " : "") + course.name, course.ink)
            if symbols == .ascii { line.append(" \(course.letter)", course.ink) }
        }
        if let threshold {
            line.append("     ")
            line.append("- - alarm threshold " + NumberText.duration(seconds: threshold))
        }
        return line
    }

    /// Returns the rows with the axis before them and the lines' last values after them.
    func lines(width: Int) -> (lines: [Line], plot: Range<Int>) {
        let ticks = tickRows
        let axis = (ticks.values.map(\.count).max() ?? 0) + 2
        let ends = endLabels
        let columns = max(8, width - axis - 2 - (ends.values.map(\.width).max() ?? 0))
        let canvas = canvas(columns: columns)
        let bar = symbols == .utf8 ? ("┤", "│") : ("+", "|")
        let lines = (0..<Self.rows).map { row -> Line in
            var line = Line(ticks[row] ?? "").rightAligned(in: axis - 1)
            line.append(ticks[row] == nil ? bar.1 : bar.0)
            for column in 0..<columns {
                let cell = canvas.cell(column: column, row: row)
                line.append(String(cell.character), cell.ink)
            }
            if let end = ends[row] {
                line.append(" ")
                line.append(end)
            }
            return line
        }
        return (lines, axis..<axis + columns)
    }

    private func row(of value: Double) -> Int {
        dot(of: value) / 4
    }

    private func dot(of value: Double) -> Int {
        let highest = Self.rows * 4 - 1
        return highest - Int((scale.position(value) * Double(highest)).rounded())
    }

    /// A label on the row that holds its value; never two on neighbouring rows.
    private var tickRows: [Int: String] {
        scale.ticks.reduce(into: [:]) { labels, tick in
            let row = row(of: tick)
            guard (row - 1...row + 1).allSatisfy({ labels[$0] == nil }) else { return }
            labels[row] = Self.tickText(tick)
        }
    }

    private static func tickText(_ seconds: Double) -> String {
        let text = NumberText.duration(seconds: seconds)
        guard text.hasSuffix("s"), text.contains(".") else { return text }
        let digits = text.dropLast().reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()
        return String(digits) + "s"
    }

    /// The last value of each line at its height, moved apart if two would overlap; with its age if the line ends before
    /// the plot does.
    private var endLabels: [Int: Line] {
        var labels: [(row: Int, text: Line)] = courses.reversed().compactMap { course in
            guard let step = course.values.lastIndex(where: { $0?.isFinite ?? false }), let last = course.values[step]
            else { return nil }
            let text = course.name + " " + NumberText.duration(seconds: last)
            return (row(of: last), Line(text + age(ofStep: step), course.ink))
        }
        for index in labels.indices.dropFirst() {
            labels[index].row = max(labels[index].row, labels[index - 1].row + 1)
        }
        var floor = Self.rows - 1
        for index in labels.indices.reversed() {
            labels[index].row = min(labels[index].row, floor)
            floor = labels[index].row - 1
        }
        return Dictionary(labels.map { ($0.row, $0.text) }) { first, _ in first }
    }

    private func age(ofStep step: Int) -> String {
        let silence = window.dataEnd - (window.from + (step + 1) * window.periodSeconds)
        // The last step may have just begun.
        guard silence >= Int64(window.periodSeconds) * 1000 else { return "" }
        return ", \(NumberText.age(milliseconds: silence)) ago"
    }

    private func canvas(columns: Int) -> PlotCanvas {
        var canvas = PlotCanvas(columns: columns, rows: Self.rows)
        for course in courses {
            if symbols == .utf8 {
                drawDots(course, on: &canvas)
            } else {
                drawLetters(course, on: &canvas)
            }
        }
        drawThreshold(on: &canvas)
        return canvas
    }

    private func drawDots(_ course: Course, on canvas: inout PlotCanvas) {
        // Use the highest value of a share: a mean would hide a single bad minute.
        let values = Sparkline.bucketed(course.values, to: canvas.columns * 2) { $0.max() ?? 0 }
        let step = Double(canvas.columns * 2) / Double(max(1, values.count))
        var previous: (x: Int, y: Int)?
        for (position, value) in values.enumerated() {
            guard let value, value.isFinite else {
                previous = nil
                continue
            }
            let point = (x: Int((Double(position) + 0.5) * step), y: dot(of: value))
            if let previous {
                canvas.line(from: previous, to: point, ink: course.ink)
            } else {
                // A value without neighbours is drawn as wide as its step, or it would be a single dot.
                canvas.line(from: (Int(Double(position) * step), point.y), to: point, ink: course.ink)
            }
            let isLast = position == values.count - 1 || !(values[position + 1]?.isFinite ?? false)
            if isLast {
                let end = max(point.x, Int(Double(position + 1) * step) - 1)
                canvas.line(from: point, to: (end, point.y), ink: course.ink)
            }
            previous = point
        }
    }

    private func drawLetters(_ course: Course, on canvas: inout PlotCanvas) {
        let values = Sparkline.bucketed(course.values, to: canvas.columns) { $0.max() ?? 0 }
        guard !values.isEmpty else { return }
        for column in 0..<canvas.columns {
            guard let value = values[column * values.count / canvas.columns], value.isFinite else { continue }
            canvas.put(course.letter, column: column, row: row(of: value), ink: course.ink)
        }
    }

    /// Draws dashes in places without a line.
    private func drawThreshold(on canvas: inout PlotCanvas) {
        guard let threshold else { return }
        if symbols == .ascii {
            let row = row(of: threshold)
            for column in stride(from: 0, to: canvas.columns, by: 2) where canvas.isBlank(column: column, row: row) {
                canvas.put("-", column: column, row: row, ink: nil)
            }
            return
        }
        let y = dot(of: threshold)
        for column in 0..<canvas.columns where column % 3 != 2 && canvas.isBlank(column: column, row: y / 4) {
            canvas.dot(x: column * 2, y: y, ink: nil)
            canvas.dot(x: column * 2 + 1, y: y, ink: nil)
        }
    }
}
