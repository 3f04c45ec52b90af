import PurserCore
import Testing

@testable import PurserRender

@Suite("properties of every frame")
struct DashTextTests {
    @Test("no line is wider than requested, in any frame", arguments: [60, 72, 80, 100, 120, 160, 200])
    func width(width: Int) {
        for seed in UInt64(1)...40 {
            let frame = RandomFrame.make(seed: seed)
            for symbols in TerminalStyle.Symbols.allCases {
                for compact in [false, true] {
                    let style = TerminalStyle(width: width, symbols: symbols)
                    let text = DashText.render(frame, style: style, compact: compact)
                    let widest = text.split(separator: "\n").map { TerminalText.width(of: String($0)) }.max() ?? 0
                    #expect(widest <= width, "seed \(seed), \(symbols), compact \(compact)")
                    #expect(!text.contains("\u{1b}"), "seed \(seed)")
                    if symbols == .ascii {
                        #expect(text.utf8.allSatisfy { $0 == 10 || (0x20..<0x7f).contains($0) }, "seed \(seed)")
                    }
                }
            }
        }
    }

    @Test("colour adds escape codes, which are closed on each line, and changes no characters")
    func color() {
        for seed in UInt64(1)...20 {
            let frame = RandomFrame.make(seed: seed)
            let plain = DashText.render(frame, style: TerminalStyle())
            let colored = DashText.render(frame, style: TerminalStyle(color: true))
            #expect(colored.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain, "seed \(seed)")
            for line in colored.split(separator: "\n") where line.contains("\u{1b}") {
                let codes = line.matches(of: /\u{1b}\[([0-9;]*)m/).map(\.1)
                #expect(codes.last == "0", "seed \(seed)")
            }
        }
    }

    @Test("an escape sequence in a name never reaches the terminal")
    func hostileNames() {
        var frame = Frames.incident()
        frame.alarms[2].name = "x\u{1b}]0;owned\u{7}\u{202e}y"
        frame.alarms[2].runbook = "\u{9b}2J"
        frame.worstRequests[0].requestId = "id\u{1b}[2J; rm -rf ~"
        frame.worstRequests[0].outcome = "a\nb"
        let text = DashText.render(frame, style: TerminalStyle(width: 120))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !(0..<0x20).contains($0.value) && $0.value != 0x9b })
        #expect(!text.contains("\u{202e}"))
        #expect(text.contains("purser requests --id 'id[2J; rm -rf ~'"))
    }

    @Test(
        "a name in a command is quoted as a single shell word",
        arguments: [
            ("latency-p99", "latency-p99"), ("it's", "'it'\\''s'"), ("$(x)", "'$(x)'"), ("", "''"), ("-x", "'-x'"),
        ]
    )
    func quoting(name: String, word: String) {
        #expect(DashText.quoted(name) == word)
    }

    @Test(
        "a model's short name keeps what distinguishes models",
        arguments: [
            ("us.amazon.nova-lite-v1:0", "nova-lite"), ("amazon.nova-micro-v1:0", "nova-micro"),
            ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"), ("embedded", "embedded"),
            ("openai.gpt-oss-120b-1:0", "gpt-oss-120b-1:0"), ("v1", "v1"), ("us", "us"),
        ]
    )
    func shortModel(id: String, name: String) {
        #expect(DashText.shortModel(id) == name)
    }

    @Test("a request without a latency is running only if it has not ended")
    func unknownLatency() {
        var frame = Frames.incident()
        for index in frame.worstRequests.indices {
            frame.worstRequests[index].latencyMilliseconds = nil
            frame.worstRequests[index].isRunning = false
        }
        #expect(!DashText.render(frame, style: TerminalStyle()).contains("running"))
        frame.worstRequests[0].isRunning = true
        #expect(DashText.render(frame, style: TerminalStyle()).contains("running"))
    }

    @Test("in an ordinary frame nothing is cut", arguments: [60, 72, 100, 120, 200])
    func uncut(width: Int) {
        for frame in [Frames.incident(), Frames.calm(), Frames.stale(), Frames.empty()] {
            let text = DashText.render(frame, style: TerminalStyle(width: width))
            #expect(!text.contains("…"), "\(text)")
        }
    }

    @Test("if names do not fit on the last line, firing alarms are named before those without data")
    func closing() throws {
        var frame = Frames.incident()
        frame.alarms[0].state = .alarm
        frame.alarms[1].state = .alarm
        frame.alarms[5].state = .insufficientData
        frame.alarms[6].state = .insufficientData
        let text = DashText.render(frame, style: TerminalStyle())
        #expect(
            try #require(text.split(separator: "\n").last)
                == "ALARM: any-5xx, error-rate, latency-p99 since 14:05 (27m); BUDGET: forecast; NO DATA: 2; 5 ok"
        )
    }

    @Test("alarms that a composite alarm gathers are listed below it, and are not named on the last line")
    func gathered() throws {
        var frame = Frames.incident()
        for index in 0...1 {
            frame.alarms[index].state = .alarm
            frame.alarms[index].summary = "9 > 5"
            frame.alarms[index].gatherer = "latency-p99"
        }
        // Its composite alarm is not in ALARM.
        frame.alarms[3].state = .alarm
        frame.alarms[3].gatherer = "month-cost"
        let text = DashText.render(frame, style: TerminalStyle())
        let lines = text.split(separator: "\n")
        #expect(lines[2].hasPrefix("ALARM  4 alarm"))
        let starts = [
            "X ALARM  latency-p99  ", "  ALARM  any-5xx  ", "  ALARM  error-rate  ", "X ALARM  error-rate-low-traffic",
        ]
        let found = starts.compactMap { start in lines.firstIndex { $0.hasPrefix(start) } }
        #expect(found.count == starts.count && found == found.sorted(), "\(text)")
        #expect(
            lines.last == "ALARM: latency-p99 since 14:05 (27m), error-rate-low-traffic, 2 more; BUDGET: forecast; 6 ok"
        )
        let json = DashJSON.value(frame)
        #expect(json["verdict"]?["alarms"] == 4 && json["alarms"]?.array?.first?["gatheredBy"] == "latency-p99")
    }

    @Test("requests that are refused are part of the verdict if they are many, even if that is usual by now")
    func refused() {
        for (now, usual, isPart) in [(40.0, 0.0, true), (40, 30, true), (0.1, 0, false), (0, 0, false)] {
            var frame = Frames.calm()
            frame.signals.append(
                .init(name: "refused", format: .perMinute, kind: .refusals, now: now, usual: usual, values: [now])
            )
            frame.refusedInHour = 60 * now
            let text = DashText.render(frame, style: TerminalStyle())
            #expect(DashVerdict(frame).headline == (isPart ? "REFUSED" : "OK"))
            #expect(text.contains("REFUSED: ") == isPart, "\(text)")
            #expect((DashJSON.value(frame)["verdict"]?["refusedPercent"] == .null) != isPart)
        }
    }

    @Test("without alarms, the verdict says so and what is watched")
    func withoutAlarms() throws {
        var frame = Frames.withoutAlarms()
        #expect(DashVerdict(frame).headline == "NO ALARMS" && !DashVerdict(frame).isFine)
        frame.hasBudget = true
        frame.budget = .init(BudgetFinding(reason: .overLimit, amount: Frames.money("26"), limit: Frames.money("25")))
        let lines = DashText.render(frame, style: TerminalStyle()).split(separator: "\n")
        #expect(lines[2].hasPrefix("BUDGET, NO ALARMS  only the budget is watched  1 budget "), "\(lines[2])")
        #expect(lines.last == "BUDGET: spent; NO ALARMS: only the budget is watched")
    }

    @Test("what cannot be read is counted by its kind at the top and on the last line")
    func unreadable() throws {
        var frame = Frames.calm()
        let kinds: [UnreadableAlarm.Kind] = [.budget, .alarm, .folder, .alarm, .parameter, .file]
        frame.unreadable = kinds.map {
            UnreadableAlarm(file: "f", kind: $0, name: "n", faults: [Diagnostic(file: "f", "m")])
        }
        let lines = DashText.render(frame, style: TerminalStyle(width: 140)).split(separator: "\n")
        let counts = "2 alarms, 1 file, 1 folder, budget, 1 parameter"
        #expect(lines[2].hasPrefix("UNREADABLE  0 alarm  0 budget  0 no-data  9 ok  \(counts) unreadable"))
        #expect(lines.last == "UNREADABLE: \(counts); 9 ok")
        let row = try #require(DashJSON.value(frame)["unreadable"]?.array?.first)
        #expect(row == ["name": "n", "file": "f", "key": nil, "message": "m"])
        // The alarms may be in what cannot be read.
        frame.alarms = []
        #expect(DashVerdict(frame).headline == "UNREADABLE")
    }

    @Test("the verdict is at the top and on the last line")
    func verdictTwice() throws {
        let lines = DashText.render(Frames.incident(), style: TerminalStyle()).split(separator: "\n")
        #expect(lines[2].hasPrefix("ALARM  1 alarm  1 budget  0 no-data  9 ok"))
        #expect(try #require(lines.last) == "ALARM: latency-p99 since 14:05 (27m); BUDGET: forecast; 9 ok")
    }

    @Test(
        "an evaluation older than twice the interval is stale, and a stale or missing one never says ok",
        arguments: [120, 121, nil]
    )
    func staleness(age: Int?) throws {
        var frame = Frames.calm()
        frame.evaluatedAt = age.map { frame.at - $0 }
        let verdict = DashVerdict(frame)
        let text = DashText.render(frame, style: TerminalStyle())
        let last = try #require(text.split(separator: "\n").last)
        switch age {
        case 120:
            #expect(verdict.headline == "OK" && last == "OK: 9 ok")
        case 121:
            #expect(verdict.headline == "STALE" && last == "STALE: evaluated 2m ago")
            #expect(text.contains("every 60s STALE"))
            #expect(!text.contains("9 ok"))
        default:
            #expect(verdict.headline == "NOT EVALUATED")
            #expect(text.contains("never evaluated: run purser evaluate"))
            #expect(!text.contains("9 ok"))
        }
    }

    @Test("an evaluation ahead of the clock is named, and evaluate is suggested only if it would evaluate")
    func evaluatedAhead() throws {
        var frame = Frames.calm()
        frame.evaluatedAt = frame.at + 1200
        var text = DashText.render(frame, style: TerminalStyle())
        #expect(DashVerdict(frame).headline == "EVALUATED AHEAD" && text.contains("evaluated 20m ahead of the clock"))
        #expect(text.hasSuffix("EVALUATED AHEAD of the clock by 20m; 9 ok\n") && !text.contains("purser evaluate"))
        frame.evaluatedAt = frame.at + 7200
        text = DashText.render(frame, style: TerminalStyle())
        #expect(text.contains("next: purser evaluate"))
        // A little is the difference of two clocks.
        frame.evaluatedAt = frame.at + 60
        #expect(DashVerdict(frame).headline == "OK")
    }

    @Test("no evaluation is suggested as of a time that is still to come")
    func future() {
        var frame = Frames.calm()
        frame.isOfAskedMoment = true
        frame.isAheadOfClock = true
        for evaluated in [frame.at - 7200, nil] {
            frame.evaluatedAt = evaluated
            #expect(!DashText.render(frame, style: TerminalStyle()).contains("evaluate --at"))
        }
    }

    @Test("a window's heading has its real length, and years and seconds where they are needed")
    func windowHeadings() {
        func heading(_ from: Timestamp, _ to: Timestamp, _ period: Int) -> String {
            var frame = Frames.calm()
            frame.window = DashFrame.Window(from: from, to: to, periodSeconds: period)
            frame.at = to
            return DashText(frame: frame, style: TerminalStyle(), verdict: DashVerdict(frame)).period.plain
        }
        func time(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0, year: Int = 2026) -> Timestamp {
            Timestamp(year: year, month: month, day: day, hour: hour) + 60 * minute
        }
        let end = time(11, 23, 14, 32)
        #expect(heading(time(11, 23, 11, 30), end + 10, 300) == "11:30-14:32 UTC (3h2m by 5m)")
        #expect(heading(end - 180, end + 10, 10) == "14:29:00-14:32:10 UTC (3m10s by 10s)")
        #expect(heading(time(11, 21, 14), end, 3600) == "11-21 14:00 to 11-23 14:32 UTC (2d32m by 1h)")
        #expect(
            heading(time(12, 31, 0, year: 2025), time(1, 2, 0), 3600)
                == "2025-12-31 00:00 to 2026-01-02 00:00 UTC (2d by 1h)"
        )
        #expect(heading(time(7, 1, 0), end, 86_400).hasPrefix("2026-07-01 00:00 to 2026-11-23 14:32"))
    }

    @Test("the status, the one line and the last line count the same alarms, also those gathered by gathered ones")
    func oneCount() {
        var frame = Frames.calm()
        let gatherers = ["top": nil, "middle": "top", "low": "middle", "single": nil]
        frame.alarms = gatherers.sorted { $0.key < $1.key }.map { name, gatherer in
            var line = DashFrame.AlarmLine(name: name, state: .alarm, since: frame.at - 60)
            line.gatherer = gatherer
            return line
        }
        let text = DashText.render(frame, style: TerminalStyle(width: 120))
        #expect(text.contains("4 alarm") && gatherers.keys.allSatisfy(text.contains))
        #expect(text.hasSuffix(", 2 more; 0 ok\n"), "\(text.suffix(100))")
        #expect(DashText.oneLine(frame, style: TerminalStyle(width: 120)).contains(", 3 more"))
    }

    @Test("data older than two steps of the window is stale")
    func staleData() {
        var frame = Frames.calm()
        frame.newestData = frame.at - 601
        #expect(DashVerdict(frame).headline == "STALE")
        #expect(DashText.render(frame, style: TerminalStyle()).contains("data 10m old STALE"))
        frame.newestData = frame.at - 600
        #expect(DashVerdict(frame).headline == "OK")
    }

    @Test("with a heartbeat of its writers, old data is not stale")
    func quietData() {
        var frame = Frames.calm()
        frame.newestData = frame.at - 1380
        frame.newestHeartbeat = frame.at - 20
        #expect(DashVerdict(frame).headline == "OK" && !DashVerdict(frame).isDataStale)
        let text = DashText.render(frame, style: TerminalStyle(width: 130))
        #expect(text.contains("data 23m old, its writer alive 20s ago"))
        frame.newestHeartbeat = frame.at - 601
        #expect(DashVerdict(frame).headline == "STALE")
    }

    @Test("a time before the first evaluation is not one that was never evaluated")
    func evaluatedLater() {
        var frame = Frames.calm()
        frame.evaluatedAt = nil
        frame.isEvaluatedLater = true
        let text = DashText.render(frame, style: TerminalStyle())
        #expect(text.contains("not evaluated at that time") && !text.contains("run purser evaluate"))
        #expect(DashVerdict(frame).headline == "NOT EVALUATED")
        #expect(DashJSON.value(frame)["verdict"]?["evaluation"] == "never")
    }

    @Test(
        "rates are given for the shortest time in which a call usually comes",
        arguments: [(390, "390/m"), (1, "1/m"), (0.1, "6/h"), (0.02, "1.20/h"), (0.01, "14.4/d"), (0, "0/m")]
    )
    func rates(perMinute: Double, expected: String) {
        var frame = Frames.calm()
        frame.signals = [
            .init(name: "invocations", format: .perMinute, now: perMinute, usual: nil, values: [perMinute, perMinute])
        ]
        #expect(DashText.render(frame, style: TerminalStyle()).contains(" " + expected + " "))
    }

    @Test("who acknowledged or muted an alarm, when and until when, is beside it")
    func silence() throws {
        var frame = Frames.incident()
        let time = frame.at - 600
        frame.alarms[2].acknowledgement = Acknowledgement(
            transition: 1,
            time: time,
            until: time + 7200,
            person: "ada",
            note: "on it"
        )
        frame.alarms[0].mute = Mute(start: time, until: frame.at + 3600, state: .ok, person: "bob")
        let text = DashText.render(frame, style: TerminalStyle())
        #expect(text.contains("         acknowledged 14:22 by ada until 16:22: on it\n"))
        #expect(text.contains("- MUTED  any-5xx      muted by bob until 15:32"))
        let alarms = try #require(DashJSON.value(frame)["alarms"]?.array)
        #expect(alarms[2]["acknowledgement"]?["until"] == "2026-11-23T16:22:10Z")
        #expect(alarms[0]["mute"]?["by"] == "bob" && alarms[1]["mute"] == .null)
    }

    @Test("the budget's line never loses the comparison")
    func budgetComparison() {
        for (amount, text) in [
            ("25.004", "$25.004 > $25.00 (100.02 %)"), ("26.60", "$26.60 > $25.00 (106 %)"),
            ("25.000000000001", "$25.000000000001 > $25.00 (>100 %)"),
        ] {
            var frame = Frames.calm()
            frame.budget = .init(
                BudgetFinding(reason: .overLimit, amount: Frames.money(amount), limit: Frames.money("25"))
            )
            let shown = DashText.render(frame, style: TerminalStyle())
            #expect(shown.contains(text), "\(shown)")
        }
    }

    @Test("an undelivered message is never shown as OK")
    func unsent() {
        var frame = Frames.calm()
        frame.failedNotifications = 2
        #expect(DashVerdict(frame).headline == "UNSENT")
        #expect(DashText.render(frame, style: TerminalStyle()).contains("purser alarms retry"))
    }

    @Test("a window without data says so, and says where the newest data is")
    func blankWindow() {
        var frame = Frames.calm()
        frame.newestData = frame.at - 273_600
        frame.latency = Frames.empty().latency
        frame.signals = frame.signals.map { signal in
            var signal = signal
            signal.values = signal.values.map { _ in nil }
            signal.now = nil
            return signal
        }
        let text = DashText.render(frame, style: TerminalStyle(width: 120))
        #expect(text.contains("No data 11:30-14:32, neither signals nor latency."))
        #expect(text.contains("purser dash --at 2026-11-20T10:32:10Z"))
        // A daemon that has just started: the five-minute step is not over, so asking for that time would change nothing.
        frame.newestData = frame.window.dataEnd + 30
        #expect(DashText.render(frame, style: TerminalStyle(width: 120)).contains("14:32:30Z: purser dash --since 5m"))
    }

    @Test("the JSON contains every alarm, and null for missing values")
    func json() throws {
        let json = DashJSON.value(Frames.stale())
        #expect(json["schema"] == "purser.dash/1")
        #expect(json["verdict"]?["headline"] == "STALE")
        #expect(json["alarms"]?.array?.count == 9)
        #expect(json["budget"] == .null)
        let values = try #require(json["latency"]?["p99"]?.array)
        #expect(values.count == Frames.window.steps && values.last == .null)
        #expect(try JSONValue(parsing: json.text()) == json)
    }
}
