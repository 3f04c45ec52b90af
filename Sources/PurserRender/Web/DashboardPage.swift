package import PurserCore

/// A dashboard's frame as a web page in one file, in the words of the text.
package struct DashboardPage {
    let frame: DashboardFrame
    let text: DashboardText

    /// Returns the page; with the layout `grid`, widgets are side by side on wide screens.
    package static func html(
        _ frame: DashboardFrame,
        layout: DashboardText.Layout = .list,
        _ options: WebOptions = WebOptions()
    ) -> String {
        DashboardPage(frame).page(layout, options).html.markup
    }

    init(_ frame: DashboardFrame) {
        self.frame = frame
        text = DashboardText(frame: frame, style: TerminalStyle(width: TerminalStyle.widths.upperBound))
    }

    private func page(_ layout: DashboardText.Layout, _ options: WebOptions) -> WebPage {
        let notes = frame.notes.map { note -> HTML in "<p>\(note)</p>\n" }
        let header: HTML = """
            <h1>\(frame.name)</h1>
            <p>\(text.range)</p>
            \(notes)
            """
        let onCall = frame.onCall.map { DashPage($0) }
        return WebPage(
            title: (onCall.map { $0.verdict.headline + " - " } ?? "") + frame.name + " - " + text.range.plain,
            header: header,
            main: (onCall.map { $0.verdictBand + $0.alarms } ?? "") + widgets(layout),
            footer: onCall?.closing ?? "",
            isOnGrid: layout == .grid,
            options: options
        )
    }

    /// The time range and the widgets, for a page about something else.
    var widgets: HTML {
        .section("namespace", "\(frame.name)", "<p>\(text.range)</p>\n") + widgets(.list)
    }

    private func widgets(_ layout: DashboardText.Layout) -> HTML {
        frame.widgets.isEmpty ? "<p>no widgets</p>\n" : "<div class=\"widgets\">\n\(sections(layout))</div>\n"
    }

    /// The widgets in the order of their places, which is also that of a narrow screen.
    private func sections(_ layout: DashboardText.Layout) -> [HTML] {
        let widgets = frame.widgets.enumerated()
        let sorted =
            layout == .list
            ? Array(widgets)
            : widgets.sorted {
                let (a, b) = ($0.element.place, $1.element.place)
                return (a.y, a.x, $0.offset) < (b.y, b.x, $1.offset)
            }
        return sorted.map { index, widget in
            let x = min(max(widget.place.x, 0), GridPlace.columns - 1)
            let width = min(max(widget.place.width, 1), GridPlace.columns - x)
            return """
                <section class="x\(x) w\(width)" aria-labelledby="widget-\(index)">
                \(content(widget, id: "widget-\(index)"))</section>

                """
        }
    }

    private func content(_ widget: DashboardFrame.Widget, id: String) -> HTML {
        func heading(_ title: String, _ rest: String = "") -> HTML {
            "<h2 id=\"\(id)\">\(title)\(rest)</h2>\n"
        }
        switch widget.content {
        case .metric(let panel):
            let title = widget.title ?? DashboardText.title(panel)
            let page = PanelPage(
                panel: PanelText(panel: panel, frame: frame, style: text.style, width: text.style.width),
                title: title,
                id: id
            )
            return heading(title, DashboardText.period(panel).map { ", " + $0 } ?? "") + page.html
        case .text(let markdown):
            let lines = MarkdownText.lines(markdown, width: .max)
            let name: HTML = "<h2 id=\"\(id)\" class=\"unseen\">Text</h2>\n"
            return (widget.title.map { heading($0) } ?? name) + "\(lines.map(HTML.paragraph))"
        case .alarms(let alarms): return heading(widget.title ?? "Alarms") + list(alarms)
        case .notDrawn(let reason):
            let words = DashboardText.notDrawn(widget, reason)
            return heading(widget.title ?? widget.type) + "<p class=\"warning\">\(words)</p>\n"
        }
    }

    private func list(_ alarms: [DashboardFrame.Alarm]) -> HTML {
        if alarms.isEmpty { return "<p>no alarm in these states</p>\n" }
        let items = alarms.map { alarm -> HTML in
            let kind = alarm.state == .alarm ? "on" : alarm.state == .ok ? "ok" : "look"
            let facts = text.words(alarm).map { words -> HTML in "<li>\(words)</li>\n" }
            let list: HTML = facts.isEmpty ? "" : "<ul class=\"facts\">\n\(facts)</ul>\n"
            return """
                <li class="\(kind)">\(DashboardText.mark(alarm)) <strong>\(alarm.name)</strong>
                \(list)</li>

                """
        }
        return "<ul class=\"alarms\">\n\(items)</ul>\n"
    }
}
