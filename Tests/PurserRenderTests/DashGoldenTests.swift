import PurserCore
import PurserRender
import Testing

@Suite("the dashboard as text")
struct DashGoldenTests {
    @Test("an incident reads the same at every breakpoint", arguments: [100, 80, 60])
    func incident(width: Int) throws {
        let text = DashText.render(Frames.incident(), style: TerminalStyle(width: width))
        try expectGolden(text, "incident-\(width).txt")
    }

    @Test("an incident in ASCII")
    func incidentASCII() throws {
        let text = DashText.render(Frames.incident(), style: TerminalStyle(symbols: .ascii))
        try expectGolden(text, "incident-ascii.txt")
    }

    @Test("an incident, compact")
    func incidentCompact() throws {
        let text = DashText.render(Frames.incident(), style: TerminalStyle(), compact: true)
        try expectGolden(text, "incident-compact.txt")
    }

    @Test("a calm hour")
    func calm() throws {
        try expectGolden(DashText.render(Frames.calm(), style: TerminalStyle()), "calm.txt")
    }

    @Test("an empty store says how to get data")
    func empty() throws {
        try expectGolden(DashText.render(Frames.empty(), style: TerminalStyle()), "empty.txt")
    }

    @Test("without alarms nothing is shown as ok")
    func withoutAlarms() throws {
        try expectGolden(DashText.render(Frames.withoutAlarms(), style: TerminalStyle()), "no-alarms.txt")
    }

    @Test("old data and an old evaluation are never shown as ok")
    func stale() throws {
        try expectGolden(DashText.render(Frames.stale(), style: TerminalStyle()), "stale.txt")
    }

    @Test("an incident as JSON")
    func json() throws {
        try expectGolden(DashJSON.value(Frames.incident()).text(indented: true) + "\n", "incident.json")
    }
}
