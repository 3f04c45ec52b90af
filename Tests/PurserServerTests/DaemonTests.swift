import Foundation
import PurserCore
import PurserHTTP
import PurserStore
import TestSupport
import Testing

@testable import PurserServer

/// Concurrent clients that call a daemon many times; all have sent their first call.
private struct Crowd {
    private let peer: PeerProcess
    private let name = UUID().uuidString

    init(_ server: PurserdProcess, width: Int, each: Int) throws {
        peer = try PeerProcess.shared("crowd.py")
        _ = try peer.ask([
            "begin": .string(name), "port": .integer(server.portNumber), "width": .integer(width),
            "each": .integer(each),
        ])
    }

    /// Waits for all calls; returns how many got each status, got no connection, or were cut off.
    func result() throws -> [String: Int] {
        try peer.ask(["result": .string(name)], for: [String: Int].self)
    }
}

/// Starts, calls and stops the daemon.
@Suite(.blocking, .needsPeers) struct DaemonTests {
    static let noLimits = [
        "PURSERD_RATE_BURST": "1000000", "PURSERD_RATE_STEADY": "1000000", "PURSERD_RATE_PER_ADDRESS": "1000000",
        "PURSERD_QUOTA": "1000000", "PURSERD_BUDGET_USD": "1000",
    ]

    @Test(
        "after SIGTERM under load every accepted call is answered and settled, and a restart finds nothing missing"
    )
    func shutdown() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let server = try PurserdProcess.embedded(
            store: path,
            environment: Self.noLimits.merging(["PURSERD_EMBEDDED_LATENCY_MS": "300"]) { $1 }
        )
        let crowd = try Crowd(server, width: 40, each: 1000)
        #expect(server.stop() == 0)
        let counts = try crowd.result()
        #expect((counts["200"] ?? 0) >= 1)
        // A client without an answer was not accepted: no client waits for an answer that never arrives.
        #expect(Set(counts.keys).isSubset(of: ["200", "no connection", "cut off"]), "\(counts)")
        let store = try Store(path: path, .existing)
        let health = try store.health()
        #expect(health.openReservations == 0 && health.faults.isEmpty)
        // Answers that were sent are in the ledger; a call whose client was cut off may be there too.
        let answered = counts["200"] ?? 0
        #expect((answered...answered + (counts["cut off"] ?? 0)).contains(health.ledgerRows), "\(counts)")

