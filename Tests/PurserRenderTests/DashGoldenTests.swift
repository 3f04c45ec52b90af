import PurserCore
import PurserRender
import Testing

@Suite("the dashboard as text")
struct DashGoldenTests {
    @Test(
        "an incident reads the same at every breakpoint, in UTF-8 and ASCII, in colour and without",
        arguments: [60, 80, 100, 160]
    )
    func incident(width: Int) throws {
        for symbols in TerminalStyle.Symbols.allCases {
            for color in [false, true] {
                let style = TerminalStyle(width: width, symbols: symbols, color: color)
                let name = ["incident", "\(width)", symbols.rawValue] + (color ? ["color"] : [])
                try expectGolden(
                    DashText.render(Frames.incident(), style: style),
                    name.joined(separator: "-") + ".txt"
                )
            }
        }
    }

    @Test("an incident, compact")
    func incidentCompact() throws {
        let text = DashText.render(Frames.incident(), style: TerminalStyle(), compact: true)
        try expectGolden(text, "incident-compact.txt")
    }

    @Test("the heading of the heatmap is whole at every width", arguments: [60, 70, 80, 120])
    func heatmapHeading(width: Int) throws {
        let lines = DashText.render(Frames.heatmap(), style: TerminalStyle(width: width)).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("LATENCY") })
        let heading = lines[start..<start + 3].joined(separator: " ")
        #expect(heading.contains("how long they took, log scale") && heading.contains("*2m of 5m"), "\(heading)")
        #expect(heading.contains("or more calls") && !heading.contains("…"))
    }

    @Test("the latency as a heatmap", arguments: TerminalStyle.Symbols.allCases)
    func heatmap(symbols: TerminalStyle.Symbols) throws {
        let text = DashText.render(Frames.heatmap(), style: TerminalStyle(width: 80, symbols: symbols))
        try expectGolden(text, "heatmap-\(symbols.rawValue).txt")
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
