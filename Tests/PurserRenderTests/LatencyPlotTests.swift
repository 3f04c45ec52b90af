import PurserCore
import Testing

@testable import PurserRender

@Suite("the latency plot")
struct LatencyPlotTests {
    private func latency(_ values: [Double?], threshold: Double?) -> DashFrame.Latency {
        .init(p50: values, p90: values, p99: values, threshold: threshold)
    }

    private func window(_ steps: Int) -> DashFrame.Window {
        DashFrame.Window(from: Frames.window.from, to: Frames.window.from + steps * 300, periodSeconds: 300)
    }

    @Test("the scale is linear from zero up to a ratio of twenty, and logarithmic above it")
    func scale() {
        let linear = AxisScale(holding: [0.5, 10])
        #expect(!linear.isLogarithmic && linear.low == 0)
        let logarithmic = AxisScale(holding: [0.49, 10])
        #expect(logarithmic.isLogarithmic && logarithmic.low <= 0.49 && logarithmic.high >= 10)
    }

    @Test(
        "every value lies inside the scale's bounds",
        arguments: [
            [0.3, 0.1], [7e-6], [0, 0], [1e-9, 1e9], [0, 3], [99.9999], [0.001], [.leastNonzeroMagnitude], [1e300],
            [2.5, 10, 60],
        ]
    )
    func bounds(values: [Double]) {
        let scale = AxisScale(holding: values)
        for value in values {
            #expect((0...1).contains(scale.position(value)))
            guard (1e-6...1e12).contains(value) else { continue }
            #expect(value <= scale.high * 1.000_001 && value >= scale.low * 0.999_999)
        }
        #expect(scale.ticks.allSatisfy { $0 >= scale.low * 0.99 && $0 <= scale.high * 1.01 })
        #expect(!scale.ticks.isEmpty)
    }

    @Test(
        "a scale with given bounds has every value inside, whatever the bounds are",
        arguments: [nil, 0, -5, 7, 1e300, -1e300, 1e-300] as [Double?],
        [nil, 0, -5, 7, 1e300, -1e300, 1e-300] as [Double?]
    )
    func givenBounds(low: Double?, high: Double?) {
        for values in [[], [0.0], [1, 2, 3], [-4, 9], [1e18, -1e18]] {
            let scale = AxisScale(holding: values, low: low, high: high)
            #expect(scale.low < scale.high && scale.low.isFinite && scale.high.isFinite)
            for value in values + [0, 1e300] { #expect((0...1).contains(scale.position(value))) }
            #expect(scale.ticks.allSatisfy(\.isFinite) && scale.ticks.count <= 101)
        }
    }

    @Test("the threshold is drawn even if it is far above the data", arguments: TerminalStyle.Symbols.allCases)
    func threshold(symbols: TerminalStyle.Symbols) throws {
        let plot = try #require(
            DashText.plot(latency([0.1, 0.2, 0.1], threshold: 60), window(3), symbols: symbols)
        )
        let rows = plot.lines(width: 80).lines.map { $0.text(in: TerminalStyle(width: 80, symbols: symbols)) }
        let dash = symbols == .ascii ? "- - -" : "⠉⠉ ⠉⠉"
        let drawn = rows.contains {
            $0.contains(dash) || $0.contains("⠤⠤ ⠤⠤") || $0.contains("⠒⠒ ⠒⠒") || $0.contains("⣀⣀ ⣀⣀")
        }
        #expect(drawn, "\(rows)")
    }

    @Test("without data there is no plot, and values that are not finite are not data")
    func nothing() {
        #expect(DashText.plot(latency([nil, .nan, .infinity], threshold: 10), window(3), symbols: .utf8) == nil)
    }

    @Test("the end labels are on different rows, with the slowest on top")
    func endLabels() throws {
        let plot = try #require(
            DashText.plot(latency([0.001, 0.001], threshold: 60), window(2), symbols: .ascii)
        )
        let rows = plot.lines(width: 80).lines.map { $0.text(in: TerminalStyle(width: 80, symbols: .ascii)) }
        let positions = ["p99 1ms", "p90 1ms", "p50 1ms"].map { label in rows.firstIndex { $0.hasSuffix(label) } }
        #expect(positions == [7, 8, 9])
    }

    @Test("a line that ends before the plot says how long ago, but for a step that has just begun")
    func endedLines() throws {
        let cases: [([Double?], String)] = [
            ([1, 1, nil, nil], "p99 1.00s, 10m ago"), ([1, 1, 1, nil], "p99 1.00s, 5m ago"),
        ]
        for (values, end) in cases {
            let plot = try #require(DashText.plot(latency(values, threshold: 60), window(4), symbols: .ascii))
            let rows = plot.lines(width: 80).lines.map { $0.text(in: TerminalStyle(width: 80, symbols: .ascii)) }
            #expect(rows.contains { $0.hasSuffix(end) }, "\(rows)")
        }
        let partial = DashFrame.Window(from: Frames.window.from, to: Frames.window.from + 1000, periodSeconds: 300)
        let plot = try #require(DashText.plot(latency([1, 1, 1, nil], threshold: 6), partial, symbols: .ascii))
        #expect(!plot.lines(width: 80).lines.contains { $0.text(in: TerminalStyle()).contains("ago") })
    }

    @Test("lines that share cells stay visible beside each other", arguments: TerminalStyle.Symbols.allCases)
    func sharedCells(symbols: TerminalStyle.Symbols) throws {
        let plot = try #require(DashText.plot(latency([1, 1, 1], threshold: nil), window(3), symbols: symbols))
        let text = plot.lines(width: 60).lines.map { $0.text(in: TerminalStyle(symbols: symbols, color: true)) }
        let line = try #require(text.first { $0.contains(symbols == .ascii ? "^" : "⠉") })
        let colors = symbols == .ascii ? [#/\[35mo/#, #/\[36m\^/#] : [#/\[35m⠉/#, #/\[36m⠉/#]
        #expect(colors.allSatisfy { line.contains($0) }, "\(line)")
    }

    @Test("with more steps than dots, each dot shows the worst of its steps")
    func peaks() throws {
        var values = [Double?](repeating: 1, count: 10_000)
        values[7321] = 9
        let bucketed = Sparkline.bucketed(values, to: 160) { $0.max() ?? 0 }
        #expect(bucketed.count == 160)
        #expect(bucketed.compactMap { $0 }.max() == 9)
    }

    @Test("a sparkline starts at zero and leaves missing values blank")
    func sparkline() {
        #expect(Sparkline.text([0, nil, 5, 10, .nan], symbols: .utf8) == "▁ ▄▇ ")
        #expect(Sparkline.text([0, 0], symbols: .ascii) == "__")
        #expect(Sparkline.text([], symbols: .utf8).isEmpty)
    }

    @Test("the bars of two rows never touch, and a much wider screen is used as a whole")
    func sparklineShape() {
        #expect(!Sparkline.text((0..<100).map { Double($0) }, symbols: .utf8).contains("█"))
        #expect(Sparkline.columns(for: 37, in: 30) == 30 && Sparkline.columns(for: 37, in: 50) == 37)
        #expect(Sparkline.columns(for: 37, in: 96) == 96)
        #expect(Sparkline.fitted([1, nil, 3], to: 6) == [1, 1, nil, nil, 3, 3])
    }

    @Test("bucketing takes the mean of the values present")
    func means() {
        #expect(Sparkline.bucketed([1, 3, nil, 5, nil, nil], to: 3) == [2, 5, nil])
        #expect(Sparkline.bucketed([1, 2], to: 5) == [1, 2])
    }
}
