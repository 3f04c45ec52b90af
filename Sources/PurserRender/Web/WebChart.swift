import PurserCore

/// A plot of series over one time range as a drawing in the page, with its names and its data.
///
/// The lines are stretched to the width of the screen; the texts keep their size, so they are drawn beside the lines, in
/// drawings of a fixed width.
struct WebChart {
    /// Distinguishes the chart from others on the page.
    var id: String
    var title: String
    /// The drawn time in words.
    var period: String
    var plot: SeriesPlot
    /// A colour for each course.
    var inks: [WebInk]
    var window: DashFrame.Window
    /// Whether the last step is not over.
    var isPartial: Bool
    /// What is drawn along the time axis.
    var events: EventLanes
    /// What the description says besides, such as the gaps.
    var notes: [String]
    var hidesLegend = false

    private static let height = 240.0
    /// Room above the highest and below the lowest value, for half of a text.
    private static let margin = 8.0
    /// The width of the lines' own coordinates.
    private static let width = 1000.0
    /// The height of a line of text.
    private static let lineHeight = 15.0
    /// The width of a character in most fonts of this size.
    private static let characterWidth = 8.0

    var html: HTML {
        """
        \(hidesLegend ? "" : legend)<div class="chart">
        \(ticks)\(middle)\(ends)</div>

        """
    }

    private var steps: Int {
        plot.courses.map(\.values.count).max() ?? 0
    }

    private func y(_ value: Double) -> Double {
        Self.margin + (1 - plot.scale.position(value)) * (Self.height - 2 * Self.margin)
    }

    private func x(_ step: Double) -> Double {
        step / Double(max(steps, 1)) * Self.width
    }

    private func name(_ course: SeriesPlot.Course) -> String {
        TerminalText.cut(TerminalText.sanitized(course.name), to: SeriesPlot.mostNameColumns)
    }

    private func lastValue(_ course: SeriesPlot.Course) -> String? {
        course.last.map { course.text(course.written ?? $0) }
    }

    // Words.

    /// The names of the lines and of the thresholds, each with a sample and its newest value.
    private var legend: HTML {
        let lines = zip(plot.courses, inks).enumerated().map { index, pair -> HTML in
            let (course, ink) = pair
            let note = course.lastStep.map(plot.endNote) ?? ""
            return "<li>\(sample("line \(ink.rawValue) dash\(index % 6)"))"
                + "<span>\(course.name) \(lastValue(course) ?? "no data")\(note)</span></li>\n"
        }
        let thresholds = plot.thresholds.map { threshold -> HTML in
            "<li>\(sample("threshold"))<span>\(plot.words(threshold))</span></li>\n"
        }
        return "<ul class=\"legend\">\n\(lines + thresholds)</ul>\n"
    }

    private func sample(_ name: String) -> HTML {
        "<svg width=\"28\" height=\"8\" aria-hidden=\"true\"><path class=\"\(name)\" d=\"M0 4H28\"/></svg>"
    }

    /// What a reader who does not see the chart gets to know.
    private var description: String {
        var parts = [period, plot.scale.isLogarithmic ? "log scale" : "linear scale"]
        parts += plot.courses.map { course in
            let known = course.values.compactMap(\.self).filter(\.isFinite)
            guard let least = known.min(), let most = known.max(), let last = lastValue(course) else {
                return "\(name(course)): no data"
            }
            return "\(name(course)): \(course.text(least)) to \(course.text(most)), last \(last)"
        }
        parts += plot.thresholds.map { TerminalText.cut(plot.words($0), to: 80) } + notes
        return parts.joined(separator: "; ")
    }

    // Drawings.

    private var ticks: HTML {
        guard let text = plot.courses.first?.text else { return "" }
        var used: [Double] = []
        var labels: [(y: Double, text: String)] = []
        for tick in plot.scale.ticks {
            let y = y(tick)
            guard used.allSatisfy({ abs($0 - y) >= Self.lineHeight }) else { continue }
            used.append(y)
            labels.append((y, SeriesPlot.trimmed(text(tick))))
        }
        let width = Self.width(of: labels.map(\.text))
        let texts = labels.map { label -> HTML in
            "<text x=\"\(width - 6)\" y=\"\(label.y + 4)\" text-anchor=\"end\">\(label.text)</text>\n"
        }
        return "<svg width=\"\(width)\" height=\"264\" aria-hidden=\"true\">\n\(texts)</svg>\n"
    }

    private static func width(of texts: [String]) -> Double {
        Double(texts.map { TerminalText.width(of: $0) }.max() ?? 0) * characterWidth + 10
    }

    /// The name and the last value of each line at its height, moved apart where two would overlap.
    private var ends: HTML {
        var labels = zip(plot.courses, inks).compactMap { course, ink -> (y: Double, text: String, ink: WebInk)? in
            guard let last = course.last, let value = lastValue(course) else { return nil }
            return (y(last), "\(name(course)) \(value)", ink)
        }.sorted { $0.y < $1.y }
        for index in labels.indices.dropFirst() {
            labels[index].y = max(labels[index].y, labels[index - 1].y + Self.lineHeight)
        }
        var floor = Self.height - Self.margin
        for index in labels.indices.reversed() {
            labels[index].y = min(labels[index].y, floor)
            floor = labels[index].y - Self.lineHeight
        }
        let texts = labels.map { label -> HTML in
            "<text class=\"\(label.ink.rawValue)\" x=\"6\" y=\"\(label.y + 4)\">\(label.text)</text>\n"
        }
        let width = Self.width(of: labels.map(\.text))
        return "<svg width=\"\(width)\" height=\"264\" aria-hidden=\"true\">\n\(texts)</svg>\n"
    }

