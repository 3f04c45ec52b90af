import Foundation
import PurserAWS
@testable import PurserCore
@testable import PurserRender
import Testing

@Suite("the dashboard as a web page")
struct WebPageTests {
    @Test("an incident")
    func incident() throws {
        try expectGolden(DashPage.html(Frames.incident()), "incident.html")
    }

    @Test("a calm hour")
    func calm() throws {
        try expectGolden(DashPage.html(Frames.calm()), "calm.html")
    }

    @Test("a dashboard with every kind of widget, on the grid")
    func dashboard() throws {
        try expectGolden(DashboardPage.html(DashboardFrames.everything(), layout: .grid), "dashboard.html")
    }

    @Test("the policy allows the page's own style, and nothing else")
    func policy() throws {
        let page = MarkupReader(DashPage.html(Frames.incident()))
        let sheets = page.all("style")
        #expect(sheets.count == 1)
        let hash = Data(SHA256.digest(Array(WebStyle.sheet.markup.utf8))).base64EncodedString()
        #expect(sheets.first?.text == WebStyle.sheet.markup && WebStyle.hash == hash)
        let policy = page.all("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(
            policy?.attributes["content"]
                == "default-src 'none'; style-src 'sha256-\(hash)'; img-src 'none'; base-uri 'none'; form-action 'none'"
        )
    }

    @Test("every page is well formed and accessible, and loads nothing", arguments: 1...40 as ClosedRange<UInt64>)
    func wellFormed(seed: UInt64) {
        let frame = RandomFrame.make(seed: seed)
        for isCompact in [false, true] {
            let html = DashPage.html(frame, WebOptions(isCompact: isCompact))
            Self.check(html)
            #expect(html.contains("<h2 id=\"cost\">") != (isCompact || frame.newestData == nil))
        }
    }

    @Test("every dashboard's page is well formed and accessible, and loads nothing")
    func wellFormedDashboard() {
        for layout in DashboardText.Layout.allCases {
            Self.check(DashboardPage.html(DashboardFrames.everything(), layout: layout))
        }
        Self.check(DashboardPage.html(DashboardFrames.frame([])))
    }

    /// Records what is wrong with a page.
    static func check(_ html: String) {
        let page = MarkupReader(html)
        #expect(page.faults == [])
        #expect(html.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isUnsafeOnTerminals })
        #expect(page.elements.first?.attributes["lang"] == "en")
        let loading: Set<String> = ["script", "link", "img", "image", "use", "iframe", "object", "form", "base"]
        for element in page.elements {
            #expect(!loading.contains(element.name), "\(element.name)")
            let names = element.attributes.keys
            #expect(!names.contains { $0 == "style" || $0 == "src" || $0.hasPrefix("on") }, "\(element.name): \(names)")
            switch element.name {
            case "a": #expect(element.attributes["href"]?.hasPrefix("http") ?? false)
            case "th": #expect(element.attributes["scope"] != nil)
            case "svg" where element.attributes["aria-hidden"] == nil && !element.parents.contains("svg"):
                #expect(element.attributes["role"] == "img")
                #expect(element.attributes["aria-labelledby"]?.split(separator: " ").count == 2)
            default: break
            }
        }
        #expect(page.all("table").count == page.all("caption").count)
        #expect(page.all("h1").count == 1 && page.all("main").count == 1 && page.all("header").count == 1)
        let levels = page.elements.compactMap { $0.name.wholeMatch(of: /h([1-6])/).flatMap { Int($0.1) } }
        #expect(levels.first == 1 && zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
    }

    @Test("the page has the words and numbers of the text", arguments: 1...40 as ClosedRange<UInt64>)
    func words(seed: UInt64) {
        let frame = RandomFrame.make(seed: seed)
        let verdict = DashVerdict(frame)
        let text = DashText(frame: frame, style: TerminalStyle(width: 1000), verdict: verdict)
        let page = MarkupReader(DashPage.html(frame))
        let whole = page.elements.first?.text ?? ""
        var words = [verdict.headline, verdict.counts, text.period.plain, text.closingLine.plain]
        if !verdict.isEmpty {
            words += text.costParts.map(\.plain) + text.ceilingLines.map(\.plain) + text.nextCommands
            words += frame.worstRequests.flatMap(text.cells)
        }
        words += verdict.alarms.flatMap { [$0.name, text.sinceText($0.since) ?? "", text.delivery($0.delivery).plain] }
        for word in words { #expect(Self.has(whole, word), "\(word)") }
        guard !verdict.isEmpty, !text.isWindowBlank else { return }
        let rows = page.all("tr").map(\.text)
        for row in text.signalRows {
            let cells = [row.signal.name] + row.cells.dropFirst() + row.bounds
            let isThere = rows.contains { line in cells.allSatisfy { Self.has(line, $0) } }
            #expect(isThere, "\(cells)")
        }
    }

    /// Returns whether a text has these words, also where they begin with a combining character.
    private static func has(_ text: String, _ words: String) -> Bool {
        let words = TerminalText.sanitized(words)
        return words.isEmpty || Data(text.utf8).range(of: Data(words.utf8)) != nil
    }

    @Test("gaps are gaps, and a value alone is as wide as its step")
    func gaps() {
        var frame = Frames.incident()
        frame.latency.p50 = frame.latency.p50.map { _ in nil }
        frame.latency.p50[3] = 1
        let page = MarkupReader(DashPage.html(frame))
        let lines = page.all("path").filter { $0.attributes["class"]?.hasPrefix("line") ?? false }
        let drawn = lines.compactMap { $0.attributes["d"] }.filter { $0 != "M0 4H28" }
        #expect(drawn.first?.wholeMatch(of: /M81\.1 [0-9.]+H108\.1/) != nil, "\(drawn.first ?? "")")
        #expect(drawn.last?.count { $0 == "M" } == 2)
    }

    @Test("links, a script and its state are only in pages that ask for them")
    func options() {
        let file = DashPage.html(Frames.incident())
        #expect(!file.contains("<nav") && !file.contains("<script") && !file.contains("id=\"live\""))
        let links = WebOptions.Links(
            name: "Time range",
            links: [.init("1h", "/dash?since=1h&name=a\"b"), .init("24h", "/dash?since=24h", isCurrent: true)]
        )
        let served = DashPage.html(Frames.incident(), WebOptions(links: [links], isLive: true))
        let page = MarkupReader(served)
        #expect(page.faults == [])
        let navigation = page.all("a").filter { $0.parents.contains("nav") }
        #expect(navigation.map(\.attributes["href"]) == ["/dash?since=1h&name=a\"b", "/dash?since=24h"])
        #expect(navigation.map(\.attributes["aria-current"]) == [nil, "page"])
        let state = page.elements.first { $0.attributes["id"] == "live" }
        #expect(state?.attributes["aria-live"] == "polite" && state?.text == "")
        let scripts = page.all("script")
        #expect(scripts.count == 1 && scripts.first?.text == WebScript.source.markup)
        let hash = Data(SHA256.digest(Array(WebScript.source.markup.utf8))).base64EncodedString()
        #expect(WebScript.hash == hash)
        #expect(WebOptions(isLive: true).policy.contains("script-src 'sha256-\(hash)'; connect-src 'self'; "))
    }
}
