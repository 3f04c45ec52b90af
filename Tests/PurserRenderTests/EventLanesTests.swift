import PurserCore
@testable import PurserRender
import Testing

@Suite struct EventLanesTests {
    fileprivate static let start = Timestamp(year: 2026, month: 11, day: 23, hour: 12)
    /// An hour in steps of a minute, so that 60 columns are a minute each.
    fileprivate static let window = DashFrame.Window(from: start, to: start + 3600, periodSeconds: 60)

    private func lines(_ marks: [MetricWidget.Mark], _ alarms: [AlarmSpan], width: Int = 70) -> [String] {
        EventLanes(
            window: Self.window,
            marks: marks,
            alarms: alarms,
            reference: Self.start + 3600,
            symbols: .ascii
        ).lines(plot: 5..<65, width: width).map(\.plain)
    }

    @Test("each column says how many alarms were in ALARM in it; the end of a span is not part of it")
    func counts() throws {
        let spans = [
            AlarmSpan(name: "a", start: Self.start + -600, end: Self.start + 120),
            AlarmSpan(name: "b", start: Self.start + 60, end: Self.start + 180),
            AlarmSpan(name: "c", start: Self.start + 3540),
        ]
        let drawn = lines([], spans)
        #expect(drawn.first == "     121" + String(repeating: " ", count: 56) + "1")
        #expect(drawn.dropFirst() == ["     in ALARM a 11:50 to 12:02, b 12:01 to 12:03, c since 12:59"])
    }

    @Test("more than nine alarms are a plus sign, and names beyond four are counted")
    func many() {
        let spans = (0..<12).map { AlarmSpan(name: "a\($0)", start: Self.start, end: Self.start + 60) }
        let drawn = lines([], spans, width: 200)
        #expect(drawn.first?.dropFirst(5).first == "+")
        #expect(drawn.last?.hasSuffix("a3 12:00 to 12:01, 8 more") == true)
    }

    @Test("an alarm that changed often is named once")
    func flapping() {
        let spans = (0..<5).map {
            AlarmSpan(name: "a", start: Self.start + $0 * 600, end: Self.start + $0 * 600 + 60)
        }
        #expect(lines([], spans).last == "     in ALARM a 12:00 to 12:01 and 12:10 to 12:11 and 3 more")
    }

    @Test("marks are at their columns, a mark with an end as a line; those outside of the window are left out")
    func marks() {
        let marks = [
            MetricWidget.Mark(time: Self.start + -60, label: "before"),
            MetricWidget.Mark(time: Self.start, label: "v1"),
            MetricWidget.Mark(time: Self.start + 600, end: Self.start + 720, label: "load test"),
            MetricWidget.Mark(time: Self.start + 3600, label: "after"),
        ]
        let drawn = lines(marks, [])
        #expect(drawn.first?.trimmingSuffix(" ") == "     ^         ^--")
        #expect(drawn.dropFirst() == ["     ^ v1 12:00, load test 12:10 to 12:12"])
        #expect(lines([], []).isEmpty)
    }
}

extension EventLanesTests {
    @Test("what happened in the minute that is not over is at the end of the plot")
    func newest() {
        let window = DashFrame.Window(from: Self.start, to: Self.start + 3630, periodSeconds: 60)
        let lanes = EventLanes(
            window: window,
            marks: [.init(time: Self.start + 3620, label: "now")],
            alarms: [AlarmSpan(name: "a", start: Self.start + 3625)],
            reference: window.to,
            symbols: .ascii
        )
        let drawn = lanes.lines(plot: 5..<65, width: 70).map(\.plain)
        #expect(drawn.count == 4 && drawn[0].count == 65 && drawn[0].last == "1" && drawn[2].hasSuffix(" ^"))
        #expect(lanes.notes.map(\.plain) == ["in ALARM: a since 13:00", "marks: now 13:00"])
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }
}