    private var middle: HTML {
        """
        <svg class="middle" width="100%" height="264" role="img" aria-labelledby="\(id)-title \(id)-desc">
        <title id="\(id)-title">\(title)</title>
        <desc id="\(id)-desc">\(description)</desc>
        <svg class="plot" width="100%" height="240" viewBox="0 0 1000 240" preserveAspectRatio="none">
        \(partialStep)\(grid)\(alarmSpans)\(marks)\(lines)\(thresholdLines)</svg>
        \(partialMark)\(thresholdNames)\(times)</svg>

        """
    }

    private var partialStep: HTML {
        guard isPartial, steps > 0 else { return "" }
        return "<rect class=\"not-over\" x=\"\(x(Double(steps - 1)))\" y=\"0\" width=\"\(x(1))\" height=\"240\"/>\n"
    }

    /// The sign of a step that is not over.
    private var partialMark: HTML {
        isPartial && steps > 0 ? "<text x=\"100%\" y=\"12\" text-anchor=\"end\">*</text>\n" : ""
    }

    private var grid: HTML {
        let lines = plot.scale.ticks.map { tick -> HTML in "M0 \(y(tick))H1000" }
        return "<path class=\"grid\" d=\"\(lines)\"/>\n<path class=\"edge\" d=\"M0 0V240H1000\"/>\n"
    }

    private var lines: [HTML] {
        zip(plot.courses, inks).enumerated().map { index, pair in
            let (course, ink) = pair
            return "<path class=\"line \(ink.rawValue) dash\(index % 6)\" d=\"\(path(course.values))\"/>\n"
        }
    }

    /// Returns a line through the middles of the steps, broken where there is no value. A value without neighbours is as
    /// wide as its step.
    private func path(_ values: [Double?]) -> [HTML] {
        func value(_ step: Int) -> Double? {
            values.indices.contains(step) ? values[step].flatMap { $0.isFinite ? $0 : nil } : nil
        }
        return values.indices.compactMap { step in
            guard let height = value(step).map(y) else { return nil }
            let middle = x(Double(step) + 0.5)
            switch (value(step - 1), value(step + 1)) {
            case (nil, nil): return "M\(x(Double(step))) \(height)H\(x(Double(step + 1)))"
            case (nil, _): return "M\(middle) \(height)"
            default: return "L\(middle) \(height)"
            }
        }
    }

    private var thresholdLines: [HTML] {
        plot.thresholds.flatMap(\.values).filter(\.isFinite).map { value in
            "<path class=\"threshold\" d=\"M0 \(y(value))H1000\"/>\n"
        }
    }

    /// A band along the axis while an alarm was in ALARM.
    private var alarmSpans: [HTML] {
        events.spans.map { span in
            let (start, end) = (events.share(span.start), events.share(span.end ?? window.to))
            let width = max(2, (end - start) * Self.width)
            return "<rect class=\"in-alarm\" x=\"\(start * Self.width)\" y=\"232\" width=\"\(width)\" height=\"8\"/>\n"
        }
    }

    private var marks: [HTML] {
        events.drawn.flatMap { mark in
            [mark.time, mark.end].compactMap(\.self)
        }.map { time in
            "<path class=\"mark\" d=\"M\(events.share(time) * Self.width) 0V240\"/>\n"
        }
    }

    private var thresholdNames: [HTML] {
        plot.thresholds.compactMap { threshold in
            guard let value = threshold.values.filter(\.isFinite).max() else { return nil }
            // Below the line if there is no room above it.
            let place = y(value) < 24 ? y(value) + 14 : y(value) - 5
            let name = TerminalText.cut(TerminalText.sanitized(plot.words(threshold)), to: 32)
            return "<text class=\"threshold-name\" x=\"4\" y=\"\(place)\">\(name)</text>\n"
        }
    }

    /// Round times below the plot; some of them only where there is room.
    private var times: [HTML] {
        let marks = TimeAxis.marks(window, most: window.steps * window.periodSeconds > 86_400 ? 4 : 8)
        let texts = marks.enumerated().compactMap { index, mark -> HTML? in
            guard mark.share >= 0, mark.share <= 1 else { return nil }
            let anchor = mark.share < 0.06 ? "start" : mark.share > 0.94 ? "end" : "middle"
            let minor: HTML =
                index % 2 == 1 ? " class=\"minor\"" : index % 4 == 2 ? " class=\"lesser\"" : ""
            return """
                <text\(minor) x="\(mark.share * 100)%" y="258" text-anchor="\(anchor)">\(mark.text)</text>

                """
        }
        return texts
    }
}

extension HTML {
    static func + (left: HTML, right: HTML) -> HTML {
        "\(left)\(right)"
    }
}
