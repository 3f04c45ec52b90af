import PurserCore

extension DashPage {
    /// The signals with their courses over the window, and the values behind the courses.
    var signals: HTML {
        guard !frame.signals.isEmpty else { return "" }
        let window = frame.window
        let unit = RateUnit(frame.signals)
        let (from, to) = text.windowEnds
        let course = from + text.windowDash + to + (window.isPartial ? "*" : "")
        let rows = text.signalRows.enumerated().map { index, row -> [HTML] in
            let spark = WebSparkline(
                id: "spark-\(index)",
                name: "\(row.signal.name) \(course)",
                values: row.signal.values,
                isPartial: window.isPartial
            ) { row.signal.text($0, unit) }
            let ink = row.signal.notice?.ink
            let change: HTML = "\(Line(row.cells[3], ink))"
            return [
                name(row.signal), "\(Line(row.cells[1], ink))", "\(row.cells[2])", change, spark.html,
                "\(row.bounds[0])", "\(row.bounds[1])",
            ]
        }
        let table = WebTable(
            caption: "Signals\(partialNote)",
            columns: [
                .init(title: "Signal"), .init(title: "Now", isNumber: true), .init(title: "Usual", isNumber: true),
                .init(title: "Change", isNumber: true), .init(title: course), .init(title: "Min", isNumber: true),
                .init(title: "Max", isNumber: true),
            ],
            rows: rows
        )
        let data = ChartData(
            title: "Signals",
            start: window.from,
            period: window.periodSeconds,
            isPartial: window.isPartial,
            reference: frame.at,
            columns: frame.signals.map { signal in
                .init(name: signal.name, values: signal.values) { signal.text($0, unit) }
            }
        )
        return .section("signals", "Signals", "\(table.html)\(data.html)")
    }

    /// Returns a signal's name, and in a word what its colour says.
    private func name(_ signal: DashFrame.Signal) -> HTML {
        let word: HTML =
            switch signal.notice {
            case .alarm: " <strong class=\"alarm\">alarm</strong>"
            case .look: " <span class=\"warning\">unusual</span>"
            case nil: ""
            }
        return signal.isPart ? "<span class=\"part\">\(signal.name)</span>\(word)" : "\(signal.name)\(word)"
    }
}
