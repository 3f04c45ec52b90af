import Testing

@testable import PurserServer

@Suite struct DashQueryTests {
    @Test("a query names a range and what to draw")
    func good() throws {
        #expect(try DashQuery(nil) == DashQuery())
        #expect(try DashQuery("") == DashQuery())
        let query = try DashQuery("since=24h&namespace=A+B%2FC")
        #expect(query.subject == .namespace("A B/C") && query.seconds == 86_400)
        #expect(try DashQuery("name=chat").subject == .dashboard("chat"))
        #expect(query.address == "/dash?namespace=A%20B/C&since=24h")
    }

    @Test(
        "a wrong query is refused with the parameter and what is allowed",
        arguments: [
            ("since=2h", "since must be one of 1h, 3h, 12h, 24h, 7d, 30d."), ("since=", "since: a value in UTF-8"),
            ("since", "since: a value"), ("name=%FF", "name: a value in UTF-8"),
            ("since=1h&since=3h", "since is given twice"),
            ("name=a&namespace=b", "Only one of name and namespace"), ("at=1", "since, name and namespace are allowed"),
            ("%FF=1", "since, name and namespace are allowed"),
            ("namespace=" + String(repeating: "x", count: 1025), "namespace has more than 1024 bytes"),
        ]
    )
    func bad(query: String, words: String) {
        let fault = #expect(throws: DashQuery.Fault.self) { try DashQuery(query) }
        #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
    }

    @Test("only this machine's own names pass without sign-in, whatever the port")
    func hosts() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:8080"] {
            #expect(Doors.isLoopbackName(host), "\(host)")
        }
        for host in [
            nil, "", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]",
        ] {
            #expect(!Doors.isLoopbackName(host), "\(host ?? "nil")")
        }
    }

    @Test("If-None-Match is a list of tags, weak ones too, or a star")
    func tags() {
        #expect(Doors.matches(["\"a\", \"b\""], "\"b\"") && Doors.matches(["\"x\"", "W/\"b\""], "\"b\""))
        #expect(Doors.matches([" * "], "\"b\""))
        #expect(!Doors.matches([], "\"b\"") && !Doors.matches(["b", "\"bb\""], "\"b\""))
    }
}
