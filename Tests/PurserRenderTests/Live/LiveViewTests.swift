import PurserCore
import Testing

@testable import PurserRender

@Suite struct LiveViewTests {
    private static let now = Frames.now

    /// Returns the view after keys at the same time, and the last step.
    private static func press(_ keys: String, seconds: Int? = 3600) -> (view: LiveView, step: LiveView.Step) {
        var view = LiveView(seconds: seconds)
        var step = LiveView.Step.nothing
        for key in keys { step = view.press(key, now: now, shownSeconds: view.seconds ?? 1800) }
        return (view, step)
    }

    @Test("[ goes back by one window, ] forward until the view follows the clock again, and t at once")
    func time() {
        #expect(Self.press("[").view.asOf == Self.now - 3600)
        #expect(Self.press("[[[").view.asOf == Self.now - 3 * 3600)
        #expect(Self.press("[[]").view.asOf == Self.now - 3600)
        #expect(Self.press("[[]]").view.asOf == nil)
        #expect(Self.press("]").view.asOf == nil)
        #expect(Self.press("[[t").view.asOf == nil)
        #expect(Self.press("[t").step == .read)
    }

    @Test("a window's key changes the length of the steps too; a dashboard's own length stays when it is moved")
    func windows() {
        #expect("123456".map { Self.press(String($0)).view.seconds } == [900, 3600, 10_800, 43_200, 86_400, 604_800])
        #expect(Self.press("4[").view.asOf == Self.now - 43_200)
        let moved = Self.press("[", seconds: nil).view
        #expect(moved.seconds == 1800 && moved.asOf == Self.now - 1800)
    }

    @Test("going back ends at the beginning of time")
    func earliest() {
        var view = LiveView(asOf: Timestamp(seconds: 5000), seconds: 3600)
        for _ in 0..<5 { _ = view.press("[", now: Self.now, shownSeconds: 3600) }
        #expect(view.asOf == Timestamp(seconds: 3600))
    }

    @Test("space pauses, and reads when it goes on; r reads the files too; other keys do nothing")
    func pause() {
        #expect(Self.press(" ").view.isPaused && Self.press(" ").step == .repaint)
        #expect(!Self.press("  ").view.isPaused && Self.press("  ").step == .read)
        #expect(Self.press("r").step == .reload && Self.press("q").step == .end)
        for key in "x789R\u{e9}\u{7f}" {
            #expect(Self.press(String(key)).step == .nothing && Self.press(String(key)).view == LiveView(seconds: 3600))
        }
    }

    @Test("the help is hidden by its key and by any other, which then does its work")
    func help() {
        #expect(Self.press("?").view.showsHelp && !Self.press("??").view.showsHelp)
        let other = Self.press("?a").view
        #expect(!other.showsHelp && other.showsOnlyAlarms)
    }

    @Test("scrolling stops at both ends of the frame, and Home goes back to its beginning")
    func scrolling() {
        #expect(Self.press("jjjk").view.firstLine == 2 && Self.press("j").step == .repaint)
        #expect(Self.press("k⇞").view.firstLine == 0 && Self.press("⇟⇟↑").view.firstLine == 19)
        #expect(Self.press("⇟↖").view.firstLine == 0)
        var view = Self.press("⇟⇟").view
        view.limitScrolling(hidden: 7)
        #expect(view.firstLine == 7)
        #expect(view.press("k", now: Self.now, shownSeconds: 3600) == .repaint && view.firstLine == 6)
    }

    @Test("no two keys share a character, and each key's name is what a person types")
    func table() {
        let characters = LiveKey.allCases.map(\.characters).joined()
        #expect(Set(characters).count == characters.count)
        for key in LiveKey.allCases where ![.window, .pause, .scroll].contains(key) {
            #expect(key.name == key.characters)
        }
    }

    @Test(
        "an escape sequence is no key, also if it comes in pieces, apart from those for moving",
        arguments: [
            ([[0x1b, 0x5b, 0x43, 0x71]], "q"), ([[0x1b], [0x5b], [0x31, 0x3b], [0x35, 0x44], [0x72]], "r"),
            ([[0x1b, 0x4f, 0x50, 0x5b]], "["), ([[0x1b, 0x71, 0x72]], "qr"), ([[0x1b], [0x71]], "q"),
            ([[0xc3, 0xa9, 0x09, 0x61]], "a"),
            ([[0x1b, 0x5b, 0x41], [0x1b, 0x5b, 0x42, 0x1b, 0x4f, 0x41]], "↑↓↑"),
            ([[0x1b, 0x5b, 0x35], [0x7e, 0x1b, 0x5b, 0x36, 0x7e, 0x1b, 0x5b, 0x48, 0x1b, 0x5b, 0x31, 0x7e]], "⇞⇟↖↖"),
            ([[0x1b, 0x1b, 0x5b, 0x44, 0x74]], "t"),
        ] as [([[UInt8]], String)]
    )
    func sequences(pieces: [[UInt8]], typed: String) {
        var input = LiveInput()
        #expect(String(pieces.flatMap { input.characters(of: $0) }) == typed)
    }

    @Test("after a pause, an Escape is a key of its own")
    func escape() {
        var input = LiveInput()
        #expect(input.characters(of: [0x1b]).isEmpty)
        input.pause()
        #expect(input.characters(of: [0x5b]) == ["["])
    }
}
