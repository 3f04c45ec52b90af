import PurserCore
import Testing

@testable import PurserRender

@Suite struct LiveScreenTests {
    /// Returns the view after keys.
    private static func view(_ keys: String = "") -> LiveView {
        var view = LiveView(seconds: 3600)
        for key in keys { _ = view.press(key, now: Frames.now, shownSeconds: 3600) }
        return view
    }

    private static func screen(_ columns: Int, _ rows: Int, color: Bool = true) -> LiveScreen {
        LiveScreen(columns: columns, rows: rows, style: TerminalStyle(width: columns, color: color))
    }

    /// Returns the settings of DEC's private modes in a text, in their order.
    private static func modes(_ text: String) -> [(number: String, isSet: Bool)] {
        text.matches(of: /\u{1b}\[\?(\d+)([hl])/).map { (String($0.1), $0.2 == "h") }
    }

    @Test("no frame has more lines than the terminal or a line that is wider, whatever the terminal's size")
    func size() {
        for seed in 0..<300 as Range<UInt64> {
            let frame = RandomFrame.make(seed: seed)
            let columns = [1, 7, 19, 20, 41, 80, 100, 133][Int(seed % 8)]
            let rows = [1, 2, 3, 5, 10, 24, 60][Int(seed % 7)]
            let style = TerminalStyle(width: columns, color: seed % 2 == 0)
            let screen = LiveScreen(columns: columns, rows: rows, style: style)
            let fault =
                seed % 5 == 0 ? "the store \u{1b}[2J cannot be opened, for reasons that take several lines" : nil
            let content = LiveScreen.Content(
                text: seed % 11 == 0 ? nil : DashText.render(frame, style: style),
                endsWithVerdict: seed % 3 > 0,
                fault: fault
            )
            let view = Self.view(["", "?", " [", "a"][Int(seed % 4)])
            let lines = screen.lines(content, view: view, everySeconds: 5)
            #expect(lines.count <= rows, "seed \(seed)")
            for line in lines { #expect(LiveScreen.width(ofPainted: line) <= columns, "seed \(seed): \(line)") }
            let bytes = screen.bytes(content, view: view, everySeconds: 5)
            #expect(bytes.matches(of: /\r\n/).count <= rows - 1, "seed \(seed)")
            // Nothing is cleared, and every mode and colour is switched off again.
            #expect(!bytes.contains("\u{1b}[2J"))
            let modes = Self.modes(bytes)
            #expect(modes.map(\.number) == ["2026", "2026"] && modes.map(\.isSet) == [true, false])
            let colors = bytes.matches(of: /\u{1b}\[([0-9;]*)m/).map { String($0.1) }
            #expect(
                colors.count % 2 == 0 && colors.enumerated().allSatisfy { ($0.offset % 2 == 1) == ($0.element == "0") }
            )
        }
    }

    @Test("leaving resets every mode that entering or an unfinished frame has set")
    func balance() {
        var state: [String: Bool] = [:]
        let before = ["1049": false, "25": true, "7": true, "2026": false]
        for mode in Self.modes(LiveScreen.enter + "\u{1b}[?2026h") { state[mode.number] = mode.isSet }
        #expect(Set(state.keys) == Set(before.keys))
        for (number, isSet) in state { #expect(isSet != before[number], "\(number)") }
        for mode in Self.modes(LiveScreen.leave) { state[mode.number] = mode.isSet }
        #expect(state == before)
    }

    @Test("on a low screen the verdict stays above the bar, which says how many lines there are no room for")
    func verdict() throws {
        let style = TerminalStyle(width: 100)
        let text = DashText.render(Frames.calm(), style: style)
        let all = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        let content = LiveScreen.Content(text: text, endsWithVerdict: true)
        let lines = Self.screen(100, 12, color: false).lines(content, view: Self.view(), everySeconds: 5)
        #expect(lines.count == 12 && Array(lines.prefix(10)) == Array(all.prefix(10)) && lines[10] == all.last)
        #expect(lines[11].hasPrefix("every 5s  +\(all.count - 11) lines  q quit  ? help  space pause"))
        var scrolled = Self.view()
        for _ in 0..<3 { _ = scrolled.press("j", now: Frames.now, shownSeconds: 3600) }
        let lower = Self.screen(100, 12, color: false).lines(content, view: scrolled, everySeconds: 5)
        #expect(lower.count == 12 && Array(lower.prefix(10)) == Array(all[3..<13]) && lower[10] == all.last)
        #expect(lower[11].hasPrefix("every 5s  from line 4  +\(all.count - 14) lines"))
        let high = Self.screen(100, 100, color: false).lines(content, view: Self.view(), everySeconds: 5)
        #expect(high.dropLast() == all[...])
        let plain = LiveScreen.Content(text: text, endsWithVerdict: false)
        let cut = Self.screen(100, 12, color: false).lines(plain, view: Self.view(), everySeconds: 5)
        #expect(Array(cut.dropLast()) == Array(all.prefix(11)))
    }

    @Test("a line of the full width is not followed by an erasure, which would take its last character")
    func lastColumn() {
        let content = LiveScreen.Content(text: "abcde\nabcd\n", endsWithVerdict: false)
        let bytes = Self.screen(5, 10).bytes(content, view: Self.view(), everySeconds: 5)
        #expect(bytes.contains("\u{1b}[Habcde\r\nabcd\u{1b}[K\r\n") && bytes.hasSuffix("\r\n\u{1b}[J\u{1b}[?2026l"))
    }

    @Test("the bar says that the view is paused, as of which time it is, and that it shows only alarms")
    func bar() {
        let content = LiveScreen.Content(text: "a\n", endsWithVerdict: false)
        let lines = Self.screen(100, 5, color: false).lines(content, view: Self.view(" [a"), everySeconds: 90)
        #expect(lines.last?.hasPrefix("PAUSED  AS OF Mon 2026-11-23 13:32:10 UTC  ALARMS ONLY  q quit") ?? false)
        let running = Self.screen(100, 5, color: false).lines(content, view: Self.view(), everySeconds: 90)
        #expect(running.last?.hasPrefix("every 1m30s  q quit") ?? false)
        // The first keys are there at any width that has room for them.
        let long = LiveScreen.Content(text: String(repeating: "a\n", count: 99), endsWithVerdict: false)
        for (keys, columns) in ["", " ", " [a", "[", "j"].flatMap({ keys in (16..<110).map { (keys, $0) } }) {
            let lines = Self.screen(columns, 5, color: false).lines(long, view: Self.view(keys), everySeconds: 90)
            #expect(lines.last?.contains("q quit  ? help") ?? false, "\(columns) \(lines)")
        }
        let narrow = Self.screen(60, 5, color: false).lines(long, view: Self.view("["), everySeconds: 90)
        #expect(narrow.last == "AS OF Mon 2026-11-23 13:32:10 UTC  +95 lines  q quit  ? help")
    }

    @Test("the help has every key, and the verdict below")
    func help() {
        let content = LiveScreen.Content(text: "a\nOK: 9 ok\n", endsWithVerdict: true)
        let lines = Self.screen(100, 30, color: false).lines(content, view: Self.view("?"), everySeconds: 5)
        for key in LiveKey.allCases { #expect(lines.contains { $0.hasPrefix("  \(key.name) ") }, "\(key)") }
        #expect(lines[lines.count - 2] == "OK: 9 ok")
    }

    @Test("a fault is a sentence above the bar; with a frame, it says that the frame is an old one")
    func fault() {
        let fault = "no store at /x; run purserd"
        let first = LiveScreen.Content(text: nil, endsWithVerdict: false, fault: fault)
        let screen = Self.screen(100, 5, color: false)
        #expect(screen.lines(first, view: Self.view(), everySeconds: 5).first == fault)
        let later = LiveScreen.Content(text: "a\nb\n", endsWithVerdict: true, fault: fault)
        let lines = screen.lines(later, view: Self.view(), everySeconds: 5)
        #expect(Array(lines.prefix(3)) == ["a", "b", "NOT READ AGAIN: " + fault])
    }
}
