import Foundation
import Testing

@testable import PurserCore
@testable import PurserRender

/// What others can write into the store or a dashboard's file, in every place where a page shows it.
@Suite("hostile texts on a web page")
struct WebHostilityTests {
    static let hostile =
        DashboardFrames.hostile + [
            "<script>alert(1)</script>", "</title></style><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
            "' onmouseover='alert(1)", "&lt;script&gt;&#x3c;", "javascript:alert(1)", "-->]]><!--",
            "\u{0}\u{fffe}\u{feff}",
        ]

    @Test("a text of the chat service is only a text", arguments: hostile.indices)
    func frame(index: Int) {
        let text = Self.hostile[index]
        var frame = Frames.incident()
        frame.title = text
        frame.region = text
        frame.program = text
        frame.alarms = [AlarmState.alarm, .alarm, .ok, .insufficientData].enumerated().map { number, state in
            var alarm = DashFrame.AlarmLine(
                name: text + String(number),
                state: state,
                summary: text,
                since: Frames.now - 90,
                delivery: .suppressed(by: text, until: nil),
                runbook: text
            )
            alarm.mute = Mute(
                start: Frames.now - 600,
                until: Frames.now + 600,
                state: .ok,
                person: text,
                note: text
            )
            alarm.acknowledgement = Acknowledgement(transition: 1, time: Frames.now - 600, person: text, note: text)
            return alarm
        }
        frame.alarms[1].gatherer = frame.alarms[0].name
        for index in frame.signals.indices { frame.signals[index].name = text + String(index) }
        for index in frame.marks.indices { frame.marks[index].text = text }
        for index in frame.alarmSpans.indices { frame.alarmSpans[index].name = text + String(index) }
        for index in frame.worstRequests.indices {
            frame.worstRequests[index].requestId = text
            frame.worstRequests[index].modelId = text
            frame.worstRequests[index].outcome = text
        }
        expectPlain(DashPage.html(frame), like: DashPage.html(Self.harmless(frame)))
        let shown = MarkupReader(DashPage.html(frame)).elements.first?.text ?? ""
        #expect(Data(shown.utf8).range(of: Data(TerminalText.sanitized(text).utf8)) != nil)
    }

    /// Returns the frame with a harmless address of a runbook wherever there is a hostile one.
    private static func harmless(_ frame: DashFrame) -> DashFrame {
        var frame = frame
        frame.title = "title"
        for index in frame.alarms.indices { frame.alarms[index].runbook = "runbook.md" }
        return frame
    }

    @Test("a text of a dashboard is only a text", arguments: hostile.indices)
    func dashboard(index: Int) {
        let text = Self.hostile[index]
        let plain = DashboardPage.html(Self.dashboard("text"))
        expectPlain(DashboardPage.html(Self.dashboard(text)), like: plain)
    }

    private static func dashboard(_ text: String) -> DashboardFrame {
        let series = [0, 1].map { number in
            DashboardFrames.series(text + String(number), color: text) { Double($0) }
        }
        let views = MetricWidget.View.allCases.map { view in
            DashboardFrames.widget(text, series, notes: [text]) { metric in
                metric.view = view
                metric.axes = [.left: .init(min: 0, max: 40, label: text)]
                metric.thresholds = [.init(value: 10, label: text)]
                metric.marks = [.init(time: DashboardFrames.start + 600, label: text)]
            }
        }
        let place = GridPlace(x: -3, y: 0, width: 90, height: 6)
        var frame = DashboardFrames.frame(
            views + [
                .init(
                    type: "alarm",
                    title: text,
                    place: place,
                    content: .alarms([.init(name: text, state: nil, summary: text)])
                ),
                .init(type: text, title: text, place: place, content: .notDrawn(text)),
                .init(type: "text", title: text, place: place, content: .text(text)),
            ]
        )
        frame.name = text
        frame.notes = [text]
        return frame
    }

    /// Expects the page to be well formed, and to have no element that the other page has not.
    private func expectPlain(_ html: String, like other: String) {
        WebPageTests.check(html)
        let (page, plain) = (MarkupReader(html), MarkupReader(other))
        let known = Set(plain.elements.map(\.name))
        #expect(page.elements.allSatisfy { known.contains($0.name) })
        #expect(page.all("a").isEmpty)
    }
}
