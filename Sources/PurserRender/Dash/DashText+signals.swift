import PurserCore

extension DashText {
    /// The signals with their sparklines over the window; below 80 columns, each sparkline has its own line.
    var signalLines: [Line] {
        guard !frame.signals.isEmpty else { return [] }
        let rows = signalRows
        let hasBounds = width >= 100
        let titles = ["SIGNAL", "NOW", "USUAL", "CHANGE"]
        let bounds = hasBounds ? ["MIN", "MAX"] : []
        let cells = rows.map { $0.cells + (hasBounds ? $0.bounds : []) }
        let widths = (titles + bounds).enumerated().map { column, title in
            (cells.map { TerminalText.width(of: $0[column]) } + [title.count]).max() ?? 0
        }
        let numbers = widths[1...3].reduce(0) { $0 + $1 + 2 }
        let after = widths.dropFirst(4).reduce(0) { $0 + $1 + 2 }
        let name = min(max(widths[0], 14), max(8, width - numbers - (isStacked ? 0 : after + 12)))
        let room = isStacked ? width - 2 : width - name - numbers - after - 2
        let spark = Sparkline.columns(for: frame.window.steps, in: room)
        let layout = SignalLayout(name: name, widths: widths, spark: spark)

        var lines = [signalHeader(titles + bounds, layout)]
        for (row, cells) in zip(rows, cells) {
            lines += signalRow(row, cells, layout)
        }
        return lines
    }

    /// The signals with their numbers as text.
    var signalRows: [SignalRow] {
        let unit = RateUnit(frame.signals)
        let hasNoCalls = frame.calls?.now == 0
        return frame.signals.map { SignalRow($0, unit, hasNoCalls: hasNoCalls, frame.window.now(at: frame.at)) }
    }

    private struct SignalLayout {
        var name: Int
        var widths: [Int]
        var spark: Int
    }

    private func signalHeader(_ titles: [String], _ layout: SignalLayout) -> Line {
        var line = numbers(titles, layout) { _ in .heading }
        if isStacked { return line }
        let (from, to) = windowEnds
        let end = to + (frame.window.isPartial ? "*" : "")
        let gap = layout.spark - from.count - end.count
        line.append("  ")
        line.append(gap > 0 ? from + String(repeating: " ", count: gap) + end : "", .heading)
        line.pad(to: layout.name + layout.widths[1...3].reduce(0) { $0 + $1 + 2 } + 2 + layout.spark)
        appendBounds(titles, layout, to: &line, ink: .heading)
        return line
    }

    private func signalRow(_ row: SignalRow, _ cells: [String], _ layout: SignalLayout) -> [Line] {
        let ink = row.signal.notice?.ink
        // What is usual is not part of what deviates from it.
        var line = numbers(cells, layout) { $0 == 1 || $0 == 3 ? ink : nil }
        let values = Sparkline.fitted(row.signal.values, to: layout.spark)
        let spark = Sparkline.text(values, symbols: style.symbols)
        if isStacked { return [line, Line("  " + spark, ink)] }
        line.append("  ")
        line.append(spark, ink)
        line.append(String(repeating: " ", count: max(0, layout.spark - spark.count)))
        appendBounds(cells, layout, to: &line, ink: nil)
        return [line]
    }

    private func numbers(_ cells: [String], _ layout: SignalLayout, ink: (_ column: Int) -> Ink?) -> Line {
        var line = Line(TerminalText.cut(cells[0], to: layout.name), ink(0))
        line.pad(to: layout.name)
        for column in 1...3 {
            line.append(Line(cells[column], ink(column)).rightAligned(in: layout.widths[column] + 2))
        }
        return line
    }

    private func appendBounds(_ cells: [String], _ layout: SignalLayout, to line: inout Line, ink: Ink?) {
        for column in cells.indices.dropFirst(4) {
            line.append(Line(cells[column], ink).rightAligned(in: layout.widths[column] + 2))
        }
    }
}

/// A signal with its numbers as text.
struct SignalRow {
    let signal: DashFrame.Signal
    /// Name, now, usual, change.
    let cells: [String]
    /// The lowest and the highest value in the window.
    let bounds: [String]

    init(_ signal: DashFrame.Signal, _ unit: RateUnit, hasNoCalls: Bool, _ newest: Range<Timestamp>) {
        func text(_ value: Double?) -> String { value.map { signal.text($0, unit) } ?? "" }
        let values = signal.values.compactMap { $0 }.filter(\.isFinite)
        let unknown = signal.format == .percent && hasNoCalls ? "no calls" : "no data"
        let time = signal.nowTime ?? newest
        let span = NumberText.span(seconds: Int(time.upperBound - time.lowerBound) / 1000)
        self.signal = signal
        cells = [
            (signal.isPart ? "  " : "") + signal.name,
            signal.now == nil ? unknown : text(signal.now) + (time == newest ? "" : " in \(span)"),
            text(signal.usual),
            NumberText.change(from: signal.usual, to: signal.now),
        ]
        bounds = [text(values.min()), text(values.max())]
    }
}

extension DashFrame.Signal.Notice {
    /// The colour of what needs attention.
    var ink: Ink {
        switch self {
        case .alarm: .alarm
        case .look: .warning
        }
    }
}

extension DashFrame.Signal {
    /// Returns one of the signal's values for people.
    func text(_ value: Double, _ unit: RateUnit) -> String {
        format == .percent ? NumberText.percent(value) : NumberText.rate(value, unit)
    }
}
