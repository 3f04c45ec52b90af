import Foundation
import PurserAWS
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@testable import PurserServer

/// The pages that purserd serves, compared with what `purser dash` prints.
@Suite(.blocking, .startsPrograms) struct DashPagesTests {
    private static let demonstration = PreparedFolder { folder in
        let purser = PurserProgram(store: folder.path("purser.db"))
        // No evaluation is later than the page's time, as on a clock that is right.
        let result = try purser.run("demo", "--at", DashFixture.at.iso8601())
        try #require(result.status == 0, "\(result)")
    }

    /// Returns a page without what only a served page has, as a file has it.
    private static func asFile(_ page: String) throws -> String {
        let policy = try Regex("script-src &#39;sha256-[^;]*&#39;; connect-src &#39;self&#39;; ")
        let served = try Regex(#"(?s)<nav aria-label="Time range">.*?</noscript>\n"#)
        let script = try Regex(#"(?s)<script>.*?</script>\n"#)
        return page.replacing(policy, with: "").replacing(served, with: "").replacing(script, with: "")
    }

    @Test("the page and its JSON are those of the command line, at the same time")
    func sameAsCommand() async throws {
        let fixture = try DashFixture()
        try Self.demonstration.copy(to: fixture.folder)
        let purser = PurserProgram(store: fixture.path)
        let at = DashFixture.at.iso8601()
        let cases: [(query: String?, arguments: [String])] = [
            (nil, []), ("since=1h", ["--since", "1h"]), ("since=7d", ["--since", "7d"]), ("name=chat", ["chat"]),
            ("namespace=ChatService&since=12h", ["--namespace", "ChatService", "--since", "12h"]),
        ]
        for (query, arguments) in cases {
            let json = try purser.run(["dash", "--at", at, "--format", "json"] + arguments)
            #expect(json.status == 0)
            #expect(try await fixture.text(query, .json) == json.output, "\(query ?? "")")
            let html = try purser.run(["dash", "--at", at, "--format", "html"] + arguments)
            // The commands that the page names lead to now, not to a time that was asked for.
            let expected = html.output.replacing(" --at \(at)", with: "").replacing(" --month 2026-11", with: "")
            let page = try await fixture.text(query)
            #expect(try Self.asFile(page) == expected, "\(query ?? "")")
            #expect(page.contains("<nav aria-label=\"Time range\">") && page.contains("<noscript>"))
        }
    }

    @Test("the policy allows the page's script and style by their bytes, and nothing inline needs more")
    func policy() async throws {
        let fixture = try DashFixture()
        try DashFixture.put(try fixture.folder.store(), namespace: "Shop", name: "Orders")
        let page = try await fixture.text(nil)
        for (name, directive) in [("script", "script-src"), ("style", "style-src")] {
            let pieces = page.split(separator: "<\(name)>")
            let code = try #require(pieces.last?.split(separator: "</\(name)>").first)
            #expect(pieces.count == 2)
            let hash = Data(SHA256.digest(Array(code.utf8))).base64EncodedString()
            #expect(DashPages.policy.contains("\(directive) 'sha256-\(hash)'"), "\(name): \(hash)")
        }
        let content = page.replacing(try Regex(#"(?s)<(script|style)>.*?</\1>"#), with: "")
        #expect(!content.contains(try Regex(#"<[^>]* (style|on[a-z]+)="#)))
        #expect(DashPages.policy.hasPrefix("default-src 'none'; ") && DashPages.policy.contains("connect-src 'self'; "))
        for directive in ["base-uri", "form-action", "frame-ancestors", "img-src"] {
            #expect(DashPages.policy.contains("\(directive) 'none'"))
        }
    }

    @Test("the links lead to every range, dashboard and namespace, and mark what is shown")
    func links() async throws {
        let fixture = try DashFixture()
        try DashFixture.put(try fixture.folder.store(), namespace: "A & B/ü+", name: "Orders")
        let page = try await fixture.text("since=24h&namespace=A%20%26%20B/%C3%BC%2B")
        let address = "/dash?namespace=A%20%26%20B/%C3%BC%2B&amp;since="
        for (range, _) in DashQuery.ranges {
            let current = range == "24h" ? " aria-current=\"page\"><strong>24h" : ">\(range)"
            #expect(page.contains("<a href=\"\(address)\(range)\"\(current)"), "\(range)")
        }
        #expect(page.contains("<a href=\"/dash?name=chat&amp;since=24h\">chat</a>"))
        #expect(page.contains("<a href=\"/dash?since=24h\">chat service</a>"))
        // Each link is understood.
        for link in page.matches(of: /href="\/dash\??([^"]*)"/) {
            _ = try DashQuery(String(link.1).replacing("&amp;", with: "&"))
        }
    }

    @Test("the same frame is sent until something is stored, and at most for half a minute")
    func shared() async throws {
        let fixture = try DashFixture()
        let store = try fixture.folder.store()
        try DashFixture.put(store, namespace: "Shop", name: "Orders")
        let query = try DashQuery("since=1h")
        func tag(_ form: DashPages.Form = .html) async throws -> String {
            try await fixture.pages.rendering(query, form).tag
        }
        let first = try await tag()
        #expect(first.hasPrefix("\"") && first.hasSuffix("\"") && first.count == 34)
        fixture.clock.advance(seconds: 29)
        #expect(try await tag() == first)
        fixture.clock.advance(seconds: 1)
        let second = try await tag()
        #expect(second != first)
        // Requests at nearly the same time share a frame, whatever is stored in between.
        try DashFixture.put(store, namespace: "Shop", name: "Orders", sequence: 2)
        fixture.clock.advance(seconds: 1)
        #expect(try await tag() == second)
        // Not if a page has already seen an event for new data.
        _ = await fixture.pages.version()
        #expect(try await tag() != second)
        let third = try await tag()
        try DashFixture.put(store, namespace: "Shop", name: "Orders", sequence: 3)
        fixture.clock.advance(seconds: 2)
        #expect(try await tag() != third)
        #expect(try await tag(.json) != tag())
    }

    @Test("hostile names of stored metrics and of a dashboard's title are text in the page")
    func hostileNames() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let names = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a\u{1B}[2J\u{7}b", "\u{202E}txt.exe",
            String(repeating: "x<", count: 5_000), "</title></style><!--", "line\nbreak",
        ]
        for (index, name) in names.enumerated() {
            try DashFixture.put(store, namespace: name, name: name, sequence: index + 1)
        }
        let boards = folder.path("boards")
        try FileManager.default.createDirectory(atPath: boards, withIntermediateDirectories: true)
        let widgets = names.map { name -> JSONValue in
            ["type": "text", "properties": ["markdown": .string(name)]]
        }
        try JSONValue.object([.init("widgets", .array(widgets))]).text()
            .write(toFile: boards + "/<b>bad.json", atomically: true, encoding: .utf8)
        let fixture = try DashFixture(dashboards: boards, folder: folder)
        var queries: [String?] = [nil, "name=%3Cb%3Ebad"]
        queries += names.filter { $0.utf8.count < 1024 }.map {
            "namespace=" + ($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        }
        for query in queries {
            let page = try await fixture.text(query)
            #expect(page.components(separatedBy: "<script").count == 2, "\(query ?? "")")
            #expect(!page.contains("<img") && !page.contains("<!--") && !page.contains("<b>"))
            let isClean = page.unicodeScalars.allSatisfy { scalar in
                scalar == "\n" || !(scalar.value < 0x20 || scalar.value == 0x7F || scalar == "\u{202E}")
            }
            #expect(isClean, "\(query ?? "")")
            _ = try JSONValue(parsing: try await fixture.text(query, .json))
        }
    }

    @Test("without a store there is an error, and the page is there as soon as the store is")
    func missingStore() async throws {
        let fixture = try DashFixture()
        await #expect(throws: StoreError.self) { _ = try await fixture.text(nil) }
        #expect(await fixture.pages.version() == nil)
        try DashFixture.put(try fixture.folder.store(), namespace: "Shop", name: "Orders")
        #expect(try await fixture.text(nil).contains("</html>"))
    }

    @Test("of more requests than may wait, one gets 503 while the first is read, and the others are answered")
    func overload() async throws {
        let gate = DispatchSemaphore(value: 0)
        let fixture = try DashFixture(now: {
            gate.wait()
            gate.signal()
            return DashFixture.at
        })
        try DashFixture.put(try fixture.folder.store(), namespace: "Shop", name: "Orders")
        let pages = fixture.pages
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0...DashPages.mostWaiting {
                group.addTask {
                    do {
                        return try await !pages.rendering(DashQuery(nil), .json).body.isEmpty
                    } catch {
                        return !(error is DashPages.Overload)
                    }
                }
            }
            // All others wait, so the first that ends is the one that is refused.
            #expect(await group.next() == false)
            gate.signal()
            for await isAnswered in group { #expect(isAnswered) }
        }
    }

    @Test("a page is read while another connection writes, and holds up none of its commits")
    func busyStore() async throws {
        let fixture = try DashFixture()
        let store = try fixture.folder.store()
        try DashFixture.put(store, namespace: "Shop", name: "Orders")
        try store.transaction {
            try DashFixture.put(store, namespace: "Shop", name: "Later", sequence: 2)
            let done = DispatchSemaphore(value: 0)
            let found = Mutex("")
            let pages = fixture.pages
            Task.detached {
                let rendering = try? await pages.rendering(DashQuery("namespace=Shop"), .json)
                found.withLock { $0 = String(decoding: rendering?.body ?? [], as: UTF8.self) }
                done.signal()
            }
            done.wait()
            let text = found.withLock(\.self)
            #expect(text.contains("Orders") && !text.contains("Later"))
        }
    }
}
