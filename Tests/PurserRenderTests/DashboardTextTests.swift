import PurserCore
import Testing

@testable import PurserRender

@Suite struct DashboardTextTests {
    @Test("every kind of widget and every view, one below the other")
    func list() throws {
        let text = DashboardText.render(DashboardFrames.everything(), style: TerminalStyle())
        try expectGolden(text, "dashboard.txt")
    }

    @Test("every kind of widget in ASCII on the grid")
    func grid() throws {
        let style = TerminalStyle(width: 140, symbols: .ascii)
        try expectGolden(
            DashboardText.render(DashboardFrames.everything(), style: style, layout: .grid),
            "dashboard-grid.txt"
        )
    }

    @Test("below 80 columns the grid is one column")
    func narrowGrid() {
        let style = TerminalStyle(width: 79)
        let frame = DashboardFrames.everything()
        #expect(DashboardText.render(frame, style: style, layout: .grid) == DashboardText.render(frame, style: style))
    }

    @Test("a dashboard as JSON")
    func json() throws {
        let frame = DashboardFrames.everything()
        let json = DashboardJSON.value(frame)
        let widgets = try #require(json["widgets"]?.array)
        #expect(widgets.count == frame.widgets.count)
        let series = try #require(widgets[0]["series"]?.array)
        // Periods without data are left out; there is no 0 in their place.
        #expect(series[0]["values"]?.array?.count == 34 && series[0]["timestamps"]?.array?.count == 34)
        #expect(widgets[0]["drawn"] == true && widgets.last?["drawn"] == false)
        #expect(widgets.last?["reason"]?.string?.contains("CloudWatch Logs") == true)
        #expect(widgets.allSatisfy { $0["x"]?.integer != nil && $0["height"]?.integer != nil })
    }

