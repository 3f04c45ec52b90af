import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A frame that was read, to be drawn at any width.
struct LivePicture {
    /// The length of its window.
    var shownSeconds: Int
    /// Whether its last line is the verdict.
    var endsWithVerdict: Bool
    /// Draws it; the flag is whether only the alarms are shown.
    var text: (TerminalStyle, Bool) -> String
}

/// A live view: it waits for keys, signals and the next reading, and paints frames.
struct LiveLoop {
    let everySeconds: Int
    /// Returns the style for a terminal with so many columns.
    let style: (Int) -> TerminalStyle
    /// Reads what a view shows, as of a time; the flag is whether files are read again too.
    let read: (LiveView, Timestamp, Bool) throws -> LivePicture

    private var view: LiveView
    private var picture: LivePicture?
    private var fault: String?
    private var next = ContinuousClock.now
    private var input = LiveInput()

    init(
        _ view: LiveView,
        everySeconds: Int,
        style: @escaping (Int) -> TerminalStyle,
        read: @escaping (LiveView, Timestamp, Bool) throws -> LivePicture
    ) {
        self.view = view
        self.everySeconds = everySeconds
        self.style = style
        self.read = read
    }

    /// Shows the view until it is ended; throws the exit code if a signal or the end of the terminal ended it.
    ///
    /// The first frame is read before the terminal is taken, so that wrong usage is reported as without a live view.
    mutating func run() throws {
        try readAgain()
        let terminal = try LiveTerminal()
        terminal.take()
        var last = ""
        defer {
            terminal.giveBack(leaving: last)
            terminal.release()
        }
        paint(terminal)
        while true {
            let event = terminal.wait(until: view.isPaused ? .now + .seconds(86_400) : next)
            guard let code = try ending(event, terminal) else { continue }
            last = code == 128 + SIGHUP ? "" : remains(terminal)
            if code != 0 { throw ExitCode(code) }
            return
        }
    }

    /// Does what an event asks for; returns an exit code if it ends the view.
    private mutating func ending(_ event: LiveTerminal.Event, _ terminal: LiveTerminal) throws -> Int32? {
        switch event {
        case .signal(SIGINT): return 0
        case .signal(SIGTSTP): if !terminal.suspend() { return nil }
        case .signal(SIGCONT): terminal.take(isAgain: true)
        case .signal(SIGWINCH): break
        case .signal(let signal): return 128 + signal
        case .hangUp: return 128 + SIGHUP
        case .time where view.isPaused: return nil
        case .time:
            input.pause()
            try readAgain()
        case .typed(let bytes):
            var step = LiveView.Step.nothing
            for character in input.characters(of: bytes) {
                let shown = picture?.shownSeconds ?? view.seconds ?? DashFrames.defaultSeconds
                let pressed = view.press(character, now: .now, shownSeconds: shown)
                if pressed == .end { return 0 }
                step = max(step, pressed)
            }
            if step == .nothing { return nil }
            if step >= .read { try readAgain(reloads: step == .reload) }
        }
        paint(terminal)
        return nil
    }

    /// Reads a frame, and sets the time of the next one; a store or a file that cannot be read is a sentence in the view.
    private mutating func readAgain(reloads: Bool = false) throws {
        do {
            picture = try read(view, .now, reloads)
            fault = nil
        } catch  where picture == nil && isWrongUsage(error) {
            throw error
        } catch {
            fault = "\(error)"
        }
        next = .now + .seconds(everySeconds)
    }

    private mutating func paint(_ terminal: LiveTerminal) {
        let size = terminal.size
        let style = style(size.columns)
        let content = LiveScreen.Content(
            text: picture?.text(style, view.showsOnlyAlarms),
            endsWithVerdict: picture?.endsWithVerdict ?? false && !view.showsOnlyAlarms,
            fault: fault
        )
        let screen = LiveScreen(columns: size.columns, rows: size.rows, style: style)
        view.limitScrolling(hidden: screen.hiddenLines(content, view: view))
        terminal.write(screen.bytes(content, view: view, everySeconds: everySeconds))
    }

    /// What stays on the screen after the view: the whole last frame.
    private func remains(_ terminal: LiveTerminal) -> String {
        let text = picture?.text(style(terminal.size.columns), view.showsOnlyAlarms) ?? ""
        return text.replacing("\n", with: "\r\n")
    }
}
