import PurserCore

/// Dashboards for the tests in this folder.
enum DashboardFrames {
    static let start = Timestamp(year: 2026, month: 11, day: 24, hour: 9)
    static let steps = 36
    /// Lines, escape sequences, overrides and marks of direction, a wide character, and a text that is far too long.
    static let hostile = [
        "a\u{1b}[2Jb\nc\u{7}", "\u{202e}gnp.exe\u{2066}", "\u{200f}rtl\u{200e}", "名前\u{fe0f}",
        String(repeating: "long ", count: 2000),
        String(repeating: "w", count: 10_000),
    ]

    static func series(
        _ label: String,
        _ measure: DashboardFrame.Measure = .unit(.count),
        color: String? = nil,
        side: MetricWidget.Side = .left,
        _ value: (Int) -> Double?
    ) -> DashboardFrame.Series {
        DashboardFrame.Series(
            id: "m",
            label: label,
            measure: measure,
            color: color,
            side: side,
            start: start,
            period: 300,
            values: (0..<steps).map(value)
        )
    }

    static func widget(
        _ title: String?,
        x: Int = 0,
        y: Int = 0,
        width: Int = 24,
        _ series: [DashboardFrame.Series],
        notes: [String] = [],
        _ change: (inout MetricWidget) -> Void = { _ in }
    ) -> DashboardFrame.Widget {
        var metric = MetricWidget()
        change(&metric)
        return DashboardFrame.Widget(
            type: "metric",
            title: title,
            place: GridPlace(x: x, y: y, width: width, height: 6),
            content: .metric(.init(widget: metric, series: series, notes: notes))
        )
    }

    static func frame(_ widgets: [DashboardFrame.Widget]) -> DashboardFrame {
        DashboardFrame(name: "shop", from: start, to: start + steps * 300, widgets: widgets)
    }

    /// A frame with every kind of widget and every view.
    static func everything() -> DashboardFrame {
        let calls = series("calls") { $0 == 20 || $0 == 21 ? nil : Double(40 + $0 % 7) }
        let failures = series("failures") { Double($0 % 5) }
        let fast = series("p50", .unit(.seconds), color: "#1f77b4") { 0.4 + Double($0 % 3) / 10 }
        let slow = series("p99", .unit(.seconds), color: "#d55e00") { $0 > 25 ? 20 : 2 }
        let used = series("used", .unit(.percent), side: .right) { Double($0) * 2 }
        let many = (1...6).map { number in series("queue \(number)", .unit(.bytes)) { Double($0 * number * 1000) } }
        let empty = series("nothing") { _ in nil }
        let widgets = [
            widget("Calls", width: 12, [calls, failures]) { $0.isStacked = true },
            widget("Latency", x: 12, width: 12, [fast, slow, empty]) {
                $0.thresholds = [.init(value: 10, label: "limit"), .init(value: 1, other: 3, label: "band")]
            },
            widget(nil, y: 6, width: 12, [calls, used]) {
                $0.axes = [.right: .init(min: 0, max: 100, label: "share"), .left: .init(label: "calls")]
            },
            widget("Queues", x: 12, y: 6, width: 12, many),
            widget("Now", y: 12, width: 6, [calls, fast]) {
                $0.view = .singleValue
                $0.showsSparkline = true
            },
            widget("Bars", x: 6, y: 12, width: 6, [calls, failures]) { $0.view = .bar },
            widget("Shares", x: 12, y: 12, width: 6, [calls, failures]) { $0.view = .pie },
            widget("Gauge", x: 18, y: 12, width: 6, [used]) {
                $0.view = .gauge
                $0.axes = [.left: .init(min: 0, max: 100)]
            },
            widget("Table", y: 18, [calls, fast, empty], notes: ["Q: needs CloudWatch"]) { $0.view = .table },
            widget("Empty", y: 24, width: 6, [empty]),
            DashboardFrame.Widget(
                type: "text",
                title: nil,
                place: GridPlace(x: 6, y: 24, width: 10, height: 6),
                content: .text("# Shop\n\nSee the [runbook](docs/shop.md) and **call** `ops`.\n* one\n* two\n")
            ),
            DashboardFrame.Widget(
                type: "alarm",
                title: "Alarms",
                place: GridPlace(x: 16, y: 24, width: 8, height: 6),
                content: .alarms([
                    .init(name: "calls", state: .alarm, since: start + 600, summary: "40 > 30, 3 of 3 x 1m"),
                    .init(name: "quiet", state: .insufficientData), .init(name: "fine", state: .ok, since: start),
                    .init(name: "unknown", state: nil),
                ])
            ),
            DashboardFrame.Widget(
                type: "log",
                title: "Errors",
                place: GridPlace(x: 0, y: 30, width: 24, height: 6),
                content: .notDrawn("shows a query of CloudWatch Logs, which only CloudWatch can run")
            ),
        ]
        var frame = frame(widgets)
        frame.notes = ["variables are drawn with the values that the widgets are written with: region"]
        return frame
    }
}