    @Test(
        "no line is wider than asked, whatever the width, and none has more than printable characters",
        arguments: [20, 40, 60, 80, 100, 163, 400]
    )
    func widths(width: Int) {
        for symbols in TerminalStyle.Symbols.allCases {
            for layout in DashboardText.Layout.allCases {
                let style = TerminalStyle(width: width, symbols: symbols)
                let text = DashboardText.render(DashboardFrames.everything(), style: style, layout: layout)
                for line in text.split(separator: "\n") {
                    #expect(TerminalText.width(of: String(line)) <= width, "\(line)")
                    if symbols == .ascii { #expect(line.utf8.allSatisfy { (0x20..<0x7f).contains($0) }, "\(line)") }
                }
            }
        }
    }

    @Test("hostile texts are harmless in every place", arguments: DashboardFrames.hostile.indices)
    func hostile(index: Int) throws {
        let text = DashboardFrames.hostile[index]
        var frame = DashboardFrames.everything()
        frame.name = text
        frame.notes = [text]
        for index in frame.widgets.indices {
            frame.widgets[index].title = text
            switch frame.widgets[index].content {
            case .metric(var panel):
                for series in panel.series.indices { panel.series[series].label = text }
                panel.notes = [text]
                panel.widget.thresholds = [.init(value: 1, label: text)]
                panel.widget.marks = []
                panel.widget.axes[.left] = .init(min: 0, max: 100, label: text)
                frame.widgets[index].content = .metric(panel)
            case .text: frame.widgets[index].content = .text("# \(text)\n[\(text)](\(text))")
            case .alarms: frame.widgets[index].content = .alarms([.init(name: text, state: .alarm, summary: text)])
            case .notDrawn: frame.widgets[index].content = .notDrawn(text)
            }
        }
        for layout in DashboardText.Layout.allCases {
            for symbols in TerminalStyle.Symbols.allCases {
                let style = TerminalStyle(width: 100, symbols: symbols)
                let drawn = DashboardText.render(frame, style: style, layout: layout)
                for line in drawn.split(separator: "\n", omittingEmptySubsequences: false) {
                    #expect(TerminalText.width(of: String(line)) <= 100)
                    #expect(!line.unicodeScalars.contains { $0.isUnsafeOnTerminals }, "\(line)")
                }
            }
        }
        let json = DashboardJSON.value(frame).text()
        #expect(!json.unicodeScalars.contains { $0.isUnsafeOnTerminals })
        #expect(try JSONValue(parsing: json)["name"]?.string == text)
    }

    @Test("colour is used only if the style has it, and each series has one of its own")
    func color() {
        let frame = DashboardFrames.everything()
        #expect(!DashboardText.render(frame, style: TerminalStyle()).contains("\u{1b}"))
        let text = DashboardText.render(frame, style: TerminalStyle(color: true))
        #expect(text.contains("\u{1b}[34mp50") && text.contains("\u{1b}[35mp99"))
    }

    @Test(
        "colours are mapped to the nearest of the terminal's",
        arguments: [
            ("#1f77b4", .blue), ("#9467bd", .purple), ("#d55e00", nil), ("#d62728", nil),
            ("#2ca02c", .green), ("#17becf", .cyan), ("#bcbd22", nil), ("#888888", nil), ("#18f", .blue),
            ("blue", nil),
            ("", nil),
        ] as [(String, SeriesInk?)]
    )
    func inks(hex: String, ink: SeriesInk?) {
        #expect(SeriesInk(hex: hex) == ink)
    }

    @Test("a scale holds its values, and its ticks are inside its bounds")
    func scales() {
        var random = FixedRandom()
        for _ in 0..<300 {
            let values = (0..<5).map { _ in
                Double.random(in: -1...1, using: &random) * pow10(Int.random(in: -6...9, using: &random))
            }
            let scale = AxisScale(holding: values, low: nil, high: nil)
            let slack = (scale.high - scale.low) * 1e-6
            #expect(values.allSatisfy { scale.low - slack <= $0 && $0 <= scale.high + slack }, "\(values)")
            #expect((2...9).contains(scale.ticks.count), "\(values) \(scale.ticks)")
            #expect(scale.ticks.allSatisfy { (0...1).contains(scale.position($0)) })
        }
        let given = AxisScale(holding: [5, 500], low: 10, high: 90)
        #expect(given.low == 10 && given.high == 90 && given.position(500) == 1 && given.position(0) == 0)
        #expect(AxisScale(holding: [], low: nil, high: nil).high == 1)
    }

    private func pow10(_ exponent: Int) -> Double {
        (0..<abs(exponent)).reduce(1) { value, _ in exponent < 0 ? value / 10 : value * 10 }
    }

    @Test("a gap has the day of its end if that is another one, and ends with what is shown")
    func gaps() {
        let gaps = PlotGaps([[1, nil, nil, nil]], steps: 4, isPartial: false)
        let start = Timestamp(year: 2026, month: 11, day: 24, hour: 6)
        let names = { (end: Timestamp) in gaps.names(from: start, period: 6 * 3600, seenFrom: end) }
        #expect(names(start + 23 * 3600) == ["11-24 12:00 to 11-25 05:00"])
        #expect(names(start + 17 * 3600) == ["12:00-23:00"])
    }

    @Test("names that are cut differ if they differ")
    func distinctNames() {
        let names = ["Errors us.amazon.nova-lite-v1:0", "Errors us.amazon.nova-pro-v1:0", "Errors"]
        let cut = TerminalText.cut(names, to: 16)
        #expect(Set(cut).count == 3 && cut.allSatisfy { TerminalText.width(of: $0) <= 16 }, "\(cut)")
    }

    @Test(
        "values are written in their units",
        arguments: [
            (1.5, .unit(.seconds), "1.50s"), (250, .unit(.milliseconds), "250ms"), (12.5, .unit(.percent), "12.5 %"),
            (1536, .unit(.bytes), "1.54kB"), (3.25, .dollars, "$3.25"), (0.0012, .dollars, "$0.0012"),
            (0.00012234, .dollars, "$0.000122"), (0.00005097, .dollars, "$0.000051"), (1e-12, .dollars, "$<0.001"),
            (-0.0004, .dollars, "-$0.0004"), (0, .dollars, "$0.00"),
            (-2, .dollars, "-$2.00"),
            (18_400, .unit(.count), "18.4k"), (5, .unit(.countPerSecond), "5/s"), (7, .unknown, "7"),
            (.nan, .unknown, "?"),
        ] as [(Double, DashboardFrame.Measure, String)]
    )
    func measures(value: Double, measure: DashboardFrame.Measure, text: String) {
        #expect(measure.text(value) == text)
    }
}

/// The same numbers at every run.
private struct FixedRandom: RandomNumberGenerator {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 31)
    }
}
