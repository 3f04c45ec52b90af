import Foundation
import PurserCore
import TestSupport
import Testing

/// `purser dash --watch` in a terminal that others wrote, which says what is on its screen: tmux.
@Suite(.blocking, .startsPrograms, .needsTmux) struct TmuxTests {
    private static let watch = "\"$PURSER\" dash --watch --at \(Demonstrations.end.iso8601()) --every 1h"

    /// A shell in a window of tmux, whose client runs in a pseudo terminal.
    private final class Window {
        let terminal: TerminalProgram
        private let purser: PurserProgram

        init(_ folder: TemporaryFolder) throws {
            purser = PurserProgram(
                store: folder.path("purser.db"),
                environment: ["TERM": "xterm-256color", "NO_COLOR": "1", "TMUX_FOLDER": folder.url.path]
            )
            terminal = try TerminalProgram(
                purser,
                columns: 100,
                rows: 31,
                script:
                    "cd \"$TMUX_FOLDER\" && exec tmux -u -S socket -f /dev/null new-session \"bash --norc --noprofile\""
            )
            // The line of tmux itself: keys that are typed before it would be lost.
            terminal.await("0:bash")
            type("PS1='re''ady> '", awaiting: "ready> ")
        }

        /// Runs a command of tmux and returns what it prints.
        func tmux(_ command: String) throws -> String {
            // The path of a socket has at most 107 bytes, so it is named from its folder.
            let result = try purser.shell("cd \"$TMUX_FOLDER\" && tmux -u -S socket " + command)
            #expect(result.status == 0, "\(result)")
            return result.output
        }

        /// The lines on the screen.
        func screen() throws -> [String] {
            try tmux("capture-pane -p").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }

        /// The lines on the screen and those that have left it at the top, as a new size may make them.
        func history() throws -> String {
            try tmux("capture-pane -p -S -")
        }

        /// Whether the alternate screen is shown, the cursor is, and keys are sent as they are in a shell.
        func modes() throws -> String {
            try tmux(
                "display-message -p '#{alternate_on} #{cursor_flag} #{wrap_flag} #{keypad_flag} #{mouse_any_flag}'"
            )
        }

        /// Types a line and waits for what it prints; the terminal shows the line itself, too.
        func type(_ line: String, awaiting text: String) {
            terminal.type(line + "\r")
            terminal.await(text)
        }

        func close() throws {
            _ = try tmux("kill-server")
            terminal.awaitEnd()
        }

        deinit {
            _ = try? purser.shell("cd \"$TMUX_FOLDER\" && tmux -S socket kill-server")
        }
    }

    private static let shell = "0 1 1 0 0\n"
    private static let live = "1 0 0 0 0\n"

    @Test("keys, a new size, a stop and an end leave the screen and the modes of the terminal as they were")
    func live() throws {
        let folder = try Demonstrations.json.copy()
        let window = try Window(folder)
        window.type("stty -g > modes; echo be''fore", awaiting: "before")
        #expect(try window.modes() == Self.shell)
        window.type(Self.watch, awaiting: "q quit")
        #expect(try window.modes() == Self.live)
        let first = try window.screen()
        #expect(first[0].hasPrefix("ChatService") && first.contains { $0.hasPrefix("SIGNAL") }, "\(first)")
        #expect(!first.contains { $0.contains("before") })
        window.terminal.type("?")
        window.terminal.await("show these keys")
        window.terminal.await("q quit")
        #expect(try window.screen().contains { $0.contains("show these keys, or hide them") })
        window.terminal.type("?")
        window.terminal.await("q quit")
        window.terminal.resize(columns: 60, rows: 21)
        var small: [String] = []
        // tmux itself shows the old frame, cut, before the new one is there.
        try window.terminal.await {
            small = try window.screen()
            return small.last { !$0.isEmpty }?.hasSuffix("q quit  ? help") == true
        }
        #expect(small.contains(String(repeating: "=", count: 60)) && small.allSatisfy { $0.count <= 60 }, "\(small)")
        window.terminal.type("\u{1a}")
        window.terminal.await("Stopped")
        #expect(try window.modes() == Self.shell)
        #expect(try window.history().contains("\nbefore\n"))
        window.type("fg", awaiting: "q quit")
        #expect(try window.modes() == Self.live)
        window.terminal.type("q")
        window.terminal.await("ready> ")
        window.type("stty -g | cmp - modes && echo as''before", awaiting: "asbefore")
        #expect(try window.modes() == Self.shell)
        try window.close()
    }

    @Test("kill -9 of the shell that started it leaves the terminal as it was")
    func orphan() throws {
        let folder = try Demonstrations.json.copy()
        let window = try Window(folder)
        window.type("stty -g > modes; echo be''fore", awaiting: "before")
        window.type("bash -c 'echo number=$$.; \(Self.watch); true'", awaiting: "q quit")
        #expect(try window.modes() == Self.live)
        let numbers = try window.tmux("display-message -p '#{pane_pid}'")
        let shell = try #require(Int32(numbers.trimmingCharacters(in: .whitespacesAndNewlines)))
        let children = try String(contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
        let parent = try #require(children.split(separator: " ").first.flatMap { Int32($0) })
        #expect(kill(parent, SIGKILL) == 0)
        window.terminal.await("Killed")
        // The program notices within a second, and the screen that was there before is drawn again.
        window.terminal.await("before")
        window.type("stty -g | cmp - modes && echo as''before", awaiting: "asbefore")
        #expect(try window.modes() == Self.shell)
        #expect(try window.history().contains("\nbefore\n"))
        try window.close()
    }
}
