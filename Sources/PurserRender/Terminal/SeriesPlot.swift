import PurserCore

/// A plot of any number of series over one time range.
struct SeriesPlot {
    struct Course {
        var name: String
        var ink: SeriesInk
        /// nil where there is no value; the list covers the whole range in equal steps.
        var values: [Double?]
        /// How its values are written.
        var text: (Double) -> String
        /// The value at the end of the line, if it is not that of its height.
        var written: Double?

        var last: Double? {
            lastStep.flatMap { values[$0] }
        }

        var lastStep: Int? {
            values.lastIndex { $0?.isFinite ?? false }
        }
    }

    /// A line across the plot, or the two edges of a band.
    struct Threshold {
        var values: [Double]
        var label: String
    }

    private static let letters: [Character] = Array(".o^x+*%&")
    static let mostNameColumns = 16

    let scale: AxisScale
    let courses: [Course]
    let thresholds: [Threshold]
    private let rows: Int
    let endNote: (Int) -> String
    private let symbols: TerminalStyle.Symbols

    /// - Parameters:
    ///   - courses: The most serious last: it is drawn over the others.
    ///   - axis: The bounds of the scale, if they are given.
    ///   - endNote: What to add to the value at a line's end, by the step of that value.
    ///   - mayBeLogarithmic: Whether the scale is logarithmic where large values would hide small ones.
    init(
        _ courses: [Course],
        thresholds: [Threshold] = [],
        axis: MetricWidget.Axis = .init(),
        mayBeLogarithmic: Bool = false,
        rows: Int = 8,
        endNote: @escaping (_ step: Int) -> String = { _ in "" },
        symbols: TerminalStyle.Symbols
    ) {
        self.courses = courses
        self.thresholds = thresholds
        self.rows = rows
        self.endNote = endNote
        self.symbols = symbols
        // Thresholds are always inside the range.
        let values = (courses.flatMap(\.values).compactMap(\.self) + thresholds.flatMap(\.values)).filter(\.isFinite)
        let isPlain = axis.min == nil && axis.max == nil
        if mayBeLogarithmic, isPlain, values.allSatisfy({ $0 >= 0 }) {
            scale = AxisScale(holding: values)
        } else {
            scale = AxisScale(holding: values, low: axis.min, high: axis.max)
        }
    }

    /// The names of the lines and of the thresholds, on as many lines as they need.
    func legend(width: Int) -> [Line] {
        var fragments = courses.enumerated().map { index, course in
            Line(course.name + (symbols == .ascii ? " \(Self.letter(index))" : ""), .series(course.ink))
        }
        fragments += thresholds.map { threshold in
            Line("- - " + words(threshold))
        }
        return Line.flow(fragments.map { $0.cut(to: width) }, width: width)
    }

    /// Returns a threshold's name and values: `alarm threshold 10.0s`.
    func words(_ threshold: Threshold) -> String {
        let values = threshold.values.map { courses.first?.text($0) ?? "" }.joined(separator: " to ")
        return (threshold.label.isEmpty ? "" : threshold.label + " ") + values
    }

    private static func letter(_ index: Int) -> Character {
        letters[index % letters.count]
    }

