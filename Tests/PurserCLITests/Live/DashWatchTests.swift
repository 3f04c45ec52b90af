import Foundation
import PurserCore
import TestSupport
import Testing

/// `purser dash --watch` in a pseudo terminal, below a shell with job control.
@Suite(.blocking, .startsPrograms) struct DashWatchTests {
    private static let enter = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l"
    private static let leave = "\u{1b}[?2026l\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"
    private static let frameEnd = "\u{1b}[?2026l"

    /// Runs the program, and says its exit code and whether the terminal's modes are as before.
    private static let run = """
        before=$(stty -g)
        say() { echo "status=$1"; [ "$(stty -g)" = "$before" ] && echo modes=same; }
        """

    private static func start(
        _ options: String = "",
        folder: TemporaryFolder,
        columns: Int = 100,
        rows: Int = 30,
        after: String = ""
    ) throws -> TerminalProgram {
        let purser = PurserProgram(
            store: folder.path("purser.db"),
            environment: ["TERM": "xterm-256color", "NO_COLOR": "1"]
        )
        let command = "\"$PURSER\" dash --watch --at \(Demonstrations.end.iso8601()) --every 1h " + options
        return try TerminalProgram(
            purser,
            columns: columns,
            rows: rows,
            script: run + "\n" + command + "\nsay $?\n" + after
        )
    }

    /// Waits for the first frame and returns it.
    private static func firstFrame(_ terminal: TerminalProgram) -> String {
        terminal.await(enter)
        return terminal.await(frameEnd)
    }

