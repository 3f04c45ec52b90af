package import PurserCore

/// A frame of `purser dash` as a web page in one file, in the order and the words of the text.
package struct DashPage {
    let frame: DashFrame
    let verdict: DashVerdict
    /// The frame as text without a limit on its width, for the words.
    let text: DashText

    package static func html(_ frame: DashFrame, _ options: WebOptions = WebOptions()) -> String {
        DashPage(frame).page(options).html.markup
    }

    init(_ frame: DashFrame) {
        self.frame = frame
        verdict = DashVerdict(frame)
        text = DashText(
            frame: frame,
            style: TerminalStyle(width: TerminalStyle.widths.upperBound),
            verdict: verdict
        )
    }

    private func page(_ options: WebOptions) -> WebPage {
        WebPage(
            title: "\(verdict.headline) - \(frame.title) - \(NumberText.moment(frame.at))",
            header: header,
            main: options.isCompact ? onCall : onCall + rest,
            footer: closing,
            options: options
        )
    }

    var closing: HTML {
        "<footer class=\"closing\">\n\(HTML.paragraph(text.closingLine))</footer>\n"
    }

    private var header: HTML {
        let region: HTML = frame.region.map { " <span class=\"faint\">\($0)</span>" } ?? ""
        let ages: [HTML] = [
            timed(frame.newestData, text.dataAge), timed(frame.evaluatedAt, text.evaluationAge),
        ]
        return """
            <h1>\(frame.title)\(region)</h1>
            <ul class="facts">
            <li>\(text.period)</li>
            \(ages)</ul>

            """
    }

    private func timed(_ time: Timestamp?, _ line: Line) -> HTML {
        let words: HTML = "\(line)"
        guard let time else { return "<li>\(words)</li>\n" }
        return "<li><time datetime=\"\(time.floored(toSeconds: 1).iso8601())\">\(words)</time></li>\n"
    }

    var verdictBand: HTML {
        """
        <section class="verdict" aria-labelledby="verdict">
        <h2 id="verdict">\(Line(verdict.headline, text.verdictInk))</h2>
        <ul class="facts">
        <li>\(verdict.counts)</li>
        <li>\(HTML.time(frame.at, NumberText.moment(frame.at)))</li>
        </ul>
        </section>

        """
    }

    private var onCall: HTML {
        verdictBand + alarms
            + (verdict.isEmpty ? emptyNote : text.isWindowBlank ? .section("signals", "Signals", blankNote) : signals)
    }

    private var rest: HTML {
        if verdict.isEmpty { return next + others }
        return (text.isWindowBlank ? "" : latency) + cost + requests + next
    }

    private var blankNote: HTML {
        "\(text.blankLines.map(HTML.paragraph))"
    }

    private var emptyNote: HTML {
        let lines = text.emptyLines
        let commands = lines.dropFirst().map { line -> HTML in "<li><code>\(line)</code></li>\n" }
        return .section("signals", "Signals", "<p>\(lines.first ?? Line())</p>\n<ul>\n\(commands)</ul>\n")
    }

    private var latency: HTML {
        let gaps = text.gapLines(indent: 0)
        let notes = gaps + text.events.notes
        let plot = DashText.plot(frame.latency, frame.window, symbols: .utf8)
        guard let plot else {
            let (from, to) = text.windowEnds
            return .section("latency", "Latency", "<p>no data \(from)\(text.windowDash)\(to)</p>\n")
        }
        let window = frame.window
        let chart = WebChart(
            id: "latency-chart",
            title: "Latency",
            period: text.period.plain,
            plot: plot,
            inks: [.blue, .purple, .vermillion],
            window: window,
            isPartial: window.isPartial,
            events: text.events,
            notes: notes.map(\.plain)
        )
        let data = ChartData(
            title: "Latency",
            start: window.from,
            period: window.periodSeconds,
            isPartial: window.isPartial,
            reference: frame.at,
            columns: plot.courses.map { .init(name: $0.name, values: $0.values, text: $0.text) }
        )
        let scale = plot.scale.isLogarithmic ? "log scale" : "linear scale"
        return .section(
            "latency",
            "Latency",
            "<p>\(scale)\(partialNote)</p>\n\(chart.html)\(notes.map(HTML.paragraph))\(data.html)"
        )
    }

    /// How much of the last step is over, if it is not over.
    var partialNote: String {
        frame.window.isPartial ? "; * \(text.partialStep)" : ""
    }

    private var requests: HTML {
        guard !frame.worstRequests.isEmpty else { return "" }
        let table = WebTable(
            caption: "Worst requests: failed, then slowest",
            columns: [
                .init(title: "Time"), .init(title: "Request id"), .init(title: "Model"),
                .init(title: "Result +retries"), .init(title: "Total", isNumber: true),
                .init(title: "In", isNumber: true), .init(title: "Out", isNumber: true),
            ],
            rows: frame.worstRequests.map { request in
                let cells = text.cells(request)
                return [.time(request.time, cells[0])] + cells.dropFirst().map { cell -> HTML in "\(cell)" }
            }
        )
        return .section("requests", "Worst requests", table.html)
    }

    /// What else is stored, if the chat service has no data.
    private var others: HTML {
        guard let others = frame.otherNamespaces else { return "" }
        let newest = others.newest.first.map { DashboardPage($0).widgets }
        return .section(
            "others",
            "Other namespaces",
            "<p>\(others.sentence)</p>\n<p><code>\(text.listCommand)</code></p>\n"
        ) + (newest ?? "")
    }

    private var next: HTML {
        let commands = text.nextCommands.map { command -> HTML in "<li><code>\(command)</code></li>\n" }
        return .section("next", "Next", "<ul>\n\(commands)</ul>\n")
    }
}

extension Line {
    /// The text without its inks.
    var plain: String {
        runs.map(\.text).joined()
    }
}