    /// Returns the rows with the axis before them and the lines' last values after them, and the plot's columns.
    func lines(width: Int) -> (lines: [Line], plot: Range<Int>) {
        let ticks = tickRows
        let axis = (ticks.values.map { TerminalText.width(of: $0) }.max() ?? 0) + 2
        let ends = endLabels
        let columns = max(8, width - axis - 2 - (ends.values.map(\.width).max() ?? 0))
        let canvas = canvas(columns: columns)
        let bar = symbols == .utf8 ? ("┤", "│") : ("+", "|")
        let lines = (0..<rows).map { row -> Line in
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
        let highest = rows * 4 - 1
        return highest - Int((scale.position(value) * Double(highest)).rounded())
    }

    /// A label on the row that holds its value; never two on neighbouring rows.
    private var tickRows: [Int: String] {
        guard let text = courses.first?.text else { return [:] }
        return scale.ticks.reduce(into: [:]) { labels, tick in
            let row = row(of: tick)
            guard (row - 1...row + 1).allSatisfy({ labels[$0] == nil }) else { return }
            labels[row] = Self.trimmed(text(tick))
        }
    }

    /// Returns `40s` for `40.0s`, and `2.5k` for `2.50k`.
    static func trimmed(_ text: String) -> String {
        guard let dot = text.firstIndex(of: ".") else { return text }
        let decimals = text[text.index(after: dot)...].prefix { $0.isASCII && $0.isNumber }
        let kept = String(decimals.reversed().drop { $0 == "0" }.reversed())
        return text[..<dot] + (kept.isEmpty ? "" : "." + kept) + text[decimals.endIndex...]
    }

    /// The last value of each line at its height, moved apart if two would overlap; the last ones that do not fit are
    /// left out.
    private var endLabels: [Int: Line] {
        let names = TerminalText.cut(courses.map { TerminalText.sanitized($0.name) }, to: Self.mostNameColumns)
        let named = zip(courses, names).reversed().prefix(rows)
        var labels: [(row: Int, text: Line)] = named.compactMap { course, name in
            guard let step = course.lastStep, let last = course.last else { return nil }
            return (
                row(of: last),
                Line(name + " " + course.text(course.written ?? last) + endNote(step), .series(course.ink))
            )
        }.sorted { $0.row < $1.row }
        for index in labels.indices.dropFirst() {
            labels[index].row = max(labels[index].row, labels[index - 1].row + 1)
        }
        var floor = rows - 1
        for index in labels.indices.reversed() {
            labels[index].row = min(labels[index].row, floor)
            floor = labels[index].row - 1
        }
        return Dictionary(labels.map { ($0.row, $0.text) }) { first, _ in first }
    }

    private func canvas(columns: Int) -> PlotCanvas {
        var canvas = PlotCanvas(columns: columns, rows: rows)
        for (index, course) in courses.enumerated() {
            if symbols == .utf8 {
                drawDots(course, on: &canvas)
            } else {
                drawLetters(course, Self.letter(index), on: &canvas)
            }
        }
        for value in thresholds.flatMap(\.values) where value.isFinite { draw(threshold: value, on: &canvas) }
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
            // A value without neighbours is drawn as wide as its step, or it would be a single dot.
            canvas.line(
                from: previous ?? (Int(Double(position) * step), point.y),
                to: point,
                ink: .series(course.ink)
            )
            if position == values.count - 1 || !(values[position + 1]?.isFinite ?? false) {
                let end = max(point.x, Int(Double(position + 1) * step) - 1)
                canvas.line(from: point, to: (end, point.y), ink: .series(course.ink))
            }
            previous = point
        }
    }

    private func drawLetters(_ course: Course, _ letter: Character, on canvas: inout PlotCanvas) {
        let values = Sparkline.bucketed(course.values, to: canvas.columns) { $0.max() ?? 0 }
        guard !values.isEmpty else { return }
        for column in 0..<canvas.columns {
            guard let value = values[column * values.count / canvas.columns], value.isFinite else { continue }
            canvas.put(letter, column: column, row: row(of: value), ink: .series(course.ink))
        }
    }

    /// Draws dashes in places without a line.
    private func draw(threshold: Double, on canvas: inout PlotCanvas) {
        let y = dot(of: threshold)
        for column in 0..<canvas.columns where canvas.isBlank(column: column, row: y / 4) {
            if symbols == .ascii {
                if column % 2 == 0 { canvas.put("-", column: column, row: y / 4, ink: nil) }
            } else if column % 3 != 2 {
                canvas.dot(x: column * 2, y: y, ink: nil)
                canvas.dot(x: column * 2 + 1, y: y, ink: nil)
            }
        }
    }
}