    @Test("q ends with 0; the terminal is as before, and the last frame stays on the screen")
    func quit() throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start(folder: folder)
        let frame = Self.firstFrame(terminal)
        #expect(frame.contains("ChatService") && frame.contains("AS OF Tue 2026-11-24 12:00:00 UTC"))
        #expect(frame.matches(of: /\r\n/).count == 29)
        terminal.type("q")
        terminal.await(Self.leave)
        let rest = terminal.await("status=0")
        #expect(rest.contains("WORST REQUESTS") && !rest.contains("\u{1b}[?"))
        terminal.await("modes=same")
        terminal.awaitEnd()
    }

    @Test("keys change the frame: help, alarms only, windows, back in time and to now")
    func keys() throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start(folder: folder, rows: 60)
        #expect(Self.firstFrame(terminal).contains("(3h by 5m)"))
        func frame(after key: String) -> String {
            terminal.type(key)
            return terminal.await(Self.frameEnd)
        }
        #expect(frame(after: "?").contains("show these keys, or hide them"))
        let alarms = frame(after: "a")
        #expect(alarms.contains("ALARMS ONLY") && !alarms.contains("WORST REQUESTS"))
        #expect(frame(after: "a").contains("WORST REQUESTS"))
        #expect(frame(after: "2").contains("(1h by "))
        #expect(frame(after: "[").contains("AS OF Tue 2026-11-24 11:00:00 UTC"))
        #expect(frame(after: " ").contains("PAUSED"))
        #expect(!frame(after: " ").contains("PAUSED"))
        #expect(!frame(after: "t").contains("AS OF"))
        // An arrow key is not the key `[`.
        terminal.type("\u{1b}[D")
        #expect(!frame(after: "r").contains("AS OF"))
        terminal.type("q")
        terminal.await("status=0")
        terminal.awaitEnd()
    }

    @Test("the frame follows the terminal's size, and is cut to it")
    func resize() throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start(folder: folder)
        _ = Self.firstFrame(terminal)
        terminal.resize(columns: 60, rows: 10)
        let frame = terminal.await(Self.frameEnd)
        #expect(
            Set(frame.matches(of: /=+/).map(\.output.count)) == [60] && frame.matches(of: /\r\n/).count == 9,
            "\(frame)"
        )
        terminal.type("q")
        terminal.await("status=0")
        terminal.awaitEnd()
    }

    @Test("Ctrl-Z gives the terminal back and stops the program; fg takes it again and repaints")
    func suspend() throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start(folder: folder, after: "fg\nsay $?")
        _ = Self.firstFrame(terminal)
        terminal.type("\u{1a}")
        terminal.await(Self.leave)
        terminal.await("status=148")
        terminal.await("modes=same")
        #expect(Self.firstFrame(terminal).contains("ChatService"))
        terminal.type("q")
        terminal.await(Self.leave)
        terminal.await("status=0")
        terminal.await("modes=same")
        terminal.awaitEnd()
    }

    @Test("a signal ends it while it is stopped, and continues it in the background")
    func killedWhileStopped() throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start(folder: folder, after: "kill -TERM %1\nkill -CONT %1\nwait %1\nsay $?")
        _ = Self.firstFrame(terminal)
        terminal.type("\u{1a}")
        terminal.await(Self.leave)
        terminal.await("status=148")
        terminal.await("status=143")
        terminal.await("modes=same")
        terminal.awaitEnd()
    }

    @Test(
        "a signal ends it with its code, after the terminal is as before",
        arguments: [("INT", 0), ("TERM", 143), ("HUP", 129), ("QUIT", 131), ("USR1", 138)]
    )
    func signals(name: String, status: Int) throws {
        let folder = try Demonstrations.json.copy()
        let purser = PurserProgram(store: folder.path("purser.db"))
        // The shell that is replaced by the program says its number first.
        let terminal = try TerminalProgram(
            purser,
            script: Self.run + """

                bash -c 'echo "number=$$."; exec "$PURSER" dash --watch'
                say $?
                """
        )
        terminal.await("number=")
        let number = try #require(Int32(terminal.await(".").dropLast()))
        _ = Self.firstFrame(terminal)
        #expect(
            kill(
                number,
                try #require(["INT": SIGINT, "TERM": SIGTERM, "HUP": SIGHUP, "QUIT": SIGQUIT, "USR1": SIGUSR1][name])
            ) == 0
        )
        terminal.await(Self.leave)
        terminal.await("status=\(status)\r\n")
        terminal.await("modes=same")
        terminal.awaitEnd()
    }

    @Test("Ctrl-C ends it with 0")
    func interrupt() throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start(folder: folder)
        _ = Self.firstFrame(terminal)
        terminal.type("\u{3}")
        terminal.await(Self.leave)
        terminal.await("status=0")
        terminal.awaitEnd()
    }

    @Test("if its shell is killed, it gives the terminal back and ends")
    func orphan() throws {
        let folder = try Demonstrations.json.copy()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let terminal = try TerminalProgram(purser, script: "echo \"number=$$.\"\n\"$PURSER\" dash --watch\ntrue")
        terminal.await("number=")
        let number = try #require(Int32(terminal.await(".").dropLast()))
        _ = Self.firstFrame(terminal)
        #expect(kill(number, SIGKILL) == 0)
        // When the program has ended, nothing has the terminal open, so its output ends.
        terminal.await(Self.leave)
        terminal.awaitEnd()
    }

    @Test("a store that is missing is a sentence in the frame, and the view goes on when there is one")
    func missingStore() throws {
        let folder = try TemporaryFolder()
        let terminal = try Self.start(folder: folder)
        let first = Self.firstFrame(terminal)
        #expect(first.contains("purser.db") && first.contains("q quit"), "\(first)")
        _ = try folder.store()
        terminal.type("r")
        #expect(terminal.await(Self.frameEnd).contains("NO DATA"))
        terminal.type("q")
        terminal.await("status=0")
        terminal.awaitEnd()
    }

    @Test("a dashboard and a namespace are repainted the same way", arguments: ["chat", "--namespace ChatService"])
    func dashboards(options: String) throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start(options, folder: folder)
        #expect(Self.firstFrame(terminal).contains("q quit"))
        terminal.type("4")
        #expect(terminal.await(Self.frameEnd).contains("(12h)"))
        terminal.type("q")
        terminal.await("status=0")
        terminal.awaitEnd()
    }

    @Test("wrong usage in a terminal is reported without the alternate screen")
    func wrongNames() throws {
        let folder = try Demonstrations.json.copy()
        let terminal = try Self.start("nosuch", folder: folder)
        let text = terminal.await("status=64")
        #expect(text.contains("there is no dashboard `nosuch`") && !text.contains("\u{1b}[?1049h"))
        terminal.awaitEnd()
    }

    @Test(
        "without a terminal, or with options of one frame, it is wrong usage",
        arguments: [
            ("--watch", "needs a terminal"), ("--watch --format json", "--format json"), ("--watch --list", "--list"),
            ("chat --watch --export", "--export"), ("--watch --from -2h --to -1h", "--from"),
            ("--every 5s", "needs --watch"), ("--watch --every 2h", "1s to 1h"),
        ]
    )
    func usage(options: String, message: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let result = try PurserProgram(store: folder.path("purser.db")).shell("\"$PURSER\" dash \(options)")
        #expect(result.status == 64 && result.errors.contains(message) && result.output.isEmpty, "\(result)")
    }
}
