import Testing

@testable import PurserCore
@testable import PurserRender

@Suite("what a frame draws attention to")
struct DashAttentionTests {
    @Test(
        "refusals are red if there are twice as many as usual",
        arguments: [(20, 0, true), (20, nil, true), (20, 10, true), (19, 10, false), (0, 0, false), (nil, 0, false)]
            as [(Double?, Double?, Bool)]
    )
    func refusals(now: Double?, usual: Double?, isRed: Bool) throws {
        let line = try Self.row(
            .init(name: "x", format: .perMinute, kind: .refusals, now: now, usual: usual, values: [1])
        )
        #expect(line.contains("\u{1b}[1;31m") == isRed)
    }

    @Test("what is out of its usual range is yellow, what is in alarm is red: now, change and the sparkline")
    func notices() throws {
        func line(_ now: Double, _ kind: DashFrame.Signal.Kind, isInAlarm: Bool = false) throws -> String {
            var signal = DashFrame.Signal(
                name: "x",
                format: .perMinute,
                kind: kind,
                now: now,
                usual: 10,
                usualRange: UsualRange(low: 8, high: 12),
                values: [10, now]
            )
            signal.isInAlarm = isInAlarm
            return try Self.row(signal)
        }
        for kind in [DashFrame.Signal.Kind.traffic, .failures] {
            #expect(try !line(12, kind).contains("\u{1b}"))
            #expect(try line(13, kind).matches(of: #/\x1b\[33m/#).count == 3)
            #expect(try line(12, kind, isInAlarm: true).matches(of: #/\x1b\[1;31m/#).count == 3)
        }
        // Fewer failures than usual need no look, less traffic does.
        #expect(try line(7, .traffic).contains("\u{1b}[33m") && !line(7, .failures).contains("\u{1b}"))
    }

    private static func row(_ signal: DashFrame.Signal) throws -> String {
        var frame = Frames.calm()
        frame.signals = [signal]
        let lines = DashText.render(frame, style: TerminalStyle(color: true)).split(separator: "\n")
        return String(try #require(lines.first { $0.hasPrefix(signal.name + " ") }))
    }

    @Test("a percentage of an older time than the other rows' says so, and one without calls is not missing data")
    func shares() {
        var frame = Frames.calm()
        frame.signals[1].now = 25
        frame.signals[1].nowTime = frame.at - 900..<frame.at
        #expect(DashText.render(frame, style: TerminalStyle()).contains(" 25.0 % in 15m "))
        frame.signals[0].now = 0
        frame.signals[1].now = nil
        #expect(DashText.render(frame, style: TerminalStyle()).contains(" no calls "))
    }

    @Test("more than eight alarms are folded, and how many more there are is said")
    func folded() {
        var frame = Frames.calm()
        for (count, more) in [(8, nil), (9, 2), (12, 5)] as [(Int, Int?)] {
            frame.alarms = (1...count).map { .init(name: "alarm-\($0)", state: .alarm, summary: "1 > 0") }
            for width in [60, 80, 100, 160] {
                let text = DashText.render(frame, style: TerminalStyle(width: width))
                let shown = text.split(separator: "\n").count { $0.hasPrefix("X ALARM") }
                #expect(shown == (more == nil ? 8 : 7))
                #expect(text.contains("more in ALARM: purser alarms list") == (more != nil))
                if let more { #expect(text.contains("\n  and \(more) more in ALARM")) }
            }
        }
    }

    @Test("the verdict, the alarms and the signals fit 24 rows of 80 columns")
    func firstScreen() throws {
        for count in 1...30 {
            var frame = Frames.incident()
            let alarm = frame.alarms[2]
            for index in 0..<count {
                var other = alarm
                other.name = "an-alarm-with-a-long-name-\(index)"
                other.gatherer = index % 3 == 1 ? "an-alarm-with-a-long-name-0" : nil
                frame.alarms.append(other)
            }
            frame.alarms[0].state = .insufficientData
            frame.failedNotifications = 1
            frame.signals += frame.signals.prefix(4)
            let lines = DashText.render(frame, style: TerminalStyle(width: 80)).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            let end = try #require(lines.firstIndex { $0.hasPrefix("LATENCY") })
            // Without the blank line before it.
            #expect(end - 1 <= 24, "\(count) alarms")
        }
    }

    @Test("a value is never cut: different models with the same short name are shown by their ids")
    func models() {
        var frame = Frames.incident()
        let ids = ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "us.anthropic.claude-haiku-4-5-20260101-v1:0"]
        frame.worstRequests[0].modelId = ids[0]
        frame.worstRequests[1].modelId = ids[1]
        frame.worstRequests[2].modelId = "us.amazon.nova-pro-v1:0"
        for width in [60, 80, 100, 160] {
            let text = DashText.render(frame, style: TerminalStyle(width: width))
            #expect(ids.allSatisfy { text.contains($0) } && text.contains("nova-pro"), "\(text)")
            #expect(!text.contains("…"))
        }
    }

    @Test("one line has the status, the first alarm, the calls, the p99 and the cost; what does not fit is left out")
    func oneLine() {
        var frame = Frames.incident()
        frame.alarms[0].state = .alarm
        frame.latency.now = Distribution(value: 10.98).flatMap(DashFrame.Percentiles.init)
        let line = { (width: Int) in DashText.oneLine(frame, style: TerminalStyle(width: width)) }
        #expect(line(100) == "ALARM any-5xx, 1 more | 378/m | p99 11.0s | $19.56 of $25.00\n")
        #expect(
            line(50) == "ALARM any-5xx, 1 more | 378/m | p99 11.0s\n" && line(30) == "ALARM any-5xx, 1 more | 378/m\n"
        )
        frame = Frames.calm()
        #expect(line(100) == "OK | 378/m | $12.41 of $25.00\n")
        frame.evaluatedAt = nil
        #expect(line(100).hasPrefix("NOT EVALUATED | "))
        for seed in UInt64(1)...40 {
            let text = DashText.oneLine(RandomFrame.make(seed: seed), style: TerminalStyle(width: 60))
            #expect(text.split(separator: "\n").count == 1 && TerminalText.width(of: String(text.dropLast())) <= 60)
        }
    }
}