        let again = try PurserdProcess.embedded(store: path, environment: Self.noLimits)
        #expect(again.stop() == 0)
        #expect(again.server.outputText.contains(#""message":"stopped""#))
        // A copy of the database file alone has everything.
        let copy = folder.path("copy.db")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        #expect(try Store(path: copy, .existing).health().ledgerRows == health.ledgerRows)
        #expect(try Store(path: path, .existing).health().ledgerRows == health.ledgerRows)
        // The last ten seconds' samples were written at the end.
        let dash = try PurserProgram(store: path).run("metrics", "list")
        #expect(dash.output.contains("Invocations"))
    }

    @Test("an address that is in use is named with its setting")
    func takenAddress() async throws {
        let folder = try TemporaryFolder()
        let first = try PurserdProcess.embedded(store: folder.path("purser.db"), environment: [:])
        let settings = try DaemonSettings([
            "PURSERD_AUTH": "none", "PURSERD_MODEL": "embedded", "PURSERD_LISTEN": "127.0.0.1:\(first.port)",
            "PURSER_STORE": folder.path("purser.db"),
        ])
        let second = try await Daemon.build(settings, environment: [:])
        let error = await #expect(throws: Diagnostics.self) { try await second.run() }
        #expect(
            error?.all.map(\.description) == [
                "settings: PURSERD_LISTEN: cannot listen on 127.0.0.1:\(first.port): Address already in use"
            ]
        )
        #expect(first.stop() == 0)
    }

    @Test("the dashboard, the ledger and the costs show what the daemon does while it runs")
    func seen() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let server = try PurserdProcess.embedded(store: path, environment: Self.noLimits)
        #expect(try Crowd(server, width: 5, each: 4).result() == ["200": 20])
        let purser = PurserProgram(store: path)
        let requests = try purser.run("requests", "--limit", "100")
        #expect(requests.output.split(separator: "\n").count == 20)
        // Metrics are written at every multiple of ten seconds.
        var dash = try purser.run("dash", "--width", "100")
        _ = try FolderWatch(folder.url).wait(forFile: "purser.db-wal") {
            dash = try purser.run("dash", "--width", "100")
            return dash.output.contains("spent")
        }
        #expect(dash.status != 3 && dash.output.contains("spent"), "\(dash)")
        let cost = try purser.run("cost")
        #expect(cost.status == 0 && cost.output.contains("20"))
        #expect(server.stop() == 0)
    }

    @Test("a refused request can be looked up by the ids in its response, and its text is not kept")
    func refusedRequests() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let server = try PurserdProcess.embedded(store: path, environment: ["PURSERD_BUDGET_USD": "0.000001"])
        let answer = try server.post("/chat", ["message": "CANARYWORD"])
        #expect(answer.status == 402)
        let body = try JSONValue(parsing: String(decoding: answer.body, as: UTF8.self))
        let correlation = try #require(body["correlationId"]?.string)
        #expect(server.stop() == 0)
        let found = try PurserProgram(store: path).run("requests", "--id", correlation, "--format", "json")
        let request = try #require(try JSONValue(parsing: found.output)["requests"]?.array?.first)
        #expect(request["refusal"]?["code"]?.string == "budget_exceeded")
        #expect(request["refusal"]?["reason"]?.string == "budget of all calls" && request["model"] == .null)
        #expect(request["source"] == .null)
        let text = try PurserProgram(store: path).run("requests", "--id", correlation)
        #expect(text.status == 0 && text.output.contains("refused: budget_exceeded"))
        for suffix in ["", "-wal"] {
            let bytes = FileManager.default.contents(atPath: path + suffix) ?? Data()
            #expect(!String(decoding: bytes, as: UTF8.self).contains("CANARYWORD"))
        }
    }

    @Test("metrics are not shown through a proxy that is not trusted, even if it is on this machine")
    func metricsThroughProxy() throws {
        let folder = try TemporaryFolder()
        let server = try PurserdProcess.embedded(store: folder.path("purser.db"))
        #expect(try server.get("/metrics").status == 200)
        for name in ["X-Forwarded-For", "Forwarded"] {
            let answer = try server.get("/metrics", headers: [HTTPHeader(name, "for=127.0.0.1")])
            #expect(answer.status == 403)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("PURSERD_TRUSTED_PROXIES"))
        }
        #expect(server.stop() == 0)
    }

    @Test("a secret that does not open the store's keys keeps the daemon from starting, and the check finds it")
    func wrongKeysSecret() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let secret = String(repeating: "ab", count: 32)
        let purser = PurserProgram(store: path, environment: ["PURSERD_KEYS_SECRET": secret])
        #expect(try purser.run("keys", "create", "--team", "support").status == 0)
        func settings(_ secret: String) throws -> DaemonSettings {
            try DaemonSettings([
                "PURSERD_AUTH": "none", "PURSERD_MODEL": "embedded", "PURSER_STORE": path,
                "PURSERD_KEYS_SECRET": secret,
            ])
        }
        try await Daemon.check(settings(secret), environment: [:])
        let wrong = try settings(String(repeating: "cd", count: 32))
        let found = await #expect(throws: Diagnostics.self) { try await Daemon.check(wrong, environment: [:]) }
        #expect(found?.all.map(\.key) == ["PURSERD_KEYS_SECRET"])
        let prevented = await #expect(throws: Diagnostics.self) { _ = try await Daemon.build(wrong, environment: [:]) }
        #expect(prevented == found)
    }

    @Test("without authentication only a loopback address is allowed, and all faults are reported together")
    func refusals() throws {
        let folder = try TemporaryFolder()
        #expect {
            try PurserdProcess.embedded(
                store: folder.path("purser.db"),
                environment: ["PURSERD_LISTEN": "0.0.0.0:0", "PURSERD_BUDGET_USD": "lots"]
            )
        } throws: { error in
            let text = "\(error)"
            return text.contains("only a loopback address") && text.contains("PURSERD_BUDGET_USD")
        }
        // Nothing was started.
        #expect(!FileManager.default.fileExists(atPath: folder.path("purser.db")))
    }

    @Test("the daemon serves TLS with the operator's own certificate")
    func tls() throws {
        let folder = try TemporaryFolder()
        let made = try PurserProgram().shell(
            """
            cd '\(folder.url.path)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                -keyout key.pem -out certificate.pem -days 2 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost,IP:127.0.0.1 &&
            openssl ecparam -name prime256v1 -genkey -noout -out other.pem
            """
        )
        try #require(made.status == 0, "\(made.errors)")
        let server = try PurserdProcess.embedded(
            store: folder.path("purser.db"),
            environment: [
                "PURSERD_TLS_CERTIFICATE": folder.path("certificate.pem"), "PURSERD_TLS_KEY": folder.path("key.pem"),
            ]
        )
        let answer = try PeerProcess.shared("tls_client.py")
            .ask(["port": .integer(server.portNumber), "certificate": .string(folder.path("certificate.pem"))])
        #expect(answer["status"] == 200 && answer["protocol"] == "TLSv1.3")
        #expect(server.stop() == 0)

        // A file that is not a certificate, and the key of another certificate.
        for (certificate, key, name) in [
            ("key", "key", "PURSERD_TLS_CERTIFICATE"), ("certificate", "other", "other.pem: PURSERD_TLS_KEY"),
        ] {
            #expect {
                try PurserdProcess.embedded(
                    store: folder.path("other.db"),
                    environment: [
                        "PURSERD_TLS_CERTIFICATE": folder.path("\(certificate).pem"),
                        "PURSERD_TLS_KEY": folder.path("\(key).pem"),
                    ]
                )
            } throws: { "\($0)".contains(name) }
            #expect(!FileManager.default.fileExists(atPath: folder.path("other.db")))
        }
    }
}
